// Checks public keys and the signatures made with them, among them those of FIDO security keys (sk-…), which ssh2 does
// not know.
import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';
import { isSignedBy } from '../../base/ssh-signatures.ts';
import { readStrings, sizeOfStrings } from '../../base/ssh-wire.ts';

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
    if (key.algo === SK_ED25519 || key.algo === SK_ECDSA) return isProvenByDevice(key, proof);
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

/** ssh2 hands over what follows the signature's name and length: of security keys that ends in flags and counter. */
function isProvenByDevice(key: OfferedKey, { blob, signature }: Proof): boolean {
  const end = key.algo === SK_ED25519 ? 64 : sizeOfStrings(readStrings(signature, 2) ?? []);
  const parts = { bytes: signature.subarray(0, end), device: signature.subarray(end) };
  return isSignedBy(key.data, { algorithm: key.algo, ...parts }, blob);
}
