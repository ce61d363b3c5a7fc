// Links to lines of a file: `#L10` and `#L10-L20`; shift and a click extend the range. The permanent link keeps them.

const RANGE = /^#L(\d+)(?:-L(\d+))?$/;

/** The first and last line that the address marks. */
export function markedRange(): [number, number] | undefined {
  const [, from, to] = RANGE.exec(location.hash) ?? [];
  if (from === undefined) return undefined;
  const ends = [Number(from), Number(to ?? from)];
  return [Math.min(...ends), Math.max(...ends)];
}

/** Marks lines in the address, without loading anything; undefined marks none. */
export function markRange(range: [number, number] | undefined): void {
  const hash = range ? `#L${range[0]}${range[1] === range[0] ? '' : `-L${range[1]}`}` : '';
  history.replaceState(history.state, '', `${location.pathname}${location.search}${hash}`);
  showRange(false);
}

/** The row of a line, if it is on the page. */
export function rowOf(line: number): HTMLTableRowElement | null | undefined {
  return document.getElementById(`L${line}`)?.closest('tr');
}

/** Marks the rows of the address' range; `scroll` goes to its first line. */
export function showRange(scroll: boolean): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-keeps-lines]'))
    link.hash = location.hash;
  for (const row of document.querySelectorAll('.blob .is-selected')) row.classList.remove('is-selected');
  const range = markedRange();
  document.dispatchEvent(new CustomEvent('lines:marked', { detail: { range, scroll } }));
  if (!range) return;
  markRows(document, range);
  const first = rowOf(range[0]);
  if (scroll && first && range[1] !== range[0]) first.scrollIntoView({ block: 'center' });
}

/** Marks those rows below `part` that lie in a range. */
export function markRows(part: ParentNode, [from, to]: [number, number]): void {
  for (const link of part.querySelectorAll<HTMLElement>('.blob-num [data-line], .blob-num[data-line]')) {
    const line = Number(link.dataset.line);
    if (line >= from && line <= to) link.closest('tr')?.classList.add('is-selected');
  }
}

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('.blob-num a[href^="#L"]') : null;
  if (!(link instanceof HTMLAnchorElement) || !event.shiftKey) return;
  const from = markedRange()?.[0];
  const to = Number(link.hash.slice(2));
  if (from === undefined || Number.isNaN(to)) return;
  event.preventDefault();
  markRange([Math.min(from, to), Math.max(from, to)]);
});

addEventListener('hashchange', () => showRange(true));
document.addEventListener('turbo:load', () => showRange(true));
