// Keeping a fork up to date: how far its branch and its parent's have gone apart, and taking over what the parent has.
import type { Actor } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { seeingObjectsOf } from '../../platform/git/alternates.ts';
import type { Oid, RepoDir } from '../../platform/git/git.types.ts';
import { copyObjects, sharedRefs } from '../../platform/git/object-pools.ts';
import { commitEmailOf } from '../users/emails.service.ts';
import { findUserById } from '../users/users.service.ts';
import { openRepositoryById } from './access.service.ts';
import { changeRefs } from './ref-changes.service.ts';
import { requireAbility } from './repos.policy.ts';
import type { OpenRepository } from './repos.types.ts';

const HEADS = 'refs/heads/';
/** Milliseconds that counting may take. */
const COUNTING = 20_000;

export type SyncWay = 'merge' | 'discard';
export type SyncResult = 'up-to-date' | 'fast-forward' | 'merge' | 'discarded';

export interface Upstream {
  parent: OpenRepository;
  /** The branch of the parent, and its commit. */
  branch: string;
  tip: Oid;
}

export interface ForkDistance {
  upstream: Upstream;
  ahead: number;
  behind: number;
}

/** The branch of a fork's parent that one of its branches follows: that of the same name, if the actor may read it. */
export async function upstreamOf(
  app: App,
  actor: Actor,
  { repository }: OpenRepository,
  branch: string,
): Promise<Upstream | undefined> {
  if (repository.parentId === null) return undefined;
  const parent = await openRepositoryById(app, actor, repository.parentId, 'code:read').catch(unlessHidden);
  const tip = parent && (await app.git.ref(parent.dir, HEADS + branch));
  return parent && tip !== undefined ? { parent, branch, tip } : undefined;
}

function unlessHidden(error: unknown): undefined {
  if (!(error instanceof AppError)) throw error;
}

/** How many commits a branch of a fork has that its parent's has not, and the other way round. */
export async function distanceTo(
  app: App,
  open: OpenRepository,
  upstream: Upstream,
  own: Oid,
  signal?: AbortSignal,
): Promise<ForkDistance> {
  if (own === upstream.tip) return { upstream, ahead: 0, behind: 0 };
  const { stdout } = await app.git.run(
    ['rev-list', '--left-right', '--count', `${own}...${upstream.tip}`, '--'],
    {
      dir: open.dir,
      env: seeingObjectsOf(upstream.parent.dir),
      timeout: COUNTING,
      ...(signal ? { signal } : {}),
    },
  );
  const [ahead = 0, behind = 0] = stdout.toString('latin1').trim().split('\t').map(Number);
  return { upstream, ahead, behind };
}

/**
 * Takes over into a branch of a fork what its parent's branch has: by moving it there where nothing is lost, else by a
 * merge, or, when `way` says so, by leaving behind what the fork alone has. Throws AppError conflict when the two change
 * the same lines, or while the fork is being synced already; not_found where there is nothing to follow.
 */
export async function syncFork(
  app: App,
  actor: Actor,
  open: OpenRepository,
  branch: string,
  way: SyncWay,
): Promise<SyncResult> {
  await requireAbility(app.db.read, actor, open, 'code:write');
  const upstream = await upstreamOf(app, actor, open, branch);
  const own = await app.git.ref(open.dir, HEADS + branch);
  if (!upstream || own === undefined) throw notFound('branch');
  const { ahead, behind } = await distanceTo(app, open, upstream, own);
  if (behind === 0 && !(way === 'discard' && ahead > 0)) return 'up-to-date';
  await copyTip(app, open, upstream);
  const isForward = ahead === 0;
  const isMerge = !isForward && way === 'merge';
  const newOid = isMerge ? await mergeCommit(app, actor, open, own, upstream) : upstream.tip;
  await changeRefs(app, actor, open, { updates: [{ ref: HEADS + branch, oldOid: own, newOid }] });
  return isForward ? 'fast-forward' : isMerge ? 'merge' : 'discarded';
}

const copying = new WeakMap<App, Set<RepoDir>>();

/** One copy at a time into a fork: each that is begun beside it would take as much place again. */
async function copyTip(app: App, { dir }: OpenRepository, { parent, tip }: Upstream): Promise<void> {
  const busy = copying.get(app) ?? new Set<RepoDir>();
  copying.set(app, busy);
  if (busy.has(dir))
    throw new AppError('conflict', 'This fork is being brought up to date already: wait until that is done.');
  busy.add(dir);
  try {
    const have = (await sharedRefs(app.git, dir)).map((ref) => ref.oid);
    await copyObjects(app.git, { from: parent.dir, to: dir, want: [tip], have });
  } finally {
    busy.delete(dir);
  }
}

async function mergeCommit(
  app: App,
  actor: Actor,
  open: OpenRepository,
  own: Oid,
  { parent, branch, tip }: Upstream,
): Promise<Oid> {
  const { dir } = open;
  const merged = await app.git.run(['merge-tree', '--write-tree', '--allow-unrelated-histories', own, tip], {
    dir,
    okCodes: [0, 1],
  });
  if (merged.code === 1)
    throw new AppError(
      'conflict',
      'Both branches changed the same lines, so they cannot be merged here. Merge them in a clone and push, or discard the commits of the fork.',
    );
  const tree = merged.stdout.toString('latin1').split('\n')[0] ?? '';
  const user = actor.kind === 'user' ? await findUserById(app, actor.userId) : undefined;
  const name = user ? user.displayName || user.name : 'OpenCodeHub';
  const email = user ? commitEmailOf(app, user) : 'noreply@localhost';
  const date = `@${Math.floor(app.clock.now() / 1000)} +0000`;
  const message = `Merge branch '${branch}' of ${parent.path.slice(1)}\n`;
  const { stdout } = await app.git.run(['commit-tree', tree, '-p', own, '-p', tip, '-F', '-'], {
    dir,
    input: message,
    env: {
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
      GIT_COMMITTER_DATE: date,
    },
  });
  return stdout.toString('latin1').trim();
}
