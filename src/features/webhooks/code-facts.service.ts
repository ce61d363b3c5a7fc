// What there is to say of pushes, refs, statuses, checks, groups of the queue and releases.
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import type { Commit } from '../../platform/git/git.types.ts';
import { isAncestor, pushedCommits } from '../../platform/git/pushed-commits.ts';
import { payloadCommitsJson } from '../code/code.json.ts';
import { encodePath } from '../code/paths.service.ts';
import { statusesJson } from '../code/statuses.json.ts';
import { statusHistory } from '../code/statuses.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { checkRunJson } from '../rules/check-runs.json.ts';
import { requireCheckRun } from '../rules/check-runs.service.ts';
import type { Facts, Json, PushFacts } from './facts.types.ts';
import { orUndefined } from './gone.service.ts';
import type { EventOf, Happening } from './happenings.types.ts';
import { releaseFacts } from './release-facts.service.ts';

/** Commits of a push that are told of one by one. */
const MOST_COMMITS = 20;
/** Commits of a push that are counted. */
const MOST_COUNTED = 10_000;
/** Characters of what a push says of its commits, of all refs together: names of files, and messages with what was signed. */
const MOST_NAMES = 512 * 1024;
const MOST_WORDS = 512 * 1024;
/** Characters of each for any one ref, however many came with it. */
const FEWEST = 16 * 1024;
/** Characters of a message that are told in any case. */
const SHORTEST_MESSAGE = 200;
const CUT = '\n\n[The rest of this message is not shown.]';
/** Groups that may have been asked for since. */
const MOST_GROUPS = 100;
const HEADS = 'refs/heads/';
const ZERO = /^0+$/;

/** What the happening is about, as far as it is about code. */
export async function codeFacts(
  app: App,
  open: OpenRepository,
  { event, name, about }: Happening,
): Promise<Partial<Facts>> {
  if (about.update) {
    const refs = event?.kind === 'push' ? event.updates.length : 1;
    if (name === 'push') return { push: await pushFacts(app, open, about.update, refs) };
    return { ref: refFacts(about.update) };
  }
  if (event?.kind === 'commit_status.set') return statusFacts(app, open, event);
  if (event?.kind === 'check_run.set') return checkFacts(app, open, event);
  if (event?.kind === 'merge_group.checks_requested') return groupFacts(app, open, event);
  if (event?.kind === 'merge_group.destroyed') return groupFacts(app, open, event);
  return event && name === 'release' ? releaseFacts(app, open, event) : {};
}

function refFacts({ ref, oldOid, newOid }: RefUpdate): NonNullable<Facts['ref']> {
  const type = ref.startsWith(HEADS) ? 'branch' : 'tag';
  return { name: shortName(ref), type, sha: ZERO.test(newOid) ? oldOid : newOid };
}

/** `main` of `refs/heads/main`. */
export function shortName(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, '');
}

async function pushFacts(
  app: App,
  open: OpenRepository,
  update: RefUpdate,
  refs: number,
): Promise<PushFacts> {
  const { ref, oldOid: before, newOid: after } = update;
  const [isNew, isGone] = [ZERO.test(before), ZERO.test(after)];
  const { commits, total } = isGone ? { commits: [], total: 0 } : await commitsOf(app, open, update);
  const head = isGone ? undefined : await commitAt(app, open, after);
  const json = await shortened(app, open, commits, refs);
  const known = json.find(({ id }) => id === after);
  return {
    ...{ ref, before, after, isNew, isGone },
    isForced: !isNew && !isGone && !(await isAncestor(sourceOf(app, open), before, after)),
    compareUrl: compareUrl(app, open, update),
    ...{ commits: json, total },
    head: known ?? (head ? ((await shortened(app, open, [head]))[0] ?? null) : null),
    trees: new Map([...commits, ...(head ? [head] : [])].map(({ oid, tree }) => [oid, tree])),
  };
}

function sourceOf(app: App, { dir }: OpenRepository) {
  return { git: app.git, dir, log: app.log };
}

/** What a tag leads to, or nothing where it leads to no commit, or to one that is gone by now. */
function commitAt(app: App, open: OpenRepository, oid: string): Promise<Commit | undefined> {
  return app.git.objects(open.dir).commit(oid);
}

/** Of a new branch those that the default branch has not. Tags bring none: what they lead to was pushed by a branch. */
async function commitsOf(
  app: App,
  open: OpenRepository,
  { ref, oldOid, newOid }: RefUpdate,
): Promise<{ commits: Commit[]; total: number }> {
  if (!ref.startsWith(HEADS) || !(await commitAt(app, open, newOid))) return { commits: [], total: 0 };
  const main = `${HEADS}${open.repository.defaultBranch}`;
  const without = ZERO.test(oldOid) ? (ref === main ? undefined : await app.git.ref(open.dir, main)) : oldOid;
  const range = { to: newOid, without: without === undefined ? [] : [without], limit: MOST_COUNTED };
  const found = await pushedCommits(sourceOf(app, open), range);
  const oids = found.slice(0, MOST_COMMITS).map(({ oid }) => oid);
  return { commits: await app.git.objects(open.dir).commits(oids), total: found.length };
}

