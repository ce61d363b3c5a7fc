// Rows and lines of a file's changes.

/** The row that holds a line of a side. */
export function rowAt(
  file: HTMLElement,
  side: string | undefined,
  line: number,
): HTMLTableRowElement | undefined {
  for (const row of rowsOf(file)) if (lineOf(row, side) === line) return row;
  return undefined;
}

/** Every row that shows a line. */
export function rowsOf(file: HTMLElement): HTMLTableRowElement[] {
  const rows = file.querySelectorAll<HTMLTableRowElement>(
    'table.diff > tbody > tr:not(.diff-hunk, .diff-notes)',
  );
  return [...rows].filter((row) => row.closest('.thread') === null);
}

/** The side and the line that a row stands for: the version after, where it is in that. */
export function placeOf(row: HTMLTableRowElement): { side: 'L' | 'R'; line: number } | undefined {
  const right = row.matches('.diff-del') ? undefined : lineOf(row, 'R');
  if (right !== undefined) return { side: 'R', line: right };
  const left = lineOf(row, 'L');
  return left === undefined ? undefined : { side: 'L', line: left };
}

/** The number of a row on a side. */
export function lineOf(row: HTMLTableRowElement, side: string | undefined): number | undefined {
  const [left, right] = row.querySelectorAll<HTMLElement>('td.diff-num');
  const text = (side === 'L' ? left : right)?.dataset.line;
  return text === undefined ? undefined : Number(text);
}

/** The cell of a row's number on a side. */
export function numberOf(row: HTMLTableRowElement, side: 'L' | 'R'): HTMLElement | undefined {
  const [left, right] = row.querySelectorAll<HTMLElement>('td.diff-num');
  return side === 'L' ? left : right;
}
