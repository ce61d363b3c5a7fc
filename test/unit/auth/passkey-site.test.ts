// Under which name, and where, passkeys work.
import { describe, expect, it } from 'vitest';
import { passkeyObstacle, passkeySite } from '../../../src/features/auth/passkey-site.service.ts';
import type { App } from '../../../src/platform/app.types.ts';

const at = (url: string) => ({ publicUrl: () => url }) as App;

describe('the site of passkeys', () => {
  it.each([
    ['https://code.example.org', 'code.example.org', 'https://code.example.org'],
    ['https://code.example.org:8443', 'code.example.org', 'https://code.example.org:8443'],
    ['http://localhost:3000', 'localhost', 'http://localhost:3000'],
    ['http://127.0.0.1:3000', 'localhost', 'http://localhost:3000'],
    ['https://[::1]', 'localhost', 'https://localhost'],
  ])('of %s', (url, rpId, origin) => {
    expect(passkeySite(at(url))).toEqual({ rpId, origin });
  });

  it.each(['http://code.example.org', 'https://192.0.2.7', 'https://[2001:db8::1]:3000', 'http://10.0.0.1'])(
    'there is none at %s',
    (url) => {
      expect(passkeySite(at(url))).toBeUndefined();
      expect(passkeyObstacle(at(url), url, '/login')?.href).toBeUndefined();
      expect(passkeyObstacle(at(url), url, '/login')?.text).toContain('HTTPS');
    },
  );

  it('pages elsewhere lead to it', () => {
    const app = at('http://127.0.0.1:3000');
    expect(passkeyObstacle(app, 'http://127.0.0.1:3000', '/login')).toEqual({
      text: 'Passkeys work at http://localhost:3000 only.',
      href: 'http://localhost:3000/login',
    });
    expect(passkeyObstacle(app, 'http://localhost:3000', '/login')).toBeUndefined();
  });
});
