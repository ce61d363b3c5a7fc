// Turns found paths into the lines of the file finder, with the letters asked for marked.
import type { OpenRepository } from '../repos/repos.types.ts';
import type { NamedCommit } from './code.types.ts';
import type { FoundPath } from './fuzzy.service.ts';
import { addressOf } from './links.present.ts';
import { displayPath } from './paths.service.ts';

export interface FoundFile {
  href: string;
  /** The path in pieces, which are marked by turns. */
  pieces: { text: string; isMarked: boolean }[];
}

/** One line for each found path. */
export function foundFiles(open: OpenRepository, at: NamedCommit, paths: readonly FoundPath[]): FoundFile[] {
  return paths.map(({ path, positions }) => ({
    href: addressOf(open, 'blob', at, path),
    pieces: piecesOf(path, new Set(positions)),
  }));
}

function piecesOf(path: Buffer, marked: ReadonlySet<number>): FoundFile['pieces'] {
  const pieces: FoundFile['pieces'] = [];
  let from = 0;
  let isMarked = marked.has(0);
  for (let at = 1; at <= path.length; at++) {
    // The further bytes of a character go with its first.
    if (at < path.length && (((path[at] ?? 0) & 0xc0) === 0x80 || marked.has(at) === isMarked)) continue;
    pieces.push({ text: displayPath(path.subarray(from, at)), isMarked });
    from = at;
    isMarked = marked.has(at);
  }
  return pieces;
}
