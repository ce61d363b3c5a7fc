// What runs in the background in the REST API: schedules by Gitea's names, and jobs, which Gitea does not show.
import type { AbilityOn } from '../../base/abilities.ts';
import type { Actor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { isoTime, ZERO_TIME } from '../../base/time.ts';
import type { ScheduleState } from '../../platform/jobs/jobs.types.ts';
import { queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { siteGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { jobsQuery } from './accounts.input.ts';
import {
  listJobs,
  listSchedules,
  removeJob,
  retryJob,
  type ShownJob,
  startSchedule,
} from './queues.service.ts';

const CRON = '/api/v1/admin/cron';
const JOBS = '/api/v1/admin/jobs';

const routes: Route<AbilityOn<'site'>, Actor>[] = [
  {
    method: 'get',
    path: CRON,
    access: 'users:list',
    handler: getSchedules,
    api: {
      tag: 'admin',
      id: 'adminCronList',
      summary: 'List what runs on a schedule',
      about: 'Times are in UTC; `exec_times` counts since this server started.',
      answer: 'Cron[]',
      paged: true,
    },
  },
  {
    method: 'post',
    path: `${CRON}/:task`,
    access: 'site:administer',
    handler: postSchedule,
    api: { tag: 'admin', id: 'adminCronRun', summary: 'Run now what runs on a schedule', answer: 'none' },
  },
  {
    method: 'get',
    path: JOBS,
    access: 'users:list',
    handler: getJobs,
    api: {
      tag: 'admin',
      id: 'adminListJobs',
      summary: 'List background jobs',
      about: 'The newest first. What a job was given is not shown: it may be secret.',
      query: jobsQuery,
      answer: 'Job[]',
      paged: true,
    },
  },
  {
    method: 'post',
    path: `${JOBS}/:id/retry`,
    access: 'site:administer',
    handler: postRetry,
    api: {
      tag: 'admin',
      id: 'adminRetryJob',
      summary: 'Run a dead or waiting job next',
      answer: 'none',
    },
  },
  {
    method: 'delete',
    path: `${JOBS}/:id`,
    access: 'site:administer',
    handler: deleteJob,
    api: {
      tag: 'admin',
      id: 'adminDeleteJob',
      summary: 'Delete a job that is not running',
      about: 'What it stood for does not happen.',
      answer: 'none',
    },
  },
];

/** Adds the routes about schedules and jobs. */
export function mountJobsApi(web: WebApp): void {
  mountRoutes(web, siteGate, routes);
}

async function getSchedules(c: WebContext, actor: Actor): Promise<Response> {
  const all = await listSchedules(c.var.app, actor);
  const { page, limit } = pageOf(c);
  setPages(c, { page, limit, total: all.length });
  return c.json(all.slice((page - 1) * limit, page * limit).map(scheduleJson));
}

function scheduleJson({ name, cron, lastRunAt, nextRunAt, runs }: ScheduleState) {
  const time = (instant: number | undefined) => (instant === undefined ? ZERO_TIME : isoTime(instant));
  return { name, schedule: cron, next: time(nextRunAt), prev: time(lastRunAt), exec_times: runs };
}

async function postSchedule(c: WebContext, actor: Actor): Promise<Response> {
  await startSchedule(c.var.app, actor, c.req.param('task') ?? '');
  return c.body(null, 204);
}

async function getJobs(c: WebContext, actor: Actor): Promise<Response> {
  const { state, queue } = queryOf(c, jobsQuery);
  const filter = { ...(state ? { state } : {}), ...(queue ? { queue } : {}) };
  const { items, total } = await listJobs(c.var.app, actor, filter, pageOf(c));
  setPages(c, { ...pageOf(c), total });
  return c.json(items.map(jobJson));
}

function jobJson(job: ShownJob) {
  return {
    id: job.id,
    kind: job.kind,
    queue: job.queue,
    state: job.state,
    attempts: job.attempts,
    max_attempts: job.maxAttempts,
    error: job.lastError,
    created_at: isoTime(job.createdAt),
    run_at: isoTime(job.runAt),
    finished_at: job.finishedAt === null ? null : isoTime(job.finishedAt),
  };
}

async function postRetry(c: WebContext, actor: Actor): Promise<Response> {
  await retryJob(c.var.app, actor, requireId(c));
  return c.body(null, 204);
}

async function deleteJob(c: WebContext, actor: Actor): Promise<Response> {
  await removeJob(c.var.app, actor, requireId(c));
  return c.body(null, 204);
}

function requireId(c: WebContext): number {
  const id = c.req.param('id') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound('job');
  return Number(id);
}
