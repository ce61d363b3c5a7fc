// Signatures of ssh-keygen -Y: real ones of every type, and all that must not pass for one.
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSignedBy } from '../../../src/base/ssh-signatures.ts';
import { readStrings, wireString } from '../../../src/base/ssh-wire.ts';
import { isSshSigned } from '../../../src/features/auth/ssh-signatures.input.ts';

const NAMESPACE = 'opencodehub@code.example.org';
const TEXT = 'what was signed';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'och-sshsig-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let made = 0;
function keygen(...options: string[]): { file: string; blob: Buffer } {
  const file = join(directory, `key-${made++}`);
  execFileSync('ssh-keygen', ['-q', '-N', '', '-f', file, ...options]);
  return { file, blob: Buffer.from(readFileSync(`${file}.pub`, 'utf8').split(' ')[1] ?? '', 'base64') };
}

function signed(file: string, text = TEXT, ...options: string[]): string {
  const args = ['-Y', 'sign', '-n', NAMESPACE, '-f', file, ...options];
  return execFileSync('ssh-keygen', args, { input: text, encoding: 'utf8', stdio: 'pipe' });
}

const armored = (blob: Buffer) =>
  `-----BEGIN SSH SIGNATURE-----\n${blob.toString('base64')}\n-----END SSH SIGNATURE-----\n`;
const blobOf = (text: string) => Buffer.from(text.split('-----')[2] ?? '', 'base64');
const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const sha256 = (data: Buffer) => createHash('sha256').update(data).digest();

describe('signatures of ssh-keygen', () => {
  it.each([
    ['ed25519', ['-t', 'ed25519']],
    ['ecdsa 256', ['-t', 'ecdsa', '-b', '256']],
    ['ecdsa 384', ['-t', 'ecdsa', '-b', '384']],
    ['ecdsa 521', ['-t', 'ecdsa', '-b', '521']],
    ['rsa', ['-t', 'rsa', '-b', '2048']],
  ])('by %s are right for their key, namespace and text, and for nothing else', (_name, options) => {
    const { file, blob } = keygen(...options);
    const other = keygen(...options);
    for (const digest of ['sha256', 'sha512']) {
      const signature = signed(file, TEXT, '-O', `hashalg=${digest}`);
      expect(isSshSigned(signature, { blob, namespace: NAMESPACE }, TEXT)).toBe(true);
      expect(isSshSigned(signature, { blob, namespace: NAMESPACE }, `${TEXT}\n`)).toBe(false);
      expect(isSshSigned(signature, { blob, namespace: 'git' }, TEXT)).toBe(false);
      expect(isSshSigned(signature, { blob: other.blob, namespace: NAMESPACE }, TEXT)).toBe(false);
    }
  });

  it('stay right many times over: integers are of any length', () => {
    const { file, blob } = keygen('-t', 'ecdsa', '-b', '521');
    for (let round = 0; round < 20; round++)
      expect(isSshSigned(signed(file, `${round}`), { blob, namespace: NAMESPACE }, `${round}`)).toBe(true);
  });

  it('with one byte changed, cut short or continued are wrong', () => {
    const { file, blob } = keygen('-t', 'ed25519');
    const good = blobOf(signed(file));
    const by = { blob, namespace: NAMESPACE };
    expect(isSshSigned(armored(good), by, TEXT)).toBe(true);
    for (let at = 0; at < good.length; at++) {
      const changed = Buffer.from(good);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(isSshSigned(armored(changed), by, TEXT), String(at)).toBe(false);
      expect(isSshSigned(armored(good.subarray(0, at)), by, TEXT), String(at)).toBe(false);
    }
    expect(isSshSigned(armored(Buffer.concat([good, Buffer.from([0])])), by, TEXT)).toBe(false);
  });

  it('in other wrappings are not read', () => {
    const { file, blob } = keygen('-t', 'ed25519');
    const good = signed(file);
    const by = { blob, namespace: NAMESPACE };
    for (const text of [
      '',
      'x',
      good.replaceAll('SSH', 'PGP'),
      good.repeat(2),
      `${good}x`,
      'A'.repeat(30_000),
    ])
      expect(isSshSigned(text, by, TEXT), text.slice(0, 40)).toBe(false);
    expect(isSshSigned(`\r\n${good.replaceAll('\n', '\r\n')}\r\n`, by, TEXT)).toBe(true);
  });
});

