// Issues that wait for others, also of other repositories.
import { type Actor, doneBy } from '../../base/actor.ts';
import { invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { openRepositoryById, requireStillOpen } from '../repos/access.service.ts';
import { isArchived } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { changeIssue, changeWithin, countPost, requireWelcome } from './changing.service.ts';
import {
  countBlocked,
  countBlockers,
  findBlockerIds,
  insertDependency,
  removeDependency,
} from './dependencies.store.ts';
import type { EntryData, EntryKind } from './entries.types.ts';
import { abilityOn } from './issues.policy.ts';
import { findIssueById, noteChange } from './issues.store.ts';
import type { IssueRow } from './issues.types.ts';
import { type NamedIssue, requireNamedIssue } from './named-issues.service.ts';

/** Issues that one waits for, and that wait for one, at most. */
export const MOST_DEPENDENCIES = 50;
/** Issues that are looked at to find a circle; where there are more, the dependency is refused. */
const MOST_WALKED = 5000;

/**
 * Lets an issue wait for the one that `text` names, which the actor may read; triage of the waiting issue is needed. Throws
 * AppError invalid on `blocked_by` where there is no such issue, and where both would wait for each other in the end.
 */
export async function addBlocker(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  text: string,
): Promise<void> {
  const blocker = await requireNamedIssue(app, actor, open, text, 'blocked_by');
  await addDependency(app, actor, open, issue, blocker, 'blocked_by');
}

/** Lets the issue that `text` names wait for this one; triage of the named one is needed. Throws as `addBlocker`, on `blocks`. */
export async function addBlocked(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  text: string,
): Promise<void> {
  const blocked = await requireNamedIssue(app, actor, open, text, 'blocks');
  const there = await openRepositoryById(
    app,
    actor,
    blocked.issue.repositoryId,
    abilityOn(blocked.issue, 'triage'),
  );
  await addDependency(app, actor, there, blocked.issue, { open, issue }, 'blocks');
}

async function addDependency(
  app: App,
  actor: Actor,
  open: OpenRepository,
  blocked: IssueRow,
  blocker: NamedIssue,
  field: 'blocked_by' | 'blocks',
): Promise<void> {
  if (blocked.id === blocker.issue.id) throw invalid({ [field]: 'An issue cannot wait for itself.' });
  // The other repository's people see it on a timeline of theirs.
  if (blocked.repositoryId !== blocker.issue.repositoryId && actor.kind === 'user')
    countPost(app, actor.userId);
  await changeIssue(app, actor, open, blocked.id, abilityOn(blocked, 'triage'), async (change) => {
    const { tx, now, userId } = change;
    const blockerId = blocker.issue.id;
    // As it is now: it may have moved to where the actor may not read it.
    const still = await findIssueById(tx, blockerId);
    if (!still) throw invalid({ [field]: 'There is no such issue.' });
    await requireStillOpen(tx, actor, still.repositoryId, abilityOn(still, 'read'));
    if (userId !== undefined) await requireWelcome(app, tx, blocker.open, userId);
    if (!(await insertDependency(tx, { blockedId: blocked.id, blockerId, createdAt: now }))) return;
    if ((await countBlockers(tx, blocked.id)) > MOST_DEPENDENCIES)
      throw invalid({ [field]: `An issue can wait for ${MOST_DEPENDENCIES} others at most.` });
    if ((await countBlocked(tx, blockerId)) > MOST_DEPENDENCIES)
      throw invalid({ [field]: `${MOST_DEPENDENCIES} issues at most can wait for one.` });
    await refuseCircle(tx, blocked.id, blockerId, field);
    await change.addEntry('blocked_by', {}, sourceOf(still));
    await tellOther(app, tx, actor, blocker.open, still, 'blocks', {}, change.issue);
    await record(app, tx, actor, 'issue.dependency_added', change.issue, blockerId);
  });
}

/** Walks what the blocker itself waits for, level by level: the waiting issue must not be among it. */
async function refuseCircle(tx: Tx, blockedId: number, blockerId: number, field: string): Promise<void> {
  const seen = new Set([blockerId]);
  let level = [blockerId];
  while (level.length > 0) {
    const next = [...new Set(await findBlockerIds(tx, level))];
    if (next.includes(blockedId))
      throw invalid({
        [field]: 'These issues would wait for each other: the other one waits for this one already.',
      });
    level = next.filter((id) => !seen.has(id));
    for (const id of level) seen.add(id);
    if (seen.size > MOST_WALKED)
      throw invalid({ [field]: 'Too many issues depend on each other here to add another dependency.' });
  }
}

/**
 * Ends that `blocked` waits for `blocker`; whoever may triage one of them may. `open` is where the issue is that the actor
 * looks at. Nothing happens where it does not wait.
 */
export async function endDependency(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  otherId: number,
  as: 'blocked_by' | 'blocks',
): Promise<void> {
  await changeIssue(app, actor, open, issue.id, abilityOn(issue, 'triage'), async (change) => {
    const { tx } = change;
    const [blockedId, blockerId] = as === 'blocked_by' ? [issue.id, otherId] : [otherId, issue.id];
    if (!(await removeDependency(tx, blockedId, blockerId))) return;
    const other = await findIssueById(tx, otherId);
    if (!other) return;
    await change.addEntry(as, { removed: true }, sourceOf(other));
    const opposite = as === 'blocked_by' ? 'blocks' : 'blocked_by';
    await tellOther(app, tx, actor, undefined, other, opposite, { removed: true }, change.issue);
    const blocked = as === 'blocked_by' ? change.issue : other;
    await record(app, tx, actor, 'issue.dependency_removed', blocked, blockerId);
  });
}

/** The other issue shows it too, to those who may see where it comes from; nothing is added to archived repositories. */
async function tellOther<K extends EntryKind>(
  app: App,
  tx: Tx,
  actor: Actor,
  there: NamedIssue['open'] | undefined,
  other: IssueRow,
  kind: K,
  data: EntryData[K],
  source: IssueRow,
): Promise<void> {
  if (there && isArchived(there.repository)) return noteChange(tx, other.id, app.clock.now());
  await changeWithin(app, tx, actor, other, async (change) => {
    await change.addEntry(kind, data, sourceOf(source));
  });
}

function sourceOf({ id, repositoryId }: IssueRow) {
  return { sourceIssueId: id, sourceRepositoryId: repositoryId };
}

async function record(
  app: App,
  tx: Tx,
  actor: Actor,
  kind: 'issue.dependency_added' | 'issue.dependency_removed',
  { id: issueId, repositoryId }: IssueRow,
  blockerId: number,
): Promise<void> {
  await app.events.record(tx, { kind, ...doneBy(actor), repositoryId, issueId, blockerId });
}
