// Stacks: pull requests that stand on one another, by their base being another's branch, or because it was said so.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { countCommitsBetween } from '../../platform/git/history.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { createPull, type NewHead, type NewPull } from './create-pull.service.ts';
import { findPullById, listOpenByHead, listOpenByTopic } from './pulls.store.ts';
import type { Pull } from './pulls.types.ts';
import { listOpenByHeadOids, listStandingOn } from './stacks.store.ts';

/** Pull requests of a stack that are followed down, and shown above. */
const MOST_BELOW = 50;
const MOST_ABOVE = 50;
/** Commits between base and head in which heads of others are looked for. */
const COMMITS_LOOKED_AT = 1000;

export interface StackItem extends Pull {
  /** 0 at the bottom. Several of one depth stand on the same. */
  depth: number;
}

/** The stack of a pull request from the bottom up, itself among them; only itself where it is in none. */
export async function stackOf(
  app: App,
  actor: Actor,
  open: Pick<OpenRepository, 'repository' | 'owner'>,
  pull: Pull,
): Promise<StackItem[]> {
  await requireAbility(app.db.read, actor, open, 'pulls:read');
  const below = await listBelow(app, open, pull);
  const above = await listAbove(app, open, pull, below.length);
  return [...below.map((one, depth) => ({ ...one, depth })), { ...pull, depth: below.length }, ...above];
}

/** What a pull request stands on, from the bottom up; merged ones that it stood on are among them. */
export async function listBelow(
  app: App,
  open: Pick<OpenRepository, 'repository'>,
  pull: Pull,
): Promise<Pull[]> {
  const found: Pull[] = [];
  const seen = new Set([pull.issue.id]);
  for (let at = await findBelow(app.db.read, open, pull); at; at = await findBelow(app.db.read, open, at)) {
    if (seen.has(at.issue.id) || found.length >= MOST_BELOW) break;
    seen.add(at.issue.id);
    found.unshift(at);
  }
  return found;
}

/** The pull request right below; a merged one only where it was said to be below. */
export async function findBelow(
  db: Reader | Tx,
  { repository }: Pick<OpenRepository, 'repository'>,
  { issue, pull }: Pull,
): Promise<Pull | undefined> {
  if (pull.basePullId !== null) {
    const below = await findPullById(db, pull.basePullId);
    const counts = below && (below.issue.state === 'open' || below.pull.mergedAt !== null);
    return counts && below.pull.repositoryId === repository.id ? below : undefined;
  }
  // Whatever is proposed for elsewhere from the default branch, pull requests into that are no stack.
  if (pull.baseBranch === repository.defaultBranch) return undefined;
  const heads = await listOpenByHead(db, repository.id, pull.baseBranch);
  return heads.find((one) => one.pull.repositoryId === repository.id && one.issue.id !== issue.id);
}

/** The open pull requests that stand right on one. */
export async function listAboveOne(
  db: Reader | Tx,
  { repository }: Pick<OpenRepository, 'repository'>,
  on: Pull,
): Promise<Pull[]> {
  const found = await listStandingOn(db, repository.id, supportsOf(repository, [on]), MOST_ABOVE);
  return found.filter((one) => one.issue.id !== on.issue.id);
}

function supportsOf({ id, defaultBranch }: OpenRepository['repository'], on: readonly Pull[]) {
  const branches = on
    .filter(({ pull }) => pull.headRepositoryId === id && pull.headBranch !== defaultBranch)
    .map(({ pull }) => pull.headBranch);
  return { pullIds: on.map(({ issue }) => issue.id), branches };
}

/** Level by level, each right behind what it stands on. */
async function listAbove(
  app: App,
  { repository }: Pick<OpenRepository, 'repository'>,
  pull: Pull,
  depth: number,
): Promise<StackItem[]> {
  const items: StackItem[] = [{ ...pull, depth }];
  const seen = new Set([pull.issue.id]);
  let level: StackItem[] = [...items];
  while (level.length > 0 && items.length <= MOST_ABOVE) {
    const found = await listStandingOn(app.db.read, repository.id, supportsOf(repository, level), MOST_ABOVE);
    const next: StackItem[] = [];
    for (const one of found) {
      const on = level.find((each) => standsOn(one, each));
      if (!on || seen.has(one.issue.id)) continue;
      seen.add(one.issue.id);
      const item = { ...one, depth: on.depth + 1 };
      next.push(item);
      items.splice(endOfBranch(items, on), 0, item);
    }
    level = next;
  }
  return items.slice(1, MOST_ABOVE + 1);
}

function standsOn({ pull }: Pull, on: Pull): boolean {
  if (pull.basePullId !== null) return pull.basePullId === on.issue.id;
  return on.pull.headRepositoryId === pull.repositoryId && on.pull.headBranch === pull.baseBranch;
}

