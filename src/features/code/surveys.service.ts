// Looks at a repository's default branch ahead of its readers, so that the first page finds everything known.
import { sha256Hex } from '../../base/crypto.ts';
import { isAppError } from '../../base/errors.ts';
import { DAY, MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { PathBytes } from './code.types.ts';
import { commitCount, languagesOf, licencesAt } from './commit-facts.service.ts';
import { removeFactsBefore } from './commit-facts.store.ts';
import { commitsWithHistory, removeHistoriesBefore } from './directory-histories.store.ts';
import { firstParents, lastCommits } from './last-commits.service.ts';

const PATIENCE = 2 * MINUTE;
/** Commits looked back for directories in use, and how many of these are looked at. */
const LOOK_BACK = 20;
const MOST_DIRECTORIES = 100;
/** What was computed longer ago is forgotten; branches that are still read compute it anew. */
const KEEP = 60 * DAY;

/** Finds languages, number of commits and the root's last commits of the default branch, and remembers them. */
export async function surveyRepository(app: App, open: OpenRepository): Promise<void> {
  const oid = await app.git.ref(open.dir, `refs/heads/${open.repository.defaultBranch}`);
  if (oid === undefined) return;
  try {
    await lastCommits(app, open, oid, Buffer.alloc(0), PATIENCE);
    for (const path of await directoriesInUse(app, open, oid))
      await lastCommits(app, open, oid, path, PATIENCE);
    await commitCount(app, open, oid, PATIENCE);
    await languagesOf(app, open, oid, PATIENCE);
    await licencesAt(app, open, oid, PATIENCE);
  } catch (error) {
    // Deleted or moved on meanwhile: whoever asks next gets what there is then.
    if (!isAppError(error, 'not_found')) throw error;
  }
}

/** Directories that somebody has looked at shortly before and that commits since then have changed, the outer ones first. */
async function directoriesInUse(app: App, open: OpenRepository, oid: Oid): Promise<PathBytes[]> {
  const before = (await firstParents(app, open, oid)).slice(0, LOOK_BACK);
  const from = before.at(-1);
  if (from === undefined) return [];
  const inUse: PathBytes[] = [];
  for (const path of await changedDirectories(app, open, from, oid)) {
    const known = await commitsWithHistory(app.db.read, open.repository.id, before, sha256Hex(path));
    if (known.length > 0) inUse.push(path);
  }
  return inUse;
}

async function changedDirectories(app: App, open: OpenRepository, from: Oid, to: Oid): Promise<PathBytes[]> {
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to];
  const listed = await app.git.run(args, { dir: open.dir, background: true }).catch((error: unknown) => {
    // Whatever changed so much is looked at when somebody asks.
    if (isAppError(error, 'too_large')) return undefined;
    throw error;
  });
  // As latin1, so that any bytes are told apart.
  const directories = new Set<string>();
  for (const path of listed?.stdout.toString('latin1').split('\0') ?? [])
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1))
      directories.add(path.slice(0, slash));
  const depth = (path: string) => path.split('/').length;
  return [...directories]
    .sort((one, other) => depth(one) - depth(other))
    .slice(0, MOST_DIRECTORIES)
    .map((path) => Buffer.from(path, 'latin1'));
}

/** Forgets what nobody has computed anew for a long time. */
export async function forgetOldSurveys(app: App): Promise<void> {
  const before = app.clock.now() - KEEP;
  await app.db.write(async (tx) => {
    await removeHistoriesBefore(tx, before);
    await removeFactsBefore(tx, before);
  });
}
