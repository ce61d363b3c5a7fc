// What the API shows of accounts, many of them in one statement.
import { eq, inArray, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { type OrganizationVisibility, organizations } from '../../platform/db/tables/orgs.ts';
import { repositories, stars } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';
import type { UserRow } from './users.types.ts';

type Db = Reader | Tx;

export interface ShownAccount {
  user: UserRow;
  /** Of organizations; null of people. */
  visibility: OrganizationVisibility | null;
  /** Public repositories that the account starred. */
  starCount: number;
}

/** Accounts in one statement at most. */
const AT_ONCE = 500;

/** These accounts, ghosts left out. */
export async function listShownAccounts(db: Db, ids: readonly number[]): Promise<ShownAccount[]> {
  const found: ShownAccount[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const rows = await db
      .select({ user: users, visibility: organizations.visibility, starCount: starsOfEach() })
      .from(users)
      .leftJoin(organizations, eq(organizations.userId, users.id))
      .where(inArray(users.id, ids.slice(from, from + AT_ONCE)));
    for (const row of rows) {
      if (row.user.kind !== 'ghost') found.push({ ...row, starCount: Number(row.starCount) });
    }
  }
  return found;
}

/** What is starred without being public is nobody's business, not even as a number. */
function starsOfEach() {
  return sql<number | string>`(select count(*) from ${stars} inner join ${repositories}
    on ${repositories.id} = ${stars.repositoryId} and ${repositories.visibility} = 'public'
    where ${stars.userId} = ${users.id})`;
}
