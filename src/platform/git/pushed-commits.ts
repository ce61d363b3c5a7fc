// What a push brings: its commits and the files they change, read from quarantine before anybody else may see them. Each
// question is one process, however many commits there are.
import type { Log } from '../observability/log.ts';
import type { Git, ObjectReader, Oid, RepoDir } from './git.types.ts';
import { openObjectReaders } from './objects.ts';

export interface PushSource {
  git: Git;
  dir: RepoDir;
  /** With it git sees objects in quarantine; missing where they are in the repository already. */
  env?: Record<string, string>;
  log: Log;
}

export interface PushedCommit {
  oid: Oid;
  parents: Oid[];
}

export interface PushedFile {
  /** Undefined for what differs between the two ends of the push as a whole. */
  commit: Oid | undefined;
  /** Raw bytes. */
  path: Buffer;
  /** Octal; `000000` where the file is gone. */
  mode: string;
  oid: Oid;
}

/** Commits reachable from `to` and from none of `without`, the newest first, at most `limit`. */
export async function pushedCommits(
  { git, dir, env }: PushSource,
  { to, without, limit }: { to: Oid; without: readonly Oid[]; limit: number },
): Promise<PushedCommit[]> {
  const input = [to, ...without.map((oid) => `^${oid}`), ''].join('\n');
  const args = ['rev-list', '--parents', '--ignore-missing', `--max-count=${limit}`, '--stdin'];
  const { stdout } = await git.run(args, { dir, input, ...(env ? { env } : {}) });
  const lines = stdout.toString('latin1').split('\n').filter(Boolean);
  return lines.map((line) => {
    const [oid = '', ...parents] = line.split(' ');
    return { oid, parents };
  });
}

/** Whether `ancestor` is `tip` or in its history. */
export async function isAncestor({ git, dir, env }: PushSource, ancestor: Oid, tip: Oid): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', ancestor, tip];
  const { code } = await git.run(args, { dir, okCodes: [0, 1, 128], ...(env ? { env } : {}) });
  return code === 0;
}

/**
 * The files that commits change, and first those that differ between two trees. Of merges only what differs from all
 * parents: what they bring was changed by other commits. Parses `git diff-tree --stdin -c --raw -z`.
 */
export async function* pushedFiles(
  { git, dir, env }: PushSource,
  { commits, trees }: { commits: readonly Oid[]; trees?: readonly [Oid, Oid] | undefined },
): AsyncGenerator<PushedFile> {
  const options = ['-r', '-c', '--root', '--raw', '-z', '--no-renames', '--no-abbrev', '--no-ext-diff'];
  const child = await git.spawn(['diff-tree', '--stdin', ...options], { dir, ...(env ? { env } : {}) });
  child.stdin.on('error', () => {});
  child.stdin.end([...(trees ? [trees.join(' ')] : []), ...commits, ''].join('\n'));
  try {
    yield* parseFiles(child.stdout as AsyncIterable<Buffer>);
    const { code, stderr } = await child.exited;
    if (code !== 0) throw new Error(`git diff-tree ended with ${code}: ${stderr}`);
  } finally {
    child.kill();
  }
}

async function* parseFiles(chunks: AsyncIterable<Buffer>): AsyncGenerator<PushedFile> {
  let commit: Oid | undefined;
  let head: string | undefined;
  for await (const field of nulFields(chunks)) {
    if (head !== undefined) {
      yield { commit, path: field, ...newSideOf(head) };
      head = undefined;
      continue;
    }
    // The line that names two trees ends by a line feed whatever is asked for.
    const text = field.toString('latin1').replace(/^[0-9a-f]+ [0-9a-f]+\n/, '');
    if (text.startsWith(':')) head = text;
    else commit = text.trim();
  }
}

/** `:<modes> <ids> <status>`, with as many colons as there are parents. */
function newSideOf(head: string): { mode: string; oid: Oid } {
  const parents = head.lastIndexOf(':') + 1;
  const fields = head.slice(parents).split(' ');
  return { mode: fields[parents] ?? '', oid: fields[2 * parents + 1] ?? '' };
}

async function* nulFields(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let start = 0;
    for (let end = data.indexOf(0); end >= 0; end = data.indexOf(0, start)) {
      yield data.subarray(start, end);
      start = end + 1;
    }
    rest = data.subarray(start);
  }
}

/** Runs `work` with a reader that also sees what is in quarantine. It keeps nothing and shares nothing. */
export async function withPushedObjects<T>(
  { git, dir, env, log }: PushSource,
  work: (objects: ObjectReader) => Promise<T>,
): Promise<T> {
  if (!env) return work(git.objects(dir));
  const spawn: Git['spawn'] = (args, options = {}) =>
    git.spawn(args, { ...options, env: { ...options.env, ...env } });
  const readers = openObjectReaders({ spawn, maxProcesses: 1, log });
  try {
    return await work(readers.objects(dir));
  } finally {
    await readers.close();
  }
}
