// What commits that reach a default branch do: issues they name show that, and those they close are closed in the name of
// whoever pushed, as far as that person may. Each commit does so once, also when it comes again with another id.

import { type Actor, doneBy, SYSTEM } from '../../base/actor.ts';
import { sha256Hex } from '../../base/crypto.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { RecordedEvent } from '../../platform/events/events.types.ts';
import type { Commit } from '../../platform/git/git.types.ts';
import { listCommitsBetween } from '../../platform/git/history.ts';
import { repositoryDirectory } from '../../platform/git/repository.ts';
import { visibleText } from '../code/paths.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { closeIssue } from './closing.service.ts';
import { welcomeTargets } from './cross-references.service.ts';
import { findEntryOnce } from './cross-references.store.ts';
import { insertEntryOnce, updateEntry } from './entries.store.ts';
import type { EntryData } from './entries.types.ts';
import { findIssueById } from './issues.store.ts';
import { type EntryRow, type IssueRow, LONGEST_TITLE } from './issues.types.ts';
import { findNamedThings, type NamedThings } from './named-things.service.ts';
import { type NamedIssue, referencesIn } from './references.service.ts';
import type { LinkedIssue } from './resolving.store.ts';
import { actorOf, openedOrNot } from './writers.service.ts';

/** Commits of one push that are looked at: the newest. */
const MOST_COMMITS = 1000;
/** References of all commits of one push together. */
const MOST_REFERENCES = 500;
const MOST_OF_ONE = 50;
/** Characters of a message that are read. */
const LONGEST_MESSAGE = 20_000;
const ZERO = /^0+$/;

type Push = RecordedEvent & { kind: 'push' };

/**
 * Follows what a push brought to the default branch. A branch that began with it (an import, a first push) and mirrors
 * close nothing and refer to nothing: their commits were about other issues.
 */
export async function followPush(app: App, push: Push): Promise<void> {
  const all = await openedOrNot(app, SYSTEM, push.repositoryId, 'code:read');
  const range = all && rangeOf(all, push);
  if (!range || all.repository.isMirror) return;
  const actor = await actorOf(app, push.actorId);
  // What a deploy key pushed is nobody's: it shows in its own repository, and closes nothing.
  if (!actor && !push.deployKey) return;
  const open = actor ? await openedOrNot(app, actor, push.repositoryId, 'code:read') : all;
  if (!open) return;
  const commits = await commitsOf(app, open, range);
  const named = await namedBy(app, open, commits);
  if (named.length > 0) await followCommits(app, open, named, actor, reachOf(push, actor));
}

/**
 * The repositories whose issues the push may reach; undefined for all that its person may. Of one that was recorded after
 * a crash it is not known any more what its token was limited to.
 */
function reachOf(push: Push, actor: Actor | undefined): readonly number[] | undefined {
  if (!actor || push.reconciled) return [push.repositoryId];
  return push.limitedTo;
}

function rangeOf(open: OpenRepository, push: Push): { base: string; head: string } | undefined {
  const ref = `refs/heads/${open.repository.defaultBranch}`;
  const update = push.updates.find((one) => one.ref === ref);
  if (!update || ZERO.test(update.newOid) || ZERO.test(update.oldOid)) return undefined;
  return { base: update.oldOid, head: update.newOid };
}

/** The oldest first. What is gone by now was pushed away since. */
async function commitsOf(
  app: App,
  open: OpenRepository,
  { base, head }: { base: string; head: string },
): Promise<Commit[]> {
  const objects = app.git.objects(open.dir);
  if (!(await objects.commit(base)) || !(await objects.commit(head))) return [];
  const page = await listCommitsBetween(app.git, open.dir, { base, head, limit: MOST_COMMITS });
  return page.commits.reverse();
}

interface NamingCommit {
  commit: Commit;
  issues: (NamedIssue & { isClosed: boolean })[];
}

/** The commits that name issues. */
async function namedBy(app: App, open: OpenRepository, commits: readonly Commit[]): Promise<NamingCommit[]> {
  const origin = app.publicUrl();
  let left = MOST_REFERENCES;
  const found: NamingCommit[] = [];
  for (const commit of commits) {
    const message = commit.message.slice(0, LONGEST_MESSAGE);
    const { issues, closes } = referencesIn(message, { origin, isPlain: true });
    const named = issues.slice(0, Math.min(left, MOST_OF_ONE));
    left -= named.length;
    const isClosed = (one: NamedIssue) =>
      closes.some(({ of, number }) => number === one.number && of?.toLowerCase() === one.of?.toLowerCase());
    if (named.length > 0)
      found.push({ commit, issues: named.map((one) => ({ ...one, isClosed: isClosed(one) })) });
  }
  return withoutThoseOfParent(app, open, found);
}

/** A fork that takes over what its parent has: `#12` was said of an issue there, and not of one here. */
async function withoutThoseOfParent(
  app: App,
  open: OpenRepository,
  found: readonly NamingCommit[],
): Promise<NamingCommit[]> {
  const { parentId } = open.repository;
  const parent = parentId === null ? undefined : await openedOrNot(app, SYSTEM, parentId, 'repository:see');
  if (!parent) return [...found];
  const objects = app.git.objects(repositoryDirectory(app.paths, parent.repository.storageKey));
  const own: NamingCommit[] = [];
  for (const { commit, issues } of found) {
    const isTheirs = (await objects.commit(commit.oid)) !== undefined;
    own.push({ commit, issues: isTheirs ? issues.filter(({ of }) => of !== undefined) : issues });
  }
  return own;
}

