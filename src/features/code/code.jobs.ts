// What the code room does later: surveys of pushed repositories, and forgetting old ones.
import { z } from 'zod';
import { SYSTEM } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import { SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { forgetDeletedBranches } from './deleted-branches.service.ts';
import { countInsights, countInsightsLater, INSIGHTS_JOB, refreshInsights } from './insights.service.ts';
import { forgetOldSurveys, surveyRepository } from './surveys.service.ts';
import { advanceSymbolIndex } from './symbol-index.service.ts';
import { indexLater, SYMBOLS_JOB } from './symbols.service.ts';
import { forgetOldMarks } from './viewed-files.service.ts';

export const SURVEY_JOB = 'code.survey';
const EVICT_JOB = 'code.evict-files';
const FORGET_JOB = 'code.forget-surveys';
const FORGET_BRANCHES_JOB = 'code.forget-deleted-branches';

const BUSY_DELAY = 3 * SECOND;

const repositoryPayload = z.object({ repositoryId: z.number().int() });

/** Defines the room's jobs and schedules. */
export function registerCodeJobs(app: App): void {
  app.jobs.define({
    kind: SURVEY_JOB,
    queue: 'default',
    priority: 150,
    run: (payload) => survey(app, payload),
  });
  app.jobs.define({
    kind: SYMBOLS_JOB,
    queue: 'default',
    priority: 190,
    run: (payload, { signal }) => indexSymbols(app, payload, signal),
  });
  app.jobs.define({
    kind: INSIGHTS_JOB,
    queue: 'default',
    priority: 200,
    run: (payload, { signal }) => countOne(app, payload, signal),
  });
  app.jobs.define({ kind: EVICT_JOB, queue: 'maintenance', run: async () => void (await app.files.evict()) });
  app.jobs.schedule({ name: EVICT_JOB, cron: '23 * * * *', kind: EVICT_JOB });
  app.jobs.define({
    kind: FORGET_BRANCHES_JOB,
    queue: 'maintenance',
    run: () => forgetDeletedBranches(app),
  });
  app.jobs.schedule({ name: FORGET_BRANCHES_JOB, cron: '53 3 * * *', kind: FORGET_BRANCHES_JOB });
  app.jobs.define({ kind: FORGET_JOB, queue: 'maintenance', run: () => forget(app) });
  app.jobs.schedule({ name: FORGET_JOB, cron: '41 3 * * *', kind: FORGET_JOB });
}

async function forget(app: App): Promise<void> {
  await forgetOldSurveys(app);
  await forgetOldMarks(app);
}

async function survey(app: App, payload: unknown): Promise<void> {
  await withRepository(app, payload, async (open) => {
    await surveyRepository(app, open);
    await refreshInsights(app, open.repository.id);
  });
}

const counting = new WeakSet<App>();

/** Histories are counted one after the other: each may take minutes. */
async function countOne(app: App, payload: unknown, signal: AbortSignal): Promise<void> {
  await withRepository(app, payload, async (open) => {
    if (counting.has(app)) return countInsightsLater(app, open.repository.id, BUSY_DELAY);
    counting.add(app);
    await countInsights(app, open, signal).finally(() => counting.delete(app));
  });
}

/** Does nothing for a repository that was deleted meanwhile. */
async function withRepository(
  app: App,
  payload: unknown,
  work: (open: OpenRepository) => Promise<void>,
): Promise<void> {
  const { repositoryId } = repositoryPayload.parse(payload);
  try {
    await work(await openRepositoryById(app, SYSTEM, repositoryId, 'code:read'));
  } catch (error) {
    if (!isAppError(error, 'not_found')) throw error;
  }
}

/** Parts of one index, and indexes of several repositories, come one after the other. */
async function indexSymbols(app: App, payload: unknown, signal: AbortSignal): Promise<void> {
  await withRepository(app, payload, async (open) => {
    const outcome = await advanceSymbolIndex(app, open, signal);
    if (outcome !== 'done') await indexLater(app, open.repository.id, outcome === 'busy' ? BUSY_DELAY : 0);
  });
}
