// Queries for what webhooks are told: whose a repository is, also when it was deleted.
import { eq } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { repositories } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';
import type { RepositorySummary } from '../repos/repos.types.ts';

/** A repository with its owner, deleted or not. */
export async function findSummary(db: Reader, repositoryId: number): Promise<RepositorySummary | undefined> {
  const [row] = await db
    .select({ repository: repositories, ownerName: users.name, ownerKind: users.kind })
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(eq(repositories.id, repositoryId));
  return row;
}
