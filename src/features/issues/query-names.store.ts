// What the names in a query stand for: people, labels, milestones, owners and repositories by their names.
import { and, eq, inArray, isNull, type SQL } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { idsJoined, joinedIds } from '../../platform/db/joined-ids.ts';
import { issues, labels, milestones } from '../../platform/db/tables/issues.ts';
import { repositories } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';

type Db = Reader | Tx;

/** Ids of accounts by their names in lower case. */
export async function accountIdsByName(db: Db, nameKeys: readonly string[]): Promise<Map<string, number>> {
  if (nameKeys.length === 0) return new Map();
  const rows = await db
    .select({ id: users.id, nameKey: users.nameKey })
    .from(users)
    .where(inArray(users.nameKey, [...nameKeys]));
  return new Map(rows.map((row) => [row.nameKey, row.id]));
}

/** Whose labels and milestones are meant; undefined: everybody's. */
export type NameScope = { repositoryId: number; ownerId: number } | undefined;

/** Ids of labels by their names in lower case, of the repository and of its organization. */
export async function labelIdsByName(
  db: Db,
  nameKeys: readonly string[],
  scope: NameScope,
): Promise<number[]> {
  if (nameKeys.length === 0) return [];
  const isNamed = inArray(labels.nameKey, [...nameKeys]);
  const idsWhere = async (place: SQL | undefined) => {
    const [row] = await db
      .select({ ids: joinedIds(labels.id) })
      .from(labels)
      .where(and(isNamed, place));
    return idsJoined(row?.ids);
  };
  if (!scope) return idsWhere(undefined);
  const own = await idsWhere(eq(labels.repositoryId, scope.repositoryId));
  // By itself: for an "or" SQLite reads the labels of this name of all repositories.
  return [...own, ...(await idsWhere(eq(labels.organizationId, scope.ownerId)))];
}

/** Ids of milestones by their titles in lower case. */
export async function milestoneIdsByTitle(
  db: Db,
  titleKeys: readonly string[],
  scope: NameScope,
): Promise<number[]> {
  if (titleKeys.length === 0) return [];
  const [row] = await db
    .select({ ids: joinedIds(milestones.id) })
    .from(milestones)
    .where(
      and(
        inArray(milestones.titleKey, [...titleKeys]),
        scope && eq(milestones.repositoryId, scope.repositoryId),
      ),
    );
  return idsJoined(row?.ids);
}

/** The id of the repository of a path in lower case. */
export async function repositoryIdByPath(db: Db, path: string): Promise<number | undefined> {
  const [ownerKey = '', nameKey = ''] = path.split('/');
  const [row] = await db
    .select({ id: repositories.id })
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(
      and(eq(users.nameKey, ownerKey), eq(repositories.nameKey, nameKey), isNull(repositories.deletedAt)),
    );
  return row?.id;
}

/** The id of an issue by its number. */
export async function issueIdByNumber(
  db: Db,
  repositoryId: number,
  number: number,
): Promise<number | undefined> {
  const [row] = await db
    .select({ id: issues.id })
    .from(issues)
    .where(and(eq(issues.repositoryId, repositoryId), eq(issues.number, number)));
  return row?.id;
}
