// Keeps the full-text search right: texts are put in after they were written, and what was missed is found at night.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { RecordedEvent } from '../../platform/events/events.types.ts';
import { findIssuesByIds } from './issues.store.ts';
import type { IssueRow } from './issues.types.ts';
import {
  commentsBehind,
  entryIdsOf,
  issueIdsBehind,
  type SearchedComment,
  searchedComments,
} from './search-texts.store.ts';
import { searchableText } from './search-words.service.ts';
import { putText, removeText, type TextKind, textsAmong, textsBehind } from './text-search.store.ts';

/** Texts written in one transaction at most. */
const AT_ONCE = 50;
/** Ids looked through at once. */
const LOOKED_THROUGH = 500;

/** What has to be searched differently after an event; the same event twice changes nothing more. */
export async function searchAfter(app: App, event: RecordedEvent): Promise<void> {
  switch (event.kind) {
    case 'issue.opened':
    case 'issue.renamed':
      return putIssues(app, [event.issueId]);
    case 'issue.text_edited':
      return event.entryId === undefined
        ? putIssues(app, [event.issueId])
        : putComments(app, [event.entryId]);
    case 'issue.commented':
    case 'issue.comment_deleted':
    case 'issue.comment_hidden':
    case 'issue.comment_shown':
      return putComments(app, [event.entryId]);
    case 'pull.review_submitted':
      return putComments(app, [event.entryId, ...event.commentIds]);
    case 'issue.transferred':
      await putIssues(app, [event.issueId]);
      return putAllComments(app, event.issueId);
    case 'issue.deleted':
      return putIssues(app, [event.issueId]);
    default:
  }
}

/** The events that `searchAfter` acts on. */
export const SEARCH_EVENTS = [
  'issue.opened',
  'issue.renamed',
  'issue.text_edited',
  'issue.commented',
  'issue.comment_deleted',
  'issue.comment_hidden',
  'issue.comment_shown',
  'pull.review_submitted',
  'issue.transferred',
  'issue.deleted',
] as const;

/** Takes an issue with its comments out of the search, in the transaction that deletes it and before it does. */
export async function removeFromSearch(app: App, tx: Tx, issueId: number): Promise<void> {
  // Elsewhere references take care of it.
  if (app.db.dialect !== 'sqlite') return;
  await removeText(tx, 'title', issueId);
  await removeText(tx, 'text', issueId);
  for (const id of await entryIdsOf(tx, issueId)) await removeText(tx, 'comment', id);
}

/** Puts in what is missing, and takes out what belongs to nothing any more. */
export async function mendSearch(app: App, signal: AbortSignal): Promise<void> {
  for (let after = 0; !signal.aborted; ) {
    const ids = await issueIdsBehind(app.db.read, after, LOOKED_THROUGH);
    if (ids.length === 0) break;
    const there = await textsAmong(app.db.read, 'text', ids);
    await putIssues(
      app,
      ids.filter((id) => !there.has(id)),
    );
    after = ids.at(-1) ?? after;
    // Reading keeps the thread on SQLite, and there may be millions.
    await nextTurn();
  }
  for (let after = 0; !signal.aborted; ) {
    const ids = await commentsBehind(app.db.read, after, LOOKED_THROUGH);
    if (ids.length === 0) break;
    const there = await textsAmong(app.db.read, 'comment', ids);
    await putComments(
      app,
      ids.filter((id) => !there.has(id)),
    );
    after = ids.at(-1) ?? after;
    await nextTurn();
  }
  if (app.db.dialect === 'sqlite') await removeOrphans(app, signal);
}

async function removeOrphans(app: App, signal: AbortSignal): Promise<void> {
  for (const kind of ['title', 'text', 'comment'] as const)
    for (let behind: number | undefined; !signal.aborted; ) {
      const ids = await textsBehind(app.db.read, kind, behind, LOOKED_THROUGH);
      if (ids.length === 0) break;
      await removeThose(app, kind, await withoutRows(app, kind, ids));
      behind = ids.at(-1);
      await nextTurn();
    }
}

async function withoutRows(app: App, kind: TextKind, ids: number[]): Promise<number[]> {
  const rows =
    kind === 'comment' ? await searchedComments(app.db.read, ids) : await findIssuesByIds(app.db.read, ids);
  const living = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !living.has(id));
}

async function removeThose(app: App, kind: TextKind, ids: readonly number[]): Promise<void> {
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const part = ids.slice(from, from + AT_ONCE);
    await app.db.write(async (tx) => {
      for (const id of part) await removeText(tx, kind, id);
    });
    await nextTurn();
  }
}

/** Puts in the titles and texts of issues; those that are gone are taken out. */
export async function putIssues(app: App, ids: readonly number[]): Promise<void> {
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const part = ids.slice(from, from + AT_ONCE);
    await app.db.write(async (tx) => {
      const rows = new Map((await findIssuesByIds(tx, part)).map((row) => [row.id, row]));
      for (const id of part) {
        const row = rows.get(id);
        if (row) await putIssue(tx, row);
        else for (const kind of ['title', 'text'] as const) await removeText(tx, kind, id);
      }
    });
    await nextTurn();
  }
}

async function putIssue(tx: Tx, { id, repositoryId, title, body }: IssueRow): Promise<void> {
  const of = { id, issueId: id, repositoryId, title: searchableText(title) };
  await putText(tx, { ...of, kind: 'title', body: '' });
  await putText(tx, { ...of, kind: 'text', body: searchableText(body) });
}

async function putAllComments(app: App, issueId: number): Promise<void> {
  await putComments(app, await entryIdsOf(app.db.read, issueId));
}

/** Puts in comments; those that are gone or hidden are taken out. */
export async function putComments(app: App, ids: readonly number[]): Promise<void> {
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const part = ids.slice(from, from + AT_ONCE);
    await app.db.write(async (tx) => {
      const rows = new Map((await searchedComments(tx, part)).map((row) => [row.id, row]));
      for (const id of part) {
        const row = rows.get(id);
        if (row) await putComment(tx, row);
        else await removeText(tx, 'comment', id);
      }
    });
    await nextTurn();
  }
}

async function putComment(tx: Tx, { id, issueId, repositoryId, body }: SearchedComment): Promise<void> {
  await putText(tx, { kind: 'comment', id, issueId, repositoryId, title: '', body: searchableText(body) });
}
