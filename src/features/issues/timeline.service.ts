// Reads timelines, a part at a time, with everything that their lines name: people, and other issues and repositories as
// far as the reader may see them. The number of statements does not depend on how much there is.
import { type Actor, scopesAllow } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { codeReadableAmong, visibleAmong } from '../repos/visible.service.ts';
import { namesOf } from '../users/authorship.service.ts';
import { commentHref, issueHref } from './addresses.service.ts';
import { findEntry, listEntries, listEntriesBefore, listEntryIdsBefore } from './entries.store.ts';
import type { EntryData } from './entries.types.ts';
import { findIssueHeads, type IssueHead } from './issues.store.ts';
import type { EntryRow, IssueRow } from './issues.types.ts';
import { readablePaths } from './visible-issues.service.ts';

/** Entries on one page. */
export const TIMELINE_PAGE = 500;
/** Entries shown before the one that somebody was sent to. */
const BEFORE_SOUGHT = 50;

/** Which part of a timeline is wanted: from its beginning unless it says otherwise. */
export interface TimelinePlace {
  after?: number | undefined;
  before?: number | undefined;
  /** The part that holds this entry. */
  around?: number | undefined;
}

export interface TimelinePart {
  entries: EntryRow[];
  /** Where older entries end, and newer ones begin, if there are any. */
  olderBefore: number | undefined;
  newerAfter: number | undefined;
}

/** A part of an issue's timeline, in order. */
export async function readTimeline(
  app: App,
  issueId: number,
  place: TimelinePlace,
  size = TIMELINE_PAGE,
): Promise<TimelinePart> {
  if (place.before !== undefined) return readBackwards(app, issueId, place.before, size);
  const after = place.around === undefined ? (place.after ?? 0) : await startFor(app, issueId, place.around);
  const found = await listEntries(app.db.read, issueId, { after, limit: size + 1 });
  const entries = found.slice(0, size);
  return {
    entries,
    olderBefore: after > 0 ? (entries[0]?.id ?? after + 1) : undefined,
    newerAfter: found.length > size ? entries.at(-1)?.id : undefined,
  };
}

async function readBackwards(app: App, issueId: number, before: number, size: number): Promise<TimelinePart> {
  const found = await listEntriesBefore(app.db.read, issueId, { before, limit: size + 1 });
  const entries = found.slice(0, size).reverse();
  const last = entries.at(-1)?.id ?? 0;
  const newer = await listEntries(app.db.read, issueId, { after: last, limit: 1 });
  return {
    entries,
    olderBefore: found.length > size ? entries[0]?.id : undefined,
    newerAfter: newer.length > 0 ? last : undefined,
  };
}

/** Behind which entry a part begins that holds the one that is sought; what is no longer there is sought nowhere. */
async function startFor(app: App, issueId: number, sought: number): Promise<number> {
  if (!(await findEntry(app.db.read, issueId, sought))) return 0;
  const older = await listEntryIdsBefore(app.db.read, issueId, { before: sought, limit: TIMELINE_PAGE });
  // Short timelines are shown from their beginning, whichever comment somebody comes for.
  if (older.length < TIMELINE_PAGE) return 0;
  return older[BEFORE_SOUGHT] ?? 0;
}

/** Where an entry is found: on the page without more, or on the part that holds it. */
export async function entryAddress(
  app: App,
  path: string,
  issue: Pick<IssueRow, 'id' | 'number' | 'isPull'>,
  entryId: number,
): Promise<string> {
  const isFar = (await startFor(app, issue.id, entryId)) > 0;
  return isFar ? commentHref(path, issue, entryId) : `${issueHref(path, issue)}#issuecomment-${entryId}`;
}

/** What the lines of a timeline name, as far as the reader may see it. */
export interface TimelineNames {
  people: Awaited<ReturnType<typeof namesOf>>;
  issues: Map<number, IssueHead & { path: string }>;
  /** Of the repositories that it was transferred from those whose issues the reader may see. */
  repositories: Map<number, string>;
  /** Repositories whose code the reader may see. */
  code: Map<number, string>;
  /** The path of this one. */
  here: string;
}