/** Behind everything that stands on an item already. */
function endOfBranch(items: readonly StackItem[], on: StackItem): number {
  let at = items.findIndex((one) => one.issue.id === on.issue.id) + 1;
  while (at < items.length && (items[at]?.depth ?? 0) > on.depth) at++;
  return at;
}

/** The open pull request whose head is nearest below a commit, among what a base has not; what a new one would stand on. */
export async function findBelowCommit(
  app: App,
  open: Pick<OpenRepository, 'repository' | 'dir'>,
  { baseOid, headOid }: { baseOid: Oid; headOid: Oid },
): Promise<Pull | undefined> {
  const range = [`--max-count=${COMMITS_LOOKED_AT}`, '--topo-order', headOid, `^${baseOid}`];
  const { stdout } = await app.git.run(['rev-list', ...range, '--'], { dir: open.dir });
  const oids = stdout.toString('latin1').split('\n').filter(Boolean).slice(1);
  for (let from = 0; from < oids.length; from += 200) {
    const part = oids.slice(from, from + 200);
    const found = await listOpenByHeadOids(app.db.read, open.repository.id, part);
    const nearest = part.find((oid) => found.some(({ pull }) => pull.headOid === oid));
    if (nearest !== undefined) return found.find(({ pull }) => pull.headOid === nearest);
  }
  return undefined;
}

/** What a pull request on top of another one names as its base: the other's branch, or else the bottom of its stack. */
export function baseOn(
  open: Pick<OpenRepository, 'repository'>,
  below: Pull,
): Pick<NewPull, 'base' | 'basePullId'> {
  const { headRepositoryId, headBranch, baseBranch } = below.pull;
  const isBranch = headRepositoryId === open.repository.id && headBranch !== '';
  return { base: isBranch ? headBranch : baseBranch, basePullId: below.issue.id };
}

export interface NewStack {
  /** The branch at the bottom. */
  base: string;
  heads: readonly NewHead[];
  isDraft?: boolean;
  /** What each is called and says; without, its newest commit's message. */
  title?: string;
  body?: string;
}

/**
 * Opens a pull request for each head that has none, each on the nearest open one below it (`-o stack` of a push). Returns
 * those of all heads, from the bottom up. Throws as `createPull`.
 */
export async function openStack(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { base, heads, isDraft = false, title, body }: NewStack,
): Promise<Pull[]> {
  const baseOid = await app.git.ref(open.dir, `refs/heads/${base}`);
  const pulls: Pull[] = [];
  for (const { head, oid } of await fromTheBottom(app, open, heads, baseOid)) {
    const known = await findOpenOf(app, actor, open, head);
    if (known) pulls.push(known);
    if (known || baseOid === undefined) continue;
    const below = await findBelowCommit(app, open, { baseOid, headOid: oid });
    const said = await messageAt(app, open, oid);
    const on = below ? baseOn(open, below) : { base };
    pulls.push(
      await createPull(app, actor, open, {
        ...{ ...on, head, isDraft },
        title: title ?? said.title,
        body: body ?? said.body,
      }),
    );
  }
  return pulls;
}

/** One that contains another has more commits than that. */
async function fromTheBottom(
  app: App,
  open: OpenRepository,
  heads: readonly NewHead[],
  baseOid: Oid | undefined,
): Promise<{ head: NewHead; oid: Oid }[]> {
  const found: { head: NewHead; oid: Oid; height: number }[] = [];
  for (const head of heads) {
    const oid = 'oid' in head ? head.oid : await app.git.ref(head.open.dir, `refs/heads/${head.branch}`);
    if (oid === undefined || baseOid === undefined) continue;
    found.push({
      head,
      oid,
      height: await countCommitsBetween(app.git, open.dir, { base: baseOid, head: oid }),
    });
  }
  return found.toSorted((a, b) => a.height - b.height);
}

/** Topics are each author's own. */
async function findOpenOf(
  app: App,
  actor: Actor,
  open: OpenRepository,
  head: NewHead,
): Promise<Pull | undefined> {
  const { id } = open.repository;
  if (!('open' in head)) {
    const ofTopic = await listOpenByTopic(app.db.read, id, head.topic);
    return ofTopic.find(({ issue }) => actor.kind === 'user' && issue.authorId === actor.userId);
  }
  const ofBranch = await listOpenByHead(app.db.read, head.open.repository.id, head.branch);
  return ofBranch.find(({ pull }) => pull.repositoryId === id);
}

async function messageAt(app: App, open: OpenRepository, oid: Oid): Promise<{ title: string; body: string }> {
  const commit = await app.git.objects(open.dir).commit(oid);
  const [title = '', ...rest] = (commit?.message ?? '').split('\n');
  return { title: title.trim().slice(0, 255) || oid.slice(0, 10), body: rest.join('\n').trim() };
}
