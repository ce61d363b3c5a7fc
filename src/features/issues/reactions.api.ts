// Reactions in Gitea's REST API v1: listed, given (201, or 200 where it was given before) and taken back.

import { notFound } from '../../base/errors.ts';
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { readJson } from '../../platform/web/json.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { namesOf } from '../users/authorship.service.ts';
import { requirePerson } from './changing.service.ts';
import { requireIssue } from './issues.service.ts';
import type { IssueRow } from './issues.types.ts';
import { parseReaction, react, reactionsTo, requireIssueOfComment } from './reactions.service.ts';
import type { Reaction } from './reactions.types.ts';

const ISSUES = '/api/v1/repos/:owner/:repo/issues';
const OF_ISSUE = `${ISSUES}/:number{[0-9]+}/reactions`;
const OF_COMMENT = `${ISSUES}/comments/:comment{[0-9]+}/reactions`;

export const reactionApiRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: OF_ISSUE, access: 'conversations:read', handler: getReactions },
  { method: 'post', path: OF_ISSUE, access: 'conversations:comment', handler: postReaction },
  { method: 'delete', path: OF_ISSUE, access: 'conversations:comment', handler: deleteReaction },
  { method: 'get', path: OF_COMMENT, access: 'conversations:read', handler: getReactions },
  { method: 'post', path: OF_COMMENT, access: 'conversations:comment', handler: postReaction },
  { method: 'delete', path: OF_COMMENT, access: 'conversations:comment', handler: deleteReaction },
];

async function getReactions(c: WebContext, open: OpenRepository): Promise<Response> {
  const { issue, entryId } = await textOf(c, open);
  return c.json(await present(c.var.app, await reactionsTo(c.var.app, issue.id, entryId)));
}

async function postReaction(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { issue, entryId } = await textOf(c, open);
  const content = parseReaction((await readJson(c)).content);
  const isNew = await react(app, actor, open, issue, { entryId, content, isGiven: true });
  const userId = requirePerson(actor);
  const listed = await reactionsTo(app, issue.id, entryId);
  const own = listed.find((one) => one.userId === userId && one.content === content);
  const [body] = await present(app, [own ?? { userId, content, createdAt: app.clock.now() }]);
  return c.json(body, isNew ? 201 : 200);
}

async function deleteReaction(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { issue, entryId } = await textOf(c, open);
  const content = parseReaction((await readJson(c)).content);
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

async function present(app: App, reactions: readonly Reaction[]) {
  const people = await namesOf(
    app,
    reactions.map(({ userId }) => userId),
  );
  return reactions.map(({ userId, content, createdAt }) => {
    const name = people.get(userId)?.name ?? 'ghost';
    const address = `${app.publicUrl()}/${name}`;
    const user = { id: people.has(userId) ? userId : -1, login: name, full_name: '', username: name };
    return { user: { ...user, html_url: address }, content, created_at: isoTime(createdAt) };
  });
}
