// Checks OpenPGP signatures that were made in the past: the key must have been good when the signature says it was made.
import type { SignatureVerdict } from './signing-keys.types.ts';

const MAX_SIGNATURE_TEXT = 64 * 1024;

/** A key that was given a later date holds self-signatures younger than what it signed; it is good today instead. */
const CONFIG = { allowInsecureVerificationWithReformattedKeys: true };

const load = () => import('openpgp');

/**
 * Checks a detached signature over some bytes with an armored public key. A key that has expired since it signed, or
 * was retired since, still vouches for what it signed; one that was revoked because it fell into other hands does not.
 */
export async function checkOpenPgp(
  publicKey: string,
  payload: Buffer,
  armored: string,
  now: number,
): Promise<SignatureVerdict> {
  if (armored.length > MAX_SIGNATURE_TEXT) return 'bad';
  const { createMessage, readKey, readSignature, verify } = await load();
  try {
    const key = await readKey({ armoredKey: publicKey });
    const signature = await readSignature({ armoredSignature: armored });
    const [packet] = signature.packets;
    if (signature.packets.length !== 1 || !packet) return 'bad';
    const message = await createMessage({ binary: new Uint8Array(payload) });
    const date = new Date(now);
    const { signatures } = await verify({ message, signature, verificationKeys: key, date, config: CONFIG });
    const [one] = signatures;
    if (!one) return 'bad';
    await one.verified;
    return 'good';
  } catch (error) {
    return verdictOf(error);
  }
}

/** What the library says in words only: the signature itself was good where it complains of the key. */
function verdictOf(error: unknown): SignatureVerdict {
  const text = error instanceof Error ? error.message : '';
  if (/revoked/i.test(text)) return 'revoked';
  return /expired/i.test(text) ? 'expired' : 'bad';
}
