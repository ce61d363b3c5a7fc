// Keys that sign commits and tags. A key is kept once its person has signed a challenge of ours with it, and not before:
// public keys are public, so that pasting one proves nothing and must not keep it from whom it belongs to.
import { type Actor, doneBy, type UserActor } from '../../base/actor.ts';
import { type AppError, invalid, isAppError, notFound } from '../../base/errors.ts';
import { HOUR } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { requirePerson } from '../users/people.service.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import type { UserRow } from '../users/users.types.ts';
import { dropOneTimes, findOneTimeToken, makeOneTime, takeOneTime } from './one-time-tokens.service.ts';
import {
  countSigningKeysOf,
  findByKindAndFingerprint,
  findSigningKeyRow,
  findVerifier,
  insertSigningKey,
  listKeysWithoutIds,
  listSigningKeysOf,
  removeSigningKeyRow,
  setKeyIds,
  updateSigningKey,
} from './signing-keys.store.ts';
import type {
  Challenge,
  FoundSigningKey,
  NewSigningKey,
  SigningKeyKind,
  SigningKeyRow,
} from './signing-keys.types.ts';
import {
  challengeOf,
  checkSigningKey,
  isAccountProof,
  isProvenBy,
  type PendingKey,
  pendingOf,
} from './signing-proofs.service.ts';

export const KEY_IDS_JOB = 'auth.fill_signing_key_ids';

const PROOF = 'signing-key-proof';
const MOST_PER_USER = 50;

/** A person's signing keys, the newest first. */
export async function listSigningKeys(app: App, actor: Actor, userId: number): Promise<SigningKeyRow[]> {
  requireAccountAbility(actor, userId, 'keys:read');
  return listSigningKeysOf(app.db.read, userId);
}

/**
 * Checks a key and asks for its proof; only the last question asked of an account can be answered. Throws AppError
 * invalid on `title` or `key`.
 */
export async function askForProof(app: App, actor: UserActor, input: NewSigningKey): Promise<Challenge> {
  const { userId } = actor;
  requireAccountAbility(actor, userId, 'keys:write');
  const key = await checkSigningKey(input, app.clock.now());
  await refuseKey(app.db.read, userId, key);
  const token = await app.db.write(async (tx) => {
    await dropOneTimes(tx, userId, PROOF);
    return makeOneTime(app, tx, { kind: PROOF, userId, data: { ...key }, lifetime: HOUR });
  });
  return challengeOf(app, actor, key, token);
}

/** The question a token stands for; throws AppError invalid on `key` when it can be answered no more. */
export async function findChallenge(app: App, actor: UserActor, token: string): Promise<Challenge> {
  return challengeOf(app, actor, await requirePending(app, actor, token), token);
}

async function requirePending(app: App, actor: UserActor, token: string): Promise<PendingKey> {
  requireAccountAbility(actor, actor.userId, 'keys:write');
  const found = await findOneTimeToken(app, PROOF, token);
  if (found?.userId !== actor.userId) throw tooLate();
  return pendingOf(found.data);
}

function tooLate(): AppError {
  return invalid({ key: 'This challenge has expired or was replaced. Paste the key again.' });
}

/**
 * Keeps a key whose challenge was signed with it; one's own key is brought up to date. Throws AppError invalid on
 * `signature` or `key`.
 */
export async function proveSigningKey(
  app: App,
  actor: UserActor,
  token: string,
  signature: string,
): Promise<SigningKeyRow> {
  const key = await requirePending(app, actor, token);
  const challenge = challengeOf(app, actor, key, token);
  if (!(await isProvenBy(app, key, challenge.text, signature)))
    throw invalid({
      signature:
        'This is not a signature of the text above by this key. Run the command again, and paste all that it prints.',
    });
  try {
    return await app.db.write(async (tx) => {
      if (!(await takeOneTime(app, tx, PROOF, token))) throw tooLate();
      return keepKey(app, tx, actor, key);
    });
  } catch (error) {
    if (isAppError(error, 'conflict')) await refuseKey(app.db.read, actor.userId, key);
    throw error;
  }
}

/**
 * Keeps an OpenPGP key that comes together with a signature of `accountProofOf` by it. Throws AppError invalid on
 * `armored_public_key` or `armored_signature`.
 */
export async function addProvenKey(
  app: App,
  actor: UserActor,
  text: string,
  signature: string,
): Promise<SigningKeyRow> {
  requireAccountAbility(actor, actor.userId, 'keys:write');
  if (!text.includes('-----BEGIN PGP'))
    throw invalid({ armored_public_key: 'Paste what gpg --armor --export prints.' });
  try {
    const key = await checkSigningKey({ title: '', key: text }, app.clock.now());
    if (!(await isAccountProof(app, actor, key, signature))) throw unproven();
    return await app.db.write((tx) => keepKey(app, tx, actor, key));
  } catch (error) {
    const message = isAppError(error, 'invalid') ? error.fields?.key : undefined;
    throw message === undefined ? error : invalid({ armored_public_key: message });
  }
}

