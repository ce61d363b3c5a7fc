// Facts about a commit's whole history and tree that take long to find: computed once, remembered by commit.
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { countCommits } from '../../platform/git/history.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { withinBudget } from './background.service.ts';
import type { LanguageShare } from './code.types.ts';
import { type FactKey, findFact, putFact } from './commit-facts.store.ts';
import { measureLanguages, sharesOf } from './languages.service.ts';

/** What is asked about, in a repository that was opened for reading. */
type Opened = Pick<OpenRepository, 'dir'> & { repository: Pick<OpenRepository['repository'], 'id'> };

/** How many commits are reachable from a commit; undefined when that is not known within `budget` milliseconds. */
export async function commitCount(
  app: App,
  open: Opened,
  commit: Oid,
  budget: number,
): Promise<number | undefined> {
  return fact(app, open, commit, 'commit-count', budget, () => countCommits(app.git, open.dir, commit));
}

/** The languages of a commit's tree, largest first; undefined when they are not known within `budget` milliseconds. */
export async function languagesOf(
  app: App,
  open: Opened,
  commit: Oid,
  budget: number,
): Promise<LanguageShare[] | undefined> {
  const measured = await fact(app, open, commit, 'languages', budget, () =>
    measureLanguages(app.git, open.dir, commit),
  );
  return measured && sharesOf(measured);
}

async function fact<T>(
  app: App,
  open: Opened,
  commitOid: Oid,
  kind: FactKey['kind'],
  budget: number,
  compute: () => Promise<T>,
): Promise<T | undefined> {
  const key = { repositoryId: open.repository.id, commitOid, kind };
  const known = await findFact(app.db.read, key);
  if (known) return JSON.parse(Buffer.from(known).toString('utf8')) as T;
  return withinBudget(app, `${kind}:${key.repositoryId}:${commitOid}`, budget, async () => {
    const value = await compute();
    await app.db.write((tx) => putFact(tx, key, Buffer.from(JSON.stringify(value)), app.clock.now()));
    return value;
  });
}
