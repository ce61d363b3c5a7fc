// Forms with a composer: without scripts they send their files themselves, which are kept and named at the end of the text.
import { setCookie } from 'hono/cookie';
import { type AppError, invalid, isAppError } from '../../base/errors.ts';
import {
  boundedFields,
  isMultipart,
  readForm,
  readFormEntries,
  readMultipart,
} from '../../platform/web/forms.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { attachmentMarkdown } from './attachment-names.service.ts';
import { saveAttachment } from './attachment-uploads.service.ts';
import type { AttachmentRow } from './issues.types.ts';

/** The cookie by which a browser learns which of the drafts it keeps has arrived; scripts read it. */
const SENT = 'draft_sent';
/** Keys of ours, with spaces between them: an address each, and what stands around it. */
const DRAFT = /^[\w:/. -]{1,2000}$/;

/** Files that one form sends at most. */
const MOST_FILES = 20;

export interface TextForm {
  fields: Record<string, string>;
  /** Every value of a field that may be repeated. */
  all(name: string): string[];
  /** What was chosen in the field `files`; none with scripts, which send them before. */
  files: File[];
  /** As `files`, of another composer of the form, whose field of files is named `files-<name>`. */
  filesOf(name: string): File[];
}

/** Reads a form with a composer, whichever way it was sent. */
export async function readTextForm(c: WebContext): Promise<TextForm> {
  if (!isMultipart(c)) {
    const entries = await readFormEntries(c);
    const all = (name: string) => entries.filter(([field]) => field === name).map(([, value]) => value);
    return { fields: await readForm(c), all, files: [], filesOf: () => [] };
  }
  const form = await readMultipart(c);
  const fields = boundedFields([...form].filter(([name]) => !/^(?:files$|files-|prove_)/.test(name)));
  const all = (name: string) => form.getAll(name).filter((value) => typeof value === 'string');
  const filesIn = (field: string) => form.getAll(field).filter(isFile);
  return { fields, all, files: filesIn('files'), filesOf: (name) => filesIn(`files-${name}`) };
}

/** A field without a file is sent as one without a name. */
function isFile(value: FormDataEntryValue): value is File {
  return value instanceof File && (value.name !== '' || value.size > 0);
}

/** The text with the files named at its end. Throws AppError invalid on `files`. */
export async function withFiles(
  c: WebContext,
  open: OpenRepository,
  body: string,
  files: readonly File[],
): Promise<string> {
  if (files.length === 0) return body;
  const rows = await saveFiles(c, open, files);
  const named = rows.map((row) => attachmentMarkdown(open.path, row)).join('\n\n');
  return body.trim() === '' ? named : `${body.trimEnd()}\n\n${named}\n`;
}

/** Keeps files in their order. Throws AppError invalid on `files`. */
export async function saveFiles(
  c: WebContext,
  open: OpenRepository,
  files: readonly File[],
): Promise<AttachmentRow[]> {
  if (files.length > MOST_FILES) throw invalid({ files: `Send ${MOST_FILES} files at a time.` });
  const rows: AttachmentRow[] = [];
  for (const file of files) {
    const chunks = file.stream() as unknown as AsyncIterable<Uint8Array>;
    rows.push(await saveAttachment(c.var.app, c.var.actor, open, { name: file.name, chunks }).catch(asField));
  }
  return rows;
}

/** What is wrong with a file belongs beside its field. */
function asField(error: unknown): never {
  throw isAppError(error, 'too_large') ? invalid({ files: (error as AppError).message }) : error;
}

/** Tells the browser that what was typed into a form has arrived: its draft is forgotten. */
export function markSent(c: WebContext, { draft = '' }: Record<string, string>): void {
  if (!DRAFT.test(draft)) return;
  setCookie(c, SENT, draft, { path: '/', maxAge: 60, sameSite: 'Lax', secure: c.var.secure });
}