describe('signatures made by hand', () => {
  const envelope = (blob: Buffer, digest: string, inner: Buffer) =>
    armored(
      Buffer.concat([
        Buffer.from('SSHSIG'),
        uint32(1),
        ...[blob, NAMESPACE, '', digest, inner].map(wireString),
      ]),
    );
  const toSign = (digest: string, digested: Buffer) =>
    Buffer.concat([Buffer.from('SSHSIG'), ...[NAMESPACE, '', digest, digested].map(wireString)]);

  it('with SHA-1 are refused, as RSA and as digest', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
    const modulus = Buffer.concat([Buffer.from([0]), Buffer.from(n, 'base64url')]);
    const blob = Buffer.concat(['ssh-rsa', Buffer.from(e, 'base64url'), modulus].map(wireString));
    const make = (digest: string, algorithm: string, hash: string) => {
      const data = toSign(digest, createHash(digest).update(TEXT).digest());
      const inner = Buffer.concat([algorithm, sign(hash, data, privateKey)].map(wireString));
      return isSshSigned(envelope(blob, digest, inner), { blob, namespace: NAMESPACE }, TEXT);
    };
    expect(make('sha512', 'rsa-sha2-512', 'sha512')).toBe(true);
    expect(make('sha512', 'rsa-sha2-256', 'sha256')).toBe(true);
    expect(make('sha512', 'ssh-rsa', 'sha1')).toBe(false);
    expect(make('sha1', 'rsa-sha2-512', 'sha512')).toBe(false);
    expect(make('md5', 'rsa-sha2-512', 'sha512')).toBe(false);
    expect(make('sha512', 'rsa-sha2-512', 'sha256')).toBe(false);
  });

  it.each(['ed25519', 'ecdsa'])('by a security key of type %s need its touch', (type) => {
    const device = securityKey(type);
    const data = toSign('sha256', sha256(Buffer.from(TEXT)));
    const by = { blob: device.blob, namespace: NAMESPACE };
    const check = (flags: number) =>
      isSshSigned(envelope(device.blob, 'sha256', device.sign(data, flags)), by, TEXT);
    expect([check(1), check(5), check(0), check(4)]).toEqual([true, true, false, false]);
  });

  it('by a plain key carry nothing of a device', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const x = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    const blob = Buffer.concat(['ssh-ed25519', x].map(wireString));
    const data = Buffer.from(TEXT);
    const signature = {
      algorithm: 'ssh-ed25519',
      bytes: sign(null, data, privateKey),
      device: Buffer.alloc(0),
    };
    expect(isSignedBy(blob, signature, data)).toBe(true);
    expect(isSignedBy(blob, { ...signature, device: Buffer.alloc(5, 1) }, data)).toBe(false);
    expect(isSignedBy(blob, { ...signature, algorithm: 'sk-ssh-ed25519@openssh.com' }, data)).toBe(false);
  });
});

/** A FIDO device as OpenSSH's PROTOCOL.u2f describes it. */
function securityKey(type: string) {
  const isEd = type === 'ed25519';
  const pair = isEd ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' });
  const name = isEd ? 'sk-ssh-ed25519@openssh.com' : 'sk-ecdsa-sha2-nistp256@openssh.com';
  const [left, right] = [x, y].map((part) => Buffer.from(part, 'base64url'));
  const point = Buffer.concat([Buffer.from([4]), left ?? Buffer.alloc(0), right ?? Buffer.alloc(0)]);
  const fields = isEd ? [name, left ?? '', 'ssh:'] : [name, 'nistp256', point, 'ssh:'];
  return {
    blob: Buffer.concat(fields.map(wireString)),
    sign(data: Buffer, flags: number): Buffer {
      const words = Buffer.concat([Buffer.from([flags]), uint32(7)]);
      const signed = Buffer.concat([sha256(Buffer.from('ssh:')), words, sha256(data)]);
      const raw = isEd
        ? sign(null, signed, pair.privateKey)
        : integersOf(sign('sha256', signed, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' }));
      return Buffer.concat([wireString(name), wireString(raw), words]);
    },
  };
}

function integersOf(raw: Buffer): Buffer {
  const integer = (bytes: Buffer) => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const digits = bytes.subarray(start < 0 ? bytes.length : start);
    return wireString((digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits);
  };
  return Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
}

it('strings that end early are not read', () => {
  expect(readStrings(Buffer.from([0, 0, 0, 2, 1]), 1)).toBeUndefined();
  expect(readStrings(Buffer.from([0xff, 0xff, 0xff, 0xff]), 1)).toBeUndefined();
});
