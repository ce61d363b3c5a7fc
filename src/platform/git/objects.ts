// Reads and parses objects of every hot repository through long-lived `git cat-file --batch-command` processes.
// Repositories never share a process or a cached object: an id alone opens nothing.
import { AppError } from '../../base/errors.ts';
import { type BoundedCache, type Caches, openCaches } from '../cache/cache.ts';
import type { Log } from '../observability/log.ts';
import type {
  Commit,
  Git,
  GitObject,
  ObjectInfo,
  ObjectReader,
  Oid,
  RepoDir,
  TreeEntry,
} from './git.types.ts';
import { isOid, parseRevision, walkPath } from './object-paths.ts';
import { type ObjectPool, openObjectPool } from './object-pool.ts';
import type { Answer, ObjectRequest } from './object-stream.ts';
import { parseCommit } from './parse-commit.ts';
import { parseTag } from './parse-tag.ts';
import { oidLengthOf, parseTree } from './parse-tree.ts';
import { runInTurns } from './turns.ts';

const MAX_OBJECT = 32 * 1024 * 1024;
/** A tree of a million entries has some 40 MB. */
const MAX_TREE = 64 * 1024 * 1024;
/** What is read of a commit or tag: all headers that are of use, and more of the message than anybody is shown. */
const MAX_TEXT = 1024 * 1024;
const TAG_DEPTH = 8;
const MINUTE = 60_000;

export interface ObjectReaders {
  objects(dir: RepoDir): ObjectReader;
  /** Ends the process of a repository. */
  forget(dir: RepoDir): Promise<void>;
  close(): Promise<void>;
}

export interface ObjectReaderOptions {
  spawn: Git['spawn'];
  maxProcesses: number;
  log: Log;
  caches?: Caches;
  /** Milliseconds without a request after which a process is ended. Default one minute. */
  idleMs?: number;
  /** Bytes of content answered after which a process is replaced. Default 256 MiB. */
  recycleBytes?: number;
}

/** What is kept of objects already read; keys begin with the repository. */
interface Parsed {
  commits: BoundedCache<Commit>;
  trees: BoundedCache<TreeEntry[]>;
  paths: BoundedCache<TreeEntry>;
}

/** Opens the readers; no process is started before the first request. */
export function openObjectReaders(options: ObjectReaderOptions): ObjectReaders {
  const pool = openObjectPool({
    ...options,
    idleMs: options.idleMs ?? MINUTE,
    recycleBytes: options.recycleBytes ?? 256 * 1024 * 1024,
  });
  const caches = options.caches ?? openCaches();
  const parsed: Parsed = {
    commits: caches.create('git-commits', 16 * 1024 * 1024),
    trees: caches.create('git-trees', 24 * 1024 * 1024),
    paths: caches.create('git-paths', 4 * 1024 * 1024),
  };
  return {
    objects: (dir) => openReader(dir, pool, parsed),
    forget: pool.forget,
    close: pool.close,
  };
}

