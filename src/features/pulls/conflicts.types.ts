// Conflicts between a pull request's head and its base, as they are resolved on the web.
import type { MergeEntry } from '../../platform/git/conflicted-merge.ts';
import type { Oid } from '../../platform/git/git.types.ts';

/** `edited`: the text that was typed. Others take a side's file as it is, or none. */
export type ConflictChoice = 'edited' | 'head' | 'base' | 'delete';

export interface ConflictedFile {
  /** Raw bytes. */
  path: Buffer;
  /** What is in conflict, as a sentence. */
  message: string;
  head: MergeEntry | undefined;
  base: MergeEntry | undefined;
  ancestor: MergeEntry | undefined;
  /** With marks around what is in conflict, lines ended by line feeds; undefined where a side must be chosen. */
  text: string | undefined;
  /** How many places of the text are in conflict. */
  places: number;
  choices: ConflictChoice[];
}

export interface Conflicts {
  headOid: Oid;
  baseOid: Oid;
  /** What git merged, with marks in it. */
  tree: Oid;
  /** What marks call both sides. */
  labels: { head: string; base: string };
  files: ConflictedFile[];
  /** Why they cannot be resolved on a page, as a sentence. */
  refusal: string | undefined;
}

/** How one file is resolved. */
export interface Resolution {
  /** Percent-encoded. */
  path: string;
  choice: ConflictChoice;
  /** Of `edited`. */
  text?: string;
}