async function followCommits(
  app: App,
  open: OpenRepository,
  commits: readonly NamingCommit[],
  actor: Actor | undefined,
  reach: readonly number[] | undefined,
): Promise<void> {
  const references = commits.flatMap(({ issues }) =>
    issues.map((one) => ({ kind: 'issue' as const, ...one })),
  );
  const things = await findNamedThings(app, open, references);
  const targets = await targetsOf(app, open, things, references);
  for (const { commit, issues } of commits) {
    for (const named of issues) {
      const target = targets.get(things.issueOf(named)?.id ?? 0);
      if (!target || reach?.includes(target.repositoryId) === false) continue;
      const isClosed = named.isClosed && actor !== undefined && !target.isPull;
      await followCommit(app, open, actor ?? SYSTEM, commit, target, isClosed);
    }
  }
}

async function targetsOf(
  app: App,
  open: OpenRepository,
  things: NamedThings,
  references: readonly NamedIssue[],
): Promise<Map<number, LinkedIssue>> {
  const found = references.flatMap((one) => things.issueOf(one) ?? []);
  const unique = [...new Map(found.map((one) => [one.id, one])).values()];
  const welcome = await welcomeTargets(app, open, unique, (id) => things.repositoryOf(id));
  return new Map(welcome.map((one) => [one.id, one]));
}

/**
 * First the entry, which says that the closing is still to be done; then the closing; then the entry says so no more.
 * Whoever opens the issue again after that is not undone by the same commit.
 */
async function followCommit(
  app: App,
  open: OpenRepository,
  actor: Actor,
  commit: Commit,
  target: LinkedIssue,
  isClosed: boolean,
): Promise<void> {
  const onceKey = `commit:${target.id}:${changeOf(commit)}`;
  const data: EntryData['commit'] = { oid: commit.oid, title: titleOf(commit) };
  const pending = await addEntry(
    app,
    open,
    actor,
    target,
    onceKey,
    isClosed ? { ...data, closes: true } : data,
  );
  if (!pending) return;
  await closeBy(app, actor, target, { oid: commit.oid, repositoryId: open.repository.id });
  await app.db.write((tx) => updateEntry(tx, pending.id, { data: { ...data } }));
}

/** What a commit says, whatever its id: rebased, it is the same again. */
function changeOf({ author, message }: Commit): string {
  return sha256Hex([author.name, author.email, author.time, message].join('\0')).slice(0, 40);
}

function titleOf({ message }: Commit): string {
  return visibleText(message.split('\n', 1)[0] ?? '').slice(0, LONGEST_TITLE);
}

/** The entry of the commit if its closing is still to be done. */
async function addEntry(
  app: App,
  { repository }: OpenRepository,
  actor: Actor,
  { id: issueId }: LinkedIssue,
  onceKey: string,
  data: EntryData['commit'],
): Promise<{ id: number } | undefined> {
  return app.db.write(async (tx) => {
    const issue = await findIssueById(tx, issueId);
    if (!issue) return undefined;
    const known = await findEntryOnce(tx, onceKey);
    if (known) return (await updateKnown(tx, known, issue, repository.id, data)) ? known : undefined;
    const isNew = await insertEntryOnce(tx, {
      issueId,
      kind: 'commit',
      actorId: actor.kind === 'user' ? actor.userId : null,
      data: { ...data },
      sourceRepositoryId: repository.id,
      onceKey,
      createdAt: app.clock.now(),
    });
    const entry = isNew ? await findEntryOnce(tx, onceKey) : undefined;
    if (!entry) return undefined;
    const at = { repositoryId: issue.repositoryId, issueId, entryId: entry.id };
    await app.events.record(tx, { kind: 'issue.referenced', ...doneBy(actor), ...at });
    return data.closes ? entry : undefined;
  });
}

/**
 * The same commit again, perhaps with another id. One that was pushed elsewhere before, such as to a fork, counts anew when
 * it reaches the issue's own repository. Says whether its closing is still to be done.
 */
async function updateKnown(
  tx: Tx,
  known: EntryRow,
  issue: IssueRow,
  repositoryId: number,
  data: EntryData['commit'],
): Promise<boolean> {
  const isFromHere = known.sourceRepositoryId === repositoryId;
  if (!isFromHere && issue.repositoryId === repositoryId) {
    await updateEntry(tx, known.id, { sourceRepositoryId: repositoryId, data: { ...data } });
    return data.closes === true;
  }
  if (isFromHere && known.data.oid !== data.oid)
    await updateEntry(tx, known.id, { data: { ...known.data, oid: data.oid } });
  return known.data.closes === true;
}

async function closeBy(
  app: App,
  actor: Actor,
  { id, repositoryId }: LinkedIssue,
  commit: { oid: string; repositoryId: number },
): Promise<void> {
  const open = await openedOrNot(app, actor, repositoryId, 'issues:read');
  const issue = await findIssueById(app.db.read, id);
  if (!open || issue?.state !== 'open' || issue.repositoryId !== repositoryId) return;
  try {
    await closeIssue(app, actor, open, issue, { reason: 'completed', commit });
  } catch (error) {
    // Whoever pushed may not close it: the commit is shown, and no more.
    if (!isAppError(error, 'forbidden', 'not_found', 'unauthenticated', 'invalid')) throw error;
  }
}
