// Reads submitted forms within bounds. The size of the body is bounded by the surface before a byte is read.
import { AppError } from '../../base/errors.ts';
import type { WebContext } from './web.types.ts';

const MAX_FIELDS = 1000;
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;
const MULTIPART_TYPE = /^multipart\/form-data\s*(?:;|$)/i;

/** Whether the request's body is a form whose fields can be read as text. */
export function isTextForm(c: WebContext): boolean {
  return FORM_TYPE.test(c.req.header('content-type') ?? '');
}

/** Whether the request's body is a form of either kind, or of no declared kind, which is read as one. */
export function isForm(c: WebContext): boolean {
  const type = c.req.header('content-type') ?? '';
  return type === '' || FORM_TYPE.test(type) || isMultipart(c);
}

/** Fields of the page that asks again who one is: for the surface alone, no handler sees them. */
const PROOF_FIELD = /^prove_/;

/** The submitted fields as strings; repeated fields keep their last value. Files are refused. */
export async function readForm(c: WebContext): Promise<Record<string, string>> {
  return asRecord(await readFormEntries(c));
}

/** All values of fields that may be repeated, such as groups of checkboxes. */
export async function readFormValues(c: WebContext, name: string): Promise<string[]> {
  return (await readFormEntries(c)).filter(([field]) => field === name).map(([, value]) => value);
}

/** Every submitted field in its order. */
export async function readFormEntries(c: WebContext): Promise<[name: string, value: string][]> {
  return (await readEntries(c)).filter(([name]) => !PROOF_FIELD.test(name));
}

/** The fields by which somebody proves again who they are. */
export async function readProofFields(c: WebContext): Promise<Record<string, string>> {
  // Almost no form has any, and large ones are not read twice for that.
  if (!(await c.req.text()).includes('prove_')) return {};
  return asRecord((await readEntries(c)).filter(([name]) => PROOF_FIELD.test(name)));
}

function asRecord(entries: [string, string][]): Record<string, string> {
  const fields: Record<string, string> = Object.create(null);
  for (const [name, value] of entries) fields[name] = value;
  return fields;
}

async function readEntries(c: WebContext): Promise<[string, string][]> {
  const type = c.req.header('content-type') ?? '';
  if (isMultipart(c)) return bounded(textOnly(await readMultipart(c)));
  if (type !== '' && !FORM_TYPE.test(type)) throw new AppError('invalid', 'This page expects a form.');
  const text = await c.req.text();
  if (countFields(text) > MAX_FIELDS) throw tooMany();
  return bounded([...new URLSearchParams(text)]);
}

/** Whether the request's body is a form that may hold files. */
export function isMultipart(c: WebContext): boolean {
  return MULTIPART_TYPE.test(c.req.header('content-type') ?? '');
}

/** The parts of a multipart form; throws AppError invalid. Of other types nothing is read: their bodies may be unbounded. */
export async function readMultipart(c: WebContext): Promise<FormData> {
  if (!isMultipart(c)) throw new AppError('invalid', 'Send this as a form: multipart/form-data.');
  try {
    return await c.req.formData();
  } catch {
    // Without the cause, which would be logged and might quote the form.
    throw new AppError('invalid', 'The form could not be read.');
  }
}

/** Parts as fields, the last of each name; throws AppError where there are files or too many. */
export function boundedFields(parts: [string, FormDataEntryValue][]): Record<string, string> {
  const fields: Record<string, string> = Object.create(null);
  for (const [name, value] of bounded(textOnly(parts))) fields[name] = value;
  return fields;
}

function bounded(entries: [string, string][]): [string, string][] {
  if (entries.length > MAX_FIELDS) throw tooMany();
  // No text holds it, and some databases fail on it.
  if (entries.some(([name, value]) => name.includes('\0') || value.includes('\0')))
    throw new AppError('invalid', 'A form cannot hold NUL characters.');
  return entries;
}

function textOnly(parts: Iterable<[string, FormDataEntryValue]>): [string, string][] {
  return [...parts].map(([name, value]): [string, string] => {
    if (typeof value !== 'string') throw new AppError('invalid', 'This form takes no files.');
    return [name, value];
  });
}

function countFields(text: string): number {
  let count = 1;
  for (let at = text.indexOf('&'); at !== -1 && count <= MAX_FIELDS; at = text.indexOf('&', at + 1)) count++;
  return count;
}

function tooMany(): AppError {
  return new AppError('too_large', `A form may have ${MAX_FIELDS} fields at most.`);
}
