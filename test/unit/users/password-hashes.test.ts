// Password hashes: parameters, comparison, and equal work where there is no account.
import { hash, verify } from '@node-rs/argon2';
import { describe, expect, it, vi } from 'vitest';
import {
  hashPassword,
  isOutdatedHash,
  passwordMatches,
} from '../../../src/features/users/password-hashes.service.ts';
import { configSchema } from '../../../src/platform/config/config.schema.ts';

const app = { config: configSchema.parse({}) };

vi.mock('@node-rs/argon2', async (load) => {
  const real = await load<typeof import('@node-rs/argon2')>();
  return { ...real, verify: vi.fn(real.verify) };
});

describe('password hashes', () => {
  it('are argon2id with a salt of their own', async () => {
    const [one, two] = [await hashPassword(app, 'correct horse'), await hashPassword(app, 'correct horse')];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await passwordMatches(app, one, 'correct horse')).toBe(true);
    expect(await passwordMatches(app, one, 'correct horsE')).toBe(false);
  });

  it('take a password however its accents are composed', async () => {
    expect(
      await passwordMatches(app, await hashPassword(app, 'Zoë pässword'), 'Zoe\u0308 pa\u0308ssword'),
    ).toBe(true);
  });

  it('cost a verification where there is no account or no password too, and match nothing', async () => {
    for (const stored of [null, undefined, await hashPassword(app, 'correct horse')]) {
      vi.mocked(verify).mockClear();
      expect(await passwordMatches(app, stored, 'anything')).toBe(false);
      expect(verify).toHaveBeenCalledOnce();
      expect(vi.mocked(verify).mock.calls[0]?.[0]).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    }
  });

  it('are known as outdated when made with weaker parameters', async () => {
    const weak = await hash('correct horse', { algorithm: 2, memoryCost: 8192, timeCost: 1, parallelism: 1 });
    expect(isOutdatedHash(app, weak)).toBe(true);
    expect(isOutdatedHash(app, await hashPassword(app, 'correct horse'))).toBe(false);
  });

  it('are made with the configured parameters, and outdated once these change', async () => {
    const costly = {
      config: configSchema.parse({ accounts: { password_memory_kib: 8192, password_passes: 3 } }),
    };
    const stored = await hashPassword(costly, 'correct horse');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=8192,t=3,p=1\$/);
    expect([isOutdatedHash(costly, stored), isOutdatedHash(app, stored)]).toEqual([false, true]);
    expect(await passwordMatches(app, stored, 'correct horse')).toBe(true);
  });
});
