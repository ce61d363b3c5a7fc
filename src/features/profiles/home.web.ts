// The first page of the site: a dashboard for those who are signed in, what is public for everybody else.
import type { UserActor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { assignedTo } from '../issues/assigned.service.ts';
import { readTopic } from '../repos/topics.service.ts';
import { countUsers } from '../users/users.service.ts';
import { feedLine } from './feed.present.ts';
import { feedOf } from './feed.service.ts';
import { listModel, nextAddress } from './lists.web.ts';
import { waitingFor } from './waiting.service.ts';

/** `/` */
export function getHome(c: WebContext): Promise<Response> {
  const { actor } = c.var;
  return actor.kind === 'user' ? answerDashboard(c, actor) : answerList(c, 'profiles/landing', 'Welcome');
}

/** `/explore` */
export function getExplore(c: WebContext): Promise<Response> {
  return answerList(c, 'profiles/explore', 'Explore repositories');
}

/** `/topics/:topic`: what has a topic, of what the visitor may see. A topic that nothing has is a list of nothing. */
export async function getTopic(c: WebContext): Promise<Response> {
  const topic = readTopic(c.req.param('topic') ?? '');
  if (topic === undefined) throw notFound('topic');
  return page(c, 'profiles/topic', { title: `Topic: ${topic}`, topic, ...(await listModel(c, { topic })) });
}

async function answerDashboard(c: WebContext, actor: UserActor): Promise<Response> {
  const { app } = c.var;
  const before = c.req.query('before');
  const [list, feed, waiting, assigned] = await Promise.all([
    listModel(c, { memberId: actor.userId }),
    feedOf(app, actor, before),
    waitingFor(app, actor),
    assignedTo(app, actor),
  ]);
  const keep: Record<string, string> = list.words ? { q: list.words } : {};
  return page(c, 'profiles/dashboard', {
    title: 'Dashboard',
    ...list,
    waiting,
    assigned,
    lines: feed.entries.map(feedLine),
    olderFeed: nextAddress(c, keep, 'before', feed.next),
    isNewestFeed: !before,
  });
}

async function answerList(c: WebContext, template: string, title: string): Promise<Response> {
  const list = await listModel(c, {});
  const registration = c.var.app.config.accounts.registration === 'open';
  // Counted only where it is likely, so that a page with repositories never waits for it.
  const isSetupPending = list.items.length === 0 && (await countUsers(c.var.app)) === 0;
  return page(c, template, { title, ...list, registration, isSetupPending });
}
