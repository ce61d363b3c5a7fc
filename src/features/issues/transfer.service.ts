// Moves an issue to another repository of the same owner, and deletes issues.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, invalid, isAppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { openRepository } from '../repos/access.service.ts';
import { readersAmong } from '../repos/readers.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository, Visibility } from '../repos/repos.types.ts';
import { issuesReadableAmong, visibleAmong } from '../repos/visible.service.ts';
import { moveAttachments, removeAttachmentsOf } from './attachments.service.ts';
import { changeIssue, requirePerson } from './changing.service.ts';
import { abilityOn } from './issues.policy.ts';
import { countIssue, findIssueById, noteChange, takeNumber } from './issues.store.ts';
import type { IssueChange, IssueRow } from './issues.types.ts';
import { removeFromSearch } from './search-upkeep.service.ts';
import {
  findSameMilestone,
  insertRedirect,
  listAssigneeIds,
  listIdsOfOwner,
  listNeighbours,
  moveLabels,
  moveSources,
  removeAssignees,
  removeIssue,
} from './transfer.store.ts';

/** Where an issue is to go, as somebody filled it in. */
export interface TransferInput {
  /** `owner/name`, or the name alone for the same owner. */
  to: string;
  /** That more people will see it than now. */
  isConfirmed: boolean;
}

/** Repositories that the form suggests at most. */
const MOST_SUGGESTED = 200;

const OPENNESS: readonly Visibility[] = ['private', 'internal', 'public'];

/**
 * Moves an issue with its conversation; labels and milestone follow where the other repository has them by name, and
 * assignees who may read it there. Returns where it is now. Throws AppError invalid on `to` or `confirmed`.
 */
export async function transferIssue(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  input: TransferInput,
): Promise<{ path: string; number: number }> {
  requirePerson(actor);
  await requireAbility(app.db.read, actor, open, abilityOn(issue, 'manage'));
  const target = await requireTarget(app, actor, open, input);
  if (issue.isPull) throw invalid({ to: 'Pull requests stay in their repository.' });
  const number = await changeIssue(app, actor, open, issue.id, abilityOn(issue, 'manage'), (change) =>
    moveWithin(app, actor, open, target, change),
  );
  return { path: target.path, number };
}

async function requireTarget(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { to, isConfirmed }: TransferInput,
): Promise<OpenRepository> {
  const target = await findTarget(app, actor, open, to);
  if (!target) throw invalid({ to: 'Name a repository in which you may write.' });
  if (target.owner.id !== open.owner.id)
    throw invalid({ to: `Issues move between repositories of one owner: choose one of ${open.owner.name}.` });
  if (target.repository.id === open.repository.id) throw invalid({ to: 'The issue is there already.' });
  const isMoreOpen =
    OPENNESS.indexOf(target.repository.visibility) > OPENNESS.indexOf(open.repository.visibility);
  if (isMoreOpen && !isConfirmed)
    throw invalid({
      confirmed: `${target.path.slice(1)} is ${target.repository.visibility}: confirm that more people may see this issue.`,
    });
  return target;
}

async function findTarget(
  app: App,
  actor: Actor,
  open: OpenRepository,
  to: string,
): Promise<OpenRepository | undefined> {
  const parts = to.trim().split('/');
  const [owner, name] = parts.length === 1 ? [open.owner.name, parts[0]] : parts;
  if (!owner || !name || parts.length > 2) return undefined;
  try {
    return await openRepository(app, actor, owner, name, 'issues:manage');
  } catch (error) {
    if (isAppError(error, 'not_found', 'forbidden', 'unauthenticated')) return undefined;
    throw error;
  }
}

async function moveWithin(
  app: App,
  actor: Actor,
  open: OpenRepository,
  target: OpenRepository,
  change: IssueChange,
): Promise<number> {
  const { tx, issue } = change;
  const { id: issueId, number: fromNumber } = issue;
  const repositoryId = target.repository.id;
  const number = await takeNumber(tx, repositoryId);
  await countIssue(tx, issue, -1);
  await countIssue(tx, { ...issue, repositoryId }, 1);
  await insertRedirect(tx, { repositoryId: issue.repositoryId, number: fromNumber, issueId });
  await moveLabels(tx, issueId, { repositoryId, ownerId: target.owner.id });
  await moveSources(tx, issueId, repositoryId);
  await moveAttachments(change, open.path, target);
  await keepReaders(app, tx, target, issueId);
  const milestoneId =
    issue.milestoneId === null ? undefined : await findSameMilestone(tx, issue.milestoneId, repositoryId);
  change.set({ repositoryId, number, milestoneId: milestoneId ?? null, pinnedAt: null });
  const from = `${open.path.slice(1)}#${fromNumber}`;
  await change.addEntry('transferred', { from }, { sourceRepositoryId: issue.repositoryId });
  await app.events.record(tx, {
    kind: 'issue.transferred',
    ...doneBy(actor),
    repositoryId,
    issueId,
    fromRepositoryId: issue.repositoryId,
    fromNumber,
    number,
  });
  return number;
}

/** Of its assignees those stay who may read it where it goes. */
async function keepReaders(app: App, tx: Tx, target: OpenRepository, issueId: number): Promise<void> {
  const assignees = await listAssigneeIds(tx, issueId);
  if (assignees.length === 0) return;
  const owned = { repository: target.repository, ownerKind: target.owner.kind };
  const readers = await readersAmong(app, owned, 'issues', assignees, tx);
  await removeAssignees(
    tx,
    issueId,
    assignees.filter((id) => !readers.has(id)),
  );
}

/** Repositories of the same owner that the form suggests. */
export async function transferTargets(app: App, actor: Actor, open: OpenRepository): Promise<string[]> {
  const ids = await listIdsOfOwner(app.db.read, open.owner.id, MOST_SUGGESTED);
  const seen = await visibleAmong(app, actor, ids);
  const readable = await issuesReadableAmong(app, actor, seen.values());
  return [...seen.values()]
    .filter(({ repository: { id, archivedAt } }) => readable.has(id) && archivedAt === null)
    .filter(({ repository }) => repository.id !== open.repository.id)
    .map(({ ownerName, repository }) => `${ownerName}/${repository.name}`);
}

/** Deletes an issue with everything that hangs on it; its number is not given again. */
export async function deleteIssue(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
): Promise<void> {
  requirePerson(actor);
  await requireAbility(app.db.read, actor, open, 'issues:delete');
  if (issue.isPull) throw new AppError('invalid', 'Pull requests cannot be deleted.');
  await app.db.write(async (tx) => {
    const known = await findIssueById(tx, issue.id);
    if (known?.repositoryId !== open.repository.id) throw notFound('issue');
    const { id: issueId, number, title, repositoryId } = known;
    const now = app.clock.now();
    const neighbours = await listNeighbours(tx, known);
    await countIssue(tx, known, -1);
    await removeAttachmentsOf(app, tx, { issueId });
    await removeFromSearch(app, tx, issueId);
    await removeIssue(tx, issueId);
    for (const id of [issueId, ...neighbours]) await noteChange(tx, id, now);
    await app.events.record(tx, {
      kind: 'issue.deleted',
      ...doneBy(actor),
      repositoryId,
      issueId,
      number,
      title,
    });
  });
}
