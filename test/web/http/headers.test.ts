// What every answer carries: security headers, request ids, tags, compression, caching.
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserAssets } from '../../../src/platform/runtime/browser-assets.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { ensureAssets } from './assets.ts';
import { send } from './requests.ts';

let t: TestApp;

beforeAll(async () => {
  await ensureAssets();
  t = await testApp({ server: { trusted_proxies: ['10.0.0.0/8'] } });
});
afterAll(() => t.close());

describe('security headers', () => {
  it.each(['/', '/login', '/no/such/page/here', '/api/v1/nothing', '/healthz', '/robots.txt'])(
    'are on %s',
    async (path) => {
      const { headers } = await send(t, path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("style-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(policy).not.toContain('nonce');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('permissions-policy')).toContain('camera=()');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    },
  );

  it('ask for HTTPS only where the client uses it', async () => {
    expect((await send(t, '/login')).headers.has('strict-transport-security')).toBe(false);
    const secure = await send(t, '/login', { encrypted: true });
    expect(secure.headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/);
  });

  it('leave no inline script, style or handler in a page', async () => {
    for (const path of ['/', '/login', '/register', '/-/theme', '/explore']) {
      const html = await (await send(t, path)).text();
      expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/i);
      expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=/i);
    }
  });
});

describe('request ids', () => {
  it('are made for each request and believed from trusted proxies only', async () => {
    const given = { headers: { 'x-request-id': 'from-outside-1' } };
    const stranger = await send(t, '/login', { ...given, peer: '192.0.2.9' });
    expect(stranger.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const proxy = await send(t, '/login', { ...given, peer: '10.1.2.3' });
    expect(proxy.headers.get('x-request-id')).toBe('from-outside-1');
    const odd = await send(t, '/login', { headers: { 'x-request-id': 'a"; b' }, peer: '10.1.2.3' });
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('pages', () => {
  it('carry a tag, and are not sent again to those who know them', async () => {
    const first = await send(t, '/explore');
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^W\/"[\w-]{20,}"$/);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    expect(first.headers.get('vary')).toMatch(/Cookie/);
    const again = await send(t, '/explore', { headers: { 'if-none-match': `"other", ${tag}` } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    expect(again.headers.get('etag')).toBe(tag);
    const other = await send(t, '/explore', { headers: { 'if-none-match': '"other"' } });
    expect(other.status).toBe(200);
  });

  it('differ in their tags between people', async () => {
    const ada = await (await t.as('tag-ada')).get('/explore');
    const bob = await (await t.as('tag-bob')).get('/explore');
    expect(ada.headers.get('etag')).not.toBe(bob.headers.get('etag'));
  });

  it('are compressed as the browser wishes', async () => {
    const plain = await (await send(t, '/register')).text();
    const br = await send(t, '/register', { headers: { 'accept-encoding': 'gzip, deflate, br;q=0.9' } });
    expect(br.headers.get('content-encoding')).toBe('br');
    const unpacked = brotliDecompressSync(Buffer.from(await br.arrayBuffer())).toString();
    expect(unpacked.length).toBe(plain.length);
    const gzip = await send(t, '/register', { headers: { 'accept-encoding': 'gzip, br;q=0' } });
    expect(gzip.headers.get('content-encoding')).toBe('gzip');
    expect(gunzipSync(Buffer.from(await gzip.arrayBuffer())).toString()).toContain('</html>');
    const none = await send(t, '/register', { headers: { 'accept-encoding': 'zstd' } });
    expect(none.headers.has('content-encoding')).toBe(false);
  });

  it('answer HEAD without a body', async () => {
    const head = await send(t, '/login', { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(await head.text()).toBe('');
  });
});

describe('assets', () => {
  it('are kept for ever under their hashed names, compressed beforehand', async () => {
    const file = browserAssets()['app.css']?.file ?? '';
    expect(await (await send(t, '/login')).text()).toContain(`href="/assets/${file}"`);
    const plain = await send(t, `/assets/${file}`);
    expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(plain.headers.get('content-type')).toBe('text/css; charset=utf-8');
    const br = await send(t, `/assets/${file}`, { headers: { 'accept-encoding': 'br' } });
    expect(br.headers.get('content-encoding')).toBe('br');
    expect(br.headers.get('vary')).toBe('Accept-Encoding');
    const bytes = Buffer.from(await br.arrayBuffer());
    expect(bytes.length).toBeLessThan(60 * 1024);
    expect(brotliDecompressSync(bytes).toString()).toBe(await plain.text());
  });

  it('are served by their names only', async () => {
    for (const path of [
      '/assets/manifest.json',
      '/assets/..%2fmanifest.json',
      '/assets/app.css',
      '/assets/x',
    ]) {
      expect((await send(t, path)).status).toBe(404);
    }
  });

  it('include an icon and a word to robots', async () => {
    expect((await send(t, '/favicon.ico')).headers.get('content-type')).toBe('image/svg+xml');
    const rules = await (await send(t, '/robots.txt')).text();
    expect(rules).toContain('Disallow: /api/');
    const closed = rules.split('\n').flatMap((line) => /^Disallow: (.+)$/.exec(line)?.[1] ?? []);
    const isClosed = (path: string) =>
      closed.some((rule) => {
        const parts = rule.split('*').map((part) => part.replace(/[.?]/g, '\\$&'));
        return new RegExp(`^${parts.join('.*')}`).test(path);
      });
    for (const path of ['', '/tree/main/src', '/blob/main/src/a.ts', '/blob/main/graph.ts', '/releases'])
      expect([path, isClosed(`/ada/engine${path}`)]).toEqual([path, false]);
    const costly = [
      '/commits/main',
      '/commit/abc',
      '/compare/a...b',
      '/archive/main.zip',
      '/find/main',
      '/blame/main/a',
      '/graph',
      '/graph/main',
      '/branch_commits/abc',
      '/diff/a..b/files',
      '/diff-lines/abc/a',
    ];
    for (const path of [...costly, '/graphs/contributors', '/raw/main/a', '/tree/main?page=2'])
      expect([path, isClosed(`/ada/engine${path}`)]).toEqual([path, true]);
  });
});
