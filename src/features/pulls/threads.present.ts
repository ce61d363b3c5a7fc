// Threads on code as pages show them: in their review, and beside the lines they are about.
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import { decodePath, displayPath } from '../code/paths.service.ts';
import { issueHref } from '../issues/addresses.service.ts';
import { type Association, associationsOf } from '../issues/associations.service.ts';
import type { EntryRow } from '../issues/issues.types.ts';
import { reactionsOf } from '../issues/reactions.service.ts';
import type { ReactionGroup } from '../issues/reactions.types.ts';
import { previewText, renderTexts } from '../issues/texts.service.ts';
import { GHOST, HIDE_WORDS, type Person } from '../issues/timeline.present.ts';
import { isArchived } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { namesOf } from '../users/authorship.service.ts';
import { headOf } from './heads.service.ts';
import { type HunkRow, hunkRows } from './hunks.present.ts';
import type { Pull, ReviewDraftRow, ThreadRow } from './pulls.types.ts';
import { draftsOf } from './review-drafts.service.ts';
import { type SuggestionModel, withSuggestions } from './suggestions.present.ts';
import { mayResolve, threadsOfReviews, withComments } from './threads.service.ts';
import type { Thread, ThreadComment, ThreadPlace } from './threads.types.ts';

/** Pending comments of one page whose Markdown is rendered; others stand there as typed. */
const MOST_PREVIEWS = 60;
const EXCERPT = 120;

/** A comment in a thread. */
export interface CommentModel {
  id: number;
  reviewId: number;
  author: Person;
  at: number;
  bodyHtml: SafeHtml;
  /** Markdown, for what is made of it: suggestions. */
  body: string;
  version: number;
  isEdited: boolean;
  hidden: string | undefined;
  badges: string[];
  isOwn: boolean;
  reactions: readonly ReactionGroup[];
  /** Those that can be applied, by whoever may push to the head. */
  suggestions: SuggestionModel[];
}

/** A comment of the reader's own that is not submitted. */
export interface DraftModel {
  id: number;
  bodyHtml: SafeHtml;
  body: string;
  version: number;
  at: number;
}

export interface ThreadModel {
  id: number;
  path: string;
  /** `line 7`, `lines 3 to 7`, `file`. */
  place: string;
  side: 'base' | 'head';
  isOutdated: boolean;
  isResolved: boolean;
  resolvedBy: Person | undefined;
  /** The thread on the page of changes. */
  filesHref: string;
  /** The rows it was written about. */
  hunk: HunkRow[];
  comments: CommentModel[];
  /** The reader's pending answers. */
  drafts: DraftModel[];
  mayResolve: boolean;
  /** Whether the reader may apply suggestions. */
  mayApply: boolean;
}

/** A review's comments on code. */
export interface ReviewThreads {
  /** Threads that it began, whole. */
  threads: ThreadModel[];
  /** Its answers in threads of earlier reviews. */
  replies: { id: number; threadId: number; path: string; excerpt: string; filesHref: string }[];
}

/** What some reviews say of code, by review, in a constant number of statements. */
export async function threadModels(
  app: App,
  open: OpenRepository,
  pull: Pull,
  reviewIds: readonly number[],
): Promise<Map<number, ReviewThreads>> {
  const { threads, comments } = await threadsOfReviews(app, pull, reviewIds);
  const whole = await withComments(app, [...threads.values()]);
  const begun = whole.filter(({ comments: [first] }) => first && reviewIds.includes(first.reviewId));
  const models = new Map((await modelsOf(app, open, pull, begun)).map((model) => [model.id, model]));
  const firsts = new Map(whole.map(({ thread, comments: [first] }) => [thread.id, first]));
  const found = new Map<number, ReviewThreads>();
  for (const comment of comments) {
    const review = found.get(comment.reviewId) ?? { threads: [], replies: [] };
    found.set(comment.reviewId, review);
    const model = models.get(comment.threadId);
    const thread = threads.get(comment.threadId);
    if (firsts.get(comment.threadId)?.entry.id === comment.entry.id)
      review.threads.push(...(model ? [model] : []));
    else if (thread && firsts.get(thread.id)?.reviewId !== comment.reviewId)
      review.replies.push(replyOf(open, pull, thread, comment));
  }
  return found;
}

function replyOf(
  open: OpenRepository,
  pull: Pull,
  thread: ThreadRow,
  { entry }: ThreadComment,
): ReviewThreads['replies'][number] {
  const text = (entry.body ?? '').trim().split('\n', 1)[0] ?? '';
  return {
    id: entry.id,
    threadId: thread.id,
    path: displayPath(decodePath(thread.path)),
    excerpt: entry.hiddenReason === null ? text.slice(0, EXCERPT).toWellFormed() : '',
    filesHref: threadHref(open, pull, thread),
  };
}

/** A thread's place on the page of changes, whatever the size of that. */
export function threadHref(
  open: OpenRepository,
  { issue }: Pick<Pull, 'issue'>,
  thread: Pick<ThreadRow, 'id' | 'currentPath'>,
): string {
  return `${issueHref(open.path, issue)}/files?path=${thread.currentPath}#thread-${thread.id}`;
}

