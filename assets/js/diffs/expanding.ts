// Shows lines that lie hidden between changes: the rows come as a fragment, and what is left hidden shrinks.
import { closestTo, fetchFragment } from './fragments.ts';

const AT_ONCE = 20;
/** Lines the server gives in one answer. */
const MOST = 5000;

/** Starts to listen for clicks on the arrows. */
export function startExpanding(): void {
  document.addEventListener('click', (event) => {
    const link = closestTo<HTMLElement>(event, '[data-expands]');
    const row = link?.closest<HTMLTableRowElement>('tr');
    const src = link?.closest<HTMLElement>('.diff-file')?.dataset.lines;
    if (!link || !row || src === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void expand(row, link.dataset.expands ?? 'all', src);
  });
}

interface Gap {
  old: number;
  young: number;
  /** Undefined where it goes on to the end of the file. */
  count: number | undefined;
}

async function expand(row: HTMLTableRowElement, direction: string, src: string): Promise<void> {
  const gap = gapOf(row);
  const most = direction === 'all' ? MOST : AT_ONCE;
  const length = Math.min(gap.count ?? most, most);
  const skipped = direction === 'up' && gap.count !== undefined ? gap.count - length : 0;
  const from = gap.young + skipped;
  row.classList.add('is-busy');
  try {
    const content = await fetchFragment(
      `${src}&from=${from}&to=${from + length - 1}&old=${gap.old + skipped}`,
    );
    const rows = [...content.querySelectorAll('tr')];
    const focused = row.contains(document.activeElement);
    if (direction === 'up') row.after(...rows);
    else row.before(...rows);
    shrink(row, gap, direction, rows.length, length);
    if (focused) refocus(row, rows[0]);
  } catch {
    row.classList.remove('is-busy');
    row.title = 'These lines could not be loaded. Try again.';
  }
}

function gapOf({ dataset }: HTMLTableRowElement): Gap {
  const count = dataset.count === undefined ? undefined : Number(dataset.count);
  return { old: Number(dataset.old), young: Number(dataset.new), count };
}

function shrink(row: HTMLTableRowElement, gap: Gap, direction: string, got: number, asked: number): void {
  row.classList.remove('is-busy');
  const isOver = gap.count === undefined ? got < asked : gap.count - got <= 0;
  if (isOver) {
    row.remove();
    return;
  }
  if (gap.count !== undefined) row.dataset.count = String(gap.count - got);
  if (direction === 'up') return;
  row.dataset.old = String(gap.old + got);
  row.dataset.new = String(gap.young + got);
}

/** The keyboard stays where it was, or goes to the lines that came. */
function refocus(row: HTMLTableRowElement, first: Element | undefined): void {
  const link = row.isConnected ? row.querySelector<HTMLElement>('[data-expands]') : null;
  if (document.activeElement && row.contains(document.activeElement)) return;
  if (link) link.focus();
  else first?.closest<HTMLElement>('.diff-file')?.focus({ preventScroll: true });
}
