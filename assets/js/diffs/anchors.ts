// Addresses of files and lines: `#diff-<hash>`, `#diff-<hash>R10` and `#diff-<hash>R10-R20`. A click on a number makes one,
// shift extends it; a file of another part is loaded first.
import { closestTo } from './fragments.ts';
import { loadPart, partOf } from './parts.ts';

const LINES = /^#(diff-[0-9a-f]{16})[0-9a-f]*(?:([LR])(\d+)(?:-([LR])(\d+))?)?$/;
const MOST = 5000;

interface Lines {
  file: string;
  side: 'L' | 'R' | undefined;
  from: number;
  to: number;
}

/** Lines of one side of a file, by its anchor. */
export interface Selection extends Lines {
  side: 'L' | 'R';
}

/** The lines that the address marks; undefined where it marks none. */
export function selectedLines(): Selection | undefined {
  const lines = addressed();
  return lines?.side ? { ...lines, side: lines.side } : undefined;
}

/** Marks lines, as a click on their numbers does. */
export function selectLines({ file, side, from, to }: Selection): void {
  const end = to === from ? '' : `-${side}${to}`;
  history.replaceState(history.state, '', `#${file}${side}${from}${end}`);
  mark();
  document.dispatchEvent(new Event('diff:selected'));
}

function addressed(): Lines | undefined {
  const [, file, side, from = '0', , to = from] = LINES.exec(location.hash) ?? [];
  if (file === undefined) return undefined;
  const ends = [Number(from), Number(to)];
  const known = side === 'L' || side === 'R' ? side : undefined;
  return { file, side: known, from: Math.min(...ends), to: Math.max(...ends) };
}

/** Starts to listen for clicks on numbers and for changed addresses. */
export function startAnchors(): void {
  document.addEventListener('click', (event) => {
    const number = closestTo<HTMLElement>(event, '.diff-num[data-line]:not(.thread *)');
    const file = number?.closest<HTMLElement>('.diff-file');
    if (number && file) select(number, file, event.shiftKey);
  });
  addEventListener('hashchange', () => void showAddressed());
}

function select(number: HTMLElement, file: HTMLElement, extends_: boolean): void {
  const side = sideOf(number);
  const line = Number(number.dataset.line);
  const now = addressed();
  const isSame = extends_ && now?.file === file.id && now.side === side;
  const [from, to] = isSame ? [Math.min(now.from, line), Math.max(now.from, line)] : [line, line];
  selectLines({ file: file.id, side, from, to });
}

/** Removed lines and the left column are of the version before. */
function sideOf(number: HTMLElement): 'L' | 'R' {
  const index = [...(number.parentElement?.children ?? [])].indexOf(number);
  return index === 0 ? 'L' : 'R';
}

/** Goes to what the address names, once it is there. */
export async function showAddressed(): Promise<void> {
  const lines = addressed();
  if (!lines) return;
  const number = Number(new URLSearchParams(location.search).get('files') ?? '1');
  if (!document.getElementById(lines.file)) await bringPart(number);
  const file = document.getElementById(lines.file);
  file?.querySelector('details')?.setAttribute('open', '');
  mark();
  const row = lines.side && cellOf(lines, lines.from);
  (row || file)?.scrollIntoView({ block: row ? 'center' : 'start' });
}

/** Loads a part of the files, if it has a place here, and goes there. */
export async function bringPart(number: number): Promise<void> {
  const part = partOf(number);
  if (!part?.matches('.is-waiting')) return;
  part.scrollIntoView({ block: 'start' });
  await loadPart(part);
}

function mark(): void {
  for (const cell of document.querySelectorAll('.diff .is-selected')) cell.classList.remove('is-selected');
  const lines = addressed();
  if (!lines?.side) return;
  for (let line = lines.from; line <= Math.min(lines.to, lines.from + MOST); line++)
    cellOf(lines, line)?.classList.add('is-selected');
}

/** The number's cell; lines that are the same on both sides have an anchor of the version after only. */
function cellOf({ file, side }: Lines, line: number): Element | undefined {
  const known = document.getElementById(`${file}${side}${line}`);
  if (known || side === 'R') return known ?? undefined;
  const cells = document
    .getElementById(file)
    ?.querySelectorAll(`td.diff-num:first-child[data-line="${line}"]`);
  return cells?.[0];
}