/** Looks up what entries name; what the reader may not see is left out, and nothing of it is told. */
export async function namesInTimeline(
  app: App,
  actor: Actor,
  open: OpenRepository,
  entries: readonly EntryRow[],
  more: { people?: Iterable<number>; issues?: Iterable<number> } = {},
): Promise<TimelineNames> {
  const heads = await findIssueHeads(app.db.read, [...issueIdsIn(entries), ...(more.issues ?? [])]);
  const former = [...transferredFrom(entries)].map((repositoryId) => ({ repositoryId, isPull: false }));
  const [pathOf, code] = await Promise.all([
    readablePaths(app, actor, [...heads, ...former], open),
    codePaths(app, actor, codeIdsIn(entries)),
  ]);
  const shown = heads.flatMap((head) => {
    const path = pathOf(head);
    return path === undefined ? [] : [[head.id, { ...head, path }] as const];
  });
  const people = await namesOf(app, [...peopleIn(entries), ...(more.people ?? [])]);
  const repositories = new Map(former.map((one) => [one.repositoryId, pathOf(one) ?? '']));
  for (const [id, path] of repositories) if (path === '') repositories.delete(id);
  return { people, issues: new Map(shown), repositories, code, here: open.path };
}

/** Paths of repositories whose code the actor may read; none for tokens that read no code. */
async function codePaths(app: App, actor: Actor, ids: Iterable<number>): Promise<Map<number, string>> {
  const wanted = [...ids];
  const paths = new Map<number, string>();
  if (wanted.length === 0 || !readsAnyCode(actor)) return paths;
  const seen = await visibleAmong(app, actor, wanted);
  for (const id of await codeReadableAmong(app, actor, seen.values())) {
    const found = seen.get(id);
    if (found) paths.set(id, `/${found.ownerName}/${found.repository.name}`);
  }
  return paths;
}

function readsAnyCode(actor: Actor): boolean {
  const scopes = actor.kind === 'user' ? actor.scopes : undefined;
  return scopes === undefined || scopesAllow(scopes, 'read', 'repository');
}

function* transferredFrom(entries: readonly EntryRow[]): Generator<number> {
  for (const { kind, sourceRepositoryId } of entries)
    if (kind === 'transferred' && sourceRepositoryId !== null) yield sourceRepositoryId;
}

function* issueIdsIn(entries: readonly EntryRow[]): Generator<number> {
  for (const entry of entries) {
    if (entry.sourceIssueId !== null) yield entry.sourceIssueId;
    if (entry.kind !== 'closed') continue;
    const { duplicateOfId } = entry.data as EntryData['closed'];
    if (duplicateOfId !== undefined) yield duplicateOfId;
  }
}

function* codeIdsIn(entries: readonly EntryRow[]): Generator<number> {
  for (const entry of entries) {
    if (entry.kind === 'commit' && entry.sourceRepositoryId !== null) yield entry.sourceRepositoryId;
    if (entry.kind !== 'closed') continue;
    const { commitRepositoryId } = entry.data as EntryData['closed'];
    if (commitRepositoryId !== undefined) yield commitRepositoryId;
  }
}

function* peopleIn(entries: readonly EntryRow[]): Generator<number> {
  for (const { actorId, kind, data } of entries) {
    if (actorId !== null) yield actorId;
    if (kind === 'assignees') {
      const { added, removed } = data as EntryData['assignees'];
      yield* added;
      yield* removed;
    }
    if (kind === 'review_requested' || kind === 'review_request_removed')
      yield* (data as EntryData['review_requested']).userIds;
    if (kind === 'review_dismissed') yield (data as EntryData['review_dismissed']).reviewerId;
    const { authorId } = data as EntryData['comment_deleted'];
    if (kind === 'comment_deleted' && authorId !== undefined) yield authorId;
  }
}

/** Whether an entry may be shown at all: what refers to an issue only where that can be seen. */
export function isShown(entry: EntryRow, names: TimelineNames): boolean {
  if (entry.sourceIssueId !== null) return names.issues.has(entry.sourceIssueId);
  if (entry.kind === 'commit') return names.code.has(entry.sourceRepositoryId ?? 0);
  return true;
}
