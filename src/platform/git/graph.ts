// Commits with their parents in topological order, a page at a time: quick where there is a commit-graph.
import { notFound } from '../../base/errors.ts';
import type { Git, Oid, RepoDir } from './git.types.ts';
import { isOid } from './object-paths.ts';

export interface GraphQuery {
  tips: readonly Oid[];
  limit: number;
  skip: number;
  signal: AbortSignal;
}

export interface ListedGraph {
  commits: { oid: Oid; parents: Oid[] }[];
  hasMore: boolean;
}

const LONGEST = 20_000;

/** One page of what the tips reach, children before their parents. */
export async function listGraph(git: Git, dir: RepoDir, query: GraphQuery): Promise<ListedGraph> {
  const { tips, limit, skip, signal } = query;
  if (!tips.every(isOid)) throw notFound('commit');
  if (tips.length === 0) return { commits: [], hasMore: false };
  const args = [
    'rev-list',
    '--topo-order',
    '--parents',
    `--max-count=${limit + 1}`,
    `--skip=${skip}`,
    '--stdin',
  ];
  const { stdout } = await git.run(args, { dir, input: `${tips.join('\n')}\n`, signal, timeout: LONGEST });
  const commits = stdout
    .toString('latin1')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [oid = '', ...parents] = line.split(' ');
      return { oid, parents };
    });
  return { commits: commits.slice(0, limit), hasMore: commits.length > limit };
}
