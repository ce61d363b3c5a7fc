// Reads what `git merge-tree --write-tree -z --name-only --messages` says (git-merge-tree(1), "OUTPUT").

/** A path in conflict, in raw bytes, with git's words. */
export interface MergeConflict {
  path: Buffer;
  message: string;
}

const MOST_CONFLICTS = 1000;

/** The tree that was written, and what is in conflict: nothing of a clean merge. */
export function parseMergeTree(stdout: Buffer): { tree: string; conflicts: MergeConflict[] } {
  const fields = splitAtZero(stdout);
  return { tree: fields[0]?.toString('latin1') ?? '', conflicts: conflictsIn(fields.slice(1)) };
}

function splitAtZero(data: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let from = 0;
  for (let at = data.indexOf(0); at >= 0; at = data.indexOf(0, from)) {
    fields.push(data.subarray(from, at));
    from = at + 1;
  }
  return fields;
}

/** Names up to an empty one, then messages: how many paths, the paths, what kind, the text. */
function conflictsIn(fields: readonly Buffer[]): MergeConflict[] {
  const end = fields.findIndex((field) => field.length === 0);
  const names = fields.slice(0, end < 0 ? fields.length : end).slice(0, MOST_CONFLICTS);
  const said = new Map<string, string>();
  for (let at = end + 1; end >= 0 && at < fields.length; ) {
    const count = Number(fields[at]?.toString('latin1'));
    if (!Number.isSafeInteger(count) || count < 0) break;
    const paths = fields.slice(at + 1, at + 1 + count);
    const kind = fields[at + 1 + count]?.toString('utf8') ?? '';
    for (const path of paths) if (kind.startsWith('CONFLICT')) said.set(path.toString('latin1'), kind);
    at += count + 3;
  }
  return names.map((path) => ({ path, message: said.get(path.toString('latin1')) ?? 'CONFLICT' }));
}
