// What the last-commit walk takes and gives.
import type { ObjectReader, Oid, RepoDir } from '../git.types.ts';

export interface LastCommitSource {
  dir: RepoDir;
  objects: ObjectReader;
}

/** Entry names (raw bytes as a latin1 string: `entry.nameBytes.toString('latin1')`) to the commit that last touched them. */
export type LastCommitEntries = ReadonlyMap<string, Oid>;

export interface LastCommitQuery {
  commit: Oid;
  /** The directory's raw bytes without slashes at its ends; empty for the root. */
  path: Buffer;
  /** Milliseconds since 1970 after which the walk answers what it has. */
  deadline?: number;
  /** A complete answer for the same path at an ancestor: only the commits since are walked. */
  known?: { commit: Oid; entries: LastCommitEntries };
  /** `rest` of an incomplete answer to the same question: the walk goes on from there. */
  resume?: LastCommitRest;
  signal?: AbortSignal;
}

export interface LastCommitAnswer {
  complete: boolean;
  /** What is known so far, including what `resume` brought. */
  entries: Map<string, Oid>;
  /** Only when incomplete: where to go on. */
  rest?: LastCommitRest;
}

/** Opaque outside the walk: what is found, and which entries are still looked for below which commit. */
export interface LastCommitRest {
  found: LastCommitEntries;
  pending: readonly (readonly [commit: Oid, names: readonly string[]])[];
}