/**
 * Commits within what a message may hold. A push of a few kilobytes may name the same huge commits by a hundred new branches,
 * and each is a message of its own, kept for each webhook: so they share.
 */
async function shortened(
  app: App,
  open: OpenRepository,
  commits: readonly Commit[],
  refs = 1,
): Promise<Json[]> {
  const room = { names: shareOf(MOST_NAMES, refs), words: shareOf(MOST_WORDS, refs) };
  const named = (names: unknown) =>
    (Array.isArray(names) ? (names as string[]) : []).filter((name) => {
      room.names -= name.length;
      return room.names >= 0;
    });
  return (await payloadCommitsJson(app, open, commits)).map((json) => ({
    ...json,
    message: messageWithin(room, String(json.message)),
    verification: signedWithin(room, json.verification as Json),
    ...{ added: named(json.added), removed: named(json.removed), modified: named(json.modified) },
  }));
}

function shareOf(most: number, refs: number): number {
  return Math.max(FEWEST, Math.floor(most / refs));
}

function messageWithin(room: { words: number }, message: string): string {
  const kept = Math.max(SHORTEST_MESSAGE, room.words);
  room.words -= message.length;
  return message.length <= kept ? message : message.slice(0, kept).toWellFormed() + CUT;
}

/** What was signed is a whole or is nothing. */
function signedWithin(room: { words: number }, verification: Json): Json {
  room.words -= String(verification.payload).length + String(verification.signature).length;
  return room.words >= 0 ? verification : { ...verification, payload: '', signature: '' };
}

/** Where the change is shown: a new branch beside the default one. */
function compareUrl(app: App, open: OpenRepository, { ref, oldOid, newOid }: RefUpdate): string {
  const page = `${app.publicUrl()}${open.path}`;
  if (ZERO.test(newOid)) return page;
  if (!ZERO.test(oldOid)) return `${page}/compare/${oldOid}...${newOid}`;
  const name = shortName(ref);
  const isCompared = ref.startsWith(HEADS) && name !== open.repository.defaultBranch;
  return isCompared ? `${page}/compare/${encodePath(name)}` : `${page}/commit/${newOid}`;
}

/** What was said of the commit just then: it may have been said again since. */
async function statusFacts(
  app: App,
  open: OpenRepository,
  event: EventOf<'commit_status.set'>,
): Promise<Partial<Facts>> {
  const { commitOid, context, state, createdAt } = event;
  const { statuses } = await statusHistory(app, open, commitOid, { page: 1, limit: 50 });
  const mine = statuses.filter((one) => one.context === context && one.state === state);
  const status = mine.find((one) => one.createdAt <= createdAt) ?? mine.at(-1);
  const commit = await commitAt(app, open, commitOid);
  const [shown] = commit ? await shortened(app, open, [commit]) : [];
  const [json = { id: 0, context, status: state }] = status ? await statusesJson(app, open, [status]) : [];
  return { status: { ...json, commit: shown ?? null, sha: commitOid, tree: commit?.tree ?? '' } };
}

async function checkFacts(
  app: App,
  open: OpenRepository,
  { checkRunId }: EventOf<'check_run.set'>,
): Promise<Partial<Facts>> {
  const run = await orUndefined(requireCheckRun(app, open, checkRunId));
  return run ? { checkRun: await checkRunJson(app, open, run) } : {};
}

/** Groups are named by the branch that they go into and what is tested. */
async function groupFacts(
  app: App,
  open: OpenRepository,
  event: EventOf<'merge_group.checks_requested' | 'merge_group.destroyed'>,
): Promise<Partial<Facts>> {
  const { headOid, branch, groupId } = event;
  const commit = await commitAt(app, open, headOid);
  const [head] = commit ? await shortened(app, open, [commit]) : [];
  const mergeGroup = {
    id: groupId,
    head_sha: headOid,
    head_ref: `refs/queue/${branch}/group-${groupId}`,
    base_sha: await baseOf(app, event, commit),
    base_ref: `${HEADS}${branch}`,
    head_commit: head ?? null,
  };
  const reason = 'reason' in event ? { reason: event.reason } : {};
  return { mergeGroup, ...reason, ...(commit ? { groupTree: commit.tree } : {}) };
}

/** What the group stands on: that was said when its checks were asked for. */
async function baseOf(
  app: App,
  event: EventOf<'merge_group.checks_requested' | 'merge_group.destroyed'>,
  commit: Commit | undefined,
): Promise<string> {
  if ('baseOid' in event) return event.baseOid;
  const { repositoryId, groupId } = event;
  const kind = 'merge_group.checks_requested';
  const asked = await app.events.recent({ repositoryId, kind, limit: MOST_GROUPS, beforeId: event.id });
  const mine = asked.find((one) => one.kind === kind && one.groupId === groupId);
  return mine?.kind === kind ? mine.baseOid : (commit?.parents[0] ?? '');
}
