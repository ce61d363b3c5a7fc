// For each entry of a directory, the commit that last touched it: what `git log -1 -- <path>` names, for all entries in
// one walk. git follows, at each commit, the first parent in which the path is the same, and stops where there is none
// (git-log(1), "History Simplification"), so every entry has one way down, and entries on the same way share the work.
import { AppError } from '../../../base/errors.ts';
import { mayContain, type PathKey, pathKey } from '../changed-paths.ts';
import { type CommitGraph, openCommitGraph } from '../commit-graph.ts';
import { DamagedGraph } from '../commit-graph-file.ts';
import { type Frontier, newFrontier } from '../commit-graph-frontier.ts';
import { type CommitSource, openCommitSource } from '../commit-graph-source.ts';
import type { Oid } from '../git.types.ts';
import { oidLengthOf } from '../parse-tree.ts';
import { runInTurns, type Turns, takeTurns } from '../turns.ts';
import { type DirectoryTrees, openDirectoryTrees } from './directory-trees.ts';
import { compareEntries, type Directory, type Entry, readDirectory, sievedEntries } from './entries.ts';
import type { LastCommitAnswer, LastCommitQuery, LastCommitSource } from './last-commit.types.ts';

interface Walk {
  source: CommitSource;
  trees: DirectoryTrees;
  frontier: Frontier<readonly Entry[]>;
  directoryKey: PathKey | undefined;
  directory: Directory;
  found: Map<string, Oid>;
  query: LastCommitQuery;
  turns: Turns;
}

/**
 * Finds the last commit of each entry of a directory. Yields to other work every few milliseconds; at the deadline it
 * answers what it has. Throws AppError not_found when the commit or the directory does not exist.
 */
export async function walkLastCommits(
  source: LastCommitSource,
  query: LastCommitQuery,
): Promise<LastCommitAnswer> {
  query.signal?.throwIfAborted();
  const graph = openCommitGraph(source.dir);
  try {
    return await walkOver(source, query, graph);
  } catch (error) {
    if (!(error instanceof DamagedGraph)) throw error;
    return await walkOver(source, query, undefined);
  } finally {
    graph?.close();
  }
}

async function walkOver(
  source: LastCommitSource,
  query: LastCommitQuery,
  graph: CommitGraph | undefined,
): Promise<LastCommitAnswer> {
  const walk = await startWalk(source, query, graph);
  const complete = await runWalk(walk);
  return complete ? { complete, entries: walk.found } : { complete, entries: walk.found, rest: restOf(walk) };
}

async function startWalk(
  { objects }: LastCommitSource,
  query: LastCommitQuery,
  graph: CommitGraph | undefined,
): Promise<Walk> {
  const source = openCommitSource(objects, graph);
  const trees = openDirectoryTrees(objects, query.path);
  const start = await source.find(query.commit);
  const tree = start === undefined ? undefined : await trees.find(source.tree(start));
  if (start === undefined || tree === undefined)
    throw new AppError('not_found', 'This directory does not exist.');
  const turns = takeTurns();
  const version = graph?.bloomVersion;
  const reading = readDirectory(await trees.read(tree), oidLengthOf(tree), query.path, version);
  const directory = await runInTurns(reading, turns);
  const frontier = newFrontier<readonly Entry[]>((there, more) => there.concat(more));
  if (query.resume) await placeAgain(source, frontier, directory, query.resume.pending);
  else if (directory.entries.length > 0) frontier.add(start, source.order(start), directory.entries);
  return {
    ...{ source, trees, frontier, directory, query, turns },
    directoryKey: version && query.path.length > 0 ? pathKey(query.path, version) : undefined,
    found: new Map(query.resume?.found),
  };
}

async function placeAgain(
  source: CommitSource,
  frontier: Frontier<readonly Entry[]>,
  { byName }: Directory,
  pending: NonNullable<LastCommitQuery['resume']>['pending'],
): Promise<void> {
  for (const [oid, names] of pending) {
    const node = await source.find(oid);
    const waiting = names.map((name) => byName.get(name)).filter((entry) => entry !== undefined);
    if (node !== undefined && waiting.length > 0) frontier.add(node, source.order(node), waiting);
  }
}

