// What is asked of the highlighter, and the messages between it and its workers.
import type { SafeHtml } from '../../base/html.ts';
import type { MarkdownPlace } from './markdown.types.ts';

export interface CodeToHighlight {
  text: string;
  /** Names a language may have in highlight.js, best first; none gives plain text. */
  languages: readonly string[];
  /** The blob's object id; with it the result is remembered. */
  oid?: string;
}

export interface MarkdownToRender {
  source: string;
  place: MarkdownPlace;
  /** The blob's object id; with it the result is remembered. */
  oid?: string;
}

/** Colours code and renders Markdown in worker threads, in bounded time: what takes too long comes out plain. */
export interface Highlighter {
  /** One piece of HTML per line, each with its own spans closed. */
  lines(code: CodeToHighlight): Promise<readonly SafeHtml[]>;
  markdown(document: MarkdownToRender): Promise<SafeHtml>;
  close(): Promise<void>;
}

export type WorkerRequest =
  | { id: number; kind: 'lines'; text: string; languages: readonly string[] }
  | { id: number; kind: 'markdown'; source: string; place: MarkdownPlace };

/** `result` is undefined when the worker knows no language for the code. */
export interface WorkerAnswer {
  id: number;
  result: string[] | string | undefined;
}
