// Checks signatures made with SSH keys, among them FIDO security keys (OpenSSH's PROTOCOL.u2f). Never with SHA-1.
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readStrings } from './ssh-wire.ts';

export interface SshSignature {
  /** Its name in the protocol, e.g. `rsa-sha2-512`. */
  algorithm: string;
  /** 64 bytes of Ed25519, RSA's number, or two integers of ECDSA as strings. */
  bytes: Buffer;
  /** Of security keys: flags and counter, five bytes. Otherwise empty. */
  device: Buffer;
}

const SK_ED25519 = 'sk-ssh-ed25519@openssh.com';
const SK_ECDSA = 'sk-ecdsa-sha2-nistp256@openssh.com';
const USER_PRESENT = 0x01;

const CURVES: Readonly<Record<string, { crv: string; bytes: number; hash: string }>> = {
  nistp256: { crv: 'P-256', bytes: 32, hash: 'sha256' },
  nistp384: { crv: 'P-384', bytes: 48, hash: 'sha384' },
  nistp521: { crv: 'P-521', bytes: 66, hash: 'sha512' },
};
const RSA_HASHES: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' };

/** Whether the key in `blob` made the signature over `data`; false for whatever cannot be read. */
export function isSignedBy(blob: Buffer, signature: SshSignature, data: Buffer): boolean {
  try {
    return checkerOf(blob)(signature, data);
  } catch {
    return false;
  }
}

type Checker = (signature: SshSignature, data: Buffer) => boolean;

function checkerOf(blob: Buffer): Checker {
  const type = readStrings(blob, 1)?.[0]?.toString('latin1') ?? '';
  const isDevice = type === SK_ED25519 || type === SK_ECDSA;
  return (signature, data) => {
    if (isDevice) return checkDevice(type, blob, signature, data);
    if (signature.device.length > 0) return false;
    if (type === 'ssh-ed25519') return checkEd25519(type, readStrings(blob, 2)?.[1], signature, data);
    if (type === 'ssh-rsa') return checkRsa(blob, signature, data);
    return checkEcdsa(type, readStrings(blob, 3), signature, data);
  };
}

// A device signs a digest of what was to be signed, behind its own words about itself.
function checkDevice(type: string, blob: Buffer, signature: SshSignature, data: Buffer): boolean {
  const fields = readStrings(blob, type === SK_ED25519 ? 3 : 4);
  const application = fields?.at(-1);
  const { device } = signature;
  if (!fields || !application || device.length !== 5) return false;
  // Somebody touched it.
  if (((device[0] ?? 0) & USER_PRESENT) === 0) return false;
  const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
  const signed = Buffer.concat([digest(application), device, digest(data)]);
  if (type === SK_ED25519) return checkEd25519(type, fields[1], signature, signed);
  return checkEcdsa(type, fields, signature, signed);
}

function checkEd25519(
  type: string,
  point: Buffer | undefined,
  signature: SshSignature,
  data: Buffer,
): boolean {
  if (signature.algorithm !== type || point?.length !== 32 || signature.bytes.length !== 64) return false;
  const key = publicKey({ kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') });
  return verify(null, data, key, signature.bytes);
}

function checkRsa(blob: Buffer, signature: SshSignature, data: Buffer): boolean {
  const [, exponent, modulus] = readStrings(blob, 3) ?? [];
  const hash = RSA_HASHES[signature.algorithm];
  if (!exponent || !modulus || hash === undefined) return false;
  const digits = withoutZeros(modulus);
  if (signature.bytes.length > digits.length) return false;
  const n = digits.toString('base64url');
  const key = publicKey({ kty: 'RSA', n, e: withoutZeros(exponent).toString('base64url') });
  return verify(hash, data, key, fixed(signature.bytes, digits.length));
}

function checkEcdsa(
  type: string,
  fields: Buffer[] | undefined,
  signature: SshSignature,
  data: Buffer,
): boolean {
  const [, name, point] = fields ?? [];
  const curve = CURVES[name?.toString('latin1') ?? ''];
  const integers = readStrings(signature.bytes, 2);
  if (!curve || !type.includes(`ecdsa-sha2-${name}`) || signature.algorithm !== type || !integers)
    return false;
  if (point?.length !== 1 + 2 * curve.bytes || point[0] !== 4) return false;
  const digits = integers.map(withoutZeros);
  if (digits.some((integer) => integer.length > curve.bytes)) return false;
  const [x, y] = [point.subarray(1, 1 + curve.bytes), point.subarray(1 + curve.bytes)];
  const key = publicKey({
    kty: 'EC',
    crv: curve.crv,
    x: x.toString('base64url'),
    y: y.toString('base64url'),
  });
  const raw = Buffer.concat(digits.map((integer) => fixed(integer, curve.bytes)));
  return verify(curve.hash, data, { key, dsaEncoding: 'ieee-p1363' }, raw);
}

function publicKey(jwk: Record<string, string>): KeyObject {
  return createPublicKey({ key: jwk, format: 'jwk' });
}

function withoutZeros(number: Buffer): Buffer {
  const start = number.findIndex((byte) => byte !== 0);
  return start < 0 ? Buffer.alloc(0) : number.subarray(start);
}

function fixed(number: Buffer, length: number): Buffer {
  return Buffer.concat([Buffer.alloc(length - number.length), number]);
}
