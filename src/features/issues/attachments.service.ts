// Files put into texts: whose they are, and when they go. A file belongs to the text its address stood in when that was
// saved; before that only its uploader sees it.
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import {
  claimRows,
  findAttachmentById,
  findTextWith,
  giveRow,
  listOfIssue,
  listOfText,
  moveRows,
  removeRows,
  type TextPlace,
} from './attachments.store.ts';
import { findEntry, updateEntry } from './entries.store.ts';
import type { AttachmentRow, IssueChange } from './issues.types.ts';

/** Addresses of files that one text may hold. */
const MOST_PER_TEXT = 500;

/** The text that is saved. */
export interface SavedText {
  repositoryId: number;
  /** Who saves it: only their own files become the text's. */
  uploaderId: number;
  issueId: number;
  /** Of a comment; undefined for the issue's own text. */
  entryId?: number | null | undefined;
  body: string;
}

/**
 * Makes the files whose addresses stand in a text that is saved the text's, and removes those that stand in it no more. In
 * the transaction that saves the text; bytes go when it is durable.
 */
export async function claimAttachments(app: App, tx: Tx, text: SavedText): Promise<void> {
  const { repositoryId, uploaderId, issueId, entryId = null, body } = text;
  const tokens = tokensIn(body);
  const place = { issueId, entryId };
  const known = await listOfText(tx, place);
  await letGo(
    app,
    tx,
    place,
    known.filter(({ token }) => !tokens.has(token)),
  );
  await claimRows(tx, { repositoryId, uploaderId, tokens: [...tokens] }, place);
}

/** Files edited out of a text go, but for those that stand in another text of the issue by now: that one has them then. */
async function letGo(app: App, tx: Tx, place: TextPlace, rows: readonly AttachmentRow[]): Promise<void> {
  const gone: AttachmentRow[] = [];
  for (const row of rows) {
    const heir = await findTextWith(tx, place, row.token);
    if (heir) await giveRow(tx, row.id, heir);
    else gone.push(row);
  }
  await removeAll(app, tx, gone);
}

/** The tokens of all files whose addresses stand in a text. */
function tokensIn(body: string): Set<string> {
  const tokens = new Set<string>();
  for (const [, token] of body.matchAll(/\/attachments\/([0-9a-f]{40})(?![0-9a-zA-Z])/g)) {
    if (token && tokens.size < MOST_PER_TEXT) tokens.add(token);
  }
  return tokens;
}

/** Removes the files of a comment that is deleted, or without one of a whole issue, in the same transaction. */
export async function removeAttachmentsOf(
  app: App,
  tx: Tx,
  { issueId, entryId }: { issueId: number; entryId?: number | undefined },
): Promise<void> {
  const rows =
    entryId === undefined ? await listOfIssue(tx, issueId) : await listOfText(tx, { issueId, entryId });
  await removeAll(app, tx, rows);
}

/**
 * Makes the files of an issue another repository's, to which the issue is moved, and names them by its path (`/owner/name`)
 * in the texts they belong to: who reads that repository need not see the former one.
 */
export async function moveAttachments(
  change: IssueChange,
  from: string,
  { path: to, repository }: Pick<OpenRepository, 'path' | 'repository'>,
): Promise<void> {
  const { tx, issue } = change;
  const rows = await listOfIssue(tx, issue.id);
  if (rows.length === 0) return;
  await moveRows(tx, issue.id, repository.id);
  const tokens = rows.map(({ token }) => token);
  const moved = (body: string) =>
    tokens.reduce(
      (text, token) => text.replaceAll(`${from}/attachments/${token}`, `${to}/attachments/${token}`),
      body,
    );
  change.set({ body: moved(issue.body), bodyRendered: null });
  for (const entryId of new Set(rows.map((row) => row.entryId))) {
    const entry = entryId === null ? undefined : await findEntry(tx, issue.id, entryId);
    if (entry) await updateEntry(tx, entry.id, { body: moved(entry.body ?? ''), bodyRendered: null });
  }
}

/** Removes one file, if it is there. */
export async function removeFile(app: App, tx: Tx, id: number): Promise<void> {
  const row = await findAttachmentById(tx, id);
  await removeAll(app, tx, row ? [row] : []);
}

async function removeAll(app: App, tx: Tx, rows: readonly AttachmentRow[]): Promise<void> {
  if (rows.length === 0) return;
  await removeRows(
    tx,
    rows.map(({ id }) => id),
  );
  // What a crash leaves behind is swept later.
  app.db.afterCommit(tx, () => {
    for (const { storageKey } of rows) void app.storage.remove(storageKey).catch(() => undefined);
  });
}
