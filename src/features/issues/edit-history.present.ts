// The history of one text: each edit with what it changed, line by line and word by word, the newest first.
import { lineChanges } from '../../base/line-changes.ts';
import type { App } from '../../platform/app.types.ts';
import type { DiffLine } from '../../platform/git/diff.types.ts';
import { emphasizeWords } from '../../platform/git/diff-words.ts';
import { namesOf } from '../users/authorship.service.ts';
import { listEditsOf, type TextVersionEdit } from './edits.service.ts';
import type { EntryRow, IssueRow } from './issues.types.ts';
import { GHOST, type Person } from './timeline.present.ts';

/** Lines around changes that are shown as well. */
const CONTEXT = 3;
/** Lines of one edit that are shown. */
const MOST_LINES = 400;

/** One part of a line. */
interface LinePart {
  text: string;
  isChanged: boolean;
}

interface EditLine {
  kind: DiffLine['kind'] | 'gap';
  sign: string;
  spoken: string;
  parts: LinePart[];
}

/** A page of the history; `before` is the id of the edit to go on from. */
export async function historyModel(
  app: App,
  issue: IssueRow,
  comment: EntryRow | undefined,
  { href, before }: { href: string; before: number | undefined },
) {
  const { edits, older, original } = await listEditsOf(app, issue, comment, before);
  const writerId = comment ? comment.actorId : issue.authorId;
  const people = await namesOf(app, [...edits.map(({ editorId }) => editorId), writerId ?? 0]);
  const shown = edits.map((edit, index) => ({
    id: edit.id,
    editor: people.get(edit.editorId) ?? GHOST,
    at: edit.at,
    isFirst: false,
    isCurrent: index === 0 && before === undefined,
    lines: changedLines(edit),
    text: '',
  }));
  const first =
    original === undefined ? [] : [firstItem(issue, comment, original, people.get(writerId ?? 0))];
  const query = comment ? `comment=${comment.id}&` : '';
  return {
    edits: [...shown, ...first],
    next: older === undefined ? undefined : `${href}/edits?${query}before=${older}`,
    nextLabel: 'Older',
    previous: before === undefined ? undefined : `${href}/edits${comment ? `?comment=${comment.id}` : ''}`,
    previousLabel: 'Newest',
  };
}

function firstItem(issue: IssueRow, comment: EntryRow | undefined, text: string, writer: Person | undefined) {
  return {
    id: 0,
    editor: writer ?? GHOST,
    at: (comment ?? issue).createdAt,
    isFirst: true,
    isCurrent: false,
    lines: undefined,
    text,
  };
}

function changedLines({ previous, next }: TextVersionEdit): EditLine[] {
  const lines: DiffLine[] = lineChanges(previous, next);
  emphasizeWords({ header: '', oldStart: 1, oldLines: 0, newStart: 1, newLines: 0, lines });
  return nearChanges(lines).slice(0, MOST_LINES);
}

/** Lines near a change, and a gap for each run of others. */
function nearChanges(lines: readonly DiffLine[]): EditLine[] {
  const near = new Set<number>();
  for (const [index, { kind }] of lines.entries())
    if (kind !== 'context') for (let at = index - CONTEXT; at <= index + CONTEXT; at++) near.add(at);
  const shown: EditLine[] = [];
  for (const [index, line] of lines.entries()) {
    if (near.has(index)) shown.push(editLine(line));
    else if (shown.at(-1)?.kind !== 'gap') shown.push(GAP);
  }
  return shown;
}

const GAP: EditLine = { kind: 'gap', sign: '', spoken: '', parts: [{ text: '…', isChanged: false }] };

function editLine({ kind, text, words = [] }: DiffLine): EditLine {
  const sign = kind === 'add' ? '+' : kind === 'delete' ? '−' : ' ';
  const spoken = kind === 'add' ? 'Added: ' : kind === 'delete' ? 'Removed: ' : '';
  const parts: LinePart[] = [];
  let at = 0;
  for (const [from, to] of words) {
    parts.push(
      { text: text.slice(at, from), isChanged: false },
      { text: text.slice(from, to), isChanged: true },
    );
    at = to;
  }
  parts.push({ text: text.slice(at), isChanged: false });
  return { kind, sign, spoken, parts: parts.filter((part) => part.text !== '') };
}
