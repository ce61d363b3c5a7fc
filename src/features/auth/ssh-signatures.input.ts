// Signatures as `ssh-keygen -Y sign` prints them (OpenSSH's PROTOCOL.sshsig): "SSHSIG", version, public key, namespace,
// a reserved string, the name of a digest, and the signature over all of it and the digest of the message.
import { createHash } from 'node:crypto';
import { isSignedBy, type SshSignature } from '../../base/ssh-signatures.ts';
import { readStrings, sizeOfStrings, wireString } from '../../base/ssh-wire.ts';

const MAX_TEXT = 20_000;
const MAGIC = Buffer.from('SSHSIG');
const VERSION = 1;
const DIGESTS = ['sha256', 'sha512'];
const ARMOR = /^-----BEGIN SSH SIGNATURE-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END SSH SIGNATURE-----$/;

interface Envelope {
  publicKey: Buffer;
  namespace: string;
  reserved: Buffer;
  digest: string;
  signature: SshSignature;
}

/** Whether a key, as its blob, signed a message in a namespace; false for whatever cannot be read. */
export function isSshSigned(
  armored: string,
  by: { blob: Buffer; namespace: string },
  message: Buffer | string,
): boolean {
  const envelope = readEnvelope(armored);
  if (!envelope?.publicKey.equals(by.blob) || envelope.namespace !== by.namespace) return false;
  const { reserved, digest, signature } = envelope;
  const fields = [by.namespace, reserved, digest, createHash(digest).update(message).digest()];
  return isSignedBy(by.blob, signature, Buffer.concat([MAGIC, ...fields.map(wireString)]));
}

/** The public key, as its blob, that a signature says it is by; nothing is checked. */
export function sshSignerOf(armored: string): Buffer | undefined {
  return readEnvelope(armored)?.publicKey;
}

function readEnvelope(armored: string): Envelope | undefined {
  const text = armored.trim();
  const base64 = text.length > MAX_TEXT ? undefined : ARMOR.exec(text)?.[1];
  if (base64 === undefined) return undefined;
  const blob = Buffer.from(base64, 'base64');
  const start = MAGIC.length + 4;
  if (blob.length < start || !blob.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  if (blob.readUInt32BE(MAGIC.length) !== VERSION) return undefined;
  const fields = readStrings(blob.subarray(start), 5);
  const [publicKey, namespace, reserved, digest, inner] = fields ?? [];
  if (!fields || !publicKey || !namespace || !reserved || !digest || !inner) return undefined;
  if (sizeOfStrings(fields) !== blob.length - start || !DIGESTS.includes(digest.toString('latin1')))
    return undefined;
  const signature = readSignature(inner);
  if (!signature) return undefined;
  return {
    publicKey,
    namespace: namespace.toString('utf8'),
    reserved,
    digest: digest.toString('latin1'),
    signature,
  };
}

function readSignature(inner: Buffer): SshSignature | undefined {
  const fields = readStrings(inner, 2);
  const [algorithm, bytes] = fields ?? [];
  if (!fields || !algorithm || !bytes) return undefined;
  return { algorithm: algorithm.toString('latin1'), bytes, device: inner.subarray(sizeOfStrings(fields)) };
}
