// Which entries of timelines hold a text that is edited, reacted to, searched and referred to like a comment.
import { TEXT_KINDS } from './entries.types.ts';

/** Whether an entry is a comment, a review or a comment on code. */
export function isText({ kind }: { kind: string }): boolean {
  return (TEXT_KINDS as readonly string[]).includes(kind);
}
