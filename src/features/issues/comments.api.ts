// Comments in Gitea's REST API v1: of an issue, of a repository, and one by its id.
import { notFound } from '../../base/errors.ts';
import { describing } from '../../platform/api/description.ts';
import { bodyOf, queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { instantIn } from './api-instants.service.ts';
import { commentsOfIssue, commentsOfRepository, MOST_COMMENTS } from './comment-lists.service.ts';
import { commentsJson } from './comments.json.ts';
import { addComment, deleteComment, findComment } from './comments.service.ts';
import { editText } from './edits.service.ts';
import { issueOfApi } from './issue.api.ts';
import { commentBody, commentListQuery, newCommentBody } from './issue-bodies.input.ts';
import type { EntryRow, IssueRow } from './issues.types.ts';
import { requireIssueOfComment } from './reactions.service.ts';
import { versionIn } from './request-fields.service.ts';

const ISSUES = '/api/v1/repos/:owner/:repo/issues';
const OF_ISSUE = `${ISSUES}/:index{[0-9]+}/comments`;
const ONE = `${ISSUES}/comments/:id{[0-9]+}`;
/** Where comments were before they had an address of their own. */
const DEPRECATED = `${OF_ISSUE}/:id{[0-9]+}`;

const described = describing('issue');
const edited = { body: commentBody, example: { body: 'It was found.' } };

export const commentApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: `${ISSUES}/comments`,
    access: 'conversations:read',
    handler: getOfRepository,
    api: described('issueGetRepoComments', 'List the comments of a repository', 'Comment[]', {
      query: commentListQuery,
      paged: true,
    }),
  },
  {
    method: 'get',
    path: OF_ISSUE,
    access: 'conversations:read',
    handler: getOfIssue,
    api: described('issueGetComments', 'List the comments of an issue', 'Comment[]', {
      about: 'All of them, unless a page is asked for.',
      query: commentListQuery,
      paged: true,
    }),
  },
  {
    method: 'post',
    path: OF_ISSUE,
    access: 'conversations:comment',
    handler: postComment,
    api: described('issueCreateComment', 'Comment on an issue', 'Comment', {
      body: newCommentBody,
      example: { body: 'I have it.' },
      status: 201,
    }),
  },
  {
    method: 'get',
    path: ONE,
    access: 'conversations:read',
    handler: getComment,
    api: described('issueGetComment', 'Get a comment', 'Comment'),
  },
  {
    method: 'patch',
    path: ONE,
    access: 'conversations:comment',
    handler: patchComment,
    api: described('issueEditComment', 'Edit a comment', 'Comment', { ...edited }),
  },
  {
    method: 'delete',
    path: ONE,
    access: 'conversations:comment',
    handler: removeComment,
    api: described('issueDeleteComment', 'Delete a comment', 'none'),
  },
  {
    method: 'patch',
    path: DEPRECATED,
    access: 'conversations:comment',
    handler: patchComment,
    api: described('issueEditCommentDeprecated', 'Edit a comment of an issue', 'Comment', {
      about: 'Deprecated: a comment has an address of its own.',
      ...edited,
    }),
  },
  {
    method: 'delete',
    path: DEPRECATED,
    access: 'conversations:comment',
    handler: removeComment,
    api: described('issueDeleteCommentDeprecated', 'Delete a comment of an issue', 'none', {
      about: 'Deprecated: a comment has an address of its own.',
    }),
  },
];

async function getOfRepository(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { page, limit } = pageOf(c);
  const { comments, hasMore } = await commentsOfRepository(app, open, { page, limit, ...filterOf(c) });
  setPages(c, { page, limit, total: undefined, hasMore });
  return c.json(await commentsJson(app, c.var.actor, open, comments));
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
      c.var.actor,
      open,
      comments.map((entry) => ({ entry, issue })),
    ),
  );
}

function filterOf(c: WebContext): { since: number | undefined; before: number | undefined } {
  const { since, before } = queryOf(c, commentListQuery);
  return { since: instantIn('since', since), before: instantIn('before', before) };
}

async function postComment(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const issue = await issueOfApi(c, open);
  const { body } = await bodyOf(c, newCommentBody);
  return answer(c, open, issue, await addComment(app, actor, open, issue, body), 201);
}

async function getComment(c: WebContext, open: OpenRepository): Promise<Response> {
  const { issue, entry } = await commentOf(c, open);
  return answer(c, open, issue, entry);
}

async function patchComment(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { issue, entry } = await commentOf(c, open);
  const body = await bodyOf(c, commentBody);
  const edit = { body: body.body, version: versionIn(body, entry) };
  await editText(app, actor, open, issue, entry.id, edit);
  return answer(c, open, issue, await findComment(app, issue, entry.id));
}

async function removeComment(c: WebContext, open: OpenRepository): Promise<Response> {
  const { issue, entry } = await commentOf(c, open);
  await deleteComment(c.var.app, c.var.actor, open, issue, entry);
  return c.body(null, 204);
}

/** The comment that a path names, by itself or by its issue. */
export async function commentOf(
  c: WebContext,
  open: OpenRepository,
): Promise<{ issue: IssueRow; entry: EntryRow }> {
  const { app } = c.var;
  const text = c.req.param('id') ?? '';
  if (!/^\d{1,15}$/.test(text)) throw notFound('comment');
  const issue = await requireIssueOfComment(app, open, Number(text));
  const index = c.req.param('index');
  if (index !== undefined && Number(index) !== issue.number) throw notFound('comment');
  return { issue, entry: await findComment(app, issue, Number(text)) };
}

async function answer(
  c: WebContext,
  open: OpenRepository,
  issue: IssueRow,
  entry: EntryRow,
  status: 200 | 201 = 200,
): Promise<Response> {
  const [body] = await commentsJson(c.var.app, c.var.actor, open, [{ entry, issue }]);
  return c.json(body, status);
}
