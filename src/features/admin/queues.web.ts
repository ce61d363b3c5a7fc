// /admin/jobs: what waits, runs, is done or has failed for good.
import { isAppError, notFound } from '../../base/errors.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { page, redirectWithMessage } from '../../platform/web/page.ts';
import { idInQuery } from '../../platform/web/queries.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { adminModel } from './admin-page.present.ts';
import { pageOfJobs, removeJob, retryJob } from './queues.service.ts';

const BASE = '/admin/jobs';
const STATES = ['waiting', 'running', 'dead', 'done'] as const;
const QUEUES = ['events', 'default', 'maintenance', 'transfers', 'webhooks'];

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'admin', handler: getJobs },
  { method: 'post', path: `${BASE}/:job/retry`, access: 'admin', sudo: true, handler: postRetry },
  { method: 'post', path: `${BASE}/:job/removal`, access: 'admin', sudo: true, handler: postRemoval },
];

/** Adds the pages about jobs. */
export function mountQueues(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

async function getJobs(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  const state = STATES.find((one) => one === c.req.query('state'));
  const queue = QUEUES.find((one) => one === c.req.query('queue'));
  const before = idInQuery(c, 'before');
  const filter = { ...(state ? { state } : {}), ...(queue ? { queue } : {}) };
  const { counts, items, next } = await pageOfJobs(app, actor, {
    ...filter,
    ...(before ? { before } : {}),
  });
  const countOf = (name: string, one: string) =>
    counts.find((row) => row.queue === name && row.state === one)?.count ?? 0;
  const model = {
    title: 'Jobs',
    jobs: items,
    state,
    queue,
    states: STATES,
    queues: QUEUES.map((name) => ({
      name,
      counts: STATES.map((one) => ({ state: one, count: countOf(name, one) })),
    })),
    nextPage: next === undefined ? undefined : addressOf({ ...filter, before: String(next) }),
  };
  return page(c, 'admin/jobs', adminModel(app, 'jobs', model));
}

function addressOf(query: Record<string, string>): string {
  return `${BASE}?${new URLSearchParams(query)}`;
}

function postRetry(c: WebContext): Promise<Response> {
  const id = jobOf(c);
  return answerAct(c, () => retryJob(c.var.app, c.var.actor, id), `Job ${id} is next in its queue.`);
}

function postRemoval(c: WebContext): Promise<Response> {
  const id = jobOf(c);
  return answerAct(c, () => removeJob(c.var.app, c.var.actor, id), `Job ${id} was deleted.`);
}

async function answerAct(c: WebContext, act: () => Promise<void>, done: string): Promise<Response> {
  try {
    await act();
    return redirectWithMessage(c, BASE, done);
  } catch (error) {
    if (isAppError(error, 'conflict')) return redirectWithMessage(c, BASE, error.message, 'error');
    throw error;
  }
}

function jobOf(c: WebContext): number {
  const text = c.req.param('job') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(text)) throw notFound('job');
  return Number(text);
}
