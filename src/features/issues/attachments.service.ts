// Files put into texts: whose they are, and when they go. A file belongs to the text its address stood in when that was
// saved; before that only its uploader sees it.
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { claimRows, listOfIssue, listOfText, removeRows } from './attachments.store.ts';
import type { AttachmentRow } from './issues.types.ts';

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
  await removeAll(
    app,
    tx,
    known.filter(({ token }) => !tokens.has(token)),
  );
  await claimRows(tx, { repositoryId, uploaderId, tokens: [...tokens] }, place);
}

/** The tokens of all files whose addresses stand in a text. */
export function tokensIn(body: string): Set<string> {
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
