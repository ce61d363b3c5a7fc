// Ticks tasks in place. Whoever ticks names the text by its version: where it was edited meanwhile, the task is looked for
// in the newest text, so that neither the tick nor the other edit is lost.
import type { Actor } from '../../base/actor.ts';
import { AppError, isAppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { findComment } from './comments.service.ts';
import { editText } from './edits.service.ts';
import { findIssueById } from './issues.store.ts';
import type { IssueRow } from './issues.types.ts';
import { sameTask, type Task, tasksIn, withTask } from './task-lists.service.ts';
import { listEdits } from './texts.store.ts';

/** Others may save in between; who loses so often tries again by hand. */
const TRIES = 20;
/** Edits that may have been made since the page was loaded. */
const MOST_EDITS_BEHIND = 50;

export interface Tick {
  /** Which of the boxes, from 0. */
  index: number;
  isDone: boolean;
  /** Of the text whose boxes were seen. */
  version: number;
  /** How many boxes it showed. */
  count: number;
}

/** The text as it is now. */
export interface TickedText {
  body: string;
  version: number;
}

/**
 * Ticks a task of an issue's text or of a comment, as an edit of it. Throws AppError as `editText`; conflict when the task
 * is not there any more, or cannot be told from others, or when the text shows other boxes than it has tasks.
 */
export async function tickTask(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  entryId: number | undefined,
  tick: Tick,
): Promise<TickedText> {
  for (let tries = 1; ; tries++) {
    const text = await currentText(app, issue, entryId);
    const task = await findTask(app, issue.id, entryId, text, tick);
    if (task.isDone === tick.isDone) return text;
    const { version } = text;
    const body = withTask(text.body, task, tick.isDone);
    try {
      await editText(app, actor, open, issue, entryId, { body, version });
      return { body, version: version + 1 };
    } catch (error) {
      if (!isAppError(error, 'conflict') || tries >= TRIES) throw error;
    }
  }
}

/** The newest text of an issue or of one of its comments. */
export async function currentText(
  app: App,
  issue: IssueRow,
  entryId: number | undefined,
): Promise<TickedText> {
  if (entryId !== undefined) {
    const { body, bodyVersion } = await findComment(app, issue, entryId);
    return { body: body ?? '', version: bodyVersion };
  }
  const row = await findIssueById(app.db.read, issue.id);
  if (!row) throw notFound('issue');
  return { body: row.body, version: row.bodyVersion };
}

async function findTask(
  app: App,
  issueId: number,
  entryId: number | undefined,
  text: TickedText,
  { index, version, count }: Tick,
): Promise<Task> {
  const now = tasksIn(text.body);
  const behind = text.version - version;
  if (behind === 0) return requireTask(now, index, count);
  if (behind < 0 || behind > MOST_EDITS_BEHIND) throw changed();
  const edits = await listEdits(app.db.read, issueId, entryId, {
    until: Number.MAX_SAFE_INTEGER,
    limit: behind,
  });
  if (edits.length < behind) throw changed();
  const before = tasksIn(edits.at(-1)?.previousBody ?? '');
  requireTask(before, index, count);
  const task = sameTask(before, index, now);
  if (!task) throw changed();
  return task;
}

function requireTask(tasks: readonly Task[], index: number, count: number): Task {
  const task = tasks[index];
  if (!task || tasks.length !== count)
    throw new AppError('conflict', 'This box cannot be ticked in place: edit the text instead.');
  return task;
}

function changed(): AppError {
  return new AppError('conflict', 'This task was changed since you opened the page: look at it again.');
}
