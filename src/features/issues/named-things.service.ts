// Finds what references name, for one reader and for many references at once: a constant number of statements. What the
// reader may not know of is not found, exactly like what does not exist.
import type { Actor } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reference } from '../../platform/render/reference-words.ts';
import { isArchived, readsCode, readsIssues, readsUnit } from '../repos/repos.policy.ts';
import type { OpenRepository, RepositorySummary } from '../repos/repos.types.ts';
import {
  codeReadableAmong,
  issuesReadableAmong,
  pullsReadableAmong,
  visibleAmong,
} from '../repos/visible.service.ts';
import {
  findIssuesNumbered,
  findIssuesOnceNumbered,
  findRepositoriesNamed,
  findRepositoriesOnceNamed,
  type LinkedIssue,
  type RepositoryName,
} from './resolving.store.ts';

/** Other repositories that one page's texts may name. */
const MOST_REPOSITORIES = 100;
/** Issues that one page's texts may name. */
const MOST_ISSUES = 2000;

/** A repository that the reader may see something of. */
export interface SeenRepository {
  id: number;
  ownerId: number;
  /** `/owner/name` as it is written today. */
  path: string;
  readsIssues: boolean;
  readsPulls: boolean;
  readsCode: boolean;
  isArchived: boolean;
}

/** What was found; keys are `owner/repo` in lower case, and ids. */
export interface NamedThings {
  own: SeenRepository;
  repositoryNamed(of: string | undefined): SeenRepository | undefined;
  repositoryOf(id: number): SeenRepository | undefined;
  issueOf(reference: { of?: string; number: number }): LinkedIssue | undefined;
}

/** Finds the repositories and issues that references name, as far as who opened the repository may read them. */
export async function findNamedThings(
  app: App,
  open: OpenRepository,
  references: readonly Reference[],
): Promise<NamedThings> {
  const own = seenFromOpen(open);
  const byName = await findRepositories(app, open, references);
  const repositories = new Map([...byName.values(), own].map((one) => [one.id, one]));
  const named = (of: string | undefined) => (of === undefined ? own : byName.get(of.toLowerCase()));
  const issues = await findIssues(app, open.actor, references, named, repositories);
  return {
    own,
    repositoryNamed: named,
    repositoryOf: (id) => repositories.get(id),
    issueOf: ({ of, number }) => issues.get(`${named(of)?.id}#${number}`),
  };
}

function seenFromOpen(open: OpenRepository): SeenRepository {
  return {
    id: open.repository.id,
    ownerId: open.owner.id,
    path: open.path,
    readsIssues: readsIssues(open),
    readsPulls: readsUnit(open, 'pulls'),
    readsCode: readsCode(open),
    isArchived: isArchived(open.repository),
  };
}

async function findRepositories(
  app: App,
  open: OpenRepository,
  references: readonly Reference[],
): Promise<Map<string, SeenRepository>> {
  const ownKey = open.path.slice(1).toLowerCase();
  const keys = new Set(references.flatMap((one) => ('of' in one && one.of ? [one.of.toLowerCase()] : [])));
  const found = new Map<string, SeenRepository>();
  if (keys.delete(ownKey)) found.set(ownKey, seenFromOpen(open));
  const names = [...keys].slice(0, MOST_REPOSITORIES).map(nameOf);
  if (names.length === 0) return found;
  const direct = await findRepositoriesNamed(app.db.read, names);
  const missing = names.filter((name) => !direct.some((row) => keyOf(row) === keyOf(name)));
  const moved = await findRepositoriesOnceNamed(app.db.read, missing);
  const rows = [...moved, ...direct];
  const seen = await seenAmong(
    app,
    open.actor,
    rows.map(({ id }) => id),
  );
  for (const row of rows) {
    const one = row.id === open.repository.id ? seenFromOpen(open) : seen.get(row.id);
    if (one) found.set(keyOf(row), one);
  }
  return found;
}

function nameOf(key: string): RepositoryName {
  const [owner = '', name = ''] = key.split('/');
  return { owner, name };
}

