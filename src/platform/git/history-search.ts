// One page of a history by who wrote it and when: what is found within the time there is, and whether that was all.
import { AppError } from '../../base/errors.ts';
import type { Git, Oid, RepoDir } from './git.types.ts';
import { limitTo } from './history-limits.ts';

export interface CommitFilter {
  /** Any of these in the author's name or address, in any case. */
  authors: readonly string[];
  /** Milliseconds since 1970; both included. */
  since?: number;
  until?: number;
}

export interface FilteredQuery extends CommitFilter {
  from: Oid;
  path?: Buffer;
  limit: number;
  skip: number;
  signal?: AbortSignal;
}

export interface FilteredPage {
  oids: Oid[];
  hasMore: boolean;
  /** Whether the time was up before the page was full. */
  isCut: boolean;
}

/** Milliseconds to look: a filter that fits nothing makes git read every commit there is. */
const LONGEST = 8000;

/** The ids of one page of commits that fit a filter. Throws AppError invalid for paths that cannot be given to git. */
export async function searchCommits(git: Git, dir: RepoDir, query: FilteredQuery): Promise<FilteredPage> {
  const { args, input } = limitTo(query.from, query.path);
  const process = await git.spawn(['rev-list', ...filtersOf(query), ...args], {
    dir,
    env: { GIT_LITERAL_PATHSPECS: '1' },
    ...(query.signal ? { signal: query.signal } : {}),
  });
  process.stdin.on('error', () => {});
  process.stdin.end(input);
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    process.kill();
  }, LONGEST);
  let text = '';
  try {
    for await (const chunk of process.stdout as AsyncIterable<Buffer>) text += chunk.toString('latin1');
  } catch (error) {
    if (!isOver && !query.signal?.aborted) throw error;
  } finally {
    clearTimeout(timer);
    process.kill();
  }
  query.signal?.throwIfAborted();
  const { code, stderr } = await process.exited;
  if (!isOver && code !== 0)
    throw new AppError('unavailable', 'The history could not be read.', {
      cause: new Error(stderr.slice(-2000)),
    });
  const oids = text.split('\n').filter((line) => /^[0-9a-f]{40,64}$/.test(line));
  const hasMore = oids.length > query.limit;
  return { oids: oids.slice(0, query.limit), hasMore, isCut: isOver && !hasMore };
}

function filtersOf({ authors, since, until, limit, skip }: FilteredQuery): string[] {
  return [
    `--max-count=${limit + 1}`,
    `--skip=${skip}`,
    ...(authors.length > 0 ? ['--fixed-strings', '--regexp-ignore-case'] : []),
    ...authors.map((author) => `--author=${author}`),
    ...(since === undefined ? [] : [`--max-age=${Math.floor(since / 1000)}`]),
    ...(until === undefined ? [] : [`--min-age=${Math.floor(until / 1000)}`]),
  ];
}
