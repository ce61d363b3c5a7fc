// OpenPGP: reads public keys and checks detached signatures. The library is loaded when it is first needed.
import type { Key, Subkey } from 'openpgp';
import { invalid } from '../../base/errors.ts';
import type { CheckedSigningKey } from './signing-keys.types.ts';

const MAX_KEY_TEXT = 100_000;
const MAX_SIGNATURE_TEXT = 20_000;
/** What hostile keys are padded with; each is bounded because each costs a check. */
const MOST_PACKETS = 400;
const MOST_USERS = 50;
const MOST_SUBKEYS = 20;
const MOST_RSA_BITS = 8192;

const load = () => import('openpgp');

/** Reads one public key that can sign now. Throws AppError invalid on `key`. */
export async function readOpenPgpKey(
  text: string,
  now: number,
): Promise<CheckedSigningKey & { title: string }> {
  const key = await parseKey(text);
  await requireGood(key, now);
  const keyIds = await signingIdsOf(key);
  if (keyIds.length === 0) throw invalid({ key: 'This key cannot sign: neither it nor a subkey may.' });
  const expires = await key.getExpirationTime();
  return {
    kind: 'gpg',
    fingerprint: key.getFingerprint().toUpperCase(),
    // Anew: what stood around the key is not ours to publish.
    publicKey: key.armor(),
    keyIds,
    emails: await emailsOf(key, now),
    expiresAt: expires instanceof Date ? expires.getTime() : null,
    title: nameOf(key),
  };
}

async function parseKey(text: string): Promise<Key> {
  const armored = text.trim();
  if (/PRIVATE KEY BLOCK/.test(armored)) throw privateKey();
  if (armored.length > MAX_KEY_TEXT) throw invalid({ key: tooLong() });
  if (armored.split('-----BEGIN PGP').length > 2) throw invalid({ key: 'Paste one key at a time.' });
  const { readKeys } = await load();
  const keys = await readKeys({ armoredKeys: armored }).catch(() => []);
  const [key] = keys;
  if (!key)
    throw invalid({ key: 'This is not an OpenPGP key that can be read. Copy the whole block again.' });
  if (keys.length > 1) throw invalid({ key: 'Paste one key at a time.' });
  if (key.isPrivate()) throw privateKey();
  refuseHostile(key);
  return key;
}

function privateKey() {
  return invalid({
    key: 'This is a private key: it must never leave your machine. It was not stored, but now make a new pair, and paste what gpg --armor --export prints.',
  });
}

function tooLong(): string {
  return 'This key is too long. Export it without the signatures of others: gpg --armor --export-options export-minimal --export';
}

function refuseHostile(key: Key): void {
  const isLarge =
    key.toPacketList().length > MOST_PACKETS ||
    key.users.length > MOST_USERS ||
    key.subkeys.length > MOST_SUBKEYS;
  if (isLarge) throw invalid({ key: tooLong() });
  const bits = [key, ...key.subkeys].map((part) => part.getAlgorithmInfo().bits ?? 0);
  if (bits.some((count) => count > MOST_RSA_BITS))
    throw invalid({ key: `An RSA key has at most ${MOST_RSA_BITS} bits.` });
}

/** Throws AppError invalid on `key` for keys that are revoked, expired, weak or not signed by themselves. */
async function requireGood(key: Key, now: number): Promise<void> {
  if (await key.isRevoked()) throw invalid({ key: 'This key was revoked: it signs nothing any more.' });
  const expires = await key.getExpirationTime();
  if (expires instanceof Date && expires.getTime() <= now)
    throw invalid({
      key: 'This key has expired. Give it a later date with gpg --edit-key, and export it again.',
    });
  await key.verifyPrimaryKey(new Date(now)).catch(() => {
    throw invalid({
      key: 'This key is too weak, not yet valid, or damaged. Make a new one: gpg --full-generate-key',
    });
  });
}

/** The ids of the primary key and of its own subkeys that sign, also of those that have expired since. */
async function signingIdsOf(key: Key): Promise<string[]> {
  const ids: string[] = [];
  for (const part of [key, ...key.subkeys]) {
    const id = part.getKeyID();
    // A subkey signs back that it belongs to its primary key: nobody takes over that of another.
    const signs = await key.getSigningKey(id, signedAt(part)).then(
      () => true,
      () => false,
    );
    if (signs) ids.push(id.toHex().toUpperCase());
  }
  return ids;
}

/** A moment at which a key that has expired since was valid. */
function signedAt(part: Key | Subkey): Date {
  const bindings = 'bindingSignatures' in part ? part.bindingSignatures : [];
  const times = bindings.map(({ created }) => created?.getTime() ?? 0);
  return new Date(Math.max(part.getCreationTime().getTime(), ...times) + 1000);
}

/** The addresses in its user ids, those that the key itself vouches for and has not revoked. */
async function emailsOf(key: Key, now: number): Promise<string[]> {
  const emails = new Set<string>();
  for (const user of key.users) {
    const email = user.userID?.email?.toLowerCase() ?? '';
    if (!/^[^\s@<>]{1,64}@[^\s@<>]{1,189}$/.test(email)) continue;
    if (await user.verify(new Date(now)).catch(() => false)) emails.add(email);
  }
  return [...emails];
}

function nameOf(key: Key): string {
  const id = key.users[0]?.userID?.userID ?? '';
  return (
    id
      .replace(/[\p{Cc}\p{Cf}]/gu, '')
      .trim()
      .slice(0, 100) || 'GPG key'
  );
}

/** Whether a key made a detached signature over one of the texts, and may sign now. */
export async function isSignedByOpenPgp(
  publicKey: string,
  texts: readonly string[],
  armoredSignature: string,
  now: number,
): Promise<boolean> {
  if (armoredSignature.length > MAX_SIGNATURE_TEXT) return false;
  const { readKey } = await load();
  const key = await readKey({ armoredKey: publicKey });
  const good = await key.verifyPrimaryKey(new Date(now)).then(
    () => true,
    () => false,
  );
  if (!good) return false;
  for (const text of texts) if (await verifies(key, text, armoredSignature, now)) return true;
  return false;
}

async function verifies(key: Key, text: string, armoredSignature: string, now: number): Promise<boolean> {
  const { createMessage, readSignature, verify } = await load();
  try {
    const signature = await readSignature({ armoredSignature });
    if (signature.packets.length !== 1) return false;
    const message = await createMessage({ binary: new TextEncoder().encode(text) });
    const date = new Date(now);
    const { signatures } = await verify({ message, signature, verificationKeys: key, date });
    const [one] = signatures;
    if (!one) return false;
    // The key must be able to sign today: not only when the signature says it was made.
    await key.getSigningKey(one.keyID, date);
    return await one.verified;
  } catch {
    return false;
  }
}
