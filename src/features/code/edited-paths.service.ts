// Paths as they are typed into forms and API calls, for files that are to be written.
import { invalid } from '../../base/errors.ts';
import { pathProblem } from '../../platform/git/path-names.ts';
import type { PathBytes } from './code.types.ts';
import { displayPath } from './paths.service.ts';

/** Longer paths cannot be checked out on common systems. */
const MAX_PATH = 4096;
const MAX_NAME = 255;

/** The bytes of a typed path. Throws AppError invalid, with the field `path`. */
export function typedPath(text: string, field = 'path'): PathBytes {
  const path = Buffer.from(text.trim().replace(/^\/+/, ''), 'utf8');
  requirePath(path, field);
  return path;
}

/** As `typedPath` for a file that has a path: what stands in the field unchanged means its very bytes. */
export function retypedPath(text: string, present: PathBytes): PathBytes {
  return text.trim() === displayPath(present).trim() ? present : typedPath(text);
}

/** Throws AppError invalid for a path that git or common systems refuse. */
export function requirePath(path: PathBytes, field = 'path'): void {
  const problem = pathProblem(path) ?? lengthProblem(path);
  if (problem !== undefined) throw invalid({ [field]: problem });
}

function lengthProblem(path: PathBytes): string | undefined {
  if (path.length > MAX_PATH) return `A path has at most ${MAX_PATH} bytes.`;
  const isLong = path
    .toString('latin1')
    .split('/')
    .some((name) => name.length > MAX_NAME);
  return isLong ? `Each name in a path has at most ${MAX_NAME} bytes.` : undefined;
}
