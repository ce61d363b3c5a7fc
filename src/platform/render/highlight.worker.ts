// Worker thread: colours code and renders Markdown from outside. Whoever started it ends it when it takes too long.
import { parentPort } from 'node:worker_threads';
import type { WorkerAnswer, WorkerRequest } from './highlight.types.ts';
import { highlightCode } from './highlight-languages.ts';
import { isHighlightable, linesOfHtml } from './highlight-lines.ts';
import { renderMarkdown } from './markdown.ts';
import type { CommentPlace, CommentSource } from './markdown.types.ts';
import { commentLinks, repositoryLinks } from './markdown-links.ts';
import { renderNotebook } from './notebook.ts';
import { type MarkedHtml, markReferences } from './reference-marks.ts';

/** Characters of a fenced block that are coloured; longer ones stay plain. */
const MAX_FENCE_LENGTH = 64 * 1024;

function answer(request: WorkerRequest): WorkerAnswer['result'] {
  if (request.kind === 'lines') {
    const html = highlightCode(request.text, request.languages);
    return html === undefined ? undefined : linesOfHtml(html);
  }
  if (request.kind === 'blocks') return blocks(request.text, request.languages, request.size);
  if (request.kind === 'comments')
    return request.comments.map((comment) => renderComment(comment, request.place));
  const context = { ...repositoryLinks(request.place), highlight: highlightFence };
  if (request.kind === 'notebook') return renderNotebook(request.source, context);
  if (request.kind === 'marked')
    return markReferences(renderMarkdown(request.source, context), request.origin);
  return renderMarkdown(request.source, context);
}

function renderComment({ source, idPrefix }: CommentSource, place: CommentPlace): MarkedHtml {
  const context = { ...commentLinks(place), idPrefix, isComment: true, highlight: highlightFence };
  return markReferences(renderMarkdown(source, context), place.origin);
}

function blocks(text: string, languages: readonly string[], size: number): string[] | undefined {
  const html = highlightCode(text, languages);
  if (html === undefined) return undefined;
  const lines = linesOfHtml(html);
  const made: string[] = [];
  for (let at = 0; at < lines.length; at += size) made.push(lines.slice(at, at + size).join('\n'));
  return made;
}

function highlightFence(code: string, language: string): string | undefined {
  if (code.length > MAX_FENCE_LENGTH || !isHighlightable(code)) return undefined;
  return highlightCode(code, [language]);
}

const port = parentPort;
if (!port) throw new Error('highlight.worker runs as a worker thread only');
port.on('message', (request: WorkerRequest) => {
  port.postMessage({ id: request.id, result: answer(request) } satisfies WorkerAnswer);
});
port.postMessage('ready');
