// Facts about a commit's whole history and tree that take long to find: computed once, remembered by commit.
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { countCommits } from '../../platform/git/history.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { withinBudget } from './background.service.ts';
import type { LanguageShare } from './code.types.ts';
import { commitsWithFact, type FactKey, findFact, listFactsAt, putFact } from './commit-facts.store.ts';
import { advanceLanguages, type MeasuredLanguages, measureLanguages, sharesOf } from './languages.service.ts';
import { firstParents } from './last-commits.service.ts';
import { findLicence } from './licences.service.ts';

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
  const measured = await measuredLanguages(app, open, commit, budget);
  return measured && sharesOf(measured);
}

/** As `languagesOf`: every language with its bytes, most bytes first. */
export async function languageBytes(
  app: App,
  open: Opened,
  commit: Oid,
  budget: number,
): Promise<MeasuredLanguages['bytes'] | undefined> {
  return (await measuredLanguages(app, open, commit, budget))?.bytes;
}

function measuredLanguages(
  app: App,
  open: Opened,
  commit: Oid,
  budget: number,
): Promise<MeasuredLanguages | undefined> {
  const compute = async () =>
    (await fromEarlier(app, open, commit)) ?? (await measureLanguages(app.git, open.dir, commit));
  return fact(app, open, commit, 'languages', budget, compute, isOfToday);
}

/** The SPDX identifiers of the licences at the root of a commit's tree; undefined when not known within `budget` milliseconds. */
export async function licencesAt(
  app: App,
  open: Opened,
  commit: Oid,
  budget: number,
): Promise<string[] | undefined> {
  return fact(app, open, commit, 'licence', budget, async () => {
    const root = (await app.git.objects(open.dir).commit(commit))?.tree;
    const licence = root === undefined ? undefined : await findLicence(app, open, root);
    return licence?.id === undefined ? [] : [licence.id];
  });
}

/** What is remembered of the trees of some commits, without looking at any. */
export interface RememberedFacts {
  language?: string;
  licences?: string[];
}

/** The main language and the licences of repositories, each at one commit, in one statement. */
export async function rememberedFacts(
  app: App,
  at: ReadonlyMap<number, Oid>,
): Promise<Map<number, RememberedFacts>> {
  const found = new Map<number, RememberedFacts>();
  const rows = await listFactsAt(app.db.read, [...at.keys()], [...at.values()], ['languages', 'licence']);
  for (const { repositoryId, commitOid, kind, value } of rows) {
    if (at.get(repositoryId) !== commitOid) continue;
    const known: unknown = JSON.parse(Buffer.from(value).toString('utf8'));
    found.set(repositoryId, { ...found.get(repositoryId), ...rememberedFact(kind, known) });
  }
  return found;
}

function rememberedFact(kind: FactKey['kind'], known: unknown): RememberedFacts {
  if (kind === 'licence') return { licences: known as string[] };
  const measured = known as MeasuredLanguages;
  return isOfToday(measured) ? { language: measured.bytes[0]?.[0] ?? '' } : {};
}

function isOfToday(measured: MeasuredLanguages): boolean {
  return measured.version === 2;
}

/** Advances what is remembered of the nearest commit before. */
async function fromEarlier(app: App, open: Opened, commit: Oid): Promise<MeasuredLanguages | undefined> {
  const before = await firstParents(app, open, commit);
  const known = new Set(await commitsWithFact(app.db.read, open.repository.id, before, 'languages'));
  const nearest = before.find((oid) => known.has(oid));
  if (nearest === undefined) return undefined;
  const key = { repositoryId: open.repository.id, commitOid: nearest, kind: 'languages' } as const;
  const value = await findFact(app.db.read, key);
  const measured = value && (JSON.parse(Buffer.from(value).toString('utf8')) as MeasuredLanguages);
  return measured && isOfToday(measured)
    ? advanceLanguages(app.git, open.dir, measured, nearest, commit)
    : undefined;
}

/** What another version has remembered (`isValid` refuses it) is found anew. */
async function fact<T>(
  app: App,
  open: Opened,
  commitOid: Oid,
  kind: FactKey['kind'],
  budget: number,
  compute: () => Promise<T>,
  isValid: (value: T) => boolean = () => true,
): Promise<T | undefined> {
  const key = { repositoryId: open.repository.id, commitOid, kind };
  const bytes = await findFact(app.db.read, key);
  const known = bytes && (JSON.parse(Buffer.from(bytes).toString('utf8')) as T);
  if (known !== undefined && isValid(known)) return known;
  return withinBudget(app, `${kind}:${key.repositoryId}:${commitOid}`, budget, async () => {
    const value = await compute();
    await app.db.write((tx) => putFact(tx, key, Buffer.from(JSON.stringify(value)), app.clock.now()));
    return value;
  });
}
