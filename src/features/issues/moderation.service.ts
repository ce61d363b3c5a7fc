// Locks conversations and pins issues above the list.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { changeIssue, requirePerson } from './changing.service.ts';
import { abilityOn } from './issues.policy.ts';
import { countPinned } from './issues.store.ts';
import type { IssueChange, IssueRow, LockReason } from './issues.types.ts';

/** Issues pinned in one repository at most. */
export const MOST_PINNED = 3;

/** Leaves the conversation to whoever has write permission; nothing happens where it is locked already. */
export async function lockIssue(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  reason?: LockReason,
): Promise<void> {
  requirePerson(actor);
  await changeIssue(app, actor, open, issue.id, abilityOn(issue, 'manage'), async (change) => {
    if (change.issue.lockedAt !== null) return;
    const why = reason === undefined ? {} : { reason };
    change.set({ lockedAt: change.now, lockReason: reason ?? null });
    await change.addEntry('locked', why);
    await app.events.record(change.tx, {
      kind: 'issue.locked',
      ...doneBy(actor),
      repositoryId: open.repository.id,
      issueId: issue.id,
      ...why,
    });
  });
}

/** Opens a locked conversation to everybody again. */
export async function unlockIssue(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
): Promise<void> {
  requirePerson(actor);
  await changeIssue(app, actor, open, issue.id, abilityOn(issue, 'manage'), async (change) => {
    if (change.issue.lockedAt === null) return;
    change.set({ lockedAt: null, lockReason: null });
    await change.addEntry('unlocked', {});
    await app.events.record(change.tx, {
      kind: 'issue.unlocked',
      ...doneBy(actor),
      repositoryId: open.repository.id,
      issueId: issue.id,
    });
  });
}

/** Pins an issue above the list; throws AppError conflict when as many are pinned as may be. */
export async function pinIssue(app: App, actor: Actor, open: OpenRepository, issue: IssueRow): Promise<void> {
  requirePerson(actor);
  await changeIssue(app, actor, open, issue.id, abilityOn(issue, 'manage'), async (change) => {
    if (change.issue.isPull) throw new AppError('invalid', 'Only issues are pinned above the list.');
    if (change.issue.pinnedAt !== null) return;
    if ((await countPinned(change.tx, open.repository.id)) >= MOST_PINNED)
      throw new AppError('conflict', `${MOST_PINNED} issues are pinned already: unpin one of them first.`);
    await setPinned(app, actor, open, change, change.now);
  });
}

/** Takes an issue from above the list. */
export async function unpinIssue(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
): Promise<void> {
  requirePerson(actor);
  await changeIssue(app, actor, open, issue.id, abilityOn(issue, 'manage'), async (change) => {
    if (change.issue.pinnedAt !== null) await setPinned(app, actor, open, change, null);
  });
}

async function setPinned(
  app: App,
  actor: Actor,
  open: OpenRepository,
  change: IssueChange,
  pinnedAt: number | null,
): Promise<void> {
  change.set({ pinnedAt });
  await change.addEntry(pinnedAt === null ? 'unpinned' : 'pinned', {});
  await app.events.record(change.tx, {
    kind: pinnedAt === null ? 'issue.unpinned' : 'issue.pinned',
    ...doneBy(actor),
    repositoryId: open.repository.id,
    issueId: change.issue.id,
  });
}
