// What a page shows of its commits beside git: accounts, signatures and checks, each asked for once for all of them.
import type { App } from '../../platform/app.types.ts';
import type { Commit, Oid } from '../../platform/git/git.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { accountsOfCommitEmails, type CommitAccount } from '../users/emails.service.ts';
import { verifySignatures } from './signatures.service.ts';
import type { VerifiedSignature } from './signatures.types.ts';
import { statusesOf } from './statuses.service.ts';
import type { StatusSummary } from './statuses.types.ts';

export interface CommitDetails {
  /** By address in lower case. */
  accounts: ReadonlyMap<string, CommitAccount>;
  signatures: ReadonlyMap<Oid, VerifiedSignature>;
  statuses: ReadonlyMap<Oid, StatusSummary>;
}

/** What belongs to these commits; `emails` are further addresses whose accounts are wanted. */
export async function commitDetails(
  app: App,
  open: OpenRepository,
  commits: readonly Commit[],
  emails: readonly string[] = [],
): Promise<CommitDetails> {
  const addresses = commits.flatMap(({ author, committer }) => [author.email, committer.email]);
  const [accounts, signatures, statuses] = await Promise.all([
    accountsOfCommitEmails(app, [...addresses, ...emails]),
    verifySignatures(app, open, commits),
    statusesOf(
      app,
      open,
      commits.map(({ oid }) => oid),
    ),
  ]);
  return { accounts, signatures, statuses };
}
