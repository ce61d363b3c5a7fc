// Queries on the browsers that accounts have signed in from.
import { and, desc, eq, lt } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { knownDevices } from '../../platform/db/tables/auth.ts';
import { upsert } from '../../platform/db/write-forms.ts';

export async function findDevice(
  db: Reader | Tx,
  userId: number,
  deviceHash: string,
): Promise<{ id: number } | undefined> {
  const [row] = await db
    .select({ id: knownDevices.id })
    .from(knownDevices)
    .where(and(eq(knownDevices.userId, userId), eq(knownDevices.deviceHash, deviceHash)));
  return row;
}

/** Adds a device, or notes that it was seen again. */
export async function keepDevice(tx: Tx, userId: number, deviceHash: string, now: number): Promise<void> {
  await upsert(
    tx,
    knownDevices,
    { userId, deviceHash, createdAt: now, lastSeenAt: now },
    { target: [knownDevices.userId, knownDevices.deviceHash], set: { lastSeenAt: now } },
  );
}

/** An account's devices, the most recently seen first. */
export async function listDeviceIds(tx: Tx, userId: number): Promise<number[]> {
  const rows = await tx
    .select({ id: knownDevices.id })
    .from(knownDevices)
    .where(eq(knownDevices.userId, userId))
    .orderBy(desc(knownDevices.lastSeenAt), desc(knownDevices.id));
  return rows.map((row) => row.id);
}

export async function removeDevice(tx: Tx, id: number): Promise<void> {
  await tx.delete(knownDevices).where(eq(knownDevices.id, id));
}

export async function removeDevicesOf(tx: Tx, userId: number): Promise<void> {
  await tx.delete(knownDevices).where(eq(knownDevices.userId, userId));
}

export async function removeUnseen(tx: Tx, before: number): Promise<void> {
  await tx.delete(knownDevices).where(lt(knownDevices.lastSeenAt, before));
}
