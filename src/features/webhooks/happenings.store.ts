// Queries for what webhooks are told: whose a repository is, also when it was deleted, and what a team is.
import { eq } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { labels } from '../../platform/db/tables/issues.ts';
import { teams } from '../../platform/db/tables/orgs.ts';
import { repositories } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';
import type { LabelRow } from '../issues/labels.types.ts';
import type { TeamRow } from '../orgs/orgs.types.ts';
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

export async function findTeam(db: Reader, id: number): Promise<TeamRow | undefined> {
  const [row] = await db.select().from(teams).where(eq(teams.id, id));
  return row;
}

export async function findLabelRow(db: Reader, id: number): Promise<LabelRow | undefined> {
  const [row] = await db.select().from(labels).where(eq(labels.id, id));
  return row;
}
