// What comes from outside about issues and comments, checked.
import { type FieldErrors, invalid } from '../../base/errors.ts';
import {
  type CloseReason,
  type HideReason,
  LONGEST_BODY,
  LONGEST_TITLE,
  type LockReason,
} from './issues.types.ts';

export const CLOSE_REASONS = [
  'completed',
  'not_planned',
  'duplicate',
] as const satisfies readonly CloseReason[];
export const HIDE_REASONS = [
  'spam',
  'abuse',
  'off_topic',
  'outdated',
  'duplicate',
  'resolved',
] as const satisfies readonly HideReason[];
export const LOCK_REASONS = [
  'off_topic',
  'too_heated',
  'resolved',
  'spam',
] as const satisfies readonly LockReason[];

/** A title in one line, as it is kept; throws AppError invalid on `title`. */
export function parseTitle(text: string): string {
  const message = faultOfTitle(text);
  if (message) throw invalid({ title: message });
  return oneLine(text);
}

/** Markdown as it is kept; may be empty. Throws AppError invalid on `body`. */
export function parseBody(text: string): string {
  const message = faultOfBody(text);
  if (message) throw invalid({ body: message });
  return tidied(text);
}

/** Markdown of a comment: not empty. Throws AppError invalid on `body`. */
export function parseComment(text: string): string {
  const body = parseBody(text);
  if (body.trim() === '') throw invalid({ body: 'Write something first.' });
  return body;
}

/** Title and text of a new issue; throws AppError invalid with a message per field. */
export function parseNewIssue(raw: { title: string; body: string }): { title: string; body: string } {
  const fields: FieldErrors = {};
  const title = faultOfTitle(raw.title);
  const body = faultOfBody(raw.body);
  if (title) fields.title = title;
  if (body) fields.body = body;
  if (title || body) throw invalid(fields);
  return { title: oneLine(raw.title), body: tidied(raw.body) };
}

/** One of a list of words, or AppError invalid on the field. */
export function parseChoice<const T extends string>(
  field: string,
  text: string | undefined,
  choices: readonly T[],
): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw invalid({ [field]: `Choose one of: ${choices.join(', ')}.` });
  return found;
}

/** A number of an issue in an address, or undefined. */
export function parseNumber(text: string | undefined): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text ?? '') ? Number(text) : undefined;
}

function faultOfTitle(text: string): string | undefined {
  const title = oneLine(text);
  if (title === '') return 'Give the issue a title.';
  if (title.length > LONGEST_TITLE) return `A title has at most ${LONGEST_TITLE} characters.`;
  return undefined;
}

function faultOfBody(text: string): string | undefined {
  if (tidied(text).length <= LONGEST_BODY) return undefined;
  return `A text has at most ${LONGEST_BODY.toLocaleString('en')} characters.`;
}

function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\s\0-\x1f\x7f]+/g, ' ')
    .trim();
}

/** Forms send line ends as on paper tape. */
function tidied(text: string): string {
  return text.toWellFormed().replace(/\r\n?/g, '\n');
}
