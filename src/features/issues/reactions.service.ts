// Reactions to issues and comments.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';

export const REACTIONS = [
  { content: '+1', emoji: '👍', label: 'thumbs up' },
  { content: '-1', emoji: '👎', label: 'thumbs down' },
  { content: 'laugh', emoji: '😄', label: 'laugh' },
  { content: 'hooray', emoji: '🎉', label: 'hooray' },
  { content: 'confused', emoji: '😕', label: 'confused' },
  { content: 'heart', emoji: '❤️', label: 'heart' },
  { content: 'rocket', emoji: '🚀', label: 'rocket' },
  { content: 'eyes', emoji: '👀', label: 'eyes' },
] as const;
export type ReactionContent = (typeof REACTIONS)[number]['content'];

/** One kind of reaction to one text. */
export interface ReactionGroup {
  content: ReactionContent;
  emoji: string;
  label: string;
  count: number;
  /** Whether the actor is among them. */
  isMine: boolean;
  /** Some of those who reacted, the first ones. */
  names: string[];
}

/** Reactions to an issue's own text (entry 0) and to comments, by entry; texts without any are missing. */
export async function reactionsOf(
  _app: App,
  _actor: Actor,
  _issueId: number,
  _entryIds: readonly number[],
): Promise<Map<number, ReactionGroup[]>> {
  return new Map();
}
