// Which lines of one blob are lines of another, remembered for as long as places are followed.
import { isAppError } from '../../base/errors.ts';
import { matchLines } from '../../base/line-matching.ts';
import type { Git, Oid, RepoDir } from '../../platform/git/git.types.ts';

export interface BlobMatches {
  /** The number, from 1, that a line of one blob has in the other; undefined where it is not there, or there is no blob. */
  lineIn(from: Oid | undefined, to: Oid | undefined, line: number): Promise<number | undefined>;
}

/** Lines of larger blobs are found in the very same blob only. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Pairs of blobs and texts kept at a time. */
const MOST_KEPT = 32;

/** Compares blobs of a repository. */
export function openBlobMatches(git: Git, dir: RepoDir): BlobMatches {
  const texts = keeping((oid) => linesOf(git, dir, oid));
  const pairs = keeping(async (key) => {
    const [from = '', to = ''] = key.split(' ');
    const [old, young] = await Promise.all([texts(from), texts(to)]);
    return old && young && matchLines(old, young);
  });
  return {
    lineIn: async (from, to, line) => {
      if (from === undefined || to === undefined) return undefined;
      if (from === to) return line;
      const at = (await pairs(`${from} ${to}`))?.[line - 1];
      return at === undefined || at < 0 ? undefined : at + 1;
    },
  };
}

/** Remembers the newest answers. */
function keeping<T>(find: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const found = known.get(key) ?? find(key);
    known.delete(key);
    known.set(key, found);
    const [oldest] = known.keys();
    if (known.size > MOST_KEPT && oldest !== undefined) known.delete(oldest);
    return found;
  };
}

/** Bytes as latin1, since they only are compared; undefined for what is no blob or too large. */
async function linesOf(git: Git, dir: RepoDir, oid: Oid): Promise<string[] | undefined> {
  try {
    const object = await git.objects(dir).read(oid, MOST_BYTES);
    if (object?.type !== 'blob') return undefined;
    const lines = object.data.toString('latin1').split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines;
  } catch (error) {
    if (isAppError(error, 'too_large')) return undefined;
    throw error;
  }
}
