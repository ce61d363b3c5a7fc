// Background jobs as administrators look after them. What a job was given may be secret and is never shown.
import { type Actor, doneBy } from '../../base/actor.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import type { JobCount, JobRow, ScheduleState } from '../../platform/jobs/jobs.types.ts';

const PAGE_SIZE = 50;

export type ShownJob = Omit<JobRow, 'payload'>;

export interface JobPage {
  counts: JobCount[];
  items: ShownJob[];
  /** The `before` of the next page; undefined on the last one. */
  next: number | undefined;
}

/** One page of jobs, the newest first, with how many there are in each queue and state. */
export async function pageOfJobs(
  app: App,
  actor: Actor,
  request: { state?: JobRow['state']; queue?: string; before?: number },
): Promise<JobPage> {
  requireSiteAbility(actor, 'site:administer');
  const { before, ...filter } = request;
  const rows = await app.jobs.list({
    ...filter,
    ...(before === undefined ? {} : { beforeId: before }),
    limit: PAGE_SIZE + 1,
  });
  const items = rows.slice(0, PAGE_SIZE).map(({ payload: _, ...shown }) => shown);
  const next = rows.length > PAGE_SIZE ? items.at(-1)?.id : undefined;
  return { counts: await app.jobs.counts(), items, next };
}

/** One numbered page of jobs, the newest first. */
export async function listJobs(
  app: App,
  actor: Actor,
  filter: { state?: JobRow['state']; queue?: string },
  { page, limit }: { page: number; limit: number },
): Promise<{ items: ShownJob[]; total: number }> {
  requireSiteAbility(actor, 'users:list');
  const rows = await app.jobs.list({ ...filter, limit, offset: (page - 1) * limit });
  const counted = (await app.jobs.counts()).filter(
    ({ queue, state }) => (filter.queue ?? queue) === queue && (filter.state ?? state) === state,
  );
  const total = counted.reduce((sum, { count }) => sum + count, 0);
  return { items: rows.map(({ payload: _, ...shown }) => shown), total };
}

/** Every schedule by name, with when it ran and will. */
export async function listSchedules(app: App, actor: Actor): Promise<ScheduleState[]> {
  requireSiteAbility(actor, 'users:list');
  return app.jobs.schedules();
}

/** Does now what a schedule does. Throws AppError not_found. */
export async function startSchedule(app: App, actor: Actor, name: string): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  await app.jobs.runSchedule(name, (tx) =>
    app.events.record(tx, { kind: 'schedule.started', ...doneBy(actor), name }),
  );
}

/** Puts a dead or waiting job at the front of its queue. */
export async function retryJob(app: App, actor: Actor, jobId: number): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  await app.jobs.retry(jobId, (tx) =>
    app.events.record(tx, { kind: 'job.retried', ...doneBy(actor), jobId }),
  );
}

/** Deletes a job that is not running: what it stood for does not happen. */
export async function removeJob(app: App, actor: Actor, jobId: number): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  await app.jobs.remove(jobId, (tx) =>
    app.events.record(tx, { kind: 'job.removed', ...doneBy(actor), jobId }),
  );
}
