// Queries on SSH keys.
import { count, desc, eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { deployKeys } from '../../platform/db/tables/repos.ts';
import { sshKeys, users } from '../../platform/db/tables/users.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import { ACTOR_COLUMNS } from './actors.store.ts';
import type { ActorRow } from './actors.types.ts';
import type { SshKeyRow } from './ssh-keys.types.ts';

type Db = Reader | Tx;

/** A key with what must be known about its person. */
export async function findByFingerprint(
  db: Db,
  fingerprint: string,
): Promise<{ key: SshKeyRow; user: ActorRow } | undefined> {
  const [row] = await db
    .select({
      key: sshKeys,
      user: ACTOR_COLUMNS,
    })
    .from(sshKeys)
    .innerJoin(users, eq(users.id, sshKeys.userId))
    .where(eq(sshKeys.fingerprint, fingerprint));
  return row;
}

/** Whether a key stands for a repository. */
export async function isDeployKey(db: Db, fingerprint: string): Promise<boolean> {
  const rows = await db
    .select({ id: deployKeys.id })
    .from(deployKeys)
    .where(eq(deployKeys.fingerprint, fingerprint));
  return rows.length > 0;
}

export async function findKey(db: Db, id: number): Promise<SshKeyRow | undefined> {
  const [row] = await db.select().from(sshKeys).where(eq(sshKeys.id, id));
  return row;
}

export async function insertKey(tx: Tx, row: Omit<SshKeyRow, 'id'>): Promise<SshKeyRow> {
  return insertReturning(tx, sshKeys, row);
}

/** A person's keys, the newest first. */
export async function listKeysOf(db: Db, userId: number): Promise<SshKeyRow[]> {
  return db.select().from(sshKeys).where(eq(sshKeys.userId, userId)).orderBy(desc(sshKeys.id));
}

export async function countKeysOf(db: Db, userId: number): Promise<number> {
  const [row] = await db.select({ total: count() }).from(sshKeys).where(eq(sshKeys.userId, userId));
  return row?.total ?? 0;
}

export async function noteKeyUse(tx: Tx, id: number, at: number): Promise<void> {
  await tx.update(sshKeys).set({ lastUsedAt: at }).where(eq(sshKeys.id, id));
}

export async function removeKey(tx: Tx, id: number): Promise<void> {
  await tx.delete(sshKeys).where(eq(sshKeys.id, id));
}
