// The button beside an issue that subscribes, and the one that takes it back.
import { readForm } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { issueHref } from './addresses.service.ts';
import { ISSUE, issueAt } from './issue-requests.web.ts';
import { chooseSubscription } from './subscriptions.service.ts';

export const subscriptionRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'post',
    path: `${ISSUE}/subscription`,
    access: 'issues:follow',
    handler: postSubscription,
  },
];

async function postSubscription(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const issue = await issueAt(c, open);
  const { state } = await readForm(c);
  await chooseSubscription(app, actor, open, issue, state === 'subscribed' ? 'subscribed' : 'muted');
  return c.redirect(issueHref(open.path, issue), 303);
}
