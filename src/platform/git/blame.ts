// Who last changed each line of a file, as `git blame --incremental` finds it out (git-blame(1), "INCREMENTAL OUTPUT"):
//   <id> <line then> <line now> <lines>\n, headers of a commit where it comes first, previous <id> <path>, filename <path>
import { AppError, notFound } from '../../base/errors.ts';
import type { Git, GitProcess, Oid, RepoDir } from './git.types.ts';
import { isOid } from './object-paths.ts';

export interface BlameCommit {
  oid: Oid;
  /** The message's first line. */
  title: string;
  authorName: string;
  authorEmail: string;
  /** Milliseconds since 1970. */
  authoredAt: number;
}

export interface BlameHunk {
  /** Of the file that was asked about, from 1. */
  first: number;
  count: number;
  commit: BlameCommit;
  /** Where the file lay in that commit, and the number its first line had there. */
  path: Buffer;
  firstThen: number;
  /** The commit and path to look at for what was there before; undefined where nothing was. */
  previous: { oid: Oid; path: Buffer } | undefined;
}

export interface BlameQuery {
  commit: Oid;
  path: Buffer;
  /** From 1, both included. */
  lines: { first: number; last: number };
  /** Commits that are passed over. */
  ignored: readonly Oid[];
  signal: AbortSignal;
}

/** What one blame may take: a history of renames and copies can be made to cost any amount. */
const LIMITS = { dataBytes: 2 * 1024 * 1024 * 1024, cpuSeconds: 120 };
const LONGEST_LINE = 256 * 1024;

/** Starts git; throws AppError invalid for names that cannot be given to it. */
export function startBlame(git: Git, dir: RepoDir, query: BlameQuery): Promise<GitProcess> {
  const { commit, path, lines, ignored, signal } = query;
  if (!isOid(commit)) throw notFound('commit');
  const name = path.toString('utf8');
  if (!Buffer.from(name).equals(path) || name.includes('\0'))
    throw new AppError('invalid', 'The blame of a file with such a name cannot be shown: it is not UTF-8.');
  const passed = ignored.filter(isOid).map((oid) => `--ignore-rev=${oid}`);
  const range = `-L${lines.first},${lines.last}`;
  return git.spawn(['blame', '--incremental', range, ...passed, commit, '--', name], {
    dir,
    signal,
    limits: LIMITS,
    config: [
      ['core.quotePath', 'false'],
      ['blame.ignoreRevsFile', ''],
    ],
  });
}

/** Reads git's output piece by piece; returns the hunks that are whole, in the order found. */
export function readBlame(): (chunk: Buffer) => BlameHunk[] {
  const commits = new Map<Oid, BlameCommit>();
  let rest = Buffer.alloc(0);
  let hunk: (Omit<BlameHunk, 'path'> & { path?: Buffer }) | undefined;

  function readLine(line: Buffer): BlameHunk | undefined {
    const text = line.toString('utf8');
    if (!hunk) {
      const [, oid = '', then, now, count] = /^([0-9a-f]{40,64}) (\d+) (\d+) (\d+)$/.exec(text) ?? [];
      if (oid === '') throw new Error('git blame wrote what is no hunk.');
      const commit = commits.get(oid) ?? newCommit(oid);
      commits.set(oid, commit);
      hunk = {
        first: Number(now),
        count: Number(count),
        firstThen: Number(then),
        commit,
        previous: undefined,
      };
      return undefined;
    }
    const space = text.indexOf(' ');
    const [key, value] = space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)];
    if (key === 'filename') {
      const whole = { ...hunk, path: pathOf(line, 'filename '.length) };
      hunk = undefined;
      return whole;
    }
    if (key === 'previous') hunk.previous = previousOf(line, value);
    else note(hunk.commit, key, value);
    return undefined;
  }

  return (chunk) => {
    const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const hunks: BlameHunk[] = [];
    let at = 0;
    for (let end = data.indexOf(10, at); end >= 0; end = data.indexOf(10, at)) {
      const found = readLine(data.subarray(at, end));
      if (found) hunks.push(found);
      at = end + 1;
    }
    rest = Buffer.from(data.subarray(at));
    if (rest.length > LONGEST_LINE) throw new Error('git blame wrote a line without an end.');
    return hunks;
  };
}

function newCommit(oid: Oid): BlameCommit {
  return { oid, title: '', authorName: '', authorEmail: '', authoredAt: 0 };
}

function note(commit: BlameCommit, key: string, value: string): void {
  if (key === 'author') commit.authorName = value;
  else if (key === 'author-mail') commit.authorEmail = value.replace(/^<|>$/g, '');
  else if (key === 'author-time') commit.authoredAt = Number(value) * 1000 || 0;
  else if (key === 'summary') commit.title = value;
}

function previousOf(line: Buffer, value: string): BlameHunk['previous'] {
  const oid = value.slice(0, value.indexOf(' '));
  return isOid(oid) ? { oid, path: pathOf(line, 'previous '.length + oid.length + 1) } : undefined;
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** A path as git writes it: as it is, or quoted as in C where it holds what would break the line. */
function pathOf(line: Buffer, from: number): Buffer {
  if (line[from] !== 0x22) return Buffer.from(line.subarray(from));
  const text = line.toString('latin1', from + 1, line.length - 1);
  const plain = text.replace(/\\([0-7]{3}|.)/g, (_, code: string) => {
    if (/^[0-7]{3}$/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff);
    const byte = ESCAPES[code];
    return byte === undefined ? code : String.fromCharCode(byte);
  });
  return Buffer.from(plain, 'latin1');
}
