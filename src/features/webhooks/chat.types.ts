// What chats are told, before each writes it in its own way.

/** A piece of text: plain, as somebody wrote it, never markup. */
export interface Span {
  text: string;
  href?: string;
  isCode?: true;
}

export type Line = Span[];

export interface ChatMessage {
  /** One sentence. */
  headline: Line;
  /** Beneath it, such as the commits of a push. */
  lines: Line[];
  /** The beginning of what somebody wrote, or nothing. */
  excerpt: string;
  /** Where it is about, or nothing. */
  url: string;
  /** Six hexadecimal digits. */
  color: string;
  /** Who did it. */
  author: { name: string; url: string; picture: string };
}
