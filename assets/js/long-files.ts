// Files of many lines: the page holds some, the others are loaded in blocks as they come near, and taken out again when
// they are far. Their place is kept free at its height, so nothing moves. Colours that come later are put in here too.
import { markedRange, markRows, rowOf } from './lines.ts';

const BLOCK = 500;
const LINE_HEIGHT = 20;
/** Pixels around the window within which lines are there. */
const NEAR = 2400;
/** Blocks on the page beyond which far ones are taken out. */
const MOST = 14;
const COLOUR_WAIT = 900;
const COLOUR_TRIES = 8;

interface LongFile {
  table: HTMLTableElement;
  source: string;
  count: number;
  observer: IntersectionObserver;
  loading: Map<HTMLTableSectionElement, Promise<void>>;
}

let current: LongFile | undefined;

document.addEventListener('turbo:load', open);
document.addEventListener('turbo:before-cache', () => current?.observer.disconnect());
document.addEventListener('lines:marked', (event) => {
  const { range, scroll } = (event as CustomEvent<{ range?: [number, number]; scroll: boolean }>).detail;
  if (range && scroll && !rowOf(range[0])) void reveal(range[0]);
});

function open(): void {
  current?.observer.disconnect();
  current = undefined;
  const table = document.querySelector<HTMLTableElement>('table[data-lines-src]');
  if (!table) return;
  const { linesSrc: source = '', lineCount = '' } = table.dataset;
  for (const block of table.querySelectorAll<HTMLTableSectionElement>('tbody[data-pending]'))
    void colourLater(source, block);
  if (lineCount === '') return;
  const observer = new IntersectionObserver(onSight, { rootMargin: `${NEAR}px 0px` });
  current = { table, source, count: Number(lineCount), observer, loading: new Map() };
  fillWithPlaces(current);
  table.closest('.blob-box')?.classList.add('has-lazy-lines');
  for (const block of table.tBodies) observer.observe(block);
  const range = markedRange();
  const asked = /[?&]lines=(\d+)/.exec(location.search)?.[1];
  if (range && !rowOf(range[0])) void reveal(range[0]);
  else if (!range && asked !== undefined) rowOf(Number(asked))?.scrollIntoView();
}

/** A block for every part of the file; those that are not there keep its height free. */
function fillWithPlaces(file: LongFile): void {
  const there = new Map([...file.table.tBodies].map((block) => [Number(block.dataset.from), block]));
  let last: HTMLTableSectionElement | undefined;
  for (let from = 1; from <= file.count; from += BLOCK) {
    const block = there.get(from) ?? placeFor(from, Math.min(file.count, from + BLOCK - 1));
    if (last) last.after(block);
    else file.table.prepend(block);
    last = block;
  }
}

function placeFor(from: number, to: number, height = (to - from + 1) * LINE_HEIGHT): HTMLTableSectionElement {
  const block = document.createElement('tbody');
  block.dataset.from = String(from);
  block.dataset.to = String(to);
  empty(block, height);
  return block;
}

function empty(block: HTMLTableSectionElement, height: number): void {
  const cell = document.createElement('td');
  cell.colSpan = 2;
  cell.style.height = `${height}px`;
  const row = document.createElement('tr');
  row.append(cell);
  block.classList.add('blob-unloaded');
  block.replaceChildren(row);
}

function onSight(entries: IntersectionObserverEntry[]): void {
  const file = current;
  if (!file) return;
  for (const { target, isIntersecting } of entries) {
    if (!(target instanceof HTMLTableSectionElement)) continue;
    target.toggleAttribute('data-near', isIntersecting);
    if (isIntersecting && isPlace(target)) void load(file, target);
  }
  takeOutFar(file);
}

function isPlace(block: HTMLTableSectionElement): boolean {
  return block.classList.contains('blob-unloaded');
}

function takeOutFar(file: LongFile): void {
  const blocks = [...file.table.tBodies].filter((block) => !isPlace(block));
  const far = blocks.filter((block) => !block.hasAttribute('data-near') && !holdsSelection(block));
  for (const block of far.slice(0, Math.max(0, blocks.length - MOST)))
    empty(block, block.getBoundingClientRect().height);
}

/** Text that somebody has marked must stay, or it could not be copied. */
function holdsSelection(block: Element): boolean {
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && selection.containsNode(block, true);
}

function load(file: LongFile, block: HTMLTableSectionElement): Promise<void> {
  const running = file.loading.get(block);
  if (running) return running;
  const job = fetchBlock(file.source, block).finally(() => file.loading.delete(block));
  file.loading.set(block, job);
  return job;
}

async function fetchBlock(source: string, block: HTMLTableSectionElement): Promise<void> {
  const fresh = await askFor(source, block);
  if (!fresh || !isPlace(block)) return;
  block.classList.remove('blob-unloaded');
  putInto(source, block, fresh);
}

function putInto(source: string, block: HTMLTableSectionElement, fresh: HTMLTableSectionElement): void {
  block.replaceChildren(...fresh.childNodes);
  const range = markedRange();
  if (range) markRows(block, range);
  if (fresh.hasAttribute('data-pending')) void colourLater(source, block);
}

async function askFor(
  source: string,
  block: HTMLTableSectionElement,
): Promise<HTMLTableSectionElement | undefined> {
  try {
    const answer = await fetch(`${source}?lines=${block.dataset.from}`);
    if (!answer.ok) return undefined;
    const template = document.createElement('template');
    template.innerHTML = await answer.text();
    return template.content.querySelector('tbody') ?? undefined;
  } catch {
    return undefined;
  }
}

/** Replaces plain lines by coloured ones of the same text, unless somebody is marking it. */
async function colourLater(source: string, block: HTMLTableSectionElement): Promise<void> {
  for (let attempt = 0; attempt < COLOUR_TRIES; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, COLOUR_WAIT * (attempt + 1)));
    if (!block.isConnected || isPlace(block)) return;
    const fresh = await askFor(source, block);
    if (!fresh || fresh.hasAttribute('data-pending') || holdsSelection(block)) continue;
    if (block.isConnected && !isPlace(block)) putInto(source, block, fresh);
    return;
  }
}

/** Goes to a line that is not on the page yet. */
async function reveal(line: number): Promise<void> {
  const file = current;
  const block = file && [...file.table.tBodies].find((one) => Number(one.dataset.to) >= line);
  if (!file || !block) return;
  if (isPlace(block)) block.scrollIntoView();
  await load(file, block);
  rowOf(line)?.scrollIntoView({ block: 'center' });
}
