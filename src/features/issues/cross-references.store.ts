// Queries behind references between issues, and from commits.
import { eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issueEntries, issuePeople } from '../../platform/db/tables/issues.ts';
import { insertIfAbsent } from '../../platform/db/write-forms.ts';
import type { EntryRow } from './issues.types.ts';

/** An entry by what must not be there twice. */
export async function findEntryOnce(db: Reader | Tx, onceKey: string): Promise<EntryRow | undefined> {
  const [row] = await db.select().from(issueEntries).where(eq(issueEntries.onceKey, onceKey));
  return row;
}

/** Says whether it is new. */
export async function insertMentioned(tx: Tx, issueId: number, userId: number): Promise<boolean> {
  return insertIfAbsent(tx, issuePeople, { issueId, userId, role: 'mentioned' });
}
