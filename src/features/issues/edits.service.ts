// Edits of titles and texts. Who saves a text must have read its last version, so that two people never undo each other.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { claimAttachments } from './attachments.service.ts';
import { changeIssue, countPost, requirePerson, requireTalking } from './changing.service.ts';
import { findEntry, updateEntry } from './entries.store.ts';
import { parseBody, parseComment, parseTitle } from './issues.input.ts';
import { abilityOn } from './issues.policy.ts';
import type { EntryRow, IssueChange, IssueRow } from './issues.types.ts';
import { isText } from './text-entries.service.ts';
import { insertEdit, listEdits } from './texts.store.ts';

/** A text as somebody wants it, made from the version they read. */
export interface TextEdit {
  body: string;
  version: number;
}

/**
 * Saves the issue's own text, or a comment's. Throws AppError conflict when the text has another version by now: the
 * caller shows both and loses neither.
 */
export async function editText(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  entryId: number | undefined,
  edit: TextEdit,
): Promise<void> {
  const userId = requirePerson(actor);
  const authorId = await authorOf(app, issue, entryId);
  const ability = abilityOn(issue, authorId === userId ? 'comment' : 'manage');
  await requireAbility(app.db.read, actor, open, ability);
  const body = entryId === undefined ? parseBody(edit.body) : parseComment(edit.body);
  countPost(app, userId);
  await changeIssue(app, actor, open, issue.id, ability, async (change) => {
    await requireTalking(app, change.tx, open, change.issue, userId);
    const text = await textOf(change, entryId);
    if (text.body === body) return;
    if (text.bodyVersion !== edit.version)
      throw new AppError('conflict', 'Somebody else has saved this text since you opened it.');
    await keepText(change, entryId, text, body);
    await claimAttachments(app, change.tx, {
      repositoryId: change.issue.repositoryId,
      uploaderId: userId,
      issueId: issue.id,
      entryId,
      body,
    });
    await app.events.record(change.tx, {
      kind: 'issue.text_edited',
      ...doneBy(actor),
      repositoryId: change.issue.repositoryId,
      issueId: issue.id,
      ...(entryId === undefined ? {} : { entryId }),
      before: text.body ?? '',
    });
  });
}

/** Throws AppError where the actor may not edit a text, so that no form is shown in vain. */
export async function requireEditable(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  entryId: number | undefined,
): Promise<void> {
  const isOwn = (await authorOf(app, issue, entryId)) === requirePerson(actor);
  await requireAbility(app.db.read, actor, open, abilityOn(issue, isOwn ? 'comment' : 'manage'));
}

/** One edit: the text before it and after it. */
export interface TextVersionEdit {
  id: number;
  editorId: number;
  at: number;
  previous: string;
  next: string;
}

/** Edits on one page of a history: each may be long. */
const EDITS_PER_PAGE = 20;

/** A page of the edits of a text, the newest first; on the last one the text as it was at first. */
export async function listEditsOf(
  app: App,
  issue: IssueRow,
  comment: EntryRow | undefined,
  before: number | undefined,
): Promise<{ edits: TextVersionEdit[]; older: number | undefined; original: string | undefined }> {
  // One more on each side: its text is what the next one made.
  const page = { until: before ?? Number.MAX_SAFE_INTEGER, limit: EDITS_PER_PAGE + 2 };
  const rows = await listEdits(app.db.read, issue.id, comment?.id, page);
  const isFirstPage = before === undefined;
  const wanted = (isFirstPage ? rows : rows.slice(1)).slice(0, EDITS_PER_PAGE);
  const current = (comment ?? issue).body ?? '';
  const edits = wanted.map(({ id, editorId, createdAt, previousBody }, index) => {
    const later = isFirstPage ? rows[index - 1] : rows[index];
    return { id, editorId, at: createdAt, previous: previousBody, next: later?.previousBody ?? current };
  });
  const hasMore = rows.length > wanted.length + (isFirstPage ? 0 : 1);
  const last = wanted.at(-1);
  return {
    edits,
    older: hasMore ? last?.id : undefined,
    original: hasMore ? undefined : (last?.previousBody ?? current),
  };
}

async function authorOf(app: App, issue: IssueRow, entryId: number | undefined): Promise<number | null> {
  if (entryId === undefined) return issue.authorId;
  const entry = await findEntry(app.db.read, issue.id, entryId);
  if (!entry || !isText(entry)) throw notFound('comment');
  return entry.actorId;
}

async function textOf({ tx, issue }: IssueChange, entryId: number | undefined): Promise<IssueRow | EntryRow> {
  if (entryId === undefined) return issue;
  const entry = await findEntry(tx, issue.id, entryId);
  if (!entry || !isText(entry)) throw notFound('comment');
  return entry;
}

async function keepText(
  change: IssueChange,
  entryId: number | undefined,
  text: IssueRow | EntryRow,
  body: string,
): Promise<void> {
  const { tx, issue, now, userId } = change;
  if (userId === undefined) return;
  const columns = { body, bodyVersion: text.bodyVersion + 1, bodyRendered: null, bodyEditedAt: now };
  if (entryId === undefined) change.set(columns);
  else await updateEntry(tx, entryId, columns);
  await insertEdit(tx, {
    issueId: issue.id,
    entryId: entryId ?? null,
    editorId: userId,
    previousBody: text.body ?? '',
    createdAt: now,
  });
}

/** Gives an issue another title; its author may, and whoever sorts issues. */
export async function renameIssue(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  title: string,
): Promise<void> {
  const userId = requirePerson(actor);
  const isOwn = issue.authorId === userId;
  const ability = abilityOn(issue, isOwn ? 'comment' : 'triage');
  await requireAbility(app.db.read, actor, open, ability);
  const to = parseTitle(title);
  if (isOwn) countPost(app, userId);
  await changeIssue(app, actor, open, issue.id, ability, async (change) => {
    const { title: from } = change.issue;
    if (isOwn) await requireTalking(app, change.tx, open, change.issue, userId);
    if (from === to) return;
    change.set({ title: to });
    await change.addEntry('renamed', { from, to });
    await app.events.record(change.tx, {
      kind: 'issue.renamed',
      ...doneBy(actor),
      repositoryId: change.issue.repositoryId,
      issueId: issue.id,
      from,
      to,
    });
  });
}
