// Whether the machine's git is there and new enough.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AppError } from '../../base/errors.ts';
import { gitEnvironment } from './process-environment.ts';

export type GitVersion = readonly [number, number, number];

/** `git merge-tree --write-tree` appeared in 2.38. */
const NEEDED: GitVersion = [2, 38, 0];

/** Reads `git version 2.39.5` and refuses versions that are too old with AppError unavailable. */
export function requireGitVersion(output: string, binary: string): GitVersion {
  const match = /^git version (\d+)\.(\d+)(?:\.(\d+))?/.exec(output);
  if (!match)
    throw new AppError('unavailable', `${binary} does not look like git: set git.binary to the git program.`);
  const version: GitVersion = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (compare(version, NEEDED) >= 0) return version;
  throw new AppError(
    'unavailable',
    `git ${version.join('.')} is too old: install git ${NEEDED[0]}.${NEEDED[1]} or newer, or set git.binary to one.`,
  );
}

/** The version of a git program, asked without the spawn helper: for commands that leave git to the server. */
export async function probeGitVersion(binary: string): Promise<GitVersion> {
  const env = gitEnvironment('/nonexistent');
  const { stdout } = await promisify(execFile)(binary, ['version'], { env, timeout: 10_000 }).catch(
    (error: unknown) => {
      throw gitMissing(binary, error);
    },
  );
  return requireGitVersion(stdout, binary);
}

/** What to tell when the program cannot be started at all. */
export function gitMissing(binary: string, cause: unknown): AppError {
  const remedy = 'install git (Debian: apt-get install git) or set git.binary to its path';
  return new AppError('unavailable', `The git program ${binary} could not be started: ${remedy}.`, { cause });
}

function compare(a: GitVersion, b: GitVersion): number {
  for (const [index, part] of a.entries()) {
    const other = b[index] ?? 0;
    if (part !== other) return part - other;
  }
  return 0;
}
