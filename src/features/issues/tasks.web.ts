// Ticking tasks in place, and the Markdown of a text for whoever quotes it.
//   POST …/tasks   index, checked, version, count, comment?   -> 200 { version, html }, or 409 { message, version, html }
import { invalid, isAppError } from '../../base/errors.ts';
import { readForm } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { ISSUE, issueAt } from './issue-requests.web.ts';
import type { IssueRow } from './issues.types.ts';
import { currentText, type Tick, type TickedText, tickTask } from './tasks.service.ts';
import { renderTexts } from './texts.service.ts';

export const taskRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'post', path: `${ISSUE}/tasks`, access: 'issues:comment', handler: postTask },
  { method: 'get', path: `${ISSUE}/source`, access: 'issues:read', handler: getSource },
];

async function postTask(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const form = await readForm(c);
  const issue = await issueAt(c, open);
  const entryId = form.comment ? wholeNumber(form.comment, 'comment') : undefined;
  try {
    return c.json(
      await shown(c, open, issue, entryId, await tickTask(app, actor, open, issue, entryId, tickOf(form))),
    );
  } catch (error) {
    if (!isAppError(error, 'conflict')) throw error;
    const now = await shown(c, open, issue, entryId, await currentText(app, issue, entryId));
    return c.json({ message: error.message, ...now }, 409);
  }
}

function tickOf(form: Record<string, string>): Tick {
  return {
    index: wholeNumber(form.index, 'index'),
    isDone: form.checked === 'true',
    version: wholeNumber(form.version, 'version'),
    count: wholeNumber(form.count, 'count'),
  };
}

async function shown(
  c: WebContext,
  open: OpenRepository,
  issue: IssueRow,
  entryId: number | undefined,
  { body, version }: TickedText,
): Promise<{ version: number; html: string }> {
  const of = entryId === undefined ? { issueId: issue.id } : { entryId };
  const html = await renderTexts(c.var.app, open, [{ key: 'text', body, rendered: null, of }]);
  return { version, html: html.get('text') ?? '' };
}

/** The Markdown of the issue's text, or of the comment named by `comment`. */
async function getSource(c: WebContext, open: OpenRepository): Promise<Response> {
  const comment = c.req.query('comment');
  const entryId = comment ? wholeNumber(comment, 'comment') : undefined;
  const { body } = await currentText(c.var.app, await issueAt(c, open), entryId);
  c.header('Cache-Control', 'private, no-cache');
  return c.text(body);
}

function wholeNumber(text: string | undefined, name: string): number {
  if (/^\d{1,9}$/.test(text ?? '')) return Number(text);
  throw invalid({ [name]: 'Give a whole number.' });
}
