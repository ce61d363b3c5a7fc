// A sealed text in the database that only the right key opens: how `doctor check` finds that the key file is another one.
import { eq } from 'drizzle-orm';
import type { Db, Reader } from '../db/db.types.ts';
import { settings } from '../db/tables/platform.ts';
import { insertIfAbsent } from '../db/write-forms.ts';
import type { Secrets } from './secrets.ts';

const NAME = 'secrets.probe';
const PURPOSE = 'probe';
const TEXT = 'opencodehub';

/** Keeps the probe of the key in use, unless there is one already. */
export async function keepProbe(db: Db, secrets: Secrets): Promise<void> {
  if ((await findProbe(db.read)) !== undefined) return;
  const value = secrets.seal(PURPOSE, TEXT).toString('base64');
  await db.write((tx) => insertIfAbsent(tx, settings, { name: NAME, value }));
}

/** Whether the key opens what the database was given to keep. */
export async function fitsProbe(reader: Reader, secrets: Secrets): Promise<boolean> {
  const value = await findProbe(reader);
  if (value === undefined) return true;
  try {
    return secrets.open(PURPOSE, Buffer.from(value, 'base64')) === TEXT;
  } catch {
    return false;
  }
}

async function findProbe(reader: Reader): Promise<string | undefined> {
  const [row] = await reader.select().from(settings).where(eq(settings.name, NAME));
  return row?.value;
}