/** Threads with everything their page shows. */
export async function modelsOf(
  app: App,
  open: OpenRepository,
  pull: Pull,
  threads: readonly Thread[],
): Promise<ThreadModel[]> {
  if (threads.length === 0) return [];
  const entries = threads.flatMap(({ comments }) => comments.map(({ entry }) => entry));
  const parts = await partsOf(app, open, pull, entries, threads);
  const drafts = await draftModels(app, open, await draftsOf(app, open.actor, pull), threads);
  const resolves = mayResolve(open, pull) && !isArchived(open.repository);
  const applies = await mayApply(app, open, pull, entries);
  return threads.map(({ thread, comments }) => ({
    ...placeModel(open, pull, thread),
    isResolved: thread.resolvedAt !== null,
    resolvedBy: thread.resolvedById === null ? undefined : (parts.people.get(thread.resolvedById) ?? GHOST),
    comments: comments.map((comment) => commentModel(pull, thread, comment, parts)),
    drafts: drafts.get(thread.id) ?? [],
    mayResolve: resolves,
    mayApply: applies,
  }));
}

/** Asked only where something is suggested. */
async function mayApply(
  app: App,
  open: OpenRepository,
  pull: Pull,
  entries: readonly EntryRow[],
): Promise<boolean> {
  const isOpen = pull.issue.state === 'open' && open.actor.kind === 'user';
  if (!isOpen || !entries.some(({ body }) => body?.includes('suggestion'))) return false;
  return (await headOf(app, open.actor, pull))?.mayPush === true;
}

function placeModel(open: OpenRepository, pull: Pull, thread: ThreadRow) {
  return {
    id: thread.id,
    path: displayPath(decodePath(thread.isOutdated ? thread.path : thread.currentPath)),
    place: placeWords(thread),
    side: thread.side,
    isOutdated: thread.isOutdated,
    filesHref: threadHref(open, pull, thread),
    hunk: hunkRows(thread.hunk),
  };
}

/** Where a thread stands: by its lines of today, or those it was written about. */
export function placeWords(
  place: Pick<ThreadPlace, 'subject' | 'side' | 'startLine' | 'line' | 'currentStartLine' | 'currentLine'>,
): string {
  if (place.subject === 'file') return 'file';
  const to = place.currentLine ?? place.line;
  const from = place.currentStartLine ?? place.startLine;
  const before = place.side === 'base' ? ' before' : '';
  return from === to ? `line ${to}${before}` : `lines ${from} to ${to}${before}`;
}

interface Parts {
  people: Map<number, Person>;
  associations: Map<number, Association>;
  html: Map<string, SafeHtml>;
  reactions: Map<number, readonly ReactionGroup[]>;
  userId: number | undefined;
}

async function partsOf(
  app: App,
  open: OpenRepository,
  { issue }: Pull,
  entries: readonly EntryRow[],
  threads: readonly Thread[],
): Promise<Parts> {
  const { actor } = open;
  const writers = entries.flatMap(({ actorId }) => actorId ?? []);
  const resolvers = threads.flatMap(({ thread }) => thread.resolvedById ?? []);
  const texts = entries.map(({ id, body, bodyRendered }) => ({
    key: String(id),
    body: body ?? '',
    rendered: bodyRendered,
    of: { entryId: id },
  }));
  return {
    people: await namesOf(app, [...writers, ...resolvers]),
    associations: await associationsOf(app, actor, open, writers),
    html: await renderTexts(app, open, texts),
    reactions: await reactionsOf(
      app,
      actor,
      issue.id,
      entries.map(({ id }) => id),
    ),
    userId: actor.kind === 'user' ? actor.userId : undefined,
  };
}

function commentModel(
  { issue }: Pull,
  thread: ThreadRow,
  { reviewId, entry }: ThreadComment,
  parts: Parts,
): CommentModel {
  const { id, actorId } = entry;
  const html = parts.html.get(String(id)) ?? ('' as SafeHtml);
  const shown = withSuggestions(thread, entry.body ?? '', html);
  const association = actorId === null ? undefined : parts.associations.get(actorId);
  const isAuthor = actorId !== null && actorId === issue.authorId;
  return {
    id,
    reviewId,
    author: parts.people.get(actorId ?? 0) ?? GHOST,
    at: entry.createdAt,
    bodyHtml: shown.html,
    suggestions: shown.suggestions,
    body: entry.body ?? '',
    version: entry.bodyVersion,
    isEdited: entry.bodyEditedAt !== null,
    hidden: entry.hiddenReason === null ? undefined : (HIDE_WORDS[entry.hiddenReason] ?? entry.hiddenReason),
    badges: [...(association ? [association] : []), ...(isAuthor ? ['Author'] : [])],
    isOwn: actorId !== null && actorId === parts.userId,
    reactions: parts.reactions.get(id) ?? [],
  };
}

/** Pending answers by their thread. */
async function draftModels(
  app: App,
  open: OpenRepository,
  drafts: readonly ReviewDraftRow[],
  threads: readonly Thread[],
): Promise<Map<number, DraftModel[]>> {
  const shown = new Set(threads.map(({ thread }) => thread.id));
  const rows = drafts.filter(({ threadId }) => threadId !== null && shown.has(threadId));
  const models = await draftTexts(app, open, rows);
  const found = new Map<number, DraftModel[]>();
  for (const [index, { threadId }] of rows.entries()) {
    const model = models[index];
    if (model && threadId !== null) found.set(threadId, [...(found.get(threadId) ?? []), model]);
  }
  return found;
}

/** Pending comments as they will look, in their order. */
export async function draftTexts(
  app: App,
  open: OpenRepository,
  drafts: readonly ReviewDraftRow[],
): Promise<DraftModel[]> {
  return Promise.all(
    drafts.map(async ({ id, body, version, createdAt: at }, index) => ({
      id,
      bodyHtml: index < MOST_PREVIEWS ? await previewText(app, open, body) : ('' as SafeHtml),
      body,
      version,
      at,
    })),
  );
}
