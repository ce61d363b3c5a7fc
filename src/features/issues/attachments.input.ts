// The names of files that are put into texts.
import { invalid } from '../../base/errors.ts';

const LONGEST_NAME = 200;
/** Control characters, what turns the direction of text round, and what separates paths. */
const UNSAFE = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069/\\]/g;

/**
 * A file's name as it is kept: the last part of what a browser sends, with a dot for each character that no name may hold,
 * and cut in front of its ending. Throws AppError invalid on `files`.
 */
export function parseAttachmentName(text: string): string {
  const last = text.split(/[/\\]/).at(-1) ?? '';
  const name = last.toWellFormed().replace(UNSAFE, '.').normalize('NFC').trim();
  if (name === '' || name === '.' || name === '..') throw invalid({ files: 'A file needs a name.' });
  if (name.length <= LONGEST_NAME) return name;
  const ending = /\.[a-z0-9]{1,10}$/i.exec(name)?.[0] ?? '';
  return name.slice(0, LONGEST_NAME - ending.length).toWellFormed() + ending;
}
