// The button beside an issue that subscribes, and the one that takes it back.
import { notFound } from '../../base/errors.ts';
import { readForm } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { requireIssue } from './issues.service.ts';
import { chooseSubscription } from './subscriptions.service.ts';

export const subscriptionRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'post',
    path: '/:owner/:repo/issues/:number{[0-9]+}/subscription',
    access: 'issues:follow',
    handler: postSubscription,
  },
];

async function postSubscription(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const number = Number(c.req.param('number'));
  if (!Number.isSafeInteger(number)) throw notFound('issue');
  const issue = await requireIssue(app, open, number);
  const { state } = await readForm(c);
  await chooseSubscription(app, actor, open, issue, state === 'subscribed' ? 'subscribed' : 'muted');
  return c.redirect(`${open.path}/issues/${issue.number}`, 303);
}
