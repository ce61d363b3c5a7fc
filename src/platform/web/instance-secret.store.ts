// The secret of this instance, made once and kept in the settings, so that tokens in open pages survive a restart.
import { eq } from 'drizzle-orm';
import { randomToken } from '../../base/crypto.ts';
import type { Db } from '../db/db.types.ts';
import { settings } from '../db/tables/platform.ts';
import { insertIfAbsent } from '../db/write-forms.ts';

const NAME = 'web.secret';

/** The secret, made now if there is none; several processes starting at once agree on one. */
export async function loadInstanceSecret(db: Db): Promise<string> {
  const known = await findSecret(db);
  if (known !== undefined) return known;
  await db.write((tx) => insertIfAbsent(tx, settings, { name: NAME, value: randomToken() }));
  const made = await findSecret(db);
  if (made === undefined) throw new Error('The secret of this instance could not be kept');
  return made;
}

async function findSecret(db: Db): Promise<string | undefined> {
  const [row] = await db.read.select().from(settings).where(eq(settings.name, NAME));
  return row?.value;
}
