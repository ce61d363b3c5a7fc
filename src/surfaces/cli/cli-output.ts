// How commands print: tables for people, JSON for machines; and how they read a password from a pipe.
import { text } from 'node:stream/consumers';
import { UsageError } from './usage-error.ts';

/** Prints a line on standard output. */
export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints a value as JSON, indented. */
export function printJson(value: unknown): void {
  printLine(JSON.stringify(value, null, 2));
}

/** Prints rows below headings, in columns as wide as their content; `nothing` when there is no row. */
export function printTable(headings: string[], rows: string[][], nothing: string): void {
  if (rows.length === 0) {
    printLine(nothing);
    return;
  }
  const cleaned = [headings, ...rows.map((row) => row.map(printable))];
  const widths = headings.map((_, column) => Math.max(...cleaned.map((row) => row[column]?.length ?? 0)));
  for (const row of cleaned) {
    printLine(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

/** The secret itself, or the first line of standard input for `-`. */
export async function readSecret(given: string): Promise<string> {
  if (given !== '-') return given;
  const [line = ''] = (await text(process.stdin)).split(/\r?\n/);
  if (line === '')
    throw new UsageError('--password - reads standard input, which was empty: pipe the password in.');
  return line;
}

// What others chose may hold escape sequences for the terminal.
function printable(cell: string): string {
  return cell.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}
