// Reactions in Gitea's REST API v1: listed, given (201, or 200 where it was given before) and taken back.
import type { Actor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { isoTime } from '../../base/time.ts';
import { describing } from '../../platform/api/description.ts';
import type { App } from '../../platform/app.types.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { accountsJson } from '../users/accounts.json.ts';
import { requirePerson } from './changing.service.ts';
import { reactionBody } from './issue-bodies.input.ts';
import { requireIssue } from './issues.service.ts';
import type { IssueRow } from './issues.types.ts';
import { parseReaction, react, reactionsTo, requireIssueOfComment } from './reactions.service.ts';
import type { Reaction } from './reactions.types.ts';

const ISSUES = '/api/v1/repos/:owner/:repo/issues';
const OF_ISSUE = `${ISSUES}/:number{[0-9]+}/reactions`;
const OF_COMMENT = `${ISSUES}/comments/:comment{[0-9]+}/reactions`;

const described = describing('issue');
const given = { body: reactionBody, example: { content: '+1' } };
const added = { ...given, status: 201, otherStatuses: [200] };
const taken = { ...given, status: 200 };

export const reactionApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: OF_ISSUE,
    access: 'conversations:read',
    handler: getReactions,
    api: described('issueGetIssueReactions', 'List the reactions to an issue', 'Reaction[]', { paged: true }),
  },
  {
    method: 'post',
    path: OF_ISSUE,
    access: 'conversations:comment',
    handler: postReaction,
    api: described('issuePostIssueReaction', 'React to an issue', 'Reaction', added),
  },
  {
    method: 'delete',
    path: OF_ISSUE,
    access: 'conversations:comment',
    handler: deleteReaction,
    api: described('issueDeleteIssueReaction', 'Take back a reaction to an issue', 'none', taken),
  },
  {
    method: 'get',
    path: OF_COMMENT,
    access: 'conversations:read',
    handler: getReactions,
    api: described('issueGetCommentReactions', 'List the reactions to a comment', 'Reaction[]'),
  },
  {
    method: 'post',
    path: OF_COMMENT,
    access: 'conversations:comment',
    handler: postReaction,
    api: described('issuePostCommentReaction', 'React to a comment', 'Reaction', added),
  },
  {
    method: 'delete',
    path: OF_COMMENT,
    access: 'conversations:comment',
    handler: deleteReaction,
    api: described('issueDeleteCommentReaction', 'Take back a reaction to a comment', 'none', taken),
  },
];

async function getReactions(c: WebContext, open: OpenRepository): Promise<Response> {
  const { issue, entryId } = await textOf(c, open);
  const all = await reactionsTo(c.var.app, issue.id, entryId);
  const isPaged = c.req.query('page') !== undefined || c.req.query('limit') !== undefined;
  const { page, limit } = isPaged ? pageOf(c) : { page: 1, limit: Math.max(all.length, 1) };
  setPages(c, { page, limit, total: all.length });
  const shown = all.slice((page - 1) * limit, page * limit);
  return c.json(await present(c.var.app, c.var.actor, shown));
}

async function postReaction(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { issue, entryId } = await textOf(c, open);
  const content = parseReaction((await bodyOf(c, reactionBody)).content);
  const isNew = await react(app, actor, open, issue, { entryId, content, isGiven: true });
  const userId = requirePerson(actor);
  const listed = await reactionsTo(app, issue.id, entryId);
  const own = listed.find((one) => one.userId === userId && one.content === content);
  const [body] = await present(app, actor, [own ?? { userId, content, createdAt: app.clock.now() }]);
  return c.json(body, isNew ? 201 : 200);
}

async function deleteReaction(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { issue, entryId } = await textOf(c, open);
  const content = parseReaction((await bodyOf(c, reactionBody)).content);
  await react(app, actor, open, issue, { entryId, content, isGiven: false });
  return c.body(null, 200);
}

async function textOf(c: WebContext, open: OpenRepository): Promise<{ issue: IssueRow; entryId: number }> {
  const { comment, number } = c.req.param() as { comment?: string; number?: string };
  const id = Number(comment ?? number);
  if (!Number.isSafeInteger(id) || id > 2 ** 31) throw notFound(comment === undefined ? 'issue' : 'comment');
  const { app } = c.var;
  if (comment === undefined) return { issue: await requireIssue(app, open, id), entryId: 0 };
  return { issue: await requireIssueOfComment(app, open, id), entryId: id };
}

async function present(app: App, viewer: Actor, reactions: readonly Reaction[]) {
  const people = await accountsJson(
    app,
    viewer,
    reactions.map(({ userId }) => userId),
  );
  return reactions.map(({ userId, content, createdAt }) => ({
    user: people.get(userId) ?? null,
    content,
    created_at: isoTime(createdAt),
  }));
}
