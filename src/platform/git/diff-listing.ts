// The files of a comparison without their lines, kept as git wrote them: 10,000 files are a megabyte and a half, and a page
// parses only its own. The lines of a page are then asked for by its paths.
import type { DiffFile, DiffOptions } from './diff.types.ts';
import { comparingIn, DIFF_OPTIONS, feed, sidesOf } from './diff-process.ts';
import { readRawRecords } from './diff-raw.ts';
import type { Git, RepoDir } from './git.types.ts';

/** Files that are listed; what comes after them is counted. */
const MOST_LISTED = 20_000;
const MOST_BYTES = 8 * 1024 * 1024;
const LONGEST = 10_000;
const NUL = 0;

export interface ChangeListing {
  /** Files that are listed. */
  listed: number;
  /** Files in the whole comparison, as far as it was read. */
  fileCount: number;
  /** Whether all of it was read; the listing holds all files then, unless there are more than are listed. */
  complete: boolean;
  /** Bytes it takes in memory. */
  bytes: number;
  /** The files from one number (from 0) to another, without their lines. */
  files(from: number, to: number): DiffFile[];
}

/** Lists what differs between two commits or trees. Throws AppError not_found when one is missing. */
export async function listChanges(
  git: Git,
  dir: RepoDir,
  options: Pick<DiffOptions, 'from' | 'to' | 'others' | 'signal'>,
): Promise<ChangeListing> {
  const { from, to } = await sidesOf(git, dir, options);
  const args = ['diff-tree', ...DIFF_OPTIONS, '-M', '--raw', '-z', from, to, '--'];
  const process = await git.spawn(args, comparingIn(dir, options));
  const chunks: Buffer[] = [];
  const push = (chunk: Buffer) => void chunks.push(chunk);
  const isWhole = await feed(process, push, {
    longest: LONGEST,
    most: MOST_BYTES * 4,
    signal: options.signal,
  });
  return listingOf(Buffer.concat(chunks), isWhole);
}

/** A listing over the output of `git diff-tree --raw -z`. */
export function listingOf(output: Buffer, isWhole: boolean): ChangeListing {
  const { starts, fileCount } = recordStarts(output);
  const listed = starts.length - 1;
  const end = starts[listed] ?? 0;
  const records = end === output.length ? output : Buffer.from(output.subarray(0, end));
  return {
    listed,
    fileCount,
    complete: isWhole,
    bytes: records.length + starts.length * 4 + 200,
    files: (from, to) => filesOf(records.subarray(starts[from] ?? end, starts[Math.min(to, listed)] ?? end)),
  };
}

function filesOf(records: Buffer): DiffFile[] {
  const reader = readRawRecords(MOST_LISTED);
  // The records are read at once, so what follows them cannot be missing.
  reader.push(records);
  return reader.files;
}

/** Where each record begins, and where the last one that is listed ends. */
function recordStarts(output: Buffer): { starts: Uint32Array; fileCount: number } {
  const starts: number[] = [0];
  let fileCount = 0;
  for (let at = 0; at < output.length; ) {
    const end = endOfRecord(output, at);
    if (end === undefined) break;
    fileCount++;
    if (fileCount <= MOST_LISTED && end <= MOST_BYTES) starts.push(end);
    at = end;
  }
  return { starts: Uint32Array.from(starts), fileCount };
}

/** Behind the record that begins here: renames and copies have two paths. */
function endOfRecord(output: Buffer, at: number): number | undefined {
  const head = output.indexOf(NUL, at);
  const letter = head < 0 ? '' : String.fromCharCode(output[output.lastIndexOf(32, head) + 1] ?? 0);
  const one = head < 0 ? -1 : output.indexOf(NUL, head + 1);
  const two = one >= 0 && (letter === 'R' || letter === 'C') ? output.indexOf(NUL, one + 1) : one;
  return two < 0 ? undefined : two + 1;
}
