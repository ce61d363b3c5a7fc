// Links to lines of a file: `#L10` and `#L10-L20`; shift and a click extend the range. The permanent link keeps them.

const RANGE = /^#L(\d+)(?:-L(\d+))?$/;
const MOST = 5000;

function markedRange(): [number, number] | undefined {
  const [, from, to] = RANGE.exec(location.hash) ?? [];
  if (from === undefined) return undefined;
  const ends = [Number(from), Number(to ?? from)];
  return [Math.min(...ends), Math.max(...ends)];
}

function rowOf(line: number): Element | null | undefined {
  return document.getElementById(`L${line}`)?.closest('tr');
}

function showRange(scroll: boolean): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-keeps-lines]'))
    link.hash = location.hash;
  for (const row of document.querySelectorAll('.blob .is-selected')) row.classList.remove('is-selected');
  const range = markedRange();
  if (!range) return;
  const [from, to] = range;
  for (let line = from; line <= Math.min(to, from + MOST); line++) rowOf(line)?.classList.add('is-selected');
  if (scroll && to !== from) rowOf(from)?.scrollIntoView({ block: 'center' });
}

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('.blob-num a[href^="#L"]') : null;
  if (!(link instanceof HTMLAnchorElement) || !event.shiftKey) return;
  const from = markedRange()?.[0];
  const to = Number(link.hash.slice(2));
  if (from === undefined || Number.isNaN(to)) return;
  event.preventDefault();
  const ends = [Math.min(from, to), Math.max(from, to)];
  history.replaceState(history.state, '', `#L${ends[0]}-L${ends[1]}`);
  showRange(false);
});

addEventListener('hashchange', () => showRange(false));
document.addEventListener('turbo:load', () => showRange(true));
