// Jupyter notebooks (nbformat 4) as HTML: Markdown and HTML of others pass the one sanitizer, code is coloured, pictures
// are data, and nothing of a notebook ever runs.
import { escapeHtml, type SafeHtml } from '../../base/html.ts';
import { type MarkdownContext, renderMarkdown } from './markdown.ts';
import { sanitize } from './sanitize.ts';

const MAX_CELLS = 1000;
const MAX_OUTPUTS = 50;
const MAX_TEXT = 64 * 1024;
const MAX_HTML = 256 * 1024;
/** Base64 characters of one picture, and of all. */
const MAX_PICTURE = 2 * 1024 * 1024;
const MAX_PICTURES = 6 * 1024 * 1024;
const MAX_WHOLE = 12 * 1024 * 1024;

const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

interface Making {
  context: MarkdownContext;
  language: string;
  pictureRoom: number;
}

type Fields = Record<string, unknown>;

/** A notebook as HTML; undefined when the text is none. */
export function renderNotebook(source: string, context: MarkdownContext): SafeHtml | undefined {
  const notebook = fieldsOf(parsed(source));
  const cells = notebook?.cells;
  if (!notebook || !Array.isArray(cells)) return undefined;
  const making: Making = { context, language: languageOf(notebook), pictureRoom: MAX_PICTURES };
  const parts: string[] = [];
  let length = 0;
  for (const cell of cells.slice(0, MAX_CELLS)) {
    const html = cellHtml(fieldsOf(cell) ?? {}, making);
    length += html.length;
    if (length > MAX_WHOLE) break;
    parts.push(html);
  }
  if (parts.length < cells.length)
    parts.push(note(`${cells.length - parts.length} more cells are left out.`));
  return parts.join('\n') as SafeHtml;
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** Texts are strings or lists of them (nbformat's "multiline strings"). */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string').join('') : '';
}

function languageOf(notebook: Fields): string {
  const metadata = fieldsOf(notebook.metadata);
  const name = fieldsOf(metadata?.language_info)?.name ?? fieldsOf(metadata?.kernelspec)?.language;
  return typeof name === 'string' ? name.toLowerCase().slice(0, 40) : 'python';
}

function cellHtml(cell: Fields, making: Making): string {
  const source = textOf(cell.source);
  if (cell.cell_type === 'markdown') {
    if (source.trim() === '') return '';
    return `<div class="notebook-cell"><div class="markdown-body">${renderMarkdown(source, making.context)}</div></div>`;
  }
  if (cell.cell_type !== 'code') return `<div class="notebook-cell">${pre(source)}</div>`;
  const outputs = Array.isArray(cell.outputs) ? cell.outputs : [];
  const shown = outputs.slice(0, MAX_OUTPUTS).map((output) => outputHtml(fieldsOf(output) ?? {}, making));
  if (outputs.length > shown.length)
    shown.push(note(`${outputs.length - shown.length} more outputs are left out.`));
  const count = Number.isSafeInteger(cell.execution_count) ? String(cell.execution_count) : ' ';
  return [
    '<div class="notebook-cell notebook-code">',
    `<div class="notebook-count" aria-hidden="true">[${count}]</div>`,
    `<pre class="notebook-source"><code class="hljs">${codeHtml(source, making)}</code></pre>`,
    ...shown.map((html) => `<div class="notebook-output">${html}</div>`),
    '</div>',
  ].join('');
}

function codeHtml(source: string, { context, language }: Making): string {
  return context.highlight?.(source, language) ?? escapeHtml(cut(source));
}

function outputHtml(output: Fields, making: Making): string {
  if (output.output_type === 'stream') return pre(textOf(output.text));
  if (output.output_type === 'error')
    return pre(textOf([textOf(joined(output.traceback))]), 'notebook-error');
  return dataHtml(fieldsOf(output.data) ?? {}, making);
}

function joined(traceback: unknown): string {
  return Array.isArray(traceback) ? traceback.filter((one) => typeof one === 'string').join('\n') : '';
}

/** The richest of an output's forms that can be shown. */
function dataHtml(data: Fields, making: Making): string {
  for (const type of PICTURES) {
    if (data[type] !== undefined) return pictureHtml(type, textOf(data[type]), making);
  }
  if (data['image/svg+xml'] !== undefined) {
    const svg = Buffer.from(textOf(data['image/svg+xml'])).toString('base64');
    return pictureHtml('image/svg+xml', svg, making);
  }
  const html = textOf(data['text/html']);
  if (html !== '' && html.length <= MAX_HTML) {
    const clean = sanitize(html, making.context);
    if (clean.trim() !== '') return `<div class="markdown-body notebook-html">${clean}</div>`;
  }
  const markdown = textOf(data['text/markdown']);
  if (markdown !== '') return `<div class="markdown-body">${renderMarkdown(markdown, making.context)}</div>`;
  const plain = textOf(data['text/plain']) || textOf(data['text/latex']);
  if (plain !== '') return pre(plain);
  return Object.keys(data).length > 0 ? note('An output of a kind that is not shown.') : '';
}

/** In an `<img>` also a drawing with scripts only draws. */
function pictureHtml(type: string, base64: string, making: Making): string {
  const data = base64.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(data)) return note('A picture that is damaged.');
  if (data.length > MAX_PICTURE || data.length > making.pictureRoom)
    return note('A picture too large to be shown.');
  making.pictureRoom -= data.length;
  return `<img src="data:${type};base64,${data}" alt="Output">`;
}

function pre(text: string, className = ''): string {
  if (text === '') return '';
  return `<pre class="notebook-text ${className}">${escapeHtml(cut(withoutEscapes(text)))}</pre>`;
}

/** Terminals' colours (ECMA-48 control sequences) are dropped. */
function withoutEscapes(text: string): string {
  return text.slice(0, MAX_TEXT * 2).replace(/\x1b\[[0-9;?]*[ -/]*[@-~]/g, '');
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT).toWellFormed()}\n… cut here`;
}

function note(text: string): string {
  return `<p class="notebook-note">${escapeHtml(text)}</p>`;
}
