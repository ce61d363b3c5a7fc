// OpenPGP keys: real ones from GnuPG, and weak, spent, foreign and hostile ones.
import { generateKey } from 'openpgp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAppError } from '../../../src/base/errors.ts';
import { isSignedByOpenPgp, readOpenPgpKey } from '../../../src/features/auth/openpgp-keys.service.ts';
import { type Gnupg, openGnupg } from '../../support/gnupg.ts';

let gpg: Gnupg;
beforeAll(() => {
  gpg = openGnupg();
});
afterAll(() => gpg.close());

const later = () => Date.now() + 1000;
const read = (text: string, now = later()) => readOpenPgpKey(text, now);

async function refusal(text: string, now?: number): Promise<string> {
  try {
    await read(text, now);
  } catch (error) {
    if (isAppError(error, 'invalid')) return error.fields?.key ?? '';
    throw error;
  }
  return 'accepted';
}

describe('keys from GnuPG', () => {
  it.each([
    ['ed25519', 'sign'],
    ['rsa2048', 'sign'],
    ['nistp384', 'sign'],
  ])('of type %s are read, and their signatures checked', async (algorithm, usage) => {
    const fingerprint = gpg.makeKey(`Ada <ada-${algorithm}@example.org>`, { algorithm, usage });
    const key = await read(gpg.exported(fingerprint));
    expect(key).toMatchObject({
      kind: 'gpg',
      fingerprint,
      keyIds: [fingerprint.slice(-16)],
      emails: [`ada-${algorithm}@example.org`],
      expiresAt: null,
      title: `Ada <ada-${algorithm}@example.org>`,
    });
    const signature = gpg.sign(fingerprint, 'text');
    expect(await isSignedByOpenPgp(key.publicKey, ['text'], signature, later())).toBe(true);
    expect(await isSignedByOpenPgp(key.publicKey, ['other', 'text'], signature, later())).toBe(true);
    for (const wrong of [['other'], ['text\n'], []])
      expect(await isSignedByOpenPgp(key.publicKey, wrong, signature, later())).toBe(false);
  });

  it('that certify alone sign through their subkey, and several user ids are told apart', async () => {
    const fingerprint = gpg.makeKey('Bob <bob@example.org>', { usage: 'cert' });
    expect(await refusal(gpg.exported(fingerprint))).toContain('cannot sign');
    gpg.run(['--quick-add-key', fingerprint, 'ed25519', 'sign', '0']);
    gpg.run(['--quick-add-key', fingerprint, 'cv25519', 'encr', '0']);
    gpg.run(['--quick-add-uid', fingerprint, 'Bob at work <bob@work.example.org>']);
    gpg.run(['--quick-add-uid', fingerprint, 'Bob once <bob@old.example.org>']);
    gpg.run(['--quick-revoke-uid', fingerprint, 'Bob once <bob@old.example.org>']);
    const key = await read(gpg.exported(fingerprint));
    expect(key.keyIds).toHaveLength(1);
    expect(key.keyIds[0]).not.toBe(fingerprint.slice(-16));
    expect(key.emails.sort()).toEqual(['bob@example.org', 'bob@work.example.org']);
    const signature = gpg.sign(fingerprint, 'text');
    expect(await isSignedByOpenPgp(key.publicKey, ['text'], signature, later())).toBe(true);
  });

  it('that have expired or were revoked are refused, and prove nothing any more', async () => {
    const brief = gpg.makeKey('Eve <eve@example.org>', { expires: 'seconds=3600' });
    const exported = gpg.exported(brief);
    const key = await read(exported);
    expect(key.expiresAt).toBeGreaterThan(Date.now());
    const signature = gpg.sign(brief, 'text');
    const afterwards = Date.now() + 7_200_000;
    expect(await refusal(exported, afterwards)).toContain('has expired');
    expect(await isSignedByOpenPgp(key.publicKey, ['text'], signature, afterwards)).toBe(false);
    const revoked = gpg.makeKey('Mallory <mallory@example.org>');
    const before = await read(gpg.exported(revoked));
    expect(before.fingerprint).toBe(revoked);
    revoke(revoked);
    expect(await refusal(gpg.exported(revoked))).toContain('was revoked');
  });

  it('whose signing subkey was revoked prove nothing by it', async () => {
    const fingerprint = gpg.makeKey('Carol <carol@example.org>', { usage: 'cert' });
    gpg.run(['--quick-add-key', fingerprint, 'ed25519', 'sign', '0']);
    const signature = gpg.sign(fingerprint, 'text');
    gpg.run(
      ['--no-batch', '--yes', '--command-fd', '0', '--edit-key', fingerprint],
      'key 1\nrevkey\ny\n0\n\ny\nsave\n',
    );
    const exported = gpg.exported(fingerprint);
    expect(await refusal(exported)).toContain('cannot sign');
    expect(await isSignedByOpenPgp(exported, ['text'], signature, later())).toBe(false);
  });

  it('are not other keys', async () => {
    const [mine, other] = [gpg.makeKey('One <one@example.org>'), gpg.makeKey('Two <two@example.org>')];
    const signature = gpg.sign(other, 'text');
    expect(await isSignedByOpenPgp(gpg.exported(mine), ['text'], signature, later())).toBe(false);
    const both = gpg.run(['--armor', '--detach-sign', '--local-user', mine, '--local-user', other], 'text');
    expect(await isSignedByOpenPgp(gpg.exported(mine), ['text'], both, later())).toBe(false);
    for (const nonsense of ['', 'x', gpg.exported(mine), signature.slice(0, 100), 'A'.repeat(50_000)])
      expect(await isSignedByOpenPgp(gpg.exported(mine), ['text'], nonsense, later())).toBe(false);
  });
});

