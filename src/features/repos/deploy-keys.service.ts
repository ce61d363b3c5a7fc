// Deploy keys: SSH keys that stand for one repository, whoever holds them, to read it or to write it.
// They stay when a repository is renamed or transferred, and go with it when it is deleted.
import { type Actor, type DeployKeyActor, doneBy } from '../../base/actor.ts';
import { AppError, invalid, isAppError, notFound } from '../../base/errors.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { checkNewKey, requireFreeKey } from '../auth/key-ownership.service.ts';
import {
  countDeployKeysOf,
  findDeployKey,
  findUsableKey,
  insertDeployKey,
  listDeployKeysOf,
  noteDeployKeyUseAt,
  removeDeployKeyRow,
} from './deploy-keys.store.ts';
import type { DeployKeyRow, FoundDeployKey, NewDeployKey } from './deploy-keys.types.ts';
import { requireAbility } from './repos.policy.ts';
import { findLiveById } from './repos.store.ts';
import type { OpenRepository } from './repos.types.ts';

const NOTED_EVERY = 5 * MINUTE;
const MOST_PER_REPOSITORY = 100;

/** A repository's deploy keys, the newest first. */
export async function listDeployKeys(app: App, actor: Actor, open: OpenRepository): Promise<DeployKeyRow[]> {
  await requireAbility(app.db.read, actor, open, 'deploy-keys:manage');
  return listDeployKeysOf(app.db.read, open.repository.id);
}

/** One of a repository's keys; throws AppError not_found for others. */
export async function requireDeployKey(
  app: App,
  actor: Actor,
  open: OpenRepository,
  keyId: number,
): Promise<DeployKeyRow> {
  await requireAbility(app.db.read, actor, open, 'deploy-keys:manage');
  const row = await findDeployKey(app.db.read, keyId);
  if (row?.repositoryId !== open.repository.id) throw notFound('deploy key');
  return row;
}

/** Adds a key to a repository. Throws AppError invalid on `title` or `key`, also when the key is in use already. */
export async function addDeployKey(
  app: App,
  actor: Actor,
  open: OpenRepository,
  input: NewDeployKey,
): Promise<DeployKeyRow> {
  await requireAbility(app.db.read, actor, open, 'deploy-keys:manage');
  const { title, key } = checkNewKey(input);
  const { type: keyType, text: publicKey, fingerprint } = key;
  const { canWrite } = input;
  const repositoryId = open.repository.id;
  const values = { repositoryId, title, keyType, publicKey, fingerprint, canWrite };
  try {
    return await app.db.write(async (tx) => {
      if (!(await findLiveById(tx, repositoryId))) throw notFound('repository');
      await refuseKey(tx, repositoryId, fingerprint);
      const row = await insertDeployKey(tx, { ...values, createdAt: app.clock.now(), lastUsedAt: null });
      const event = { repositoryId, fingerprint, canWrite };
      await app.events.record(tx, { kind: 'deploy_key.added', ...doneBy(actor), ...event });
      return row;
    });
  } catch (error) {
    if (isAppError(error, 'conflict')) await refuseKey(app.db.read, repositoryId, fingerprint);
    throw error;
  }
}

async function refuseKey(db: Reader | Tx, repositoryId: number, fingerprint: string): Promise<void> {
  await requireFreeKey(db, fingerprint);
  if ((await countDeployKeysOf(db, repositoryId)) < MOST_PER_REPOSITORY) return;
  throw invalid({
    key: `A repository has at most ${MOST_PER_REPOSITORY} deploy keys. Remove some first.`,
  });
}

/** Removes one of a repository's keys, which opens nothing from then on; throws AppError not_found for others. */
export async function removeDeployKey(
  app: App,
  actor: Actor,
  open: OpenRepository,
  keyId: number,
): Promise<DeployKeyRow> {
  await requireAbility(app.db.read, actor, open, 'deploy-keys:manage');
  const repositoryId = open.repository.id;
  return app.db.write(async (tx) => {
    const row = await findDeployKey(tx, keyId);
    if (row?.repositoryId !== repositoryId) throw notFound('deploy key');
    await removeDeployKeyRow(tx, keyId);
    const { fingerprint, canWrite } = row;
    const event = { repositoryId, fingerprint, canWrite };
    await app.events.record(tx, { kind: 'deploy_key.removed', ...doneBy(actor), ...event });
    return row;
  });
}

/** What a key stands for; undefined when it is unknown, its repository deleted, or the owner suspended. */
export async function actorOfDeployKey(app: App, fingerprint: string): Promise<FoundDeployKey | undefined> {
  const found = await findUsableKey(app.db.read, fingerprint);
  if (!found) return undefined;
  const { id: keyId, title, repositoryId, canWrite } = found.key;
  const actor: DeployKeyActor = { kind: 'deploy-key', keyId, title, repositoryId, canWrite };
  return { actor, keyId, repository: `${found.ownerName}/${found.name}` };
}

/** Throws AppError forbidden when a deploy key was removed, or its owner suspended, since it was looked up. */
export async function requireStillValid(app: App, actor: Actor): Promise<void> {
  if (actor.kind !== 'deploy-key') return;
  const row = await findDeployKey(app.db.read, actor.keyId);
  const found = row && (await findUsableKey(app.db.read, row.fingerprint));
  if (found?.key.id === actor.keyId && found.key.canWrite === actor.canWrite) return;
  throw new AppError('forbidden', 'This deploy key is no longer valid.');
}

/** Notes that a key was used, at most every few minutes. */
export async function noteDeployKeyUse(app: App, keyId: number): Promise<void> {
  const row = await findDeployKey(app.db.read, keyId);
  const now = app.clock.now();
  if (!row || (row.lastUsedAt !== null && now - row.lastUsedAt < NOTED_EVERY)) return;
  await app.db.write((tx) => noteDeployKeyUseAt(tx, keyId, now));
}
