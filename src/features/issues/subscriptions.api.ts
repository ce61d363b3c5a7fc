// Subscriptions to issues in Gitea's REST API v1.
import { AppError, notFound } from '../../base/errors.ts';
import { isoTime } from '../../base/time.ts';
import { describing } from '../../platform/api/description.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { requireUserActor } from '../../platform/web/gates.ts';
import { pageByNumber } from '../../platform/web/numbered-pages.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { accountsJson } from '../users/accounts.json.ts';
import { requireIssue } from './issues.service.ts';
import type { IssueRow } from './issues.types.ts';
import {
  chooseSubscription,
  type SubscriptionState,
  subscribersAfter,
  subscriptionOf,
} from './subscriptions.service.ts';

const AT = '/api/v1/repos/:owner/:repo/issues/:index{[0-9]+}/subscriptions';
const AT_ONCE = 100;

const described = describing('issue');
const chosen = { status: 201, otherStatuses: [200] };

export const subscriptionApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: AT,
    access: 'conversations:read',
    handler: getSubscribers,
    api: described('issueSubscriptions', 'List who is subscribed to an issue', 'User[]', { paged: true }),
  },
  {
    method: 'get',
    path: `${AT}/check`,
    access: 'conversations:read',
    handler: getCheck,
    api: described('issueCheckSubscription', 'Get one’s own subscription to an issue', 'WatchInfo'),
  },
  {
    method: 'put',
    path: `${AT}/:user`,
    access: 'conversations:follow',
    handler: putSubscription,
    api: described('issueAddSubscription', 'Subscribe to an issue', 'none', {
      about: 'Everybody for themselves. 200 where they are subscribed already.',
      ...chosen,
    }),
  },
  {
    method: 'delete',
    path: `${AT}/:user`,
    access: 'conversations:follow',
    handler: removeSubscription,
    api: described('issueDeleteSubscription', 'Unsubscribe from an issue', 'none', {
      about: 'Everybody for themselves. 200 where they are not subscribed.',
      ...chosen,
    }),
  },
];

function issueOf(c: WebContext, open: OpenRepository): Promise<IssueRow> {
  const number = Number(c.req.param('index'));
  if (!Number.isSafeInteger(number)) throw notFound('issue');
  return requireIssue(c.var.app, open, number);
}

async function getSubscribers(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const issue = await issueOf(c, open);
  const asked = pageOf(c);
  // Teams and who is in them are an organization's own matter: their people are shown to nobody but themselves.
  const isTold = ({ userId, state, reason }: SubscriptionState) =>
    state === 'subscribed' && (reason !== 'team_mention' || isSelf(c, userId));
  const { items, hasMore } = await pageByNumber(asked, async (after: number | undefined) => {
    const rows = await subscribersAfter(app, issue.id, after ?? 0, AT_ONCE);
    const next = rows.length < AT_ONCE ? undefined : rows.at(-1)?.userId;
    return { items: rows.filter(isTold), next };
  });
  setPages(c, { ...asked, total: undefined, hasMore });
  const people = await accountsJson(
    app,
    c.var.actor,
    items.map(({ userId }) => userId),
  );
  return c.json([...people.values()]);
}

function isSelf(c: WebContext, userId: number): boolean {
  const { actor } = c.var;
  return actor.kind === 'user' && actor.userId === userId;
}

async function getCheck(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const actor = requireUserActor(c.var.actor);
  const issue = await issueOf(c, open);
  const subscription = await subscriptionOf(app, actor, open, issue);
  const url = `${app.publicUrl()}/api/v1/repos${open.path}`;
  return c.json({
    subscribed: subscription?.isNotified ?? false,
    ignored: subscription?.state === 'muted',
    reason: null,
    created_at: isoTime(issue.createdAt),
    url: `${url}/issues/${issue.number}/subscriptions`,
    repository_url: url,
  });
}

/** Nobody chooses for anybody else. */
function requireSelf(c: WebContext): void {
  const { name } = requireUserActor(c.var.actor);
  if (c.req.param('user')?.toLowerCase() !== name.toLowerCase())
    throw new AppError('forbidden', 'Everybody chooses their own subscriptions.');
}

function putSubscription(c: WebContext, open: OpenRepository): Promise<Response> {
  return choose(c, open, 'subscribed');
}

function removeSubscription(c: WebContext, open: OpenRepository): Promise<Response> {
  return choose(c, open, 'muted');
}

async function choose(
  c: WebContext,
  open: OpenRepository,
  choice: 'subscribed' | 'muted',
): Promise<Response> {
  const { app, actor } = c.var;
  requireSelf(c);
  const issue = await issueOf(c, open);
  const before = await subscriptionOf(app, requireUserActor(actor), open, issue);
  await chooseSubscription(app, actor, open, issue, choice);
  const isSame = (before?.isNotified ?? false) === (choice === 'subscribed');
  return c.body(null, isSame ? 200 : 201);
}
