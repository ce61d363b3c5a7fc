// Closes issues, for a reason, and opens them again; and both together with a comment.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { isArchived, requireAbility } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { isBlocked } from '../users/blocks.service.ts';
import { changeIssue, changeWithin, countPost, requirePerson, requireTalking } from './changing.service.ts';
import { commentWithin } from './comments.service.ts';
import { parseComment } from './issues.input.ts';
import { abilityOn } from './issues.policy.ts';
import { countIssue, findIssueById } from './issues.store.ts';
import type { CloseReason, EntryRow, IssueChange, IssueRow } from './issues.types.ts';
import { requireNamedIssue } from './named-issues.service.ts';
import { turnPull } from './pull-turns.service.ts';
import { mayOnIssues } from './standing.policy.ts';

/** How an issue is closed. */
export interface Closing {
  reason: CloseReason;
  /** Of the reason `duplicate`: the other issue, as `#12`, `owner/name#12` or an address. */
  duplicateOf?: string;
  /** The commit that says so, when it reached the default branch. */
  commit?: { oid: string; repositoryId: number };
}

/** A closing whose other issue was found. */
interface ReadyClosing {
  reason: CloseReason;
  duplicateOfId?: number;
  /** Whether the other issue may show it: nobody writes into archived repositories, or where they are blocked. */
  tellsOther?: boolean;
  commit?: { oid: string; repositoryId: number };
}

/**
 * Closes an issue, or gives a closed one another reason. Its author may, and whoever sorts issues. Says whether that
 * changed anything. Throws AppError invalid on `duplicateOf`.
 */
export async function closeIssue(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  closing: Closing,
): Promise<boolean> {
  if (issue.isPull) return turnPull(app, actor, open, issue, 'closed');
  const ability = abilityToClose(actor, issue);
  await requireAbility(app.db.read, actor, open, ability);
  const ready = await readyClosing(app, actor, open, issue, closing);
  countTurn(app, actor, issue);
  return changeIssue(app, actor, open, issue.id, ability, (change) =>
    closeWithin(app, actor, open, change, ready),
  );
}

/** Opens a closed issue again; says whether that changed anything. */
export async function reopenIssue(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
): Promise<boolean> {
  if (issue.isPull) return turnPull(app, actor, open, issue, 'open');
  const ability = abilityToClose(actor, issue);
  await requireAbility(app.db.read, actor, open, ability);
  countTurn(app, actor, issue);
  return changeIssue(app, actor, open, issue.id, ability, (change) => reopenWithin(app, actor, open, change));
}

/** A comment, and what is done with the issue at the same time: all of it or nothing. */
export async function commentAnd(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  body: string,
  then: Closing | 'reopen',
): Promise<EntryRow> {
  const ability = abilityToClose(actor, issue);
  await requireAbility(app.db.read, actor, open, ability);
  const text = parseComment(body);
  const ready = then === 'reopen' ? then : await readyClosing(app, actor, open, issue, then);
  countPost(app, requirePerson(actor));
  return changeIssue(app, actor, open, issue.id, ability, async (change) => {
    const entry = await commentWithin(app, actor, open, change, text);
    if (ready === 'reopen') await reopenWithin(app, actor, open, change);
    else await closeWithin(app, actor, open, change, ready);
    return entry;
  });
}

/** Authors close and reopen what they opened. */
function abilityToClose(actor: Actor, issue: IssueRow): Ability {
  return abilityOn(issue, isOwn(actor, issue) ? 'comment' : 'triage');
}

function isOwn(actor: Actor, { authorId }: IssueRow): boolean {
  return actor.kind === 'user' && actor.userId === authorId;
}

/** Each turn is told to everybody who follows the issue. */
function countTurn(app: App, actor: Actor, issue: IssueRow): void {
  if (isOwn(actor, issue)) countPost(app, requirePerson(actor));
}

