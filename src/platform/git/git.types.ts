// What the rest of the program sees of git. Every git process is started by the spawn helper.
import type { Readable, Writable } from 'node:stream';
import type { Hooks } from './hooks.ts';
import type { RepositoryActivity } from './repository-activity.ts';

/** An absolute path to a bare repository, made only by `repositoryDirectory` from a storage key. */
export type RepoDir = string & { readonly brand: 'RepoDir' };

/** Lower-case hex object id: 40 digits (sha1) or 64 (sha256). */
export type Oid = string;

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';
export type ObjectFormat = 'sha1' | 'sha256';

export interface SpawnOptions {
  /** Sets GIT_DIR for the process. */
  dir?: RepoDir;
  /** Added to the clean environment (PATH, HOME inside the cache, LC_ALL=C, no system or user configuration). */
  env?: Record<string, string>;
  /** Configuration for this process, as `-c key=value` would give it. */
  config?: readonly (readonly [key: string, value: string])[];
  /** Ends the process (SIGTERM to its group, SIGKILL later) when aborted. */
  signal?: AbortSignal;
  /** Runs at a lower CPU priority. */
  background?: boolean;
  /** What the process and its children may take (setrlimit(2)); beyond it their allocations fail or they are ended. */
  limits?: ResourceLimits;
  /** What it writes to standard error comes by standard output as well, as it is written. */
  merged?: boolean;
}

export interface ResourceLimits {
  /** Bytes of heap and private memory of each process; mapped files do not count. */
  dataBytes: number;
  /** Seconds of CPU of each process. */
  cpuSeconds: number;
}

/** A running git: its standard input and output are sockets straight to the process. */
export interface GitProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves when the process has ended; stderr holds its last 64 KiB. Never rejects. */
  readonly exited: Promise<{ code: number | null; signal: string | null; stderr: string }>;
  kill(): void;
}

export interface RunResult {
  code: number;
  stdout: Buffer;
  stderr: string;
}

export interface RunOptions extends SpawnOptions {
  input?: string | Uint8Array;
  /** Most bytes of output kept; more ends the process with AppError too_large. Default 16 MiB. */
  maxBytes?: number;
  /** Milliseconds after which it is ended with AppError unavailable. Default 60,000. */
  timeout?: number;
  /** Exit codes that are an answer and not a failure. Default [0]. Others reject with an Error. */
  okCodes?: number[];
}

export interface ObjectInfo {
  oid: Oid;
  type: ObjectType;
  /** Bytes. */
  size: number;
}

export interface GitObject extends ObjectInfo {
  data: Buffer;
}

export interface Signature {
  name: string;
  email: string;
  /** Milliseconds since 1970, UTC. */
  time: number;
  /** Minutes east of UTC. */
  offset: number;
}

export interface Commit {
  oid: Oid;
  tree: Oid;
  parents: Oid[];
  author: Signature;
  committer: Signature;
  /** The message, decoded by the commit's encoding header; beyond 64 KiB it is cut and says so. */
  message: string;
  /** The signature block of `gpgsig`, if any. */
  signature?: string;
}

export interface TreeEntry {
  /** Octal mode as git writes it: 100644, 100755, 120000 (symlink), 40000 (tree), 160000 (submodule). */
  mode: string;
  type: 'blob' | 'tree' | 'commit';
  /** The raw bytes: names need not be UTF-8. */
  nameBytes: Buffer;
  /** The name for display; invalid bytes as U+FFFD. */
  name: string;
  oid: Oid;
}

/** Reads objects of one repository through a long-lived `cat-file --batch-command`. Revisions are full ids or full ref names, optionally `rev:path`. */
export interface ObjectReader {
  info(rev: string): Promise<ObjectInfo | undefined>;
  /** Throws AppError too_large beyond maxBytes (default 32 MiB) without reading the content. */
  read(rev: string, maxBytes?: number): Promise<GitObject | undefined>;
  /** Follows annotated tags; undefined when there is no such commit. */
  commit(rev: string): Promise<Commit | undefined>;
  /** The commit whose id begins with these lower-case digits; undefined when there is none or more than one. */
  commitWithPrefix(digits: string): Promise<Oid | undefined>;
  /** In the order asked for; what is missing is left out. */
  commits(oids: Oid[]): Promise<Commit[]>;
  /** Throws AppError not_found when there is no such tree. */
  tree(oid: Oid): Promise<TreeEntry[]>;
  /** A tree's raw content, for those who compare rather than show. Throws AppError not_found. */
  treeData(oid: Oid): Promise<Buffer>;
  /** The entry at a path of raw bytes below a tree (names in any bytes); undefined where there is none. */
  entry(tree: Oid, path: Buffer): Promise<TreeEntry | undefined>;
}

export interface Ref {
  /** Full name, e.g. refs/heads/main. */
  name: string;
  oid: Oid;
  /** For annotated tags in packed-refs: the commit they peel to, where known. */
  peeled?: Oid;
}

export interface Git {
  /** The version of the git program, e.g. [2, 39, 5]. */
  readonly version: readonly [number, number, number];
  spawn(args: readonly string[], options?: SpawnOptions): Promise<GitProcess>;
  run(args: readonly string[], options?: RunOptions): Promise<RunResult>;
  objects(dir: RepoDir): ObjectReader;
  /** All refs below a prefix such as `refs/heads/`, sorted by name, read from the files without a process. */
  refs(dir: RepoDir, prefix: string): Promise<Ref[]>;
  /** The id a full ref name points at. */
  ref(dir: RepoDir, name: string): Promise<Oid | undefined>;
  /** How the hooks of pushes reach this process; used by receive.ts. */
  readonly hooks: Hooks;
  /** Keeps maintenance and pushes of one repository apart. */
  readonly activity: RepositoryActivity;
  /** Closes the readers of a repository, e.g. before it is moved or purged. */
  forget(dir: RepoDir): Promise<void>;
  close(): Promise<void>;
}
