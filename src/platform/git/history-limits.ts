// How a walk is told where to begin and which path to follow, whatever bytes its name has.
import { AppError } from '../../base/errors.ts';
import type { Oid } from './git.types.ts';

const [LINE_FEED, CARRIAGE_RETURN, SLASH] = [10, 13, 47];

/**
 * Says by standard input what to walk, since arguments cannot carry names that are not UTF-8. Names with line breaks
 * cannot go that way and are given as arguments; the few that can go neither way are refused.
 */
export function limitTo(
  from: Oid,
  path: Buffer | undefined,
  not?: Oid | undefined,
): { args: string[]; input: string | Buffer } {
  const walked = not === undefined ? [from] : [from, `^${not}`];
  if (!path || path.length === 0) return { args: ['--stdin'], input: `${walked.join('\n')}\n` };
  if (leadsElsewhere(path)) throw new AppError('invalid', 'No file has such a path.');
  const oneLine = !path.includes(LINE_FEED) && path.at(-1) !== CARRIAGE_RETURN;
  if (oneLine && !path.includes(0)) {
    return {
      args: ['--stdin'],
      input: Buffer.concat([Buffer.from(`${walked.join('\n')}\n--\n`), path, Buffer.of(LINE_FEED)]),
    };
  }
  const text = path.toString('utf8');
  if (path.includes(0) || !Buffer.from(text).equals(path))
    throw new AppError('invalid', 'The history of a file with such a name cannot be shown.');
  return { args: [...walked, '--', text], input: '' };
}

/** Whether a path has steps that no tree has, but that git follows, and fails where they lead out of the repository. */
function leadsElsewhere(path: Buffer): boolean {
  return path.at(0) === SLASH || /(?:^|\/)\.\.?(?:\/|$)/.test(path.toString('latin1'));
}