async function readyClosing(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  { reason, duplicateOf, commit }: Closing,
): Promise<ReadyClosing> {
  const ready = { reason, ...(commit ? { commit } : {}) };
  if (reason !== 'duplicate' || !duplicateOf?.trim()) return ready;
  const other = await requireNamedIssue(app, actor, open, duplicateOf, 'duplicateOf');
  if (other.issue.id === issue.id) throw invalid({ duplicateOf: 'An issue is no duplicate of itself.' });
  const tellsOther =
    !isArchived(other.open.repository) && !(await isBlockedBy(app, actor, other.open.owner.id));
  return { ...ready, duplicateOfId: other.issue.id, tellsOther };
}

async function isBlockedBy(app: App, actor: Actor, ownerId: number): Promise<boolean> {
  return actor.kind === 'user' && isBlocked(app, ownerId, actor.userId);
}

async function closeWithin(
  app: App,
  actor: Actor,
  open: OpenRepository,
  change: IssueChange,
  { reason, duplicateOfId, tellsOther, commit }: ReadyClosing,
): Promise<boolean> {
  const { tx, issue, now, userId } = change;
  const isSame = issue.closeReason === reason && issue.duplicateOfId === (duplicateOfId ?? null);
  if (issue.state === 'closed' && (isSame || commit)) return false;
  await requireOwnAllowed(app, actor, open, change);
  if (issue.state === 'open') await countAs(change, 'closed');
  change.set({
    state: 'closed',
    closeReason: reason,
    duplicateOfId: duplicateOfId ?? null,
    closedAt: now,
    closedById: userId ?? null,
  });
  const by = commit ? { commitOid: commit.oid, commitRepositoryId: commit.repositoryId } : {};
  const entryId = await change.addEntry('closed', {
    reason,
    ...(duplicateOfId === undefined ? {} : { duplicateOfId }),
    ...by,
  });
  if (duplicateOfId !== undefined && tellsOther) await tellOther(app, actor, change, duplicateOfId);
  const { id: issueId, repositoryId } = issue;
  await app.events.record(tx, {
    kind: 'issue.closed',
    ...doneBy(actor),
    repositoryId,
    issueId,
    entryId,
    reason,
  });
  return true;
}

/** The other issue shows what duplicates it, to those who may see that. */
async function tellOther(app: App, actor: Actor, { tx, issue }: IssueChange, otherId: number): Promise<void> {
  const other = await findIssueById(tx, otherId);
  if (!other) return;
  await changeWithin(app, tx, actor, other, (change) =>
    change.addEntry('duplicated', {}, { sourceIssueId: issue.id, sourceRepositoryId: issue.repositoryId }),
  );
}

async function reopenWithin(
  app: App,
  actor: Actor,
  open: OpenRepository,
  change: IssueChange,
): Promise<boolean> {
  const { tx, issue } = change;
  if (issue.state === 'open') return false;
  await requireOwnAllowed(app, actor, open, change);
  await countAs(change, 'open');
  change.set({ state: 'open', closeReason: null, duplicateOfId: null, closedAt: null, closedById: null });
  const entryId = await change.addEntry('reopened', {});
  const { id: issueId, repositoryId } = issue;
  await app.events.record(tx, { kind: 'issue.reopened', ...doneBy(actor), repositoryId, issueId, entryId });
  return true;
}

/** Pull requests are merged, or closed and reopened, by ways of their own. */
async function requireOwnAllowed(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { tx, issue }: IssueChange,
): Promise<void> {
  if (issue.isPull) throw new AppError('invalid', 'This is a pull request.');
  if (actor.kind !== 'user' || (await mayOnIssues(app, { ...open, actor }, abilityOn(issue, 'triage'), tx)))
    return;
  await requireTalking(app, tx, open, issue, actor.userId);
}

async function countAs({ tx, issue }: IssueChange, state: IssueRow['state']): Promise<void> {
  await countIssue(tx, issue, -1);
  await countIssue(tx, { ...issue, state }, 1);
}
