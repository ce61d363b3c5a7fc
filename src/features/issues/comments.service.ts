// Comments: written, deleted, hidden and shown again. Their texts are edited in texts' own way, see edits.service.ts.
import { type Actor, doneBy } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { claimAttachments, removeAttachmentsOf } from './attachments.service.ts';
import { changeIssue, countPost, requirePerson, requireTalking } from './changing.service.ts';
import { findEntry, listEntryTexts, listNewestComments, removeEntry, updateEntry } from './entries.store.ts';
import { parseComment } from './issues.input.ts';
import { abilityOn } from './issues.policy.ts';
import type { EntryRow, HideReason, IssueChange, IssueRow } from './issues.types.ts';
import { addIssuePerson, removeCommenter } from './people.store.ts';
import { subscribeWithin } from './subscriptions.service.ts';
import { isText } from './text-entries.service.ts';
import { removeReactions } from './texts.store.ts';

/** Adds a comment; throws AppError invalid on `body`, and forbidden where the writer may not take part. */
export async function addComment(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  body: string,
): Promise<EntryRow> {
  await requireAbility(app.db.read, actor, open, abilityOn(issue, 'comment'));
  const text = parseComment(body);
  countPost(app, requirePerson(actor));
  return changeIssue(app, actor, open, issue.id, abilityOn(issue, 'comment'), (change) =>
    commentWithin(app, actor, open, change, text),
  );
}

/** As `addComment`, in a change under way; judged and counted already. */
export async function commentWithin(
  app: App,
  actor: Actor,
  open: OpenRepository,
  change: IssueChange,
  body: string,
): Promise<EntryRow> {
  const { tx, issue } = change;
  const userId = requirePerson(actor);
  await requireTalking(app, tx, open, issue, userId);
  const entryId = await change.addEntry('comment', {}, { body });
  change.set({ commentCount: issue.commentCount + 1 });
  await addIssuePerson(tx, { userId, role: 'commenter', issueId: issue.id });
  const { id: issueId, repositoryId } = issue;
  await claimAttachments(app, tx, { repositoryId, uploaderId: userId, issueId, entryId, body });
  await subscribeWithin(tx, app, { issueId, userId, reason: 'comment' });
  await app.events.record(tx, { kind: 'issue.commented', ...doneBy(actor), repositoryId, issueId, entryId });
  return requireComment(change, entryId);
}

/** Deletes a comment; the timeline keeps that there was one. */
export async function deleteComment(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  entry: EntryRow,
): Promise<void> {
  const isOwn = entry.actorId === requirePerson(actor);
  const ability = abilityOn(issue, isOwn ? 'comment' : 'manage');
  await changeIssue(app, actor, open, issue.id, ability, async (change) => {
    const { tx } = change;
    const comment = await requireComment(change, entry.id);
    if (isOwn) await requireTalking(app, tx, open, change.issue, requirePerson(actor));
    await removeAttachmentsOf(app, tx, { issueId: issue.id, entryId: comment.id });
    await removeText(change, comment);
    await removeReactions(tx, issue.id, comment.id);
    if (comment.actorId !== null) await removeCommenter(tx, issue.id, comment.actorId);
    change.set({ commentCount: Math.max(0, change.issue.commentCount - 1) });
    const by = comment.actorId === null ? {} : { authorId: comment.actorId };
    if (comment.kind === 'comment') await change.addEntry('comment_deleted', by);
    await app.events.record(tx, {
      kind: 'issue.comment_deleted',
      ...doneBy(actor),
      repositoryId: open.repository.id,
      issueId: issue.id,
      entryId: comment.id,
      ...by,
    });
  });
}

/** What a review said stays said, but for its text. */
async function removeText({ tx }: IssueChange, { id, kind, bodyVersion }: EntryRow): Promise<void> {
  if (kind !== 'review') return removeEntry(tx, id);
  await updateEntry(tx, id, {
    body: '',
    bodyVersion: bodyVersion + 1,
    bodyRendered: null,
    hiddenReason: null,
  });
}

/** Throws AppError where the actor may not delete a comment, so that no form is shown in vain. */
export async function requireDeletable(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  entry: EntryRow,
): Promise<void> {
  const isOwn = entry.actorId === requirePerson(actor);
  await requireAbility(app.db.read, actor, open, abilityOn(issue, isOwn ? 'comment' : 'manage'));
}

/** Folds a comment away for a reason. */
export async function hideComment(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  entry: EntryRow,
  reason: HideReason,
): Promise<void> {
  await setHidden(app, actor, open, issue, entry, reason);
}

/** Shows a hidden comment again. */
export async function showComment(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  entry: EntryRow,
): Promise<void> {
  await setHidden(app, actor, open, issue, entry, null);
}

async function setHidden(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  entry: EntryRow,
  reason: HideReason | null,
): Promise<void> {
  const userId = requirePerson(actor);
  await changeIssue(app, actor, open, issue.id, abilityOn(issue, 'manage'), async (change) => {
    const comment = await requireComment(change, entry.id);
    if (comment.hiddenReason === reason) return;
    await updateEntry(change.tx, comment.id, {
      hiddenReason: reason,
      hiddenById: reason === null ? null : userId,
    });
    await app.events.record(change.tx, {
      kind: reason === null ? 'issue.comment_shown' : 'issue.comment_hidden',
      ...doneBy(actor),
      repositoryId: open.repository.id,
      issueId: issue.id,
      entryId: comment.id,
      ...(reason === null ? {} : { reason }),
    });
  });
}

/** The Markdown of some entries, by their ids; judges nothing. */
export async function entryTexts(app: App, entryIds: readonly number[]): Promise<Map<number, string>> {
  const rows = await listEntryTexts(app.db.read, entryIds);
  return new Map(rows.map(({ id, body }) => [id, body ?? '']));
}

/** The comment of an issue, or the review or comment on code of a pull request; throws AppError not_found for what is none. */
export async function findComment(app: App, issue: IssueRow, entryId: number): Promise<EntryRow> {
  const entry = await findEntry(app.db.read, issue.id, entryId);
  if (!entry || !isText(entry)) throw notFound('comment');
  return entry;
}

async function requireComment({ tx, issue }: IssueChange, entryId: number): Promise<EntryRow> {
  const entry = await findEntry(tx, issue.id, entryId);
  if (!entry || !isText(entry)) throw notFound('comment');
  return entry;
}

/** The newest comment of each of some issues that has any, by the issue's id. */
export async function newestComments(app: App, issueIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await listNewestComments(app.db.read, issueIds);
  return new Map(rows.map(({ issueId, entryId }) => [issueId, entryId]));
}
