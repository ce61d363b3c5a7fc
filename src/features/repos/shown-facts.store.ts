// What the API counts and says of repositories beside their rows, for many at once.
import { and, count, eq, inArray } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { releases } from '../../platform/db/tables/code.ts';
import { issueCounters } from '../../platform/db/tables/issues.ts';
import { imports, mirrors } from '../../platform/db/tables/mirrors.ts';
import { repositories, repositoryTransfers } from '../../platform/db/tables/repos.ts';
import type { TransferRow } from './transfers.types.ts';

export interface RepositoryFacts {
  id: number;
  openIssues: number | null;
  openPulls: number | null;
  /** Of pull mirrors. */
  mirrorUrl: string | null;
  mirrorMinutes: number | null;
  mirroredAt: number | null;
  importUrl: string | null;
  transfer: TransferRow | null;
}

/** What stands beside each repository; at most 1,000 ids. */
export async function listFacts(db: Reader | Tx, ids: readonly number[]): Promise<RepositoryFacts[]> {
  if (ids.length === 0) return [];
  return db
    .select({
      id: repositories.id,
      openIssues: issueCounters.openIssues,
      openPulls: issueCounters.openPulls,
      mirrorUrl: mirrors.url,
      mirrorMinutes: mirrors.intervalMinutes,
      mirroredAt: mirrors.lastSuccessAt,
      importUrl: imports.url,
      transfer: repositoryTransfers,
    })
    .from(repositories)
    .leftJoin(issueCounters, eq(issueCounters.repositoryId, repositories.id))
    .leftJoin(mirrors, and(eq(mirrors.repositoryId, repositories.id), eq(mirrors.direction, 'pull')))
    .leftJoin(imports, eq(imports.repositoryId, repositories.id))
    .leftJoin(repositoryTransfers, eq(repositoryTransfers.repositoryId, repositories.id))
    .where(inArray(repositories.id, [...ids]));
}

/** How many published releases each repository has; those without any are left out. */
export async function countReleases(db: Reader | Tx, ids: readonly number[]): Promise<Map<number, number>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: releases.repositoryId, total: count() })
    .from(releases)
    .where(and(inArray(releases.repositoryId, [...ids]), eq(releases.isDraft, false)))
    .groupBy(releases.repositoryId);
  return new Map(rows.map(({ id, total }) => [id, total]));
}
