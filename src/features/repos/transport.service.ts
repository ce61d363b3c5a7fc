// The gate of git itself, for HTTP and SSH alike, and what a push is allowed to do and leaves behind.
import type { Actor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import type { RepoDir } from '../../platform/git/git.types.ts';
import { removeLeftovers } from '../../platform/git/maintenance.ts';
import { readHead } from '../../platform/git/refs.ts';
import { repositoryDirectory, setDefaultBranch } from '../../platform/git/repository.ts';
import { actorOfToday } from '../auth/actors.service.ts';
import { openRepository } from './access.service.ts';
import { requireStillValid } from './deploy-keys.service.ts';
import { openForUpdates } from './push-grants.service.ts';
import { judgePush, type MergeProof } from './push-judges.service.ts';
import { wordsOfPush } from './push-words.service.ts';
import { insertIntent, listIntents, removeIntent } from './pushes.store.ts';
import { readsUnit } from './repos.policy.ts';
import { findLiveById, notePush, updateRepository } from './repos.store.ts';
import type { Ability, OpenRepository } from './repos.types.ts';

export type GitService = 'upload-pack' | 'receive-pack' | 'upload-archive';

export interface OpenTransport {
  repository: {
    id: number;
    ownerName: string;
    name: string;
    defaultBranch: string;
    objectFormat: 'sha1' | 'sha256';
  };
  dir: RepoDir;
  actor: Actor;
  /** The actor may not know of pull requests here, nor fetch their commits. */
  hidesPulls?: true;
  /** `/owner/name` of today, when the path used an earlier name. */
  movedTo?: string;
}

export type PushDecision =
  | { accept: true; intentId: number; notes: string[] }
  | { accept: false; message: string };

/** What is known of a push besides its refs. */
export interface PushMore {
  pushOptions?: string[];
  /** Environment with which git sees the objects in quarantine. */
  env?: Record<string, string>;
  merge?: MergeProof;
}

const ABILITY_OF: Record<GitService, Ability> = {
  'upload-pack': 'code:read',
  'upload-archive': 'code:read',
  'receive-pack': 'code:write',
};

/**
 * Opens a repository for a git client by a path such as `/owner/name.git`. Throws AppError not_found for what is
 * missing or invisible, unauthenticated or forbidden where the repository may be seen but not written.
 */
export async function openTransport(
  app: App,
  actor: Actor,
  path: string,
  service: GitService,
): Promise<OpenTransport> {
  const match = /^\/?([^/]+)\/([^/]+?)(?:\.git)?\/?$/.exec(path);
  if (!match?.[1] || !match[2]) throw notFound('repository');
  const open = await openRepository(app, actor, match[1], match[2], ABILITY_OF[service]);
  return transportOf(open);
}

/** What a git service needs of a repository that was opened. */
export function transportOf(open: OpenRepository): OpenTransport {
  const { id, name, defaultBranch, objectFormat } = open.repository;
  return {
    repository: { id, ownerName: open.owner.name, name, defaultBranch, objectFormat },
    dir: open.dir,
    actor: open.actor,
    // Keys of a repository are for programs that test what is proposed.
    ...(readsUnit(open, 'pulls') || open.actor.kind === 'deploy-key' ? {} : { hidesPulls: true }),
    ...(open.moved ? { movedTo: open.path } : {}),
  };
}

/** Who somebody is by now: what they came with may have been taken back while a pack was being sent. */
export async function todayOf(app: App, actor: Actor): Promise<Actor> {
  return actor.kind === 'user' ? actorOfToday(app, actor) : actor;
}

/**
 * Judges a push whose objects are in quarantine. When accepted, an intent is durably written first, so that a crash
 * between the refs moving and the event being recorded is mended at the next start.
 */
export async function decidePush(
  app: App,
  transport: OpenTransport,
  updates: RefUpdate[],
  more: PushMore = {},
): Promise<PushDecision> {
  // The permission may have been taken away, the account suspended, or the repository deleted, while the pack was being
  // sent. By id: another repository may have its name by now.
  await requireStillValid(app, transport.actor);
  const actor = await todayOf(app, transport.actor);
  const open = await openForUpdates(app, actor, transport.repository.id, updates);
  if (open.repository.isMirror && actor.kind !== 'system') return { accept: false, message: MIRROR_REFUSAL };
  const refusal = updates
    .map((update) => refusalOf(update, transport))
    .find((message) => message !== undefined);
  if (refusal) return { accept: false, message: refusal };
  const { pushOptions = [], env, merge } = more;
  const notes: string[] = [];
  const refusals = await judgePush(app, {
    open,
    updates,
    pushOptions,
    say: (line) => void notes.push(line),
    ...(env ? { env } : {}),
    ...(merge ? { merge } : {}),
  });
  if (refusals.length > 0) return { accept: false, message: refusals.join('\n') };
  const intentId = await app.db.write((tx) =>
    insertIntent(tx, {
      repositoryId: transport.repository.id,
      userId: transport.actor.kind === 'user' ? transport.actor.userId : null,
      updates,
      createdAt: app.clock.now(),
    }),
  );
  return { accept: true, intentId, notes };
}

const MIRROR_REFUSAL =
  'This repository is a mirror: it follows another one and takes no changes. Make them there, or end the mirroring in the settings.';

/** Whether a ref may have this name here, whoever makes it. */
export function isAcceptableRef(ref: string): boolean {
  return (
    OPEN_NAMESPACES.some((prefix) => ref.startsWith(prefix)) &&
    !LOOKS_LIKE_AN_ID.test(ref) &&
    !MISLEADING.test(ref)
  );
}

const OPEN_NAMESPACES = ['refs/heads/', 'refs/tags/', 'refs/notes/'];
/** Names that would be taken for something else when they are typed. */
const MISLEADING = /^refs\/(?:heads|tags)\/(?:HEAD$|refs\/)/;
const LOOKS_LIKE_AN_ID = /^refs\/(?:heads|tags)\/(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

function refusalOf(update: RefUpdate, transport: OpenTransport): string | undefined {
  const { ref, newOid } = update;
  if (!OPEN_NAMESPACES.some((prefix) => ref.startsWith(prefix))) {
    return `${ref} is reserved: push to refs/heads/, refs/tags/ or refs/notes/.`;
  }
  if (LOOKS_LIKE_AN_ID.test(ref)) return `${ref} looks like an object id: choose another name.`;
  if (MISLEADING.test(ref)) return `${ref} would be mistaken for another ref: choose another name.`;
  if (ref === `refs/heads/${transport.repository.defaultBranch}` && isZero(newOid)) {
    return `${ref} is the default branch: choose another default branch in the settings before deleting it.`;
  }
  return undefined;
}

/** Records a push whose refs have moved; returns the lines to print to whoever pushed. */
export async function recordPush(
  app: App,
  transport: OpenTransport,
  intentId: number,
  updates: RefUpdate[],
  pushOptions: readonly string[] = [],
): Promise<string[]> {
  const repositoryId = transport.repository.id;
  await finishPush(app, { intentId, repositoryId, updates, ...pusherOf(transport.actor) });
  return wordsOfPush(app, transport, updates, pushOptions);
}

interface Pusher {
  userId?: number;
  deployKey?: { id: number; title: string };
  limitedTo?: readonly number[];
}

function pusherOf(actor: Actor): Pusher {
  if (actor.kind === 'user') {
    const { userId, repositoryIds } = actor;
    return { userId, ...(repositoryIds === undefined ? {} : { limitedTo: repositoryIds }) };
  }
  return actor.kind === 'deploy-key' ? { deployKey: { id: actor.keyId, title: actor.title } } : {};
}

interface FinishedPush extends Pusher {
  intentId: number;
  repositoryId: number;
  updates: RefUpdate[];
  reconciled?: true;
}

async function finishPush(app: App, push: FinishedPush): Promise<void> {
  const adopted = await adoptFirstBranch(app, push);
  await app.db.write(async (tx) => {
    // A commit whose answer was lost is tried again.
    if (!(await removeIntent(tx, push.intentId)) || push.updates.length === 0) return;
    await notePush(tx, push.repositoryId, app.clock.now());
    if (adopted) await updateRepository(tx, push.repositoryId, { defaultBranch: adopted });
    await app.events.record(tx, {
      kind: 'push',
      repositoryId: push.repositoryId,
      updates: push.updates,
      ...(push.userId === undefined ? {} : { actorId: push.userId }),
      ...(push.deployKey === undefined ? {} : { deployKey: push.deployKey }),
      ...(push.limitedTo === undefined ? {} : { limitedTo: push.limitedTo }),
      ...(push.reconciled ? { reconciled: true as const } : {}),
    });
  });
}

/** While the expected default branch does not exist, the first branch that is pushed becomes the default one. */
async function adoptFirstBranch(app: App, push: FinishedPush): Promise<string | undefined> {
  const found = await findLiveById(app.db.read, push.repositoryId);
  if (!found) return undefined;
  const dir = repositoryDirectory(app.paths, found.repository.storageKey);
  if ((await app.git.ref(dir, `refs/heads/${found.repository.defaultBranch}`)) !== undefined)
    return undefined;
  const branches = push.updates
    .filter((update) => update.ref.startsWith('refs/heads/') && !isZero(update.newOid))
    .map((update) => update.ref.slice('refs/heads/'.length));
  const first = branches.includes('master') ? 'master' : branches[0];
  if (first === undefined) return undefined;
  await setDefaultBranch(app.git, dir, first);
  return first;
}

/**
 * Finishes what a crash interrupted: each intent left behind becomes an event for the refs that did move.
 * Run at start, before any push is taken. Returns how many pushes were recovered.
 */
export async function reconcilePushes(app: App): Promise<number> {
  let recovered = 0;
  for (const intent of await listIntents(app.db.read)) {
    const found = await findLiveById(app.db.read, intent.repositoryId);
    const dir = found ? repositoryDirectory(app.paths, found.repository.storageKey) : undefined;
    if (dir && (await readHead(dir)) === undefined) {
      // Perhaps its disk is not mounted: what is known of the push is kept until the data is back.
      app.log.error(
        { repositoryId: intent.repositoryId },
        'a repository with an unrecorded push has no data',
      );
      continue;
    }
    // Nothing writes to the repository yet, so locks found now belong to nobody.
    if (dir) await removeLeftovers(dir, app.clock.now());
    const updates = dir ? await landedUpdates(app, dir, intent.updates) : [];
    await finishPush(app, {
      intentId: intent.id,
      repositoryId: intent.repositoryId,
      ...(intent.userId === null ? {} : { userId: intent.userId }),
      updates,
      reconciled: true,
    });
    if (updates.length > 0) recovered += 1;
  }
  return recovered;
}

async function landedUpdates(app: App, dir: RepoDir, updates: RefUpdate[]): Promise<RefUpdate[]> {
  const landed: RefUpdate[] = [];
  for (const update of updates) {
    const now = await app.git.ref(dir, update.ref);
    if (now === update.newOid || (now === undefined && isZero(update.newOid))) landed.push(update);
  }
  return landed;
}

function isZero(oid: string): boolean {
  return /^0+$/.test(oid);
}
