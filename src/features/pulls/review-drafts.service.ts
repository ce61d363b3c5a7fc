// The pending review: comments that nobody but their writer sees until it is submitted.
import type { Actor } from '../../base/actor.ts';
import { AppError, invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { countPost, requirePerson, requireTalking } from '../issues/changing.service.ts';
import { parseComment } from '../issues/issues.input.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Pull, ReviewDraftRow } from './pulls.types.ts';
import {
  countDrafts,
  findDraft,
  insertDraft,
  listDrafts,
  removeDraft,
  removeDrafts,
  updateDraft,
} from './review-drafts.store.ts';
import { findThread } from './threads.store.ts';
import type { NewComment, ThreadPlace } from './threads.types.ts';

/** Comments of one pending review. */
const MOST_DRAFTS = 500;

/** Keeps a comment for the review that is under way. Throws AppError invalid on `body`. */
export async function addDraft(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { issue }: Pull,
  comment: NewComment,
): Promise<ReviewDraftRow> {
  await requireAbility(app.db.read, actor, open, 'pulls:comment');
  const userId = requirePerson(actor);
  const body = parseComment(comment.body);
  countPost(app, userId);
  return app.db.write(async (tx) => {
    await requireTalking(app, tx, open, issue, userId);
    const of = { issueId: issue.id, userId };
    if ((await countDrafts(tx, of)) >= MOST_DRAFTS)
      throw new AppError('too_large', `Submit your review first: it holds ${MOST_DRAFTS} comments.`);
    if ('threadId' in comment && !(await findThread(tx, issue.id, comment.threadId)))
      throw notFound('thread');
    const now = app.clock.now();
    return insertDraft(tx, { ...of, ...placeOf(comment), body, version: 1, createdAt: now, updatedAt: now });
  });
}

function placeOf(comment: NewComment): Pick<ReviewDraftRow, 'threadId' | 'place'> {
  if ('threadId' in comment) return { threadId: comment.threadId, place: null };
  return { threadId: null, place: { ...comment.place } };
}

/** Keeps the review's own text for when it is submitted; an empty one is forgotten. */
export async function keepReviewText(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { issue }: Pull,
  body: string,
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'pulls:comment');
  const of = { issueId: issue.id, userId: requirePerson(actor) };
  await app.db.write(async (tx) => {
    for (const row of (await listDrafts(tx, of)).filter(isOwnText)) await removeDraft(tx, row.id);
    const now = app.clock.now();
    const place = { threadId: null, place: null };
    if (body.trim() !== '')
      await insertDraft(tx, { ...of, ...place, body, version: 1, createdAt: now, updatedAt: now });
  });
}

/** Changes a pending comment. Throws AppError conflict when it has another version by now. */
export async function editDraft(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { issue }: Pull,
  id: number,
  edit: { body: string; version: number },
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'pulls:comment');
  const body = parseComment(edit.body);
  const of = { issueId: issue.id, userId: requirePerson(actor) };
  await app.db.write(async (tx) => {
    const draft = await findDraft(tx, of, id);
    if (!draft) throw notFound('pending comment');
    if (draft.body === body) return;
    if (draft.version !== edit.version)
      throw new AppError('conflict', 'You have saved this comment elsewhere since you opened it.');
    await updateDraft(tx, id, { body, version: draft.version + 1, updatedAt: app.clock.now() });
  });
}

/** Forgets a pending comment. */
export async function dropDraft(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { issue }: Pull,
  id: number,
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'pulls:comment');
  const of = { issueId: issue.id, userId: requirePerson(actor) };
  await app.db.write(async (tx) => {
    if (!(await findDraft(tx, of, id))) throw notFound('pending comment');
    await removeDraft(tx, id);
  });
}

/** Forgets the whole pending review. */
export async function discardReview(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { issue }: Pull,
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'pulls:comment');
  const of = { issueId: issue.id, userId: requirePerson(actor) };
  await app.db.write((tx) => removeDrafts(tx, of));
}

/** What somebody has pending, in order; nothing for who is nobody. */
export async function draftsOf(app: App, actor: Actor, { issue }: Pull): Promise<ReviewDraftRow[]> {
  if (actor.kind !== 'user') return [];
  return listDrafts(app.db.read, { issueId: issue.id, userId: actor.userId });
}

/** A pending comment of the actor's own; throws AppError not_found. */
export async function requireDraft(
  app: App,
  actor: Actor,
  { issue }: Pull,
  id: number,
): Promise<ReviewDraftRow> {
  const of = { issueId: issue.id, userId: requirePerson(actor) };
  const draft = await findDraft(app.db.read, of, id);
  if (!draft) throw notFound('pending comment');
  return draft;
}

/** Pending rows as comments; the review's own text is none. */
export function commentsOfDrafts(rows: readonly ReviewDraftRow[]): NewComment[] {
  return rows.filter((row) => !isOwnText(row)).map(commentOf);
}

/** Whether a row is the text of the review itself. */
export function isOwnText({ threadId, place }: ReviewDraftRow): boolean {
  return threadId === null && place === null;
}

function commentOf({ body, threadId, place }: ReviewDraftRow): NewComment {
  if (threadId !== null) return { body, threadId };
  if (place === null) throw invalid({ body: 'This comment has no place.' });
  return { body, place: place as unknown as ThreadPlace };
}
