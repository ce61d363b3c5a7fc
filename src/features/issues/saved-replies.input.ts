// What comes from outside about saved replies.
import { type FieldErrors, invalid } from '../../base/errors.ts';
import { LONGEST_BODY } from './issues.types.ts';

const LONGEST_TITLE = 100;

export interface ReplyInput {
  title: string;
  body: string;
}

/** Throws AppError invalid with a message per field. */
export function parseReply(raw: Record<string, string>): ReplyInput {
  const title = (raw.title ?? '').trim().replace(/\s+/g, ' ');
  const body = (raw.body ?? '').replaceAll('\r\n', '\n');
  const fields: FieldErrors = {};
  if (title === '') fields.title = 'Give the reply a title, by which you find it again.';
  if (title.length > LONGEST_TITLE) fields.title = `A title has at most ${LONGEST_TITLE} characters.`;
  if (body.trim() === '') fields.body = 'Write the reply.';
  if (body.length > LONGEST_BODY) fields.body = `A reply has at most ${LONGEST_BODY} characters.`;
  if (Object.keys(fields).length > 0) throw invalid(fields);
  return { title, body };
}
