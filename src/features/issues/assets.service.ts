// Files of issues and comments one by one, as the API has them. A file is in the text that it belongs to: what is added is named
// at its end, and what is taken away goes from it.
import type { Actor } from '../../base/actor.ts';
import { invalid, isAppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { attachmentMarkdown } from './attachment-names.service.ts';
import { type NewFile, saveAttachment } from './attachment-uploads.service.ts';
import { parseAttachmentName } from './attachments.input.ts';
import { removeFile } from './attachments.service.ts';
import { findAttachmentById, listAttachmentsAmong, renameAttachment } from './attachments.store.ts';
import { editText, requireEditable } from './edits.service.ts';
import { findEntry } from './entries.store.ts';
import { findIssueById } from './issues.store.ts';
import type { AttachmentRow, IssueRow } from './issues.types.ts';

/** A text that has files: an issue's own, or that of a comment. */
export interface TextWithFiles {
  issue: IssueRow;
  entryId: number | undefined;
}

/** Saves lost to somebody else's before a file is given up. */
const TRIES = 5;

/** The files of a text, in the order in which they came. */
export async function assetsOf(app: App, { issue, entryId }: TextWithFiles): Promise<AttachmentRow[]> {
  return listAttachmentsAmong(app.db.read, [issue.id], entryId === undefined ? undefined : [entryId]);
}

/** Throws AppError not_found for files of other texts too. */
export async function requireAsset(app: App, text: TextWithFiles, id: number): Promise<AttachmentRow> {
  const row = await findAttachmentById(app.db.read, id);
  if (row?.issueId !== text.issue.id || row.entryId !== (text.entryId ?? null)) throw notFound('file');
  return row;
}

/** Keeps a file and names it at the end of the text; throws AppError as `saveAttachment` and `editText` do. */
export async function addAsset(
  app: App,
  actor: Actor,
  open: OpenRepository,
  text: TextWithFiles,
  file: NewFile,
): Promise<AttachmentRow> {
  await requireEditable(app, actor, open, text.issue, text.entryId);
  const row = await saveAttachment(app, actor, open, file);
  const markdown = attachmentMarkdown(open.path, row);
  await change(app, actor, open, text, (body) =>
    body.trim() === '' ? markdown : `${body.trimEnd()}\n\n${markdown}\n`,
  );
  return requireAsset(app, text, row.id);
}

/** Gives a file another name, also where the text shows it by that. */
export async function renameAsset(
  app: App,
  actor: Actor,
  open: OpenRepository,
  text: TextWithFiles,
  row: AttachmentRow,
  name: string,
): Promise<AttachmentRow> {
  const renamed = { ...row, name: parseAttachmentName(name) };
  if (endingOf(renamed.name) !== endingOf(row.name))
    throw invalid({ name: 'Keep the ending of the name: it says what kind of file it is.' });
  await requireEditable(app, actor, open, text.issue, text.entryId);
  await change(app, actor, open, text, (body) =>
    body.replaceAll(shownIn(body, open, row), () => attachmentMarkdown(pathIn(body, open, row), renamed)),
  );
  await app.db.write((tx) => renameAttachment(tx, row.id, renamed.name));
  return requireAsset(app, text, row.id);
}

/** Removes a file, and what shows it from the text; a comment that is nothing but the file keeps its words. */
export async function removeAsset(
  app: App,
  actor: Actor,
  open: OpenRepository,
  text: TextWithFiles,
  row: AttachmentRow,
): Promise<void> {
  await requireEditable(app, actor, open, text.issue, text.entryId);
  await change(app, actor, open, text, (body) => {
    const left = body.replaceAll(shownIn(body, open, row), '').replace(/\n{3,}$/, '\n');
    return text.entryId !== undefined && left.trim() === '' ? body : left;
  });
  await app.db.write((tx) => removeFile(app, tx, row.id));
}

function endingOf(name: string): string {
  return /\.[^.]*$/.exec(name)?.[0].toLowerCase() ?? '';
}

/** The Markdown by which a text shows a file that was uploaded here. */
function shownIn(body: string, open: OpenRepository, row: AttachmentRow): string {
  return attachmentMarkdown(pathIn(body, open, row), row);
}

/** The repository's path in the file's address: an earlier one, where it was renamed since. */
function pathIn(body: string, open: OpenRepository, { token }: AttachmentRow): string {
  const at = body.indexOf(`/attachments/${token}`);
  return /\/[\w.-]{1,100}\/[\w.-]{1,100}$/.exec(body.slice(Math.max(0, at - 202), at))?.[0] ?? open.path;
}

/** Saves the text as `made` makes it of what it is now; whoever saved meanwhile loses nothing. */
async function change(
  app: App,
  actor: Actor,
  open: OpenRepository,
  text: TextWithFiles,
  made: (body: string) => string,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const now = await currentOf(app, text);
    const body = made(now.body);
    if (body === now.body) return;
    try {
      return await editText(app, actor, open, text.issue, text.entryId, { body, version: now.version });
    } catch (error) {
      if (!isAppError(error, 'conflict') || tries === TRIES) throw error;
    }
  }
}

async function currentOf(
  app: App,
  { issue, entryId }: TextWithFiles,
): Promise<{ body: string; version: number }> {
  const row =
    entryId === undefined
      ? await findIssueById(app.db.read, issue.id)
      : await findEntry(app.db.read, issue.id, entryId);
  if (!row) throw notFound(entryId === undefined ? 'issue' : 'comment');
  return { body: row.body ?? '', version: row.bodyVersion };
}