/** Turns the revocation that gpg keeps ready for each key into force. */
function revoke(fingerprint: string): void {
  gpg.run(
    ['--no-batch', '--yes', '--command-fd', '0', '--edit-key', fingerprint],
    'revkey\ny\n0\n\ny\nsave\n',
  );
}

describe('what is pasted', () => {
  it('may hold one public key and no private one', async () => {
    const one = gpg.exported(gpg.makeKey('Three <three@example.org>'));
    const fingerprint = gpg.makeKey('Four <four@example.org>');
    const two = gpg.exported(fingerprint);
    expect(await refusal(`${one}\n${two}`)).toContain('one key at a time');
    expect(
      await refusal(gpg.run(['--armor', '--export', 'three@example.org', 'four@example.org'])),
    ).toContain('one key at a time');
    const secret = gpg.run(['--armor', '--export-secret-keys', fingerprint]);
    expect(await refusal(secret)).toContain('private key');
    const renamed = secret.replaceAll('PRIVATE', 'PUBLIC');
    expect(await refusal(renamed)).not.toBe('accepted');
  });

  it('is not trusted in size', async () => {
    const key = gpg.exported(gpg.makeKey('Five <five@example.org>'));
    expect(await refusal(`${key}${' '.repeat(10)}${'\n'.repeat(10)}`)).toBe('accepted');
    expect(await refusal(key.replace('\n\n', `\nComment: ${'x'.repeat(100_000)}\n\n`))).toContain('too long');
    const userIDs = Array.from({ length: 51 }, (_, i) => ({ email: `u${i}@example.org` }));
    const { publicKey } = await generateKey({ userIDs, format: 'armored' });
    expect(await refusal(publicKey)).toContain('too long');
  });

  it('may be damaged in any way', async () => {
    const key = gpg.exported(gpg.makeKey('Six <six@example.org>'));
    const lines = key.split('\n');
    for (let at = 2; at < lines.length - 3; at++) {
      const cut = [...lines.slice(0, at), ...lines.slice(at + 1)].join('\n');
      expect(await refusal(cut), String(at)).not.toBe('accepted');
    }
    const header = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n';
    for (const body of ['', 'AAAA', 'mDMEZ', Buffer.alloc(3000, 0xff).toString('base64')])
      expect(await refusal(`${header}${body}\n-----END PGP PUBLIC KEY BLOCK-----`)).not.toBe('accepted');
  });

  it('is stored without what stood around it', async () => {
    const key = gpg.exported(gpg.makeKey('Seven <seven@example.org>'));
    const commented = key.replace('\n\n', '\nComment: <script>alert(1)</script>\n\n');
    expect((await read(commented)).publicKey).not.toContain('script');
  });
});
