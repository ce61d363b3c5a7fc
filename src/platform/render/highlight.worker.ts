// Worker thread: colours code and renders Markdown from outside. Whoever started it ends it when it takes too long.
import { parentPort } from 'node:worker_threads';
import type { WorkerAnswer, WorkerRequest } from './highlight.types.ts';
import { highlightCode } from './highlight-languages.ts';
import { isHighlightable, linesOfHtml } from './highlight-lines.ts';
import { renderMarkdown } from './markdown.ts';
import { repositoryLinks } from './markdown-links.ts';

/** Characters of a fenced block that are coloured; longer ones stay plain. */
const MAX_FENCE_LENGTH = 64 * 1024;

function answer(request: WorkerRequest): WorkerAnswer['result'] {
  if (request.kind === 'lines') {
    const html = highlightCode(request.text, request.languages);
    return html === undefined ? undefined : linesOfHtml(html);
  }
  return renderMarkdown(request.source, { ...repositoryLinks(request.place), highlight: highlightFence });
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
