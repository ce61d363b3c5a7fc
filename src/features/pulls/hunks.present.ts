// The rows that a thread was written about, from the unified diff that is kept with it.

export interface HunkRow {
  kind: 'context' | 'add' | 'delete';
  old: number | undefined;
  new: number | undefined;
  text: string;
}

/** Rows of one hunk that a thread shows, the last ones: its own lines are there. */
const MOST_ROWS = 16;
/** Characters of a row with its sign. */
export const LONGEST = 500;
const HEADER = /^@@ -(\d{1,10})(?:,\d{1,10})? \+(\d{1,10})(?:,\d{1,10})? @@/;

/** The last rows of a unified diff; nothing for one that does not begin with a header. */
export function hunkRows(hunk: string, most = MOST_ROWS): HunkRow[] {
  const [header = '', ...lines] = hunk.split('\n');
  const [, old, young] = HEADER.exec(header) ?? [];
  if (old === undefined || young === undefined) return [];
  const at = { old: Number(old), new: Number(young) };
  const rows = lines.flatMap((line) => rowOf(line, at));
  return rows.slice(-most);
}

function rowOf(line: string, at: { old: number; new: number }): HunkRow[] {
  const text = line.slice(1, LONGEST).toWellFormed();
  if (line.startsWith('+')) return [{ kind: 'add', old: undefined, new: at.new++, text }];
  if (line.startsWith('-')) return [{ kind: 'delete', old: at.old++, new: undefined, text }];
  if (line.startsWith(' ')) return [{ kind: 'context', old: at.old++, new: at.new++, text }];
  return [];
}
