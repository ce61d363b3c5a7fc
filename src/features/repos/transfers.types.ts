// The values of transfers: repositories on their way to another owner.
import type { repositoryTransfers } from '../../platform/db/tables/repos.ts';
import type { RepositorySummary } from './repos.types.ts';

/** How long a transfer waits for consent. */
export const TRANSFER_DAYS = 7;

export type TransferRow = typeof repositoryTransfers.$inferSelect;

/** A transfer that waits, with everything a page shows of it. */
export interface Transfer {
  found: RepositorySummary;
  recipient: { id: number; name: string; kind: string };
  requestedBy: string;
  createdAt: number;
  expiresAt: number;
}
