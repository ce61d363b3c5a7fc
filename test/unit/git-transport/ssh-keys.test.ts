// Signatures of SSH keys, with those of FIDO security keys made as a device makes them.
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { fingerprintOf, isAcceptable, isProven } from '../../../src/surfaces/ssh/ssh-keys.ts';

const string = (data: Buffer | string) => {
  const bytes = Buffer.from(data);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest();
const BLOB = Buffer.from('what the client signs');
const APPLICATION = 'ssh:';

function signedData(flags: number): { rest: Buffer; data: Buffer } {
  const rest = Buffer.from([flags, 0, 0, 0, 7]);
  return { rest, data: Buffer.concat([sha256(APPLICATION), rest, sha256(BLOB)]) };
}

function device(kind: 'ed25519' | 'p256') {
  const pair =
    kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = pair.publicKey.export({ format: 'jwk' });
  const bytes = (text: string | undefined) => Buffer.from(text ?? '', 'base64url');
  const algo = kind === 'ed25519' ? 'sk-ssh-ed25519@openssh.com' : 'sk-ecdsa-sha2-nistp256@openssh.com';
  const body =
    kind === 'ed25519'
      ? [string(bytes(jwk.x))]
      : [string('nistp256'), string(Buffer.concat([Buffer.from([4]), bytes(jwk.x), bytes(jwk.y)]))];
  const data = Buffer.concat([string(algo), ...body, string(APPLICATION)]);
  return { key: { algo, data }, touch: (flags: number) => signature(kind, pair.privateKey, flags) };
}

function signature(kind: 'ed25519' | 'p256', key: KeyObject, flags: number): Buffer {
  const { rest, data } = signedData(flags);
  if (kind === 'ed25519') return Buffer.concat([sign(null, data, key), rest]);
  const raw = sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
  const integer = (part: Buffer) =>
    string((part[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), part]) : part);
  return Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32)), rest]);
}

describe.each(['ed25519', 'p256'] as const)('a security key of type %s', (kind) => {
  test('is believed when it was touched, and only for what it signed', () => {
    const { key, touch } = device(kind);
    expect(isAcceptable(key)).toBe(true);
    const proof = { blob: BLOB, signature: touch(1), hashAlgo: undefined };
    expect(isProven(key, proof)).toBe(true);
    expect(isProven(key, { ...proof, blob: Buffer.from('something else') })).toBe(false);
    expect(isProven(device(kind).key, proof)).toBe(false);
    expect(isProven(key, { ...proof, signature: touch(0) })).toBe(false);
    for (let length = 0; length < proof.signature.length; length += 5)
      expect(isProven(key, { ...proof, signature: proof.signature.subarray(0, length) })).toBe(false);
  });
});

test('RSA needs 2048 bits and SHA-2', () => {
  const rsa = (bits: number) => {
    const pair = generateKeyPairSync('rsa', { modulusLength: bits });
    const { e, n } = pair.publicKey.export({ format: 'jwk' });
    const modulus = Buffer.concat([Buffer.from([0]), Buffer.from(n ?? '', 'base64url')]);
    const data = Buffer.concat([
      string('ssh-rsa'),
      string(Buffer.from(e ?? '', 'base64url')),
      string(modulus),
    ]);
    return { key: { algo: 'ssh-rsa', data }, privateKey: pair.privateKey };
  };
  expect(isAcceptable(rsa(1024).key)).toBe(false);
  expect(isAcceptable(rsa(2040).key)).toBe(false);
  const { key, privateKey } = rsa(2048);
  expect(isAcceptable(key)).toBe(true);
  const proof = (algorithm: string, hashAlgo: string | undefined) => ({
    blob: BLOB,
    signature: sign(algorithm, BLOB, privateKey),
    hashAlgo,
  });
  expect(isProven(key, proof('sha512', 'sha512'))).toBe(true);
  expect(isProven(key, proof('sha1', undefined))).toBe(false);
  expect(isProven(key, proof('sha1', 'sha1'))).toBe(false);
});

test('a key that lies about its type is refused', () => {
  const { key } = device('ed25519');
  expect(isAcceptable({ ...key, algo: 'ssh-ed25519' })).toBe(false);
  expect(isAcceptable({ algo: 'ssh-dss', data: string('ssh-dss') })).toBe(false);
  expect(isAcceptable({ algo: 'ssh-ed25519', data: Buffer.from([0, 0, 0, 255]) })).toBe(false);
});

test('fingerprints look as OpenSSH prints them', () => {
  expect(fingerprintOf({ algo: 'x', data: Buffer.from('x') })).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
});
