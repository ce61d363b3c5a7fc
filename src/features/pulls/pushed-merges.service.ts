// Pull requests whose commits reached their base by a push: they are merged too.
import { type Actor, SYSTEM } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import type { RecordedEvent } from '../../platform/events/events.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { containsCommit } from '../../platform/git/history.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { findUserById } from '../users/users.service.ts';
import { type MergedAs, markMerged, settleMerges } from './landing.service.ts';
import { inBranchTurn } from './merge-turns.service.ts';
import { findPullById, listOpenByBase } from './pulls.store.ts';
import type { Pull } from './pulls.types.ts';

type Push = Extract<RecordedEvent, { kind: 'push' }>;

/** Commits of one push that are looked at; of more, those of the first ones count. */
const MOST_COMMITS = 200_000;
/** Pull requests that are asked about one by one, where what a push brought cannot be listed. */
const MOST_ASKED = 20;

/** Marks the open pull requests as merged whose heads a push brought into their base. Runs again without harm. */
export async function markPushedMerges(app: App, open: OpenRepository, push: Push): Promise<void> {
  for (const update of push.updates) {
    const branch = branchOf(update);
    if (branch === undefined) continue;
    const waiting = await listOpenByBase(app.db.read, open.repository.id, branch);
    if (waiting.length === 0) continue;
    const actor = await actorOf(app, push.actorId);
    await inBranchTurn(app, open.repository.id, branch, () =>
      markThose(app, actor, open, { update, branch, waiting }),
    );
  }
}

interface Reached {
  update: RefUpdate;
  branch: string;
  waiting: Pull[];
}

async function markThose(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { update, branch, waiting }: Reached,
): Promise<void> {
  // Those that were being merged say themselves what became of them.
  const underWay = waiting.filter(({ pull }) => pull.merging !== null);
  if (underWay.length > 0)
    await settleMerges(
      app,
      open,
      branch,
      underWay.map(({ issue }) => issue.id),
    );
  const others = waiting.filter(({ pull }) => pull.merging === null);
  for (const pull of await reachedAmong(app, open, update, others)) {
    const as = await mergedAs(app, open, update, pull.pull.headOid);
    const byId = actor.kind === 'user' ? { byId: actor.userId } : {};
    await app.db.write(async (tx) => {
      const today = await findPullById(tx, pull.issue.id);
      const isSame =
        today?.issue.state === 'open' &&
        today.pull.headOid === pull.pull.headOid &&
        today.pull.baseBranch === branch;
      if (today && isSame)
        await markMerged(app, tx, actor, today, { ...as, ...byId, branch, at: app.clock.now() });
    });
  }
}

function branchOf({ ref, newOid }: RefUpdate): string | undefined {
  if (!ref.startsWith('refs/heads/') || isZero(newOid)) return undefined;
  return ref.slice('refs/heads/'.length);
}

async function reachedAmong(
  app: App,
  open: OpenRepository,
  { oldOid, newOid }: RefUpdate,
  pulls: readonly Pull[],
): Promise<Pull[]> {
  if (pulls.length === 0) return [];
  if (!isZero(oldOid)) {
    const brought = await listBrought(app, open, oldOid, newOid);
    return pulls.filter(({ pull }) => brought.has(pull.headOid));
  }
  const reached: Pull[] = [];
  for (const one of pulls.slice(0, MOST_ASKED))
    if (await containsCommit(app.git, open.dir, one.pull.headOid, newOid)) reached.push(one);
  return reached;
}

async function listBrought(app: App, open: OpenRepository, oldOid: Oid, newOid: Oid): Promise<Set<Oid>> {
  const args = ['rev-list', `--max-count=${MOST_COMMITS}`, newOid, `^${oldOid}`, '--'];
  const { stdout, code } = await app.git.run(args, { dir: open.dir, okCodes: [0, 128], background: true });
  return new Set(code === 0 ? stdout.toString('latin1').split('\n').filter(Boolean) : []);
}

/** By the oldest commit of the branch's own line that has the head; fast-forwarded where that is the head itself. */
async function mergedAs(
  app: App,
  open: OpenRepository,
  { oldOid, newOid }: RefUpdate,
  headOid: Oid,
): Promise<Omit<MergedAs, 'at' | 'branch'>> {
  const args = ['rev-list', '--first-parent', '--ancestry-path', newOid, `^${headOid}`, '--'];
  const { stdout } = await app.git.run(args, { dir: open.dir, okCodes: [0], background: true });
  const oldest = stdout.toString('latin1').trim().split('\n').at(-1) ?? '';
  const commit = oldest === '' ? undefined : await app.git.objects(open.dir).commit(oldest);
  const [base] = commit?.parents ?? [];
  if (commit && commit.parents.length > 1 && base !== headOid)
    return { oid: oldest, baseOid: base ?? oldOid, style: 'merge' };
  return { oid: headOid, baseOid: oldOid, style: 'fast_forward' };
}

async function actorOf(app: App, userId: number | undefined): Promise<Actor> {
  const user = userId === undefined ? undefined : await findUserById(app, userId);
  if (!user) return SYSTEM;
  return { kind: 'user', userId: user.id, name: user.name, isAdmin: false, via: 'session' };
}

function isZero(oid: string): boolean {
  return /^0+$/.test(oid);
}
