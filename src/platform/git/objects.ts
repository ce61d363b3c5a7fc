// Reads objects of every hot repository through long-lived `git cat-file --batch-command` processes: one each,
// bounded in number, closed when idle, replaced when they have grown. Repositories never share one.
import { LRUCache } from 'lru-cache';
import { AppError } from '../../base/errors.ts';
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
import { type Answer, type ObjectStream, openObjectStream, StreamClosed } from './object-stream.ts';
import { parseCommit, parseTag } from './parse-commit.ts';
import { oidLengthOf, parseTree } from './parse-tree.ts';

const MAX_OBJECT = 32 * 1024 * 1024;
const MAX_PARSED = 64 * 1024 * 1024;
const IDLE = 60_000;
/** Bytes answered after which a process is replaced, since its memory grows with what it maps. */
const RECYCLE = 256 * 1024 * 1024;
const TAG_DEPTH = 8;
const PARSED_CACHE = 24 * 1024 * 1024;

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
  /** Milliseconds without a request after which a process is ended. */
  idleMs?: number;
  recycleBytes?: number;
}

type Ask = (dir: RepoDir, command: 'info' | 'contents', rev: string) => Promise<Answer | undefined>;

/** Opens the readers; no process is started before the first request. */
export function openObjectReaders(options: ObjectReaderOptions): ObjectReaders {
  const pool = openPool(options);
  const parsed = new LRUCache<string, Commit | TreeEntry[]>({
    maxSize: PARSED_CACHE,
    maxEntrySize: PARSED_CACHE / 8,
  });
  return {
    objects: (dir) => readerOf(dir, pool.ask, parsed),
    forget: async (dir) => pool.drop(dir),
    close: async () => pool.closeAll(),
  };
}

function openPool(options: ObjectReaderOptions) {
  const idle = options.idleMs ?? IDLE;
  const recycle = options.recycleBytes ?? RECYCLE;
  const drop = (stream: Promise<ObjectStream>) => void stream.then((open) => open.close()).catch(() => {});
  const streams = new LRUCache<RepoDir, Promise<ObjectStream>>({
    max: options.maxProcesses,
    ttl: idle,
    updateAgeOnGet: true,
    dispose: drop,
  });
  const sweep = setInterval(() => streams.purgeStale(), Math.max(50, idle / 2));
  sweep.unref();

  async function streamOf(dir: RepoDir): Promise<ObjectStream> {
    const known = streams.get(dir);
    const open = known ? await known.catch(() => undefined) : undefined;
    if (open && !open.closed && open.bytes < recycle) return open;
    // Another request may have replaced it while this one waited.
    const current = streams.peek(dir);
    if (current && current !== known) return current;
    const started = options.spawn(['cat-file', '--batch-command'], { dir }).then(openObjectStream);
    streams.set(dir, started);
    return started;
  }

  const ask: Ask = async (dir, command, rev) => {
    // A name with a line break would be a second request.
    if (/[\n\0]/.test(rev)) return undefined;
    try {
      return await (await streamOf(dir)).ask(command, rev);
    } catch (error) {
      if (!(error instanceof StreamClosed)) throw error;
      options.log.debug({ err: error }, 'an object reader ended; asking a new one');
      return (await streamOf(dir)).ask(command, rev);
    }
  };

  return {
    ask,
    drop: (dir: RepoDir) => void streams.delete(dir),
    closeAll: () => {
      clearInterval(sweep);
      streams.clear();
    },
  };
}

function readerOf(dir: RepoDir, ask: Ask, parsed: LRUCache<string, Commit | TreeEntry[]>): ObjectReader {
  async function info(rev: string): Promise<ObjectInfo | undefined> {
    return ask(dir, 'info', rev);
  }

  async function read(rev: string, maxBytes = MAX_OBJECT): Promise<GitObject | undefined> {
    const known = await ask(dir, 'info', rev);
    if (!known) return undefined;
    if (known.size > maxBytes) throw new AppError('too_large', 'This object is too large to be shown.');
    // By id, so that a ref that moved meanwhile cannot bring a larger object.
    const answer = await ask(dir, 'contents', known.oid);
    return answer?.data ? { ...answer, data: answer.data } : undefined;
  }

  async function commit(rev: string): Promise<Commit | undefined> {
    const cached = parsed.get(`${dir}:${rev}`);
    if (cached && !Array.isArray(cached)) return cached;
    let object = await read(rev, MAX_PARSED);
    for (let depth = 0; object?.type === 'tag' && depth < TAG_DEPTH; depth++) {
      object = await read(parseTag(object.oid, object.data).target, MAX_PARSED);
    }
    if (object?.type !== 'commit') return undefined;
    const found = parseCommit(object.oid, object.data);
    parsed.set(`${dir}:${object.oid}`, found, { size: object.size * 2 + 512 });
    return found;
  }

  async function tree(oid: Oid): Promise<TreeEntry[]> {
    const cached = parsed.get(`${dir}:${oid}`);
    if (Array.isArray(cached)) return cached;
    const object = await read(oid, MAX_PARSED);
    if (object?.type !== 'tree') throw new AppError('not_found', 'This directory does not exist.');
    const entries = parseTree(object.data, oidLengthOf(object.oid));
    parsed.set(`${dir}:${object.oid}`, entries, { size: object.size + entries.length * 200 + 100 });
    return entries;
  }

  return {
    info,
    read,
    commit,
    tree,
    commits: async (oids) => {
      const found = await Promise.all(oids.map(commit));
      return found.filter((one) => one !== undefined);
    },
  };
}
