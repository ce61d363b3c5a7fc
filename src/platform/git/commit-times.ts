// When commits were made, for many of them: from the commit-graph where they are in it, else read as objects.
import { openCommitGraph } from './commit-graph.ts';
import { DamagedGraph } from './commit-graph-file.ts';
import type { ObjectReader, Oid, RepoDir } from './git.types.ts';

/**
 * Milliseconds since 1970 of each commit (or annotated tag of one) that is in the commit-graph, or among the first `readAtMost` others. What is
 * no commit, and what is beyond that number, is left out.
 */
export async function commitTimes(
  { dir, objects }: { dir: RepoDir; objects: ObjectReader },
  oids: readonly Oid[],
  readAtMost: number,
): Promise<Map<Oid, number>> {
  const times = new Map<Oid, number>();
  const rest = lookUp(dir, oids, times).slice(0, readAtMost);
  await Promise.all(
    rest.map(async (oid) => {
      const commit = await objects.commit(oid);
      if (commit) times.set(oid, commit.committer.time);
    }),
  );
  return times;
}

/** Fills in what the graph knows, and returns what it does not. */
function lookUp(dir: RepoDir, oids: readonly Oid[], times: Map<Oid, number>): Oid[] {
  const graph = openCommitGraph(dir);
  if (!graph) return [...new Set(oids)];
  try {
    return [...new Set(oids)].filter((oid) => {
      const position = graph.find(oid);
      if (position !== undefined) times.set(oid, graph.time(position) * 1000);
      return position === undefined;
    });
  } catch (error) {
    if (!(error instanceof DamagedGraph)) throw error;
    return [...new Set(oids)].filter((oid) => !times.has(oid));
  } finally {
    graph.close();
  }
}
