// How many lines a whole comparison adds and removes, counted by git without being kept.
import type { DiffOptions } from './diff.types.ts';
import { choicesOf, comparingIn, DIFF_OPTIONS, feed, sidesOf } from './diff-process.ts';
import type { Git, RepoDir } from './git.types.ts';

const LONGEST = 5_000;

export interface DiffTotals {
  fileCount: number;
  additions: number;
  deletions: number;
}

/** Counts a comparison; undefined when that takes too long. */
export async function countChanges(
  git: Git,
  dir: RepoDir,
  options: DiffOptions & { longest?: number },
): Promise<DiffTotals | undefined> {
  const { from, to } = await sidesOf(git, dir, options);
  const args = ['diff-tree', ...DIFF_OPTIONS, '-M', '--numstat', '-z', ...choicesOf(options), from, to, '--'];
  const process = await git.spawn(args, comparingIn(dir, options));
  const totals: DiffTotals = { fileCount: 0, additions: 0, deletions: 0 };
  let rest = '';
  const push = (chunk: Buffer) => {
    // A rename has an empty name here and its two names after it, which do not look like records.
    const records = (rest + chunk.toString('latin1')).split('\0');
    rest = records.pop() ?? '';
    for (const record of records) addRecord(totals, record);
  };
  const { longest = LONGEST, signal } = options;
  return (await feed(process, push, { longest, signal })) ? totals : undefined;
}

function addRecord(totals: DiffTotals, record: string): void {
  const match = /^(\d+|-)\t(\d+|-)\t/.exec(record);
  if (!match) return;
  totals.fileCount++;
  totals.additions += Number(match[1]) || 0;
  totals.deletions += Number(match[2]) || 0;
}
