// Places in the changes of a pull request, and where they are in other changes.
import type { Oid } from '../../platform/git/git.types.ts';
import type { DiffSide, ThreadRow } from './pulls.types.ts';

/** What is compared: where the commits of a pull request begin, and its head or one of its commits. */
export interface ChangeEnds {
  baseOid: Oid;
  headOid: Oid;
}

/** A line, a range of lines or a whole file of a change. */
export interface CodePlace {
  /** The name after the change; of deleted files the one before. Raw bytes. */
  path: Buffer;
  subject: 'line' | 'file';
  /** Lines from 1, in the file of their side. Of a whole file nothing of them counts. */
  startSide: DiffSide;
  startLine: number;
  side: DiffSide;
  line: number;
}

/** What a thread's row holds of its place. */
export type AnchorColumns = Pick<
  ThreadRow,
  | 'path'
  | 'subject'
  | 'startSide'
  | 'startLine'
  | 'side'
  | 'line'
  | 'originalBaseOid'
  | 'originalHeadOid'
  | 'originalRevision'
  | 'hunk'
  | 'currentRevision'
  | 'currentPath'
  | 'currentStartLine'
  | 'currentLine'
  | 'isOutdated'
>;