function openReader(dir: RepoDir, pool: ObjectPool, parsed: Parsed): ObjectReader {
  const ask = (command: ObjectRequest['command'], rev: string, maxBytes: number, maxText?: number) =>
    new Promise<Answer | undefined>((resolve, reject) => {
      const most = maxText === undefined ? { maxBytes } : { maxBytes, maxText };
      pool.ask(dir, { command, rev, ...most, resolve, reject });
    });

  /**
   * Reads without asking for the size first: for objects that are small unless somebody is up to something. Of a huge
   * commit or tag it brings the beginning.
   */
  async function readSmall(rev: string): Promise<GitObject | undefined> {
    const answer = await ask('contents', rev, MAX_TREE, MAX_TEXT);
    return answer && contentOf(answer);
  }

  async function readTree(oid: Oid): Promise<Buffer | undefined> {
    const object = await readSmall(oid);
    return object?.type === 'tree' ? object.data : undefined;
  }

  async function info(rev: string): Promise<ObjectInfo | undefined> {
    const revision = parseRevision(rev);
    if (!revision) return undefined;
    if (revision.plain) return ask('info', rev, 0);
    const commit = await readCommit(revision.base);
    const found = commit && (await entry(commit.tree, Buffer.from(revision.path ?? '')));
    return found && found.type !== 'commit' ? ask('info', found.oid, 0) : undefined;
  }

  async function read(rev: string, maxBytes = MAX_OBJECT): Promise<GitObject | undefined> {
    const known = await info(rev);
    if (!known) return undefined;
    if (known.size > maxBytes) throw tooLarge();
    // By id, so that a ref that moved meanwhile cannot bring another object.
    const answer = await ask('contents', known.oid, maxBytes);
    return answer && contentOf(answer);
  }

  async function readCommit(rev: string): Promise<Commit | undefined> {
    const cached = parsed.commits.get(`${dir}:${rev}`);
    if (cached) return cached;
    if (parseRevision(rev)?.path !== undefined || !parseRevision(rev)) return undefined;
    let object = await readSmall(rev);
    for (let depth = 0; object?.type === 'tag' && depth < TAG_DEPTH; depth++) {
      const tag = parseTag(object.oid, object.data);
      object = tag && isOid(tag.target) ? await readSmall(tag.target) : undefined;
    }
    if (object?.type !== 'commit') return undefined;
    const found = parseCommit(object.oid, object.data);
    parsed.commits.set(`${dir}:${found.oid}`, found, memoryOf(found));
    return found;
  }

  async function commitWithPrefix(digits: string): Promise<Oid | undefined> {
    if (!/^[0-9a-f]{4,64}$/.test(digits)) return undefined;
    // Peeling makes git look among commits (and tags) only, so that a blob with the same digits is no ambiguity.
    const found = await ask('info', `${digits}^{commit}`, 0);
    // A ref may have the name of the digits, and a tag other digits than its commit: only the id itself counts.
    return found?.oid.startsWith(digits) ? found.oid : undefined;
  }

  async function tree(oid: Oid): Promise<TreeEntry[]> {
    const cached = parsed.trees.get(`${dir}:${oid}`);
    if (cached) return cached;
    const data = await treeData(oid);
    const entries = await runInTurns(parseTree(data, oidLengthOf(oid)));
    parsed.trees.set(`${dir}:${oid}`, entries, data.length + entries.length * 250 + 200);
    return entries;
  }

  async function treeData(oid: Oid): Promise<Buffer> {
    const data = isOid(oid) ? await readTree(oid) : undefined;
    if (!data) throw new AppError('not_found', 'This directory does not exist.');
    return data;
  }

  async function entry(tree: Oid, path: Buffer): Promise<TreeEntry | undefined> {
    const key = `${dir}:${tree}:${path.toString('latin1')}`;
    const cached = parsed.paths.get(key);
    if (cached) return cached;
    const found = isOid(tree) ? await walkPath(readTree, tree, path) : undefined;
    if (!found) return undefined;
    // Its bytes are a view into the whole tree object, which must not be kept for them.
    const own = { ...found, nameBytes: Buffer.from(found.nameBytes) };
    parsed.paths.set(key, own, key.length + 400);
    return own;
  }

  return {
    info,
    read,
    tree,
    treeData,
    entry,
    commit: readCommit,
    commitWithPrefix,
    commits: async (oids) => {
      const found = await Promise.all(oids.map(readCommit));
      return found.filter((commit) => commit !== undefined);
    },
  };
}

/** About what a commit takes in memory, which is less than its object where the message was cut. */
function memoryOf({ message, signature, parents }: Commit): number {
  return (message.length + (signature?.length ?? 0)) * 2 + parents.length * 80 + 1200;
}

function contentOf(answer: Answer): GitObject {
  if (!answer.data) throw tooLarge();
  return { oid: answer.oid, type: answer.type, size: answer.size, data: answer.data };
}

function tooLarge(): AppError {
  return new AppError('too_large', 'This object is too large to be shown.');
}
