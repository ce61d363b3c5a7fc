// Queries on the files that were put into texts.
import { and, asc, eq, inArray, isNull, like, lt, ne, type SQL } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { attachments, issueEntries, issues } from '../../platform/db/tables/issues.ts';
import { reviewDrafts } from '../../platform/db/tables/pulls.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import { TEXT_KINDS } from './entries.types.ts';
import type { AttachmentRow } from './issues.types.ts';

type Db = Reader | Tx;

/** A text: a comment, or without one the issue's own. */
export interface TextPlace {
  issueId: number;
  entryId: number | null;
}

export async function insertAttachment(tx: Tx, row: typeof attachments.$inferInsert): Promise<AttachmentRow> {
  return insertReturning(tx, attachments, row);
}

export async function findAttachment(db: Db, token: string): Promise<AttachmentRow | undefined> {
  const [row] = await db.select().from(attachments).where(eq(attachments.token, token));
  return row;
}

export async function findAttachmentById(db: Db, id: number): Promise<AttachmentRow | undefined> {
  const [row] = await db.select().from(attachments).where(eq(attachments.id, id));
  return row;
}

export async function renameAttachment(tx: Tx, id: number, name: string): Promise<void> {
  await tx.update(attachments).set({ name }).where(eq(attachments.id, id));
}

/** Of these files, those that somebody uploaded to a repository and that belong to no text yet, with `place` as theirs. */
export async function claimRows(
  tx: Tx,
  {
    repositoryId,
    uploaderId,
    tokens,
  }: { repositoryId: number; uploaderId: number; tokens: readonly string[] },
  place: TextPlace,
): Promise<number> {
  if (tokens.length === 0) return 0;
  const changed = await tx
    .update(attachments)
    .set(place)
    .where(
      and(
        inArray(attachments.token, [...tokens]),
        eq(attachments.repositoryId, repositoryId),
        eq(attachments.uploaderId, uploaderId),
        isNull(attachments.issueId),
      ),
    );
  return changedRows(changed);
}

/** The files of one text. */
export async function listOfText(db: Db, place: TextPlace): Promise<AttachmentRow[]> {
  return db.select().from(attachments).where(ofText(place));
}

function ofText({ issueId, entryId }: TextPlace): SQL | undefined {
  const entry = entryId === null ? isNull(attachments.entryId) : eq(attachments.entryId, entryId);
  return and(eq(attachments.issueId, issueId), entry);
}

/** The files of an issue's text and of all its comments. */
export async function listOfIssue(db: Db, issueId: number): Promise<AttachmentRow[]> {
  return db.select().from(attachments).where(eq(attachments.issueId, issueId));
}

/** The files of several issues' own texts, or of some of their comments, in the order in which they came. */
export async function listAttachmentsAmong(
  db: Db,
  issueIds: readonly number[],
  entryIds?: readonly number[],
): Promise<AttachmentRow[]> {
  if (issueIds.length === 0 || entryIds?.length === 0) return [];
  const { entryId, issueId } = attachments;
  return db
    .select()
    .from(attachments)
    .where(and(inArray(issueId, [...issueIds]), entryIds ? inArray(entryId, [...entryIds]) : isNull(entryId)))
    .orderBy(asc(attachments.id));
}

/** Another text of the same issue in which a token stands. */
export async function findTextWith(
  db: Db,
  { issueId, entryId }: TextPlace,
  token: string,
): Promise<TextPlace | undefined> {
  const holds = (column: typeof issues.body | typeof issueEntries.body) => like(column, `%${token}%`);
  const others = entryId === null ? undefined : ne(issueEntries.id, entryId);
  const [entry] = await db
    .select({ id: issueEntries.id })
    .from(issueEntries)
    .where(
      and(
        eq(issueEntries.issueId, issueId),
        inArray(issueEntries.kind, [...TEXT_KINDS]),
        others,
        holds(issueEntries.body),
      ),
    )
    .limit(1);
  if (entry) return { issueId, entryId: entry.id };
  if (entryId === null) return undefined;
  const [own] = await db
    .select({ id: issues.id })
    .from(issues)
    .where(and(eq(issues.id, issueId), holds(issues.body)));
  return own && { issueId, entryId: null };
}

export async function giveRow(tx: Tx, id: number, place: TextPlace): Promise<void> {
  await tx.update(attachments).set(place).where(eq(attachments.id, id));
}

/** Makes the files of an issue another repository's. */
export async function moveRows(tx: Tx, issueId: number, repositoryId: number): Promise<void> {
  await tx.update(attachments).set({ repositoryId }).where(eq(attachments.issueId, issueId));
}

export async function removeRows(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await tx.delete(attachments).where(inArray(attachments.id, [...ids]));
}

/** Files of nobody's text that were uploaded before an instant, the oldest first. */
export async function listUnclaimedBefore(db: Db, before: number, limit: number): Promise<AttachmentRow[]> {
  return db
    .select()
    .from(attachments)
    .where(and(isNull(attachments.issueId), lt(attachments.createdAt, before)))
    .orderBy(asc(attachments.createdAt))
    .limit(limit);
}

/** Whether a file is named in a pending comment of its uploader. */
export async function standsInDraft(db: Db, uploaderId: number | null, token: string): Promise<boolean> {
  if (uploaderId === null) return false;
  const [row] = await db
    .select({ id: reviewDrafts.id })
    .from(reviewDrafts)
    .where(and(eq(reviewDrafts.userId, uploaderId), like(reviewDrafts.body, `%${token}%`)))
    .limit(1);
  return row !== undefined;
}

/** Removes a row if it still belongs to no text; says whether it did. */
export async function removeUnclaimed(tx: Tx, id: number): Promise<boolean> {
  const removed = await tx
    .delete(attachments)
    .where(and(eq(attachments.id, id), isNull(attachments.issueId)));
  return changedRows(removed) > 0;
}

/** Of these storage keys, those that rows point at. */
export async function attachmentKeysAmong(db: Db, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const rows = await db
    .select({ key: attachments.storageKey })
    .from(attachments)
    .where(inArray(attachments.storageKey, [...keys]));
  return rows.map(({ key }) => key);
}
