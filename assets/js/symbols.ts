// A click on a name in the code shows where it is defined in the repository.

const NAME = /[\p{L}\p{N}_$]/u;
/** Parts of the code whose words are no names of definitions. */
const NO_NAMES =
  '.hljs-comment, .hljs-string, .hljs-keyword, .hljs-number, .hljs-literal, .hljs-doctag, .hljs-regexp';
const LONGEST = 190;

let popover: HTMLElement | undefined;

document.addEventListener('click', (event) => {
  if (event.target instanceof Node && popover?.contains(event.target)) return;
  close();
  const code = event.target instanceof Element ? event.target.closest('.blob-code') : null;
  const source = code?.closest<HTMLElement>('[data-symbols-src]')?.dataset.symbolsSrc;
  if (!code || source === undefined || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey)
    return;
  if (getSelection()?.isCollapsed === false) return;
  const found = nameAt(event.clientX, event.clientY);
  if (found) void show(source, found);
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') close();
});
document.addEventListener('turbo:before-cache', close);

function close(): void {
  popover?.remove();
  popover = undefined;
}

interface FoundName {
  name: string;
  box: DOMRect;
}

function nameAt(x: number, y: number): FoundName | undefined {
  const caret = caretAt(x, y);
  if (!caret || caret.node.parentElement?.closest(NO_NAMES)) return undefined;
  const text = caret.node.data;
  let [start, end] = [caret.offset, caret.offset];
  while (start > 0 && NAME.test(text[start - 1] ?? '')) start--;
  while (end < text.length && NAME.test(text[end] ?? '')) end++;
  const name = text.slice(start, end);
  if (name === '' || name.length > LONGEST || /^\d/.test(name)) return undefined;
  const range = document.createRange();
  range.setStart(caret.node, start);
  range.setEnd(caret.node, end);
  const box = range.getBoundingClientRect();
  const isInside = x >= box.left - 2 && x <= box.right + 2;
  return isInside ? { name, box } : undefined;
}

function caretAt(x: number, y: number): { node: Text; offset: number } | undefined {
  if ('caretPositionFromPoint' in document) {
    const position = document.caretPositionFromPoint(x, y);
    if (position?.offsetNode instanceof Text) return { node: position.offsetNode, offset: position.offset };
    return undefined;
  }
  const range = (document as Document).caretRangeFromPoint(x, y);
  return range?.startContainer instanceof Text
    ? { node: range.startContainer, offset: range.startOffset }
    : undefined;
}

async function show(source: string, { name, box }: FoundName): Promise<void> {
  const panel = document.createElement('div');
  panel.className = 'symbol-popover';
  panel.setAttribute('role', 'dialog');
  panel.setAttribute('aria-label', `Definitions of ${name}`);
  popover = panel;
  try {
    const answer = await fetch(`${source}?${new URLSearchParams({ q: name, part: '1' })}`);
    if (!answer.ok) return close();
    panel.innerHTML = await answer.text();
  } catch {
    return close();
  }
  if (popover !== panel) return;
  document.body.append(panel);
  const width = document.documentElement.clientWidth;
  panel.style.left = `${Math.max(8, Math.min(box.left, width - panel.offsetWidth - 8)) + scrollX}px`;
  const below = box.bottom + 4;
  const isBelow = below + panel.offsetHeight <= innerHeight || box.top < panel.offsetHeight;
  panel.style.top = `${(isBelow ? below : box.top - panel.offsetHeight - 4) + scrollY}px`;
  panel.querySelector<HTMLElement>('a')?.focus({ preventScroll: true });
}
