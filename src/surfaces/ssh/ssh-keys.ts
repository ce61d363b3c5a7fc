// Checks public keys and the signatures made with them, among them those of FIDO security keys (sk-…), which ssh2 does
// not know (OpenSSH's PROTOCOL.u2f).
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import ssh2 from 'ssh2';

/** A public key as a client offers it. */
export interface OfferedKey {
  algo: string;
  data: Buffer;
}

export interface Proof {
  /** What was signed. */
  blob: Buffer;
  signature: Buffer;
  /** Set for RSA with SHA-2. */
  hashAlgo: string | undefined;
}

const PLAIN_TYPES = new Set([
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
]);
const SK_ED25519 = 'sk-ssh-ed25519@openssh.com';
const SK_ECDSA = 'sk-ecdsa-sha2-nistp256@openssh.com';
const MIN_RSA_BITS = 2048;
const USER_PRESENT = 0x01;

/** The fingerprint as OpenSSH prints it. */
export function fingerprintOf(key: OfferedKey): string {
  return `SHA256:${createHash('sha256').update(key.data).digest('base64').replace(/=+$/, '')}`;
}

/** Whether a key is of a kind that is let in; the blob must agree with the name it goes by. */
export function isAcceptable(key: OfferedKey): boolean {
  if (readStrings(key.data, 1)?.[0]?.toString('latin1') !== key.algo) return false;
  if (key.algo === SK_ED25519 || key.algo === SK_ECDSA) return true;
  if (!PLAIN_TYPES.has(key.algo)) return false;
  return key.algo !== 'ssh-rsa' || rsaBits(key) >= MIN_RSA_BITS;
}

/** Whether the signature proves possession of the key. RSA with SHA-1 does not count. */
export function isProven(key: OfferedKey, proof: Proof): boolean {
  try {
    if (key.algo === SK_ED25519) return verifySkEd25519(key, proof);
    if (key.algo === SK_ECDSA) return verifySkEcdsa(key, proof);
    if (key.algo === 'ssh-rsa' && proof.hashAlgo !== 'sha256' && proof.hashAlgo !== 'sha512') return false;
    const parsed = parsePublic(key);
    return parsed?.verify(proof.blob, proof.signature, proof.hashAlgo) === true;
  } catch {
    return false;
  }
}

function parsePublic(key: OfferedKey) {
  const parsed = ssh2.utils.parseKey(`${key.algo} ${key.data.toString('base64')}`);
  return parsed instanceof Error ? undefined : parsed;
}

function rsaBits(key: OfferedKey): number {
  const modulus = readStrings(key.data, 3)?.[2];
  if (!modulus) return 0;
  const start = modulus.findIndex((byte) => byte !== 0);
  return start < 0 ? 0 : (modulus.length - start) * 8 - Math.clz32(modulus[start] ?? 0) + 24;
}

// ssh2 hands over what follows the signature's name and length: 64 bytes, flags, counter.
function verifySkEd25519(key: OfferedKey, proof: Proof): boolean {
  const [, point, application] = readStrings(key.data, 3) ?? [];
  if (point?.length !== 32 || !application || proof.signature.length !== 64 + 5) return false;
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') },
    format: 'jwk',
  });
  const rest = proof.signature.subarray(64);
  return (
    isPresent(rest) &&
    verify(null, signedByDevice(application, rest, proof), publicKey, proof.signature.subarray(0, 64))
  );
}

// The same, with two integers in place of the 64 bytes.
function verifySkEcdsa(key: OfferedKey, proof: Proof): boolean {
  const [, curve, point, application] = readStrings(key.data, 4) ?? [];
  if (curve?.toString('latin1') !== 'nistp256' || point?.length !== 65 || point[0] !== 4 || !application)
    return false;
  const integers = readStrings(proof.signature, 2);
  if (!integers?.[0] || !integers[1]) return false;
  const rest = proof.signature.subarray(8 + integers[0].length + integers[1].length);
  const raw = Buffer.concat(integers.map(fixed32));
  if (rest.length !== 5 || raw.length !== 64 || !isPresent(rest)) return false;
  const data = signedByDevice(application, rest, proof);
  return verify('sha256', data, { key: p256(point), dsaEncoding: 'ieee-p1363' }, raw);
}

function p256(point: Buffer): KeyObject {
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' }, format: 'jwk' });
}

function fixed32(integer: Buffer): Buffer {
  const digits = integer.subarray(Math.max(0, integer.length - 32));
  return Buffer.concat([Buffer.alloc(32 - digits.length), digits]);
}

function signedByDevice(application: Buffer, flagsAndCounter: Buffer, proof: Proof): Buffer {
  const digest = (data: Buffer) => createHash('sha256').update(data).digest();
  return Buffer.concat([digest(application), flagsAndCounter, digest(proof.blob)]);
}

/** Somebody touched the device. */
function isPresent(flagsAndCounter: Buffer): boolean {
  return ((flagsAndCounter[0] ?? 0) & USER_PRESENT) !== 0;
}

/** The first strings of SSH's encoding (RFC 4251, section 5); undefined when the data ends early. */
function readStrings(data: Buffer, count: number): Buffer[] | undefined {
  const strings: Buffer[] = [];
  for (let at = 0; strings.length < count; ) {
    if (at + 4 > data.length) return undefined;
    const end = at + 4 + data.readUInt32BE(at);
    if (end > data.length) return undefined;
    strings.push(data.subarray(at + 4, end));
    at = end;
  }
  return strings;
}
