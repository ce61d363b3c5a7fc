// Queries that find what references name, many at once.
import { and, eq, inArray, isNull, or, type SQL } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issueRedirects, issues } from '../../platform/db/tables/issues.ts';
import { repositories, repositoryRedirects } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';

type Db = Reader | Tx;

/** A repository's name, both parts in lower case. */
export interface RepositoryName {
  owner: string;
  name: string;
}

/** A repository's id with the name it was asked for by. */
export interface FoundName extends RepositoryName {
  id: number;
}

export async function findRepositoriesNamed(db: Db, names: readonly RepositoryName[]): Promise<FoundName[]> {
  if (names.length === 0) return [];
  return db
    .select({ id: repositories.id, owner: users.nameKey, name: repositories.nameKey })
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(
      and(
        // The two lists lead through the indexes; pairs alone would be looked for in all repositories.
        inArray(users.nameKey, ownersOf(names)),
        inArray(repositories.nameKey, namesOf(names)),
        or(...names.map(({ owner, name }) => and(eq(users.nameKey, owner), eq(repositories.nameKey, name)))),
        isNull(repositories.deletedAt),
      ),
    );
}

/** Those that had these names once. */
export async function findRepositoriesOnceNamed(
  db: Db,
  names: readonly RepositoryName[],
): Promise<FoundName[]> {
  if (names.length === 0) return [];
  return db
    .select({
      id: repositoryRedirects.repositoryId,
      owner: users.nameKey,
      name: repositoryRedirects.nameKey,
    })
    .from(repositoryRedirects)
    .innerJoin(users, eq(users.id, repositoryRedirects.ownerId))
    .where(
      and(
        inArray(users.nameKey, ownersOf(names)),
        inArray(repositoryRedirects.nameKey, namesOf(names)),
        or(
          ...names.map(({ owner, name }) =>
            and(eq(users.nameKey, owner), eq(repositoryRedirects.nameKey, name)),
          ),
        ),
      ),
    );
}

function ownersOf(names: readonly RepositoryName[]): string[] {
  return [...new Set(names.map(({ owner }) => owner))];
}

function namesOf(names: readonly RepositoryName[]): string[] {
  return [...new Set(names.map(({ name }) => name))];
}

/** An issue as links show it. */
export interface LinkedIssue {
  id: number;
  repositoryId: number;
  number: number;
  title: string;
  state: string;
  isPull: boolean;
  authorId: number;
}

const LINKED = {
  id: issues.id,
  repositoryId: issues.repositoryId,
  number: issues.number,
  title: issues.title,
  state: issues.state,
  isPull: issues.isPull,
  authorId: issues.authorId,
};

/** Issues by their numbers, of several repositories at once. */
export async function findIssuesNumbered(
  db: Db,
  wanted: ReadonlyMap<number, readonly number[]>,
): Promise<LinkedIssue[]> {
  if (wanted.size === 0) return [];
  return db
    .select(LINKED)
    .from(issues)
    .where(anyOf(wanted, issues.repositoryId, issues.number));
}

/** Issues that had these numbers before they were transferred, with the place they were asked for by. */
export async function findIssuesOnceNumbered(
  db: Db,
  wanted: ReadonlyMap<number, readonly number[]>,
): Promise<(LinkedIssue & { fromId: number; fromNumber: number })[]> {
  if (wanted.size === 0) return [];
  return db
    .select({ ...LINKED, fromId: issueRedirects.repositoryId, fromNumber: issueRedirects.number })
    .from(issueRedirects)
    .innerJoin(issues, eq(issues.id, issueRedirects.issueId))
    .where(anyOf(wanted, issueRedirects.repositoryId, issueRedirects.number));
}

function anyOf(
  wanted: ReadonlyMap<number, readonly number[]>,
  repositoryId: typeof issues.repositoryId | typeof issueRedirects.repositoryId,
  number: typeof issues.number | typeof issueRedirects.number,
): SQL | undefined {
  return or(...[...wanted].map(([id, numbers]) => and(eq(repositoryId, id), inArray(number, [...numbers]))));
}
