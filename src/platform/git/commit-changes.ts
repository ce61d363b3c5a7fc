// What each of some commits changed: names of files and counts of lines, for a page of commits by one process.
import { comparingIn, feed } from './diff-process.ts';
import type { Commit, Git, Oid, RepoDir } from './git.types.ts';

const LONGEST = 5_000;
const MOST_OUTPUT = 32 * 1024 * 1024;
/** Files of one commit that are named. */
const MOST_FILES = 3000;

export interface CommitFile {
  /** Raw bytes. */
  path: Buffer;
  status: 'added' | 'modified' | 'removed';
}

export interface CommitChanges {
  /** Against the first parent; 3,000 of them at most. */
  files: CommitFile[];
  /** Lines; zero where they were not asked for. */
  additions: number;
  deletions: number;
}

export interface ChangesQuery {
  /** Whether lines are counted, which takes git much longer than the names. */
  counts: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * What commits changed, by their ids, each against its first parent; undefined where that takes too long. Reads what
 * `git diff-tree --stdin --raw --numstat -z` writes: a commit's id, then its records, each ended by NUL.
 */
export async function changesOfCommits(
  git: Git,
  dir: RepoDir,
  commits: readonly Pick<Commit, 'oid' | 'parents'>[],
  { counts, signal }: ChangesQuery,
): Promise<Map<Oid, CommitChanges> | undefined> {
  const found = new Map(commits.map(({ oid }) => [oid, nothing()]));
  if (commits.length === 0) return found;
  const process = await git.spawn(argumentsFor(counts), comparingIn(dir, { signal }));
  process.stdin.on('error', () => undefined);
  process.stdin.write(
    commits.map(({ oid, parents }) => `${[oid, ...parents.slice(0, 1)].join(' ')}\n`).join(''),
  );
  const reader = openReader(found);
  const isWhole = await feed(process, reader, { longest: LONGEST, most: MOST_OUTPUT, signal });
  return isWhole ? found : undefined;
}

function argumentsFor(counts: boolean): string[] {
  return [
    ...['diff-tree', '--stdin', '--root', '-r', '-z', '--no-renames', '--no-abbrev', '--raw'],
    ...(counts ? ['--numstat'] : []),
    ...['--no-ext-diff', '--no-textconv', '--no-color', '--no-relative', '--ignore-submodules=none'],
  ];
}

function nothing(): CommitChanges {
  return { files: [], additions: 0, deletions: 0 };
}

function openReader(found: ReadonlyMap<Oid, CommitChanges>): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let changes = nothing();
  let status: CommitFile['status'] | undefined;

  function take(field: Buffer): void {
    if (status) {
      if (changes.files.length < MOST_FILES) changes.files.push({ path: Buffer.from(field), status });
      status = undefined;
      return;
    }
    const text = field.toString('latin1');
    if (text.startsWith(':')) status = statusOf(text.at(-1));
    else if (!addCounts(changes, text)) changes = found.get(text) ?? changes;
  }

  return (chunk) => {
    const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let start = 0;
    for (let end = data.indexOf(0); end >= 0; end = data.indexOf(0, start)) {
      take(data.subarray(start, end));
      start = end + 1;
    }
    rest = Buffer.from(data.subarray(start));
  };
}

function statusOf(letter: string | undefined): CommitFile['status'] {
  if (letter === 'A') return 'added';
  return letter === 'D' ? 'removed' : 'modified';
}

/** `<added>\t<deleted>\t<path>`, with dashes for what is binary. */
function addCounts(changes: CommitChanges, text: string): boolean {
  const match = /^(\d+|-)\t(\d+|-)\t/.exec(text);
  if (!match) return false;
  changes.additions += Number(match[1]) || 0;
  changes.deletions += Number(match[2]) || 0;
  return true;
}
