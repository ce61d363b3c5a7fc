// Queries on repositories, their earlier names and their collaborators.
import { and, count, eq, gte, inArray, isNull, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { imports, mirrors } from '../../platform/db/tables/mirrors.ts';
import { collaborators, repositories, repositoryRedirects } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';
import { insertReturning, upsert } from '../../platform/db/write-forms.ts';
import type { GivenPermission, RepositoryRow, RepositorySummary } from './repos.types.ts';

type Db = Reader | Tx;

/** The columns of a `RepositorySummary`. */
export const SUMMARY = { repository: repositories, ownerName: users.name, ownerKind: users.kind };

/** A live repository by its owner's and its own name, both in lower case. */
export async function findByNameKeys(
  db: Db,
  ownerKey: string,
  nameKey: string,
): Promise<RepositorySummary | undefined> {
  const [row] = await db
    .select(SUMMARY)
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(
      and(eq(users.nameKey, ownerKey), eq(repositories.nameKey, nameKey), isNull(repositories.deletedAt)),
    );
  return row;
}

/** The live repository that once had this name. */
export async function findByRedirect(
  db: Db,
  ownerKey: string,
  nameKey: string,
): Promise<RepositorySummary | undefined> {
  const [row] = await db
    .select({ repositoryId: repositoryRedirects.repositoryId })
    .from(repositoryRedirects)
    .innerJoin(users, eq(users.id, repositoryRedirects.ownerId))
    .where(and(eq(users.nameKey, ownerKey), eq(repositoryRedirects.nameKey, nameKey)));
  return row ? findLiveById(db, row.repositoryId) : undefined;
}

/** A live repository by id. */
export async function findLiveById(db: Db, id: number): Promise<RepositorySummary | undefined> {
  const [row] = await db
    .select(SUMMARY)
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(and(eq(repositories.id, id), isNull(repositories.deletedAt)));
  return row;
}

/** The address that a pull mirror follows, or is about to once its import is through. */
export async function findFollowedUrl(db: Db, repositoryId: number): Promise<string | undefined> {
  const isPull = and(eq(mirrors.repositoryId, repositoryId), eq(mirrors.direction, 'pull'));
  const [mirror] = await db.select({ url: mirrors.url }).from(mirrors).where(isPull);
  if (mirror) return mirror.url;
  const [row] = await db
    .select({ url: imports.url })
    .from(imports)
    .where(eq(imports.repositoryId, repositoryId));
  return row?.url;
}

/** Some of an owner's live repositories. */
export async function listLiveOf(db: Db, ownerId: number, limit: number): Promise<RepositorySummary[]> {
  return db
    .select(SUMMARY)
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(and(eq(repositories.ownerId, ownerId), isNull(repositories.deletedAt)))
    .limit(limit);
}

export async function countLiveOf(db: Db, ownerId: number): Promise<number> {
  const [row] = await db
    .select({ total: count() })
    .from(repositories)
    .where(and(eq(repositories.ownerId, ownerId), isNull(repositories.deletedAt)));
  return row?.total ?? 0;
}

/** A repository by id, deleted or not. */
export async function findAnyById(db: Db, id: number): Promise<RepositoryRow | undefined> {
  const [row] = await db.select().from(repositories).where(eq(repositories.id, id));
  return row;
}

export async function findByStorageKeys(db: Db, keys: string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const rows = await db
    .select({ key: repositories.storageKey })
    .from(repositories)
    .where(inArray(repositories.storageKey, keys));
  return rows.map((row) => row.key);
}

export async function insertRepository(tx: Tx, row: Omit<RepositoryRow, 'id'>): Promise<RepositoryRow> {
  return insertReturning(tx, repositories, row);
}

export async function updateRepository(tx: Tx, id: number, changes: Partial<RepositoryRow>): Promise<void> {
  await tx.update(repositories).set(changes).where(eq(repositories.id, id));
}

/** Counts one push towards the next repack. */
export async function notePush(tx: Tx, id: number, at: number): Promise<void> {
  await tx
    .update(repositories)
    .set({
      pushesSinceRepack: sql`${repositories.pushesSinceRepack} + 1`,
      pushedAt: at,
      updatedAt: at,
      isEmpty: false,
    })
    .where(eq(repositories.id, id));
}

/** Live repositories with at least so many pushes since their last repack. */
export async function findDueForRepack(db: Db, pushes: number, limit: number): Promise<number[]> {
  const rows = await db
    .select({ id: repositories.id })
    .from(repositories)
    .where(and(gte(repositories.pushesSinceRepack, pushes), isNull(repositories.deletedAt)))
    .limit(limit);
  return rows.map((row) => row.id);
}

export async function removeRepositoryRow(tx: Tx, id: number): Promise<void> {
  await tx.delete(repositories).where(eq(repositories.id, id));
}

/** Makes an earlier name lead to the repository, replacing where that name led before. */
export async function setRedirect(
  tx: Tx,
  ownerId: number,
  nameKey: string,
  repositoryId: number,
): Promise<void> {
  await upsert(
    tx,
    repositoryRedirects,
    { ownerId, nameKey, repositoryId },
    { target: [repositoryRedirects.ownerId, repositoryRedirects.nameKey], set: { repositoryId } },
  );
}

/** A name that is taken again no longer leads elsewhere. */
export async function removeRedirect(tx: Tx, ownerId: number, nameKey: string): Promise<void> {
  await tx
    .delete(repositoryRedirects)
    .where(and(eq(repositoryRedirects.ownerId, ownerId), eq(repositoryRedirects.nameKey, nameKey)));
}

export async function findCollaborator(
  db: Db,
  repositoryId: number,
  userId: number,
): Promise<{ permission: GivenPermission } | undefined> {
  const [row] = await db
    .select({ permission: collaborators.permission })
    .from(collaborators)
    .where(and(eq(collaborators.repositoryId, repositoryId), eq(collaborators.userId, userId)));
  return row;
}

export async function listCollaborators(
  db: Db,
  repositoryId: number,
): Promise<
  {
    userId: number;
    name: string;
    displayName: string;
    avatarHash: string | null;
    permission: GivenPermission;
  }[]
> {
  return db
    .select({
      userId: users.id,
      name: users.name,
      displayName: users.displayName,
      avatarHash: users.avatarHash,
      permission: collaborators.permission,
    })
    .from(collaborators)
    .innerJoin(users, eq(users.id, collaborators.userId))
    .where(eq(collaborators.repositoryId, repositoryId))
    .orderBy(users.nameKey);
}

export async function setCollaborator(
  tx: Tx,
  row: { repositoryId: number; userId: number; permission: GivenPermission; createdAt: number },
): Promise<void> {
  await upsert(tx, collaborators, row, {
    target: [collaborators.repositoryId, collaborators.userId],
    set: { permission: row.permission },
  });
}

export async function removeCollaborator(tx: Tx, repositoryId: number, userId: number): Promise<void> {
  await tx
    .delete(collaborators)
    .where(and(eq(collaborators.repositoryId, repositoryId), eq(collaborators.userId, userId)));
}
