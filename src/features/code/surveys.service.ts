// Looks at a repository's default branch ahead of its readers, so that the first page finds everything known.
import { isAppError } from '../../base/errors.ts';
import { DAY, MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { commitCount, languagesOf } from './commit-facts.service.ts';
import { removeFactsBefore } from './commit-facts.store.ts';
import { removeHistoriesBefore } from './directory-histories.store.ts';
import { lastCommits } from './last-commits.service.ts';

const PATIENCE = 2 * MINUTE;
/** What was computed longer ago is forgotten; branches that are still read compute it anew. */
const KEEP = 60 * DAY;

/** Finds languages, number of commits and the root's last commits of the default branch, and remembers them. */
export async function surveyRepository(app: App, open: OpenRepository): Promise<void> {
  const oid = await app.git.ref(open.dir, `refs/heads/${open.repository.defaultBranch}`);
  if (oid === undefined) return;
  try {
    await lastCommits(app, open, oid, Buffer.alloc(0), PATIENCE);
    await commitCount(app, open, oid, PATIENCE);
    await languagesOf(app, open, oid, PATIENCE);
  } catch (error) {
    // Deleted or moved on meanwhile: whoever asks next gets what there is then.
    if (!isAppError(error, 'not_found')) throw error;
  }
}

/** Forgets what nobody has computed anew for a long time. */
export async function forgetOldSurveys(app: App): Promise<void> {
  const before = app.clock.now() - KEEP;
  await app.db.write(async (tx) => {
    await removeHistoriesBefore(tx, before);
    await removeFactsBefore(tx, before);
  });
}
