// Which tips have a commit in their history: one walk for all of them over the commit-graph, each commit looked at once.
import { openCommitGraph } from './commit-graph.ts';
import { DamagedGraph } from './commit-graph-file.ts';
import { type CommitSource, openCommitSource } from './commit-graph-source.ts';
import type { ObjectReader, Oid, RepoDir } from './git.types.ts';
import { takeTurns } from './turns.ts';

/** Orders below this are levels of the graph, which holds all ancestors of whatever it holds. */
const IN_GRAPH = 2 ** 31;

export interface Containing {
  tips: Set<Oid>;
  /** Whether every tip was looked at; false when the time was up before. */
  isComplete: boolean;
}

/** The tips (ids of commits) that are `commit` or its descendants, as many as are found before `deadline`. */
export async function tipsContaining(
  { dir, objects }: { dir: RepoDir; objects: ObjectReader },
  commit: Oid,
  tips: Iterable<Oid>,
  limits: { deadline: number; signal?: AbortSignal },
): Promise<Containing> {
  const graph = openCommitGraph(dir);
  try {
    return await search(openCommitSource(objects, graph), commit, tips, limits);
  } catch (error) {
    if (!(error instanceof DamagedGraph)) throw error;
    return await search(openCommitSource(objects, undefined), commit, tips, limits);
  } finally {
    graph?.close();
  }
}

async function search(
  source: CommitSource,
  commit: Oid,
  tips: Iterable<Oid>,
  { deadline, signal }: { deadline: number; signal?: AbortSignal },
): Promise<Containing> {
  const found = new Set<Oid>();
  const target = await source.find(commit);
  if (target === undefined) return { tips: found, isComplete: true };
  const reaches = newSearch(source, target);
  const turns = takeTurns();
  const pause = async () => {
    signal?.throwIfAborted();
    if (Date.now() > deadline) return false;
    await turns.pass();
    return true;
  };
  for (const tip of tips) {
    const node = source.peek(tip) ?? (await source.find(tip));
    if (node === undefined) continue;
    const answer = await reaches(node, () => !turns.isOver || pause());
    if (answer === undefined) return { tips: found, isComplete: false };
    if (answer) found.add(tip);
    if (turns.isOver && !(await pause())) return { tips: found, isComplete: false };
  }
  return { tips: found, isComplete: true };
}

type Reaches = (from: number, goOn: () => boolean | Promise<boolean>) => Promise<boolean | undefined>;

/** Remembers of every commit it met whether it reaches the target. */
function newSearch(source: CommitSource, target: number): Reaches {
  const known = new Map<number, boolean>([[target, true]]);
  const order = source.order(target);
  const cannot = (node: number) => {
    const own = source.order(node);
    // Outside of the graph order goes by clocks, which may have been wrong: there nothing is cut off.
    return order < IN_GRAPH ? own <= order : own < IN_GRAPH;
  };

  return async (from, goOn) => {
    const path: { node: number; parents: number[]; at: number }[] = [];
    let answer: boolean | undefined = await enter(from);
    for (let steps = 0; path.length > 0; steps++) {
      if (steps % 1024 === 1023 && !(await goOn())) return undefined;
      const top = path.at(-1);
      if (!top) break;
      const parent = answer === true ? undefined : top.parents[top.at++];
      if (parent !== undefined) {
        answer = await enter(parent);
        continue;
      }
      answer = answer === true;
      known.set(top.node, answer);
      path.pop();
    }
    return answer ?? false;

    /** What is known of a commit; undefined when it was put on the path to be found out. */
    async function enter(node: number): Promise<boolean | undefined> {
      const before = known.get(node) ?? (cannot(node) ? false : undefined);
      if (before !== undefined) return before;
      const parents = source.parents(node);
      path.push({ node, parents: Array.isArray(parents) ? parents : await parents, at: 0 });
      return undefined;
    }
  };
}
