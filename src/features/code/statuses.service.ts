// Statuses of commits: what checks outside say of them, the newest of each context counts.
import { doneBy, type UserActor } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { NewStatus } from './statuses.input.ts';
import {
  countByContext,
  forgetOldStatuses,
  insertStatus,
  listContexts,
  listStatuses,
  listStatusIds,
  newestStatesOf,
  newestStatuses,
  type StatusOrder,
} from './statuses.store.ts';
import type { CommitStatus, StatusRow, StatusState, StatusSummary } from './statuses.types.ts';

/** Contexts of one commit, and what is kept of each. */
const MOST_CONTEXTS = 100;
const MOST_PER_CONTEXT = 50;

/** The worst first: what is shown for all of them together. */
const ORDER: readonly StatusState[] = ['error', 'failure', 'warning', 'pending', 'success'];

/**
 * Says of a commit what a check found. Throws AppError not_found when there is no such commit, invalid on `context` when
 * it has too many.
 */
export async function setStatus(
  app: App,
  actor: UserActor,
  open: OpenRepository,
  commitOid: Oid,
  input: NewStatus,
): Promise<CommitStatus> {
  const { repository } = await openRepositoryById(app, actor, open.repository.id, 'statuses:write');
  if (!(await app.git.objects(open.dir).commit(commitOid))) throw notFound('commit');
  const key = { repositoryId: repository.id, commitOid };
  const row = await app.db.write((tx) => setStatusWithin(app, tx, actor, key, input));
  return { ...row, creatorName: actor.name };
}

/** As `setStatus`, in the caller's own transaction; the caller has judged, and knows that there is such a commit. */
export async function setStatusWithin(
  app: App,
  tx: Tx,
  actor: UserActor,
  key: { repositoryId: number; commitOid: Oid },
  input: NewStatus,
): Promise<StatusRow> {
  const { context, state } = input;
  const counts = await countByContext(tx, key);
  if (!counts.has(context) && counts.size >= MOST_CONTEXTS)
    throw invalid({ context: `A commit has at most ${MOST_CONTEXTS} contexts. Use one of them again.` });
  if ((counts.get(context) ?? 0) >= MOST_PER_CONTEXT)
    await forgetOldStatuses(tx, { ...key, context }, MOST_PER_CONTEXT - 1);
  const now = app.clock.now();
  const status = await insertStatus(tx, { ...input, ...key, creatorId: actor.userId, createdAt: now });
  await app.events.record(tx, { kind: 'commit_status.set', ...doneBy(actor), ...key, context, state });
  return status;
}

/** What the checks say of these commits, by commit; those of which nothing was said are left out. */
export async function statusesOf(
  app: App,
  open: Pick<OpenRepository, 'repository'>,
  oids: readonly Oid[],
): Promise<Map<Oid, StatusSummary>> {
  const summaries = new Map<Oid, StatusSummary>();
  for (const status of await newestStatuses(app.db.read, open.repository.id, [...new Set(oids)])) {
    const known = summaries.get(status.commitOid);
    if (known) known.statuses.push(status);
    else summaries.set(status.commitOid, { state: status.state, statuses: [status] });
  }
  for (const summary of summaries.values()) summary.state = combined(summary.statuses);
  return summaries;
}

/** Names of the checks that reported on any of these commits. */
export function contextsOn(
  app: App,
  { repository }: Pick<OpenRepository, 'repository'>,
  oids: readonly Oid[],
): Promise<string[]> {
  return listContexts(app.db.read, repository.id, [...new Set(oids)]);
}

/** What the checks of commits of several repositories say together, by `repository id commit`; of others nothing was said. */
export async function statesOf(
  app: App,
  commits: readonly { repositoryId: number; commitOid: Oid }[],
): Promise<Map<string, StatusState>> {
  const rows = await newestStatesOf(app.db.read, commits);
  const byCommit = Map.groupBy(rows, ({ repositoryId, commitOid }) => `${repositoryId} ${commitOid}`);
  return new Map([...byCommit].map(([key, those]) => [key, combined(those)]));
}

/** The worst of them; pending when there are none, as Gitea and GitHub answer. */
export function combined(statuses: readonly Pick<CommitStatus, 'state'>[]): StatusState {
  return ORDER.find((state) => statuses.some((status) => status.state === state)) ?? 'pending';
}

export interface HistoryQuery {
  page: number;
  limit: number;
  sort?: StatusOrder | undefined;
  /** Only those that say this. */
  state?: StatusState | undefined;
}

/** One page (from 1) of everything that was said of a commit, the newest first unless said, and how much there is. */
export async function statusHistory(
  app: App,
  open: OpenRepository,
  commitOid: Oid,
  { page, limit, sort = 'recentupdate', state }: HistoryQuery,
): Promise<{ statuses: CommitStatus[]; total: number }> {
  const key = { repositoryId: open.repository.id, commitOid };
  const ids = await listStatusIds(app.db.read, key, { state, sort });
  const shown = ids.slice((page - 1) * limit, page * limit);
  return { statuses: await listStatuses(app.db.read, shown), total: ids.length };
}
