// Reactions: the eight there are, and what pages and the API show of them.

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
  /** Who reacted, in a sentence: some of them by name. */
  who: string;
}

/** One reaction, as the API lists it. */
export interface Reaction {
  userId: number;
  content: string;
  createdAt: number;
}
