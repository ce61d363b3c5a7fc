// How far branches are ahead of and behind a base, for all of them in one walk over the commit-graph: each commit
// collects which of the tips reach it, and once all do, what lies below tells nothing more.
import { openCommitGraph } from './commit-graph.ts';
import { DamagedGraph } from './commit-graph-file.ts';
import { type Frontier, newFrontier } from './commit-graph-frontier.ts';
import { type CommitSource, openCommitSource } from './commit-graph-source.ts';
import type { ObjectReader, Oid, RepoDir } from './git.types.ts';
import type { AheadBehind } from './history.types.ts';
import { takeTurns } from './turns.ts';

const BASE = 1n;

interface Source {
  dir: RepoDir;
  objects: ObjectReader;
}

/**
 * Counts, for each tip, the commits that it has and the base has not, and the other way round. Tips that are no commits
 * are left out. Throws the signal's reason when aborted.
 */
export async function countAheadBehind(
  { dir, objects }: Source,
  base: Oid,
  tips: readonly Oid[],
  signal?: AbortSignal,
): Promise<Map<Oid, AheadBehind>> {
  const graph = openCommitGraph(dir);
  const unique = [...new Set(tips)];
  try {
    return await countOver(openCommitSource(objects, graph), base, unique, signal);
  } catch (error) {
    if (!(error instanceof DamagedGraph)) throw error;
    return await countOver(openCommitSource(objects, undefined), base, unique, signal);
  } finally {
    graph?.close();
  }
}

async function countOver(
  source: CommitSource,
  base: Oid,
  tips: readonly Oid[],
  signal: AbortSignal | undefined,
): Promise<Map<Oid, AheadBehind>> {
  // Bit 0 stands for the base, bit n for the nth tip.
  const frontier = newFrontier<bigint>((there, more) => there | more);
  const bits = new Map<Oid, bigint>();
  const start = await source.find(base);
  if (start === undefined) return new Map();
  frontier.add(start, source.order(start), BASE);
  for (const oid of tips) {
    const node = await source.find(oid);
    if (node === undefined) continue;
    const bit = BASE << BigInt(bits.size + 1);
    bits.set(oid, bit);
    frontier.add(node, source.order(node), bit);
  }
  const tallies = await tallyCommits(source, frontier, (BASE << BigInt(bits.size + 1)) - 1n, signal);
  return new Map([...bits].map(([oid, bit]) => [oid, countOf(tallies, bit)]));
}

function countOf(tallies: ReadonlyMap<bigint, number>, bit: bigint): AheadBehind {
  const count = { ahead: 0, behind: 0 };
  for (const [reached, commits] of tallies) {
    const [byBase, byTip] = [(reached & BASE) !== 0n, (reached & bit) !== 0n];
    if (byBase && !byTip) count.behind += commits;
    else if (byTip && !byBase) count.ahead += commits;
  }
  return count;
}

/** How many commits are reached by each set of tips, those reached by all apart. */
async function tallyCommits(
  source: CommitSource,
  frontier: Frontier<bigint>,
  all: bigint,
  signal: AbortSignal | undefined,
): Promise<Map<bigint, number>> {
  const seen = new Map<number, bigint>();
  const tallies = new Map<bigint, number>();
  const tally = (reached: bigint, commits: number) => {
    if (reached !== all) tallies.set(reached, (tallies.get(reached) ?? 0) + commits);
  };
  let oldest = Number.POSITIVE_INFINITY;
  const turns = takeTurns();
  for (let visit = frontier.next(); visit; visit = frontier.next()) {
    const { node, order } = visit;
    const before = seen.get(node);
    const reached = visit.carried | (before ?? 0n);
    if (reached === before) continue;
    // Clocks that were wrong can bring a commit before one of its descendants: then it is counted anew.
    if (before !== undefined) tally(before, -1);
    seen.set(node, reached);
    tally(reached, 1);
    if (reached !== all) oldest = Math.min(oldest, order);
    const parents = source.parents(node);
    for (const parent of Array.isArray(parents) ? parents : await parents)
      frontier.add(parent, source.order(parent), reached);
    if (reached === all && isSettled(frontier, all, oldest)) break;
    if (!turns.isOver) continue;
    signal?.throwIfAborted();
    await turns.pass();
  }
  return tallies;
}

/** Whether what is left is reached by all, and too old to be above a commit that was counted as reached by some. */
function isSettled(frontier: Frontier<bigint>, all: bigint, oldest: number): boolean {
  if ((frontier.nextOrder() ?? 0) >= oldest) return false;
  for (const [, reached] of frontier.waiting()) if (reached !== all) return false;
  return true;
}
