// Reviews by the keyboard: `n` and `p` go through conversations, `]` and `[` through lines, `}` and `{` make a range of them,
// `c` comments on what is marked, `r` opens the form of the review. Files are gone through in diffs/files.ts.
import { selectedLines, selectLines } from '../diffs/anchors.ts';
import { currentFile } from '../diffs/files.ts';
import { commentOnMarked } from './comments.ts';
import { lineOf, placeOf, rowAt, rowsOf } from './places.ts';

const KEYS: Readonly<Record<string, () => void>> = {
  n: () => goToThread(1),
  p: () => goToThread(-1),
  ']': () => markLine(1),
  '[': () => markLine(-1),
  '}': () => extend(1),
  '{': () => extend(-1),
  c: comment,
  r: openReviewForm,
};

/** Listens for keys on pages of changes. */
export function startKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target))
      return;
    const act = document.querySelector('[data-review]') ? KEYS[event.key] : undefined;
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable || target.matches('input, textarea, select') || target.closest('dialog') !== null
  );
}

function goToThread(step: 1 | -1): void {
  const threads = [...document.querySelectorAll<HTMLElement>('.thread')].filter(
    (one) => one.offsetParent !== null,
  );
  const here = document.activeElement?.closest<HTMLElement>('.thread');
  const at = here ? threads.indexOf(here) : nearest(threads, step) - step;
  const next = threads[at + step];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'center' });
}

/** The first conversation below the top of the window, or the last one above it. */
function nearest(threads: readonly HTMLElement[], step: 1 | -1): number {
  const below = threads.findIndex((one) => one.getBoundingClientRect().top >= 0);
  if (step === 1) return below === -1 ? threads.length : below;
  return (below === -1 ? threads.length : below) - 1;
}

function markLine(step: 1 | -1): void {
  const file = meantFile();
  if (!file) return;
  const marked = selectedLines();
  const rows = rowsOf(file);
  const isHere = marked?.file === file.id;
  const row = isHere ? rowAt(file, marked.side, step === 1 ? marked.to : marked.from) : undefined;
  const next = row ? rows[rows.indexOf(row) + step] : rows.find(isChanged);
  const place = next && placeOf(next);
  if (!next || !place) return;
  selectLines({ file: file.id, side: place.side, from: place.line, to: place.line });
  next.scrollIntoView({ block: 'nearest' });
}

/** The file with the focus; else the one with marked lines; else the first in sight. */
function meantFile(): HTMLElement | undefined {
  const focused = document.activeElement?.closest<HTMLElement>('.diff-file');
  const marked = selectedLines();
  return focused ?? (marked && document.getElementById(marked.file)) ?? currentFile();
}

function isChanged(row: HTMLTableRowElement): boolean {
  return row.matches('.diff-add, .diff-del') || row.querySelector('.diff-add, .diff-del') !== null;
}

function extend(step: 1 | -1): void {
  const marked = selectedLines();
  const file = marked && document.getElementById(marked.file);
  if (!file || !marked.side) return;
  const end = step === 1 ? marked.to : marked.from;
  const rows = rowsOf(file);
  const row = rowAt(file, marked.side, end);
  for (let at = row ? rows.indexOf(row) + step : -1; at >= 0 && at < rows.length; at += step) {
    const next = rows[at];
    const line = next && lineOf(next, marked.side);
    if (line === undefined) continue;
    selectLines({ ...marked, ...(step === 1 ? { to: line } : { from: line }) });
    next?.scrollIntoView({ block: 'nearest' });
    return;
  }
}

function comment(): void {
  const file = meantFile();
  if (file?.querySelector('a[data-comments]')) commentOnMarked(file);
}

function openReviewForm(): void {
  const menu = document.querySelector<HTMLDetailsElement>('.review-menu');
  if (!menu) return;
  menu.open = true;
  menu.querySelector<HTMLElement>('textarea')?.focus();
}
