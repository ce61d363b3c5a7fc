// The button beside the line under the pointer, or beside marked lines: a press comments, a pull marks a range first.
import { type Selection, selectedLines, selectLines } from '../diffs/anchors.ts';
import { openForm } from './comments.ts';
import { lineOf, numberOf, placeOf } from './places.ts';

let plus: HTMLButtonElement | undefined;

/** Listens for the pointer over rows. */
export function startPlus(): void {
  if (!document.querySelector('[data-may-comment]')) return;
  document.addEventListener('pointerover', ({ target, pointerType }) => {
    if (pointerType === 'mouse' && target instanceof Element) showOver(target);
  });
  document.addEventListener('diff:selected', () => showBesideMarked());
}

function showOver(target: Element): void {
  const row = target.closest<HTMLTableRowElement>('.diff-main table.diff > tbody > tr');
  if (!row || row.matches('.diff-hunk, .diff-notes') || target.closest('.thread')) return;
  const isSplit = row.closest('.diff-split') !== null;
  const cell = target.closest('td');
  const index = cell ? [...row.cells].indexOf(cell) : 0;
  const place = isSplit
    ? { side: index < 2 ? ('L' as const) : ('R' as const), line: lineOf(row, index < 2 ? 'L' : 'R') }
    : placeOf(row);
  if (place?.line !== undefined) put(row, place.side, place.line);
}

/** Also for fingers and keys, which hover over nothing. */
export function showBesideMarked(): void {
  const marked = selectedLines();
  const file = marked && document.getElementById(marked.file);
  if (!file || !marked.side) return;
  for (const row of file.querySelectorAll<HTMLTableRowElement>('table.diff > tbody > tr'))
    if (lineOf(row, marked.side) === marked.to && !row.matches('.diff-notes'))
      put(row, marked.side, marked.to);
}

function put(row: HTMLTableRowElement, side: 'L' | 'R', line: number): void {
  const cell = numberOf(row, side);
  if (!cell || !row.closest('.diff-file')?.querySelector('a[data-comments]')) return;
  plus ??= makePlus();
  plus.dataset.side = side;
  plus.dataset.at = String(line);
  plus.setAttribute('aria-label', `Comment on line ${line}`);
  if (plus.parentElement !== cell) cell.append(plus);
}

function makePlus(): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'diff-plus';
  button.textContent = '+';
  button.addEventListener('click', (event) => {
    event.stopPropagation();
    press(button);
  });
  button.addEventListener('pointerdown', (event) => pull(button, event));
  return button;
}

function press(button: HTMLButtonElement): void {
  const file = button.closest<HTMLElement>('.diff-file');
  if (!file) return;
  const side = button.dataset.side === 'L' ? 'L' : 'R';
  const line = Number(button.dataset.at);
  const marked = selectedLines();
  const isIn = marked?.file === file.id && marked.side === side && marked.from <= line && line <= marked.to;
  void openForm(file, isIn ? marked : { file: file.id, side, from: line, to: line });
}

/** From the line where the button was pressed to the one where it is let go, on the same side. */
function pull(button: HTMLButtonElement, down: PointerEvent): void {
  const file = button.closest<HTMLElement>('.diff-file');
  if (!file || down.button !== 0) return;
  const side = button.dataset.side === 'L' ? 'L' : 'R';
  const first = Number(button.dataset.at);
  let range: Selection | undefined;
  const stop = new AbortController();
  const { signal } = stop;
  document.addEventListener(
    'pointermove',
    ({ clientX, clientY }) => {
      const over = document.elementFromPoint(clientX, clientY)?.closest<HTMLTableRowElement>('tr');
      const line =
        over && file.contains(over) && !over.matches('.diff-notes') ? lineOf(over, side) : undefined;
      if (line === undefined || (line === first && !range)) return;
      range = { file: file.id, side, from: Math.min(first, line), to: Math.max(first, line) };
      selectLines(range);
    },
    { signal },
  );
  document.addEventListener(
    'pointerup',
    () => {
      stop.abort();
      if (range && range.from !== range.to) void openForm(file, range);
    },
    { signal },
  );
}
