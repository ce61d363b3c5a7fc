// Issues pinned above the list: pinned, in the order somebody gives them, and unpinned.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { changeIssue, requirePerson } from './changing.service.ts';
import { abilityOn, readsKind } from './issues.policy.ts';
import { countPinned, listPinnedIssues, updateIssue } from './issues.store.ts';
import type { IssueChange, IssueRow } from './issues.types.ts';

/** Issues pinned in one repository at most. */
export const MOST_PINNED = 3;

/** The issues pinned above the list, in their order. */
export async function listPinned(app: App, open: OpenRepository): Promise<IssueRow[]> {
  const pinned = await listPinnedIssues(app.db.read, open.repository.id);
  return pinned.filter((issue) => !issue.isPull && readsKind(open, issue));
}

/** Whether one more issue may be pinned. */
export async function mayPinAnother(app: App, open: OpenRepository): Promise<boolean> {
  return (await countPinned(app.db.read, open.repository.id)) < MOST_PINNED;
}

/** Pins an issue above the list, behind the others; throws AppError conflict when as many are pinned as may be. */
export async function pinIssue(app: App, actor: Actor, open: OpenRepository, issue: IssueRow): Promise<void> {
  requirePerson(actor);
  await changeIssue(app, actor, open, issue.id, abilityOn(issue, 'manage'), async (change) => {
    if (change.issue.isPull) throw new AppError('invalid', 'Only issues are pinned above the list.');
    if (change.issue.pinnedAt !== null) return;
    const pinned = await listPinnedIssues(change.tx, open.repository.id);
    if (pinned.length >= MOST_PINNED)
      throw new AppError('conflict', `${MOST_PINNED} issues are pinned already: unpin one of them first.`);
    const last = pinned.at(-1)?.pinnedAt ?? 0;
    await setPinned(app, actor, open, change, Math.max(change.now, last + 1));
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

/**
 * Puts a pinned issue at a place (from 1) among the others, which keep their order. Throws AppError not_found where it is not
 * pinned, and invalid on `position` for a place that is none.
 */
export async function movePin(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  position: number,
): Promise<void> {
  requirePerson(actor);
  await changeIssue(app, actor, open, issue.id, abilityOn(issue, 'manage'), async ({ tx }) => {
    const pinned = await listPinnedIssues(tx, open.repository.id);
    const moved = pinned.find(({ id }) => id === issue.id);
    if (!moved) throw notFound('pin');
    if (position < 1 || position > pinned.length)
      throw invalid({ position: `Give a place from 1 to ${pinned.length}.` });
    const others = pinned.filter(({ id }) => id !== issue.id);
    let at = pinned[0]?.pinnedAt ?? 0;
    // The order is that of the times; no two of them are the same.
    for (const { id, pinnedAt } of others.toSpliced(position - 1, 0, moved)) {
      if (pinnedAt !== at) await updateIssue(tx, id, { pinnedAt: at });
      at += 1;
    }
  });
}
