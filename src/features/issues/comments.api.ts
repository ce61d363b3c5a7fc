// Comments in Gitea's REST API v1: of an issue, of a repository, and one by its id.
import { invalid, notFound } from '../../base/errors.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { readJson } from '../../platform/web/json.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { commentsOfIssue, commentsOfRepository, MOST_COMMENTS } from './comment-lists.service.ts';
import { addComment, deleteComment, findComment } from './comments.service.ts';
import { editText } from './edits.service.ts';
import { issueOfApi, textIn, versionIn } from './issue.api.ts';
import { commentsJson } from './issues.json.ts';
import type { EntryRow, IssueRow } from './issues.types.ts';
import { requireIssueOfComment } from './reactions.service.ts';

const ISSUES = '/api/v1/repos/:owner/:repo/issues';
const OF_ISSUE = `${ISSUES}/:index{[0-9]+}/comments`;
const ONE = `${ISSUES}/comments/:id{[0-9]+}`;

export const commentApiRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${ISSUES}/comments`, access: 'conversations:read', handler: getOfRepository },
  { method: 'get', path: OF_ISSUE, access: 'conversations:read', handler: getOfIssue },
  { method: 'post', path: OF_ISSUE, access: 'conversations:comment', handler: postComment },
  { method: 'get', path: ONE, access: 'conversations:read', handler: getComment },
  { method: 'patch', path: ONE, access: 'conversations:comment', handler: patchComment },
  { method: 'delete', path: ONE, access: 'conversations:comment', handler: removeComment },
];

async function getOfRepository(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { page, limit } = pageOf(c);
  const { comments, hasMore } = await commentsOfRepository(app, open, { page, limit, ...filterOf(c) });
  setPages(c, { page, limit, total: undefined, hasMore });
  return c.json(await commentsJson(app, open, comments));
}

/** All of them where no page is asked for, as Gitea does. */
async function getOfIssue(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const issue = await issueOfApi(c, open);
  const isPaged = c.req.query('page') !== undefined || c.req.query('limit') !== undefined;
  const { page, limit } = isPaged ? pageOf(c) : { page: 1, limit: MOST_COMMENTS };
  const { comments, hasMore } = await commentsOfIssue(app, issue, { page, limit, ...filterOf(c) });
  setPages(c, { page, limit, total: undefined, hasMore: isPaged && hasMore });
  return c.json(
    await commentsJson(
      app,
      open,
      comments.map((entry) => ({ entry, issue })),
    ),
  );
}

function filterOf(c: WebContext): { since: number | undefined; before: number | undefined } {
  return { since: instantIn(c, 'since'), before: instantIn(c, 'before') };
}

function instantIn(c: WebContext, name: string): number | undefined {
  const text = c.req.query(name);
  if (!text) return undefined;
  const at = text.length <= 40 ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw invalid({ [name]: 'Give an instant, like 2026-12-31T00:00:00Z.' });
  return at;
}

async function postComment(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const issue = await issueOfApi(c, open);
  const body = textIn(await readJson(c), 'body') ?? '';
  return answer(c, open, issue, await addComment(app, actor, open, issue, body), 201);
}

async function getComment(c: WebContext, open: OpenRepository): Promise<Response> {
  const { issue, entry } = await commentOf(c, open);
  return answer(c, open, issue, entry);
}

async function patchComment(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { issue, entry } = await commentOf(c, open);
  const json = await readJson(c);
  const edit = { body: textIn(json, 'body') ?? '', version: versionIn(json, entry) };
  await editText(app, actor, open, issue, entry.id, edit);
  return answer(c, open, issue, await findComment(app, issue, entry.id));
}

async function removeComment(c: WebContext, open: OpenRepository): Promise<Response> {
  const { issue, entry } = await commentOf(c, open);
  await deleteComment(c.var.app, c.var.actor, open, issue, entry);
  return c.body(null, 204);
}

async function commentOf(c: WebContext, open: OpenRepository): Promise<{ issue: IssueRow; entry: EntryRow }> {
  const { app } = c.var;
  const text = c.req.param('id') ?? '';
  if (!/^\d{1,15}$/.test(text)) throw notFound('comment');
  const issue = await requireIssueOfComment(app, open, Number(text));
  return { issue, entry: await findComment(app, issue, Number(text)) };
}

async function answer(
  c: WebContext,
  open: OpenRepository,
  issue: IssueRow,
  entry: EntryRow,
  status: 200 | 201 = 200,
): Promise<Response> {
  const [body] = await commentsJson(c.var.app, open, [{ entry, issue }]);
  return c.json(body, status);
}
