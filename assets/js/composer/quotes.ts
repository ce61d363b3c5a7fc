// Quote reply: what is selected in a text, or all of it, goes into the composer as a quote. `data-quotes="id"` on a button
// names the text's element, `data-quotes-src` where its Markdown is; the key `r` quotes what is selected.

import type { MarkdownComposer } from './element.ts';
import { appendBlock } from './insert.ts';
import { markdownOf } from './markdown-of.ts';

let isListening = false;

/** Listens once, and adds the key to pages that have something to quote and a composer. */
export function startQuotes(): void {
  addKey();
  if (isListening) return;
  isListening = true;
  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest<HTMLElement>('[data-quotes]');
    if (button) void quote(button);
    else if (event.target.closest('[data-quotes-selection]')) quoteSelection();
  });
}

/** Shortcuts are buttons, so that the list of them names this one. */
function addKey(): void {
  const composer = target();
  if (
    !composer ||
    !document.querySelector('[data-quotes]') ||
    document.querySelector('[data-quotes-selection]')
  )
    return;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'sr-only';
  button.tabIndex = -1;
  button.dataset.hotkey = 'r';
  button.dataset.quotesSelection = '';
  button.textContent = 'Quote what is selected';
  composer.after(button);
}

/** The page's last composer: those before it edit texts. */
function target(): MarkdownComposer | undefined {
  return [...document.querySelectorAll<MarkdownComposer>('markdown-composer')].at(-1);
}

async function quote(button: HTMLElement): Promise<void> {
  const text = document.getElementById(button.dataset.quotes ?? '')?.querySelector('.markdown-body');
  button.closest('details.menu')?.removeAttribute('open');
  const selected = text ? selectionIn(text) : '';
  const markdown = selected || (await sourceOf(button.dataset.quotesSrc, text));
  if (markdown) write(markdown);
}

function quoteSelection(): void {
  const selection = getSelection();
  const node = selection?.anchorNode;
  const element = node instanceof Element ? node : node?.parentElement;
  const text = element?.closest('.markdown-body');
  const markdown = text && !text.closest('.composer-preview') ? selectionIn(text) : '';
  if (markdown) write(markdown);
  else target()?.field?.focus();
}

/** What is selected of one text as Markdown. */
function selectionIn(text: Element): string {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return '';
  const range = selection.getRangeAt(0).cloneRange();
  if (!range.intersectsNode(text)) return '';
  // A selection that goes on behind the text is cut at its end.
  if (!text.contains(range.startContainer)) range.setStartBefore(text);
  if (!text.contains(range.endContainer)) range.setEndAfter(text);
  return markdownOf(range);
}

async function sourceOf(address: string | undefined, text: Element | null | undefined): Promise<string> {
  try {
    const answer = await fetch(address ?? '');
    if (answer.ok) return (await answer.text()).trim();
  } catch {
    // What the page shows will do.
  }
  if (!text) return '';
  const range = document.createRange();
  range.selectNodeContents(text);
  return markdownOf(range);
}

function write(markdown: string): void {
  const composer = target();
  const field = composer?.field;
  if (!composer || !field) return;
  composer.write();
  const quoted = markdown.split('\n').map((line) => (line === '' ? '>' : `> ${line}`));
  appendBlock(field, quoted.join('\n'));
  field.scrollIntoView({ block: 'center' });
}
