// SSH keys of accounts: adding, listing, removing, and finding who a key stands for.
import { type Actor, doneBy, type UserActor } from '../../base/actor.ts';
import { invalid, isAppError, notFound } from '../../base/errors.ts';
import { requireScope, requireSiteAbility } from '../../base/judgement.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { requirePerson } from '../users/people.service.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import type { UserRow } from '../users/users.types.ts';
import { actorOfAccount } from './actors.service.ts';
import { checkNewKey, requireFreeKey } from './key-ownership.service.ts';
import {
  countKeysOf,
  findByFingerprint,
  findKey,
  insertKey,
  listKeysOf,
  noteKeyUse,
  removeKey,
} from './ssh-keys.store.ts';
import type { NewSshKey, SshKeyRow } from './ssh-keys.types.ts';

const NOTED_EVERY = 5 * MINUTE;
const MOST_PER_USER = 100;

/** Adds a key to an account. Throws AppError invalid on `title` or `key`, also when the key is in use already. */
export async function addSshKey(
  app: App,
  actor: Actor,
  userId: number,
  input: NewSshKey,
): Promise<SshKeyRow> {
  requireMayChangeKeys(actor, userId);
  const { title, key } = checkNewKey(input);
  refuseWidening(actor);
  const { type: keyType, text: publicKey, fingerprint } = key;
  const createdAt = app.clock.now();
  try {
    return await app.db.write(async (tx) => {
      await refuseKey(tx, userId, fingerprint);
      const values = { userId, title, keyType, publicKey, fingerprint, createdAt, lastUsedAt: null };
      const row = await insertKey(tx, values);
      await app.events.record(tx, { kind: 'ssh_key.added', ...doneBy(actor), userId, fingerprint });
      return row;
    });
  } catch (error) {
    if (isAppError(error, 'conflict')) await refuseKey(app.db.read, userId, fingerprint);
    throw error;
  }
}

/** One's own, and for administrators those of others: they hold what keys lead to anyway. */
function requireMayChangeKeys(actor: Actor, userId: number): void {
  if (actor.kind === 'user' && actor.userId === userId) requireAccountAbility(actor, userId, 'keys:write');
  else requireSiteAbility(actor, 'site:administer');
}

/** A key reaches every repository its person does: a token adds none unless it may do as much by itself. */
function refuseWidening(actor: Actor): void {
  if (actor.kind !== 'user') return;
  requireScope(actor, 'write:repository');
  if (actor.isAdmin) requireScope(actor, 'write:admin');
}

async function refuseKey(db: Reader | Tx, userId: number, fingerprint: string): Promise<void> {
  await requireFreeKey(db, fingerprint, userId);
  if ((await countKeysOf(db, userId)) >= MOST_PER_USER) {
    throw invalid({ key: `An account has at most ${MOST_PER_USER} keys. Remove some first.` });
  }
}

/** A person's keys, the newest first. */
export async function listSshKeys(app: App, actor: Actor, userId: number): Promise<SshKeyRow[]> {
  requireAccountAbility(actor, userId, 'keys:read');
  return listKeysOf(app.db.read, userId);
}

/** One of a person's keys; throws AppError not_found when it is not theirs. */
export async function requireSshKey(
  app: App,
  actor: Actor,
  userId: number,
  keyId: number,
): Promise<SshKeyRow> {
  requireAccountAbility(actor, userId, 'keys:read');
  const row = await findKey(app.db.read, keyId);
  if (row?.userId !== userId) throw notFound('SSH key');
  return row;
}

/** Removes one of a person's keys; throws AppError not_found when it is not theirs. */
export async function removeSshKey(
  app: App,
  actor: Actor,
  userId: number,
  keyId: number,
): Promise<SshKeyRow> {
  requireMayChangeKeys(actor, userId);
  const row = await findKey(app.db.read, keyId);
  if (row?.userId !== userId) throw notFound('SSH key');
  await app.db.write(async (tx) => {
    await removeKey(tx, keyId);
    const { fingerprint } = row;
    await app.events.record(tx, { kind: 'ssh_key.removed', ...doneBy(actor), userId, fingerprint });
  });
  return row;
}

/** Everybody's public keys are public, as on GitHub: `type base64` each. Throws AppError not_found. */
export async function publicKeysOf(app: App, actor: Actor, name: string): Promise<string[]> {
  return (await publicKeyRowsOf(app, actor, name)).keys.map((row) => row.publicKey);
}

/** As `publicKeysOf`, whole: what a key is called and when it was used is for its person alone. */
export async function publicKeyRowsOf(
  app: App,
  actor: Actor,
  name: string,
): Promise<{ user: UserRow; keys: SshKeyRow[] }> {
  const user = await requirePerson(app, actor, name);
  return { user, keys: await listKeysOf(app.db.read, user.id) };
}

/** Who a key stands for, by its fingerprint `SHA256:…`; undefined when unknown or its person is suspended. */
export async function actorOfSshKey(
  app: App,
  fingerprint: string,
): Promise<{ actor: UserActor; keyId: number } | undefined> {
  const found = await findByFingerprint(app.db.read, fingerprint);
  const actor = found && (await actorOfAccount(app, found.user, 'ssh'));
  if (!actor) return undefined;
  const keyId = found.key.id;
  return { actor: { ...actor, credential: { kind: 'ssh-key', id: keyId } }, keyId };
}

/** Notes that a key was used to sign in, at most every few minutes. */
export async function noteSshKeyUse(app: App, keyId: number): Promise<void> {
  const row = await findKey(app.db.read, keyId);
  const now = app.clock.now();
  if (!row || (row.lastUsedAt !== null && now - row.lastUsedAt < NOTED_EVERY)) return;
  await app.db.write((tx) => noteKeyUse(tx, keyId, now));
}