/** Whether the walk came to its end. */
async function runWalk(walk: Walk): Promise<boolean> {
  const { frontier, query } = walk;
  const known = query.known && (await walk.source.find(query.known.commit));
  for (let next = frontier.next(); next; next = frontier.next()) {
    const { node, carried } = next;
    const entries = node === known ? takeKnown(walk, carried) : carried;
    const sieved = sieve(walk, node, entries);
    if (sieved.maybe.length > 0) await stepOver(walk, node, sieved);
    else await passOn(walk, node, sieved.same);
    if (!(await mayGoOn(walk))) return !frontier.hasMore();
  }
  return true;
}

/** Settles what the ancestor's answer tells; returns the entries it does not know. */
function takeKnown({ query, found }: Walk, entries: readonly Entry[]): readonly Entry[] {
  return entries.filter(({ name }) => {
    const oid = query.known?.entries.get(name);
    if (oid !== undefined) found.set(name, oid);
    return oid === undefined;
  });
}

/** What a commit left alone for certain, and what it may have changed. */
interface Sieved {
  same: readonly Entry[];
  maybe: readonly Entry[];
}

function sieve({ source, directoryKey }: Walk, node: number, entries: readonly Entry[]): Sieved {
  const filter = source.filter(node);
  if (!filter) return { same: [], maybe: entries };
  if (directoryKey && !mayContain(filter, directoryKey)) return { same: entries, maybe: [] };
  return sievedEntries(filter, entries);
}

/** Only commits of the graph have filters, so their parents are there without waiting. */
function passOn({ source, frontier }: Walk, node: number, entries: readonly Entry[]): void {
  const parents = source.parents(node);
  const parent = Array.isArray(parents) ? parents[0] : undefined;
  if (parent !== undefined && entries.length > 0) frontier.add(parent, source.order(parent), entries);
}

/** Sends each entry on to the first parent that has it unchanged; for the others this commit is the answer. */
async function stepOver(walk: Walk, node: number, sieved: Sieved): Promise<void> {
  const { source, frontier, found } = walk;
  let left = sieved.maybe;
  let certain = sieved.same;
  for (const parent of await source.parents(node)) {
    const compared = await compareWith(walk, node, parent, left);
    const same = certain.length > 0 ? certain.concat(compared.same) : compared.same;
    if (same.length > 0) frontier.add(parent, source.order(parent), same);
    certain = [];
    left = compared.other;
    if (left.length === 0) return;
  }
  const oid = source.oid(node);
  for (const entry of left) found.set(entry.name, oid);
}

async function compareWith(
  { source, trees, directory, turns }: Walk,
  node: number,
  parent: number,
  entries: readonly Entry[],
): Promise<{ same: readonly Entry[]; other: readonly Entry[] }> {
  const there = await trees.find(source.tree(parent));
  if (there === undefined) return { same: [], other: entries };
  // A commit with a filter has most likely changed the directory: finding it there would cost more than it saves.
  if (!source.filter(node) && there === (await trees.find(source.tree(node))))
    return { same: entries, other: [] };
  return runInTurns(compareEntries(directory, await trees.read(there), entries), turns);
}

/** Gives other work its turn; false at the deadline. */
async function mayGoOn({ turns, query }: Walk): Promise<boolean> {
  if (!turns.isOver) return true;
  query.signal?.throwIfAborted();
  if (Date.now() > (query.deadline ?? Number.POSITIVE_INFINITY)) return false;
  await turns.pass();
  return true;
}

function restOf({ source, frontier, found }: Walk): NonNullable<LastCommitAnswer['rest']> {
  const pending = [...frontier.waiting()].map(
    ([node, entries]) => [source.oid(node), entries.map((entry) => entry.name)] as const,
  );
  return { found: new Map(found), pending };
}
