// The settings that make the first administrator: the setup link's hash, and the mark that it was used.
import { eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { settings } from '../../platform/db/tables/platform.ts';
import { insertIfAbsent, upsert } from '../../platform/db/write-forms.ts';

const LINK = 'setup.link';
const DONE = 'setup.done';

/** Puts a link's hash in place of the one before; the link may be used once. */
export async function setLinkHash(tx: Tx, hash: string): Promise<void> {
  await upsert(tx, settings, { name: LINK, value: hash }, { target: settings.name, set: { value: hash } });
  await tx.delete(settings).where(eq(settings.name, DONE));
}

export async function findLinkHash(db: Reader | Tx): Promise<string | undefined> {
  const [row] = await db.select().from(settings).where(eq(settings.name, LINK));
  return row?.value;
}

/** Marks the setup as done; false when somebody else did, even a moment ago in a transaction of their own. */
export async function markDone(tx: Tx, at: number): Promise<boolean> {
  const isFirst = await insertIfAbsent(tx, settings, { name: DONE, value: String(at) });
  if (isFirst) await tx.delete(settings).where(eq(settings.name, LINK));
  return isFirst;
}
