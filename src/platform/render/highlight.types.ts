// What is asked of the highlighter, and the messages between it and its workers.
import type { SafeHtml } from '../../base/html.ts';
import type { CommentPlace, CommentSource, MarkdownPlace } from './markdown.types.ts';
import type { MarkedHtml } from './reference-marks.ts';

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
  /** The same, waiting no longer than `budget` milliseconds: plain and pending by then, coloured for whoever asks later. */
  linesWithin(
    code: CodeToHighlight & { oid: string },
    budget: number,
  ): Promise<{ lines: readonly SafeHtml[]; isPending: boolean }>;
  /**
   * A text of any length in blocks of `size` lines, each block's lines joined by `\n`; nothing is remembered. `never` when
   * it cannot be coloured, `later` when too much is waiting.
   */
  blocks(code: BlocksToHighlight): Promise<readonly SafeHtml[] | 'never' | 'later'>;
  /** A Jupyter notebook (nbformat 4) as HTML; undefined when it is none, or took too long. */
  notebook(document: MarkdownToRender & { oid: string }): Promise<SafeHtml | undefined>;
  markdown(document: MarkdownToRender): Promise<SafeHtml>;
  /** As `markdown`, with the references in it marked; see reference-marks.ts. */
  markedDocument(document: MarkdownToRender & { origin: string }): Promise<MarkedHtml>;
  /**
   * Comments as HTML with marked references, in the order given. `late` when they took too long together, `refused` when
   * too much is waiting. Nothing is remembered.
   */
  comments(
    comments: readonly CommentSource[],
    place: CommentPlace,
  ): Promise<readonly MarkedHtml[] | 'late' | 'refused'>;
  close(): Promise<void>;
}

export interface BlocksToHighlight {
  text: string;
  languages: readonly string[];
  size: number;
}

export type WorkerRequest =
  | { id: number; kind: 'blocks'; text: string; languages: readonly string[]; size: number }
  | { id: number; kind: 'notebook'; source: string; place: MarkdownPlace }
  | { id: number; kind: 'comments'; comments: readonly CommentSource[]; place: CommentPlace }
  | { id: number; kind: 'marked'; source: string; place: MarkdownPlace; origin: string }
  | { id: number; kind: 'lines'; text: string; languages: readonly string[] }
  | { id: number; kind: 'markdown'; source: string; place: MarkdownPlace };

/** `result` is undefined when the worker knows no language for the code. */
export interface WorkerAnswer {
  id: number;
  result: string[] | string | MarkedHtml | MarkedHtml[] | undefined;
}
