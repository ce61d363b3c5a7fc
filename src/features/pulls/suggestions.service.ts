// Applies suggested changes: one commit on the pull request's head for one or several of them, with everybody who suggested as
// co-author. A suggestion is applied only where the lines that it was made for still stand as they were.
import type { Actor } from '../../base/actor.ts';
import { AppError, invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { type FileMode, type TreeChange, treeOf, writeCommit } from '../../platform/git/write-commit.ts';
import { authorOf, withTrailer } from '../code/commit-authors.service.ts';
import { type FileText, plainLines, readFileText, writeFileText } from '../code/file-formats.service.ts';
import { decodePath, displayPath } from '../code/paths.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { commitEmailOf } from '../users/emails.service.ts';
import { findUserById } from '../users/users.service.ts';
import { followThreads } from './anchors.service.ts';
import { requireUpdatable } from './head-updates.service.ts';
import { pushToHead } from './heads.service.ts';
import { whilePushing } from './pull-refs.service.ts';
import type { Pull } from './pulls.types.ts';
import { suggestionsIn } from './suggestion-texts.service.ts';
import { findSuggesting, type SuggestingComment } from './suggestions.store.ts';
import type { ChosenSuggestion } from './suggestions.types.ts';
import { mayResolve, resolveThread } from './threads.service.ts';

export { type Suggestion, suggestionsIn } from './suggestion-texts.service.ts';

const MOST_TOGETHER = 50;
const MOST_MESSAGE = 64 * 1024;
const MOST_BYTES = 8 * 1024 * 1024;

export interface SuggestionOrder {
  chosen: readonly ChosenSuggestion[];
  /** Of the commit; one that says what it is where it is empty. */
  message?: string | undefined;
}

/** Lines from one number to another, from 1, become others. */
interface LineEdit {
  from: number;
  to: number;
  lines: readonly string[];
}

/**
 * Applies suggestions in one commit on the head, also of a fork, and resolves their threads. Returns the commit. Throws AppError
 * invalid where one is gone, no longer fits or meets another, and what pushing to the head throws.
 */
export async function applySuggestions(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  { chosen, message = '' }: SuggestionOrder,
): Promise<Oid> {
  await requireUpdatable(app, actor, open, pull);
  const comments = await requireComments(app, pull, chosen);
  const edits = editsOf(pull, comments, chosen);
  const author = await authorOf(app, actor);
  const text = await messageOf(app, actor, message, comments);
  const { headOid } = pull.pull;
  const oid = await whilePushing(app, open.dir, async () => {
    const changes: TreeChange[] = [];
    for (const [path, own] of edits)
      changes.push(await changeOf(app, open, headOid, Buffer.from(path, 'latin1'), own));
    const format = open.repository.objectFormat;
    const parents = [headOid];
    const prepared = await treeOf(app.git, open.dir, { format, parents, changes });
    const commit = { format, parents, prepared, author, committer: author, message: text };
    const made = await writeCommit(app.git, open.dir, commit);
    await pushToHead(app, actor, open, pull, { from: headOid, to: made });
    return made;
  });
  await settleThreads(app, actor, open, pull, comments);
  return oid;
}

/** The comments of what was chosen, with threads that are tied to the head of now. */
async function requireComments(
  app: App,
  { issue, pull }: Pull,
  chosen: readonly ChosenSuggestion[],
): Promise<SuggestingComment[]> {
  const ids = [...new Set(chosen.map(({ entryId }) => entryId))];
  if (ids.length === 0) throw invalid({ suggestion: 'Choose a suggestion.' });
  if (chosen.length > MOST_TOGETHER)
    throw invalid({ suggestion: `At most ${MOST_TOGETHER} suggestions are applied together.` });
  const found = await findSuggesting(app.db.read, issue.id, ids);
  if (found.every(({ thread }) => thread.currentRevision >= pull.revision)) return found;
  await followThreads(app, issue.id);
  return findSuggesting(app.db.read, issue.id, ids);
}

/** What becomes of which lines, by path, the last lines of a file first. */
function editsOf(
  { pull }: Pull,
  comments: readonly SuggestingComment[],
  chosen: readonly ChosenSuggestion[],
): Map<string, LineEdit[]> {
  const byId = new Map(comments.map((comment) => [comment.entryId, comment]));
  const edits = new Map<string, LineEdit[]>();
  for (const { entryId, index, version } of chosen) {
    const comment = byId.get(entryId);
    const suggestion = suggestionsIn(comment?.body ?? '')[index];
    if (!comment || !suggestion) throw invalid({ suggestion: 'This suggestion is gone.' });
    if (comment.version !== version)
      throw invalid({ suggestion: 'This suggestion was changed since you saw it: look at it again.' });
    const { thread } = comment;
    const { currentStartLine: from, currentLine: to } = thread;
    if (!isApplicable(thread) || from === null || to === null || thread.currentRevision < pull.revision)
      throw invalid({ suggestion: 'The code has changed since this was suggested: it no longer fits.' });
    const path = decodePath(thread.currentPath).toString('latin1');
    edits.set(path, [...(edits.get(path) ?? []), { from, to, lines: suggestion.lines }]);
  }
  for (const own of edits.values()) sortApart(own);
  return edits;
}

/** Whether suggestions of a thread can be applied: to lines of the head that stand as they were. */
export function isApplicable(thread: SuggestingComment['thread']): boolean {
  const { subject, startSide, side, isOutdated, currentLine } = thread;
  return subject === 'line' && startSide === 'head' && side === 'head' && !isOutdated && currentLine !== null;
}

function sortApart(edits: LineEdit[]): void {
  edits.sort((one, other) => other.from - one.from);
  for (const [index, edit] of edits.entries()) {
    const above = edits[index + 1];
    if (above && above.to >= edit.from)
      throw invalid({ suggestion: 'Two of these suggestions change the same lines: apply one of them.' });
  }
}

async function changeOf(
  app: App,
  open: OpenRepository,
  headOid: Oid,
  path: Buffer,
  edits: readonly LineEdit[],
): Promise<TreeChange> {
  const objects = app.git.objects(open.dir);
  const commit = await objects.commit(headOid);
  const entry = commit && (await objects.entry(commit.tree, path));
  const name = displayPath(path);
  if (!entry?.mode.startsWith('100'))
    throw invalid({ suggestion: `${name} is no file that can be changed here.` });
  const data = (await objects.read(entry.oid, MOST_BYTES))?.data ?? Buffer.alloc(0);
  const before = readFileText(data);
  if (!before) throw invalid({ suggestion: `${name} is no text that can be changed here.` });
  const content = writeFileText(edited(before, edits), before, {});
  if (content.equals(data)) throw invalid({ suggestion: 'This suggestion changes nothing.' });
  return { path, mode: entry.mode as FileMode, content };
}

function edited(before: FileText, edits: readonly LineEdit[]): string {
  const lines = plainLines(before.text).split('\n');
  for (const { from, to, lines: young } of edits) lines.splice(from - 1, to - from + 1, ...young);
  return lines.join('\n');
}

async function messageOf(
  app: App,
  actor: Actor,
  typed: string,
  comments: readonly SuggestingComment[],
): Promise<string> {
  const message = typed.replace(/\r\n?/g, '\n').trim();
  if (message.length > MOST_MESSAGE)
    throw invalid({ message: `A message has at most ${MOST_MESSAGE} characters.` });
  const paths = [...new Set(comments.map(({ thread }) => displayPath(decodePath(thread.currentPath))))];
  const [first] = paths;
  const fallback =
    paths.length === 1
      ? `Apply suggestions to ${first?.replace(/\s+/g, ' ')}`
      : 'Apply suggestions from code review';
  let text = message === '' ? fallback : message;
  for (const line of await coAuthors(app, actor, comments)) text = withTrailer(text, line);
  return text;
}

/** Whoever suggested, but for the person who commits. */
async function coAuthors(app: App, actor: Actor, comments: readonly SuggestingComment[]): Promise<string[]> {
  const own = actor.kind === 'user' ? actor.userId : undefined;
  const ids = new Set(
    comments.flatMap(({ authorId }) => (authorId === null || authorId === own ? [] : [authorId])),
  );
  const users = await Promise.all([...ids].map((id) => findUserById(app, id)));
  return users.flatMap((user) =>
    user
      ? [
          `Co-authored-by: ${(user.displayName || user.name).replace(/[\r\n<>]/g, ' ')} <${commitEmailOf(app, user)}>`,
        ]
      : [],
  );
}

async function settleThreads(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  comments: readonly SuggestingComment[],
): Promise<void> {
  if (!mayResolve(open, pull)) return;
  const ids = new Set(
    comments.filter(({ thread }) => thread.resolvedAt === null).map(({ thread }) => thread.id),
  );
  for (const id of ids)
    await resolveThread(app, actor, open, pull, id).catch((error: unknown) => {
      // The commit is there: whoever may not settle threads leaves them open.
      if (!(error instanceof AppError)) throw error;
    });
}
