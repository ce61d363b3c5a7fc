// Counts commits on default branches for those who wrote them, and tells each visitor what they may know of it.
// What was pushed before an address was verified is not counted later.
import type { Actor } from '../../base/actor.ts';
import { SYSTEM } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { RecordedEvent } from '../../platform/events/events.types.ts';
import { type AuthoredCommit, listAuthored } from '../../platform/git/authors.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { codeReadableAmong, visibleAmong } from '../repos/visible.service.ts';
import { accountsByAddress } from '../users/authorship.service.ts';
import { addContributions, type ContributionRow, countDaily } from './contributions.store.ts';

/** Commits of one push that are looked at: the newest. */
const MOST_COMMITS = 5000;
const AT_ONCE = 400;
const ZERO = /^0+$/;

/** Counts what a push brought to the default branch; counting the same again changes nothing. */
export async function countPush(app: App, event: RecordedEvent): Promise<void> {
  if (event.kind !== 'push' && event.kind !== 'repository.created') return;
  const open = await findOpen(app, event.repositoryId);
  if (!open) return;
  const range = await rangeOf(app, open, event);
  if (!range) return;
  const commits = await listAuthored(app.git, open.dir, { ...range, limit: MOST_COMMITS });
  await countCommits(app, open.repository.id, commits);
}

async function findOpen(app: App, id: number): Promise<OpenRepository | undefined> {
  try {
    return await openRepositoryById(app, SYSTEM, id, 'code:read');
  } catch (error) {
    // Deleted since.
    if (isAppError(error, 'not_found')) return undefined;
    throw error;
  }
}

async function rangeOf(
  app: App,
  open: OpenRepository,
  event: RecordedEvent,
): Promise<{ head: string; base: string | undefined } | undefined> {
  const ref = `refs/heads/${open.repository.defaultBranch}`;
  if (event.kind !== 'push') {
    const head = await app.git.ref(open.dir, ref);
    return head === undefined ? undefined : { head, base: undefined };
  }
  const update = event.updates.find((one) => one.ref === ref);
  if (!update || ZERO.test(update.newOid)) return undefined;
  return { head: update.newOid, base: ZERO.test(update.oldOid) ? undefined : update.oldOid };
}

async function countCommits(app: App, repositoryId: number, commits: AuthoredCommit[]): Promise<void> {
  const accounts = await accountsByAddress(
    app,
    commits.map((commit) => commit.email.toLowerCase()),
  );
  const today = dayOf(app.clock.now());
  const rows = commits.flatMap((commit): ContributionRow[] => {
    const userId = accounts.get(commit.email.toLowerCase());
    if (userId === undefined) return [];
    return [{ userId, repositoryId, subject: commit.oid, day: creditedDay(commit.authoredAt, today) }];
  });
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const part = rows.slice(from, from + AT_ONCE);
    await app.db.write((tx) => addContributions(tx, repositoryId, part));
  }
}

/** The day, counted from 1970 in UTC. */
export function dayOf(instant: number): number {
  return Math.floor(instant / DAY);
}

/** Clocks of authors may be anywhere: nothing counts for a day to come, nor before 1970. */
function creditedDay(authoredAt: number, today: number): number {
  return Math.min(Math.max(dayOf(authoredAt) || 0, 0), today);
}

/** Contributions per day up to today, as far as the actor may read the repositories' code. */
export async function contributionsOf(
  app: App,
  actor: Actor,
  userId: number,
  days: number,
): Promise<{ last: number; counts: Map<number, number> }> {
  const last = dayOf(app.clock.now());
  const rows = await countDaily(app.db.read, userId, { first: last - days + 1, last });
  const visible = await visibleAmong(
    app,
    actor,
    rows.map((row) => row.repositoryId),
  );
  const readable = await codeReadableAmong(app, actor, visible.values());
  const counts = new Map<number, number>();
  for (const { day, repositoryId, total } of rows) {
    if (readable.has(repositoryId)) counts.set(day, (counts.get(day) ?? 0) + total);
  }
  return { last, counts };
}
