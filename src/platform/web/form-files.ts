// Reads a form that carries one file, within bounds.
import { AppError } from '../../base/errors.ts';
import { formatBytes } from '../render/numbers.ts';
import { boundedFields, readMultipart } from './forms.ts';
import type { WebContext } from './web.types.ts';

/** What a form holds beside its file: boundaries, names, the token. */
const AROUND = 64 * 1024;

export interface FormWithFile {
  fields: Record<string, string>;
  /** Undefined when none was chosen. Its name and declared type are the sender's and not to be believed. */
  file: Buffer | undefined;
}

/** The submitted fields and the file of the field `name`; any other file is refused. Throws AppError too_large. */
export async function readFormWithFile(c: WebContext, name: string, maxBytes: number): Promise<FormWithFile> {
  const declared = Number(c.req.header('content-length') ?? 0);
  if (declared > maxBytes + AROUND) throw tooLarge(maxBytes);
  const form = await readMultipart(c);
  const file = form.get(name);
  const texts = [...form].filter(([field, value]) => field !== name || typeof value === 'string');
  const fields = boundedFields(texts);
  if (!(file instanceof File) || file.size === 0) return { fields, file: undefined };
  if (file.size > maxBytes) throw tooLarge(maxBytes);
  return { fields, file: Buffer.from(await file.arrayBuffer()) };
}

function tooLarge(limit: number): AppError {
  return new AppError('too_large', `A file has at most ${formatBytes(limit)} here. Choose a smaller one.`);
}
