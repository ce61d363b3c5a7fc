// Locks conversations, and leaves them open again.
import { type Actor, doneBy } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { changeIssue, requirePerson } from './changing.service.ts';
import { abilityOn } from './issues.policy.ts';
import type { IssueRow, LockReason } from './issues.types.ts';

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