/** Notes that one of one's keys was proved once more. Throws AppError invalid on `armored_signature`. */
export async function proveAgain(
  app: App,
  actor: UserActor,
  row: SigningKeyRow,
  signature: string,
): Promise<SigningKeyRow> {
  requireAccountAbility(actor, row.userId, 'keys:write');
  if (!(await isAccountProof(app, actor, row, signature))) throw unproven();
  return app.db.write((tx) => keepKey(app, tx, actor, row));
}

function unproven(): AppError {
  return invalid({
    armored_signature:
      'This is not a signature of the text of GET /user/gpg_key_token by this key. Sign it again: gpg --armor --detach-sign',
  });
}

async function keepKey(app: App, tx: Tx, actor: UserActor, key: PendingKey): Promise<SigningKeyRow> {
  const { userId } = actor;
  const known = await refuseKey(tx, userId, key);
  const now = app.clock.now();
  const values = { ...key, userId, verifiedAt: now };
  if (known) await updateSigningKey(tx, known.id, values);
  const row = known ? { ...known, ...values } : await insertSigningKey(tx, { ...values, createdAt: now });
  const { fingerprint } = key;
  await app.events.record(tx, { kind: 'signing_key.added', ...doneBy(actor), userId, fingerprint });
  return row;
}

/** Throws AppError invalid on `key` where it cannot be added; returns one's own key that it would replace. */
async function refuseKey(
  db: Reader | Tx,
  userId: number,
  { kind, fingerprint }: PendingKey,
): Promise<SigningKeyRow | undefined> {
  const known = await findByKindAndFingerprint(db, kind, fingerprint);
  if (known && known.userId !== userId)
    throw invalid({ key: 'Another account proved to hold this key. One key belongs to one account.' });
  if (!known && (await countSigningKeysOf(db, userId)) >= MOST_PER_USER)
    throw invalid({ key: `An account has at most ${MOST_PER_USER} signing keys. Remove some first.` });
  return known;
}

/** Removes one of a person's keys, which verifies nothing from then on; throws AppError not_found for others. */
export async function removeSigningKey(
  app: App,
  actor: Actor,
  userId: number,
  keyId: number,
): Promise<SigningKeyRow> {
  requireAccountAbility(actor, userId, 'keys:write');
  return app.db.write(async (tx) => {
    const row = await findSigningKeyRow(tx, keyId);
    if (row?.userId !== userId) throw notFound('signing key');
    await removeSigningKeyRow(tx, keyId);
    const { fingerprint } = row;
    await app.events.record(tx, { kind: 'signing_key.removed', ...doneBy(actor), userId, fingerprint });
    return row;
  });
}

/**
 * The key that may verify a signature, with its account: by `SHA256:…` of an SSH key, or by the fingerprint of an
 * OpenPGP key or the id of one of its keys, in hex.
 */
export async function findSigningKey(
  app: App,
  kind: SigningKeyKind,
  keyIdOrFingerprint: string,
): Promise<FoundSigningKey | undefined> {
  const id = kind === 'gpg' ? keyIdOrFingerprint.toUpperCase() : keyIdOrFingerprint;
  return findVerifier(app.db.read, kind, id);
}

/** Has keys from before their ids were indexed indexed soon; nothing is queued where there are none. */
export async function fillKeyIdsLater(app: App): Promise<void> {
  if ((await listKeysWithoutIds(app.db.read, 0, 1)).length === 0) return;
  await app.db.write((tx) => app.jobs.enqueue(tx, KEY_IDS_JOB, {}, { uniqueKey: KEY_IDS_JOB }));
}

/** Indexes the ids of keys that were added before there was an index. */
export async function fillKeyIds(app: App): Promise<void> {
  for (let after = 0; ; ) {
    const page = await listKeysWithoutIds(app.db.read, after, 200);
    await app.db.write(async (tx) => {
      for (const { id } of page) {
        // It may have been removed or changed since the list was read.
        const row = await findSigningKeyRow(tx, id);
        if (row) await setKeyIds(tx, id, row.keyIds);
      }
    });
    const last = page.at(-1);
    if (!last || page.length < 200) return;
    after = last.id;
  }
}

/** Everybody's OpenPGP keys are public, as on GitHub: armored blocks. Throws AppError not_found. */
export async function publicOpenPgpKeysOf(app: App, actor: Actor, name: string): Promise<string[]> {
  return (await openPgpKeysOf(app, actor, name)).keys.map((row) => row.publicKey);
}

/** As `publicOpenPgpKeysOf`, whole. */
export async function openPgpKeysOf(
  app: App,
  actor: Actor,
  name: string,
): Promise<{ user: UserRow; keys: SigningKeyRow[] }> {
  const user = await requirePerson(app, actor, name);
  const rows = await listSigningKeysOf(app.db.read, user.id);
  return { user, keys: rows.filter((row) => row.kind === 'gpg' && row.verifiedAt !== null) };
}