function keyOf({ owner, name }: RepositoryName): string {
  return `${owner}/${name}`;
}

/** Of these repositories those the actor may see, by id; none to whoever may list none. */
async function seenAmong(
  app: App,
  actor: Actor,
  ids: readonly number[],
): Promise<Map<number, SeenRepository>> {
  if (ids.length === 0) return new Map();
  const visible = await visibleOrNone(app, actor, ids);
  const issues = await issuesReadableAmong(app, actor, visible.values());
  const pulls = await pullsReadableAmong(app, actor, visible.values());
  const code = await codeReadableAmong(app, actor, visible.values());
  return new Map(
    [...visible].map(([id, { repository, ownerName }]) => [
      id,
      {
        id,
        ownerId: repository.ownerId,
        path: `/${ownerName}/${repository.name}`,
        readsIssues: issues.has(id),
        readsPulls: pulls.has(id),
        readsCode: code.has(id),
        isArchived: isArchived(repository),
      },
    ]),
  );
}

async function visibleOrNone(
  app: App,
  actor: Actor,
  ids: readonly number[],
): Promise<Map<number, RepositorySummary>> {
  try {
    return await visibleAmong(app, actor, ids);
  } catch (error) {
    // A token for issues alone sees no list of repositories.
    if (isAppError(error, 'forbidden', 'unauthenticated', 'not_found')) return new Map();
    throw error;
  }
}

/** Issues by `repository id#number` as asked for; those that were transferred are found under their old numbers too. */
async function findIssues(
  app: App,
  actor: Actor,
  references: readonly Reference[],
  named: NamedThings['repositoryNamed'],
  repositories: Map<number, SeenRepository>,
): Promise<Map<string, LinkedIssue>> {
  const wanted = new Map<number, Set<number>>();
  let total = 0;
  for (const reference of references) {
    if (reference.kind !== 'issue' || total >= MOST_ISSUES) continue;
    const repository = named(reference.of);
    if (!repository?.readsIssues && !repository?.readsPulls) continue;
    const numbers = wanted.get(repository.id) ?? new Set();
    wanted.set(repository.id, numbers.add(reference.number));
    total += 1;
  }
  const found = new Map<string, LinkedIssue>();
  for (const row of await findIssuesNumbered(app.db.read, lists(wanted)))
    if (isReadable(repositories.get(row.repositoryId), row))
      found.set(`${row.repositoryId}#${row.number}`, row);
  const missing = new Map(
    [...wanted].map(([id, numbers]) => [id, [...numbers].filter((number) => !found.has(`${id}#${number}`))]),
  );
  await addTransferred(app, actor, withoutEmpty(missing), repositories, found);
  return found;
}

function lists(wanted: ReadonlyMap<number, ReadonlySet<number>>): Map<number, number[]> {
  return new Map([...wanted].map(([id, numbers]) => [id, [...numbers]]));
}

function withoutEmpty(wanted: ReadonlyMap<number, number[]>): Map<number, number[]> {
  return new Map([...wanted].filter(([, numbers]) => numbers.length > 0));
}

async function addTransferred(
  app: App,
  actor: Actor,
  wanted: ReadonlyMap<number, number[]>,
  repositories: Map<number, SeenRepository>,
  found: Map<string, LinkedIssue>,
): Promise<void> {
  const moved = await findIssuesOnceNumbered(app.db.read, wanted);
  const unknown = moved.map(({ repositoryId }) => repositoryId).filter((id) => !repositories.has(id));
  for (const [id, one] of await seenAmong(app, actor, unknown)) repositories.set(id, one);
  for (const { fromId, fromNumber, ...issue } of moved)
    if (isReadable(repositories.get(issue.repositoryId), issue)) found.set(`${fromId}#${fromNumber}`, issue);
}

function isReadable(repository: SeenRepository | undefined, { isPull }: LinkedIssue): boolean {
  return (isPull ? repository?.readsPulls : repository?.readsIssues) === true;
}
