// `opencodehub admin jobs list | run | retry | remove`.
import { COMMAND_LINE } from '../../base/actor.ts';
import { AppError, isAppError } from '../../base/errors.ts';
import { isoTime } from '../../base/time.ts';
import type { JobRow } from '../../platform/jobs/jobs.types.ts';
import type { CliHost, CommonOptions } from './cli.types.ts';
import { withApp, withWholeApp } from './cli-config.ts';
import { printJson, printLine, printTable } from './cli-output.ts';
import { UsageError } from './usage-error.ts';

const STATES: readonly JobRow['state'][] = ['waiting', 'running', 'done', 'dead'];

interface ListOptions extends CommonOptions {
  state?: string;
  limit: string;
  before?: string;
}

/** Prints jobs, newest first. */
export async function listJobs(host: CliHost, options: ListOptions): Promise<void> {
  const state = stateOf(options.state);
  const limit = wholeNumber('--limit', options.limit);
  const beforeId = options.before === undefined ? undefined : wholeNumber('--before', options.before);
  const jobs = await withApp(host, options, ({ app }) =>
    app.jobs.list({ limit, ...(state ? { state } : {}), ...(beforeId ? { beforeId } : {}) }),
  );
  if (options.json) {
    // What a job was given may be secret.
    printJson(jobs.map(({ payload: _, ...shown }) => shown));
    return;
  }
  printTable(
    ['ID', 'STATE', 'QUEUE', 'KIND', 'TRIES', 'RUN AT', 'LAST ERROR'],
    jobs.map((job) => [
      String(job.id),
      job.state,
      job.queue,
      job.kind,
      `${job.attempts}/${job.maxAttempts}`,
      isoTime(job.runAt),
      job.lastError?.split('\n')[0] ?? '',
    ]),
    'There are no such jobs.',
  );
}

/** Runs what is due, also what becomes due by it. Not beside a server, which alone knows the pushes under way. */
export async function runJobs(host: CliHost, options: CommonOptions): Promise<void> {
  const ran = await withWholeApp(host, options, ({ app }) => app.jobs.drain()).catch((error: unknown) => {
    if (!isAppError(error, 'conflict')) throw error;
    const remedy = 'it runs what is due by itself, and `admin jobs retry` moves a job to the front';
    throw new AppError('conflict', `A server is running on this data: ${remedy}.`, { cause: error });
  });
  if (options.json) printJson({ ran });
  else printLine(ran === 0 ? 'No job was due.' : `Ran ${ran} job${ran === 1 ? '' : 's'}.`);
}

/** Puts a job at the front of its queue. */
export async function retryJob(host: CliHost, id: string, options: CommonOptions): Promise<void> {
  const jobId = wholeNumber('The job', id);
  await withApp(host, options, async ({ app }) => {
    const queues = await import('../../features/admin/queues.service.ts');
    await queues.retryJob(app, COMMAND_LINE, jobId);
  });
  if (options.json) printJson({ retried: jobId });
  else printLine(`Job ${jobId} is next in its queue.`);
}

/** Deletes a job that is not running. */
export async function removeJob(host: CliHost, id: string, options: CommonOptions): Promise<void> {
  const jobId = wholeNumber('The job', id);
  await withApp(host, options, async ({ app }) => {
    const queues = await import('../../features/admin/queues.service.ts');
    await queues.removeJob(app, COMMAND_LINE, jobId);
  });
  if (options.json) printJson({ removed: jobId });
  else printLine(`Job ${jobId} was deleted.`);
}

function stateOf(text: string | undefined): JobRow['state'] | undefined {
  if (text === undefined) return undefined;
  const state = STATES.find((candidate) => candidate === text);
  if (!state) throw new UsageError(`--state takes ${STATES.join(', ')}, not "${text}".`);
  return state;
}

/** A number from 1 that was typed; throws UsageError. */
export function wholeNumber(what: string, text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new UsageError(`${what} takes a number from 1, not "${text}".`);
  return Number(text);
}
