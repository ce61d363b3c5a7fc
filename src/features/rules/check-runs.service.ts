// Check runs: what a check found. Each run also sets the status of its name, so that whatever goes by statuses (icons, required
// checks, the queue) goes by runs too.
import { doneBy, type UserActor } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { setStatusWithin, statusesOf } from '../code/statuses.service.ts';
import type { StatusState } from '../code/statuses.types.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { CheckRunInput } from './check-runs.input.ts';
import {
  allRuns,
  countByName,
  findCheckRun,
  forgetOldRuns,
  insertCheckRun,
  newestRuns,
  newestRunsWhole,
  updateCheckRun,
} from './check-runs.store.ts';
import type { Annotation, Check, CheckRun, CheckRunRow, Checks } from './check-runs.types.ts';

/** Names of runs of one commit, and what is kept of each. */
const MOST_NAMES = 100;
const MOST_PER_NAME = 10;
const MOST_ANNOTATIONS = 1000;
/** Characters of all remarks of one run. */
const MOST_REMARKS = 1024 * 1024;
const MAX_DESCRIPTION = 1000;

/** What statuses and check runs say of a commit, together. */
export async function checksOf(
  app: App,
  open: Pick<OpenRepository, 'repository'>,
  oid: Oid,
): Promise<Checks> {
  const summary = (await statusesOf(app, open, [oid])).get(oid);
  if (!summary) return { state: undefined, checks: [], byContext: new Map() };
  const runs = await newestRuns(app.db.read, { repositoryId: open.repository.id, commitOid: oid });
  const byName = new Map(runs.map((run) => [run.name, run]));
  const checks = summary.statuses.map((status): Check => {
    const run = byName.get(status.context);
    return { context: status.context, state: status.state, status, ...(run ? { run } : {}) };
  });
  return { state: summary.state, checks, byContext: new Map(checks.map((check) => [check.context, check])) };
}

/** What the newest run of each check remarks on the files of a commit, with the check's name. */
export async function annotationsOf(
  app: App,
  open: Pick<OpenRepository, 'repository'>,
  oid: Oid,
): Promise<(Annotation & { check: string; runId: number; commitOid: Oid })[]> {
  const rows = await newestRunsWhole(app.db.read, { repositoryId: open.repository.id, commitOid: oid });
  return rows.flatMap((row) =>
    runOf(row).annotations.map((annotation) => ({
      ...annotation,
      ...{ check: row.name, runId: row.id, commitOid: oid },
    })),
  );
}

/** A run with all it found. Throws AppError not_found. */
export async function requireCheckRun(
  app: App,
  open: Pick<OpenRepository, 'repository'>,
  id: number,
): Promise<CheckRun> {
  const row = await findCheckRun(app.db.read, open.repository.id, id);
  if (!row) throw notFound('check run');
  return runOf(row);
}

/** The runs of a commit, by the order they were begun in, the newest first; only the newest of each name by `latest`. */
export async function runsOf(
  app: App,
  open: Pick<OpenRepository, 'repository'>,
  commitOid: Oid,
  latest: boolean,
): Promise<CheckRun[]> {
  const key = { repositoryId: open.repository.id, commitOid };
  const rows = await (latest ? newestRunsWhole : allRuns)(app.db.read, key);
  return rows.map(runOf);
}

/**
 * Begins a run, or records one that is over. Throws AppError not_found when there is no such commit, invalid on `name` when the
 * commit has too many.
 */
export async function createCheckRun(
  app: App,
  actor: UserActor,
  open: OpenRepository,
  commitOid: Oid,
  input: CheckRunInput,
): Promise<CheckRun> {
  const { repository } = await openRepositoryById(app, actor, open.repository.id, 'statuses:write');
  const { name } = input;
  if (name === undefined) throw invalid({ name: 'Give the check a name.' });
  if (!(await app.git.objects(open.dir).commit(commitOid))) throw notFound('commit');
  const key = { repositoryId: repository.id, commitOid };
  return app.db.write(async (tx) => {
    const counts = await countByName(tx, key);
    if (!counts.has(name) && counts.size >= MOST_NAMES)
      throw invalid({
        name: `A commit has check runs of at most ${MOST_NAMES} names. Use one of them again.`,
      });
    await forgetOldRuns(tx, { ...key, name }, MOST_PER_NAME - 1);
    const now = app.clock.now();
    const blank = { title: '', summary: '', text: '', detailsUrl: '', externalId: '', annotations: [] };
    const begun = { status: 'queued' as const, conclusion: null, startedAt: null, completedAt: null };
    const fresh = { ...key, ...blank, ...begun, name, creatorId: actor.userId, createdAt: now };
    const row = await insertCheckRun(tx, changed(fresh, input, now));
    await tell(app, tx, actor, open, row);
    return runOf(row);
  });
}

/** Says more of a run; remarks are added to those it has. Throws AppError not_found, and invalid on `output`. */
export async function changeCheckRun(
  app: App,
  actor: UserActor,
  open: OpenRepository,
  id: number,
  input: CheckRunInput,
): Promise<CheckRun> {
  await openRepositoryById(app, actor, open.repository.id, 'statuses:write');
  return app.db.write(async (tx) => {
    const row = await findCheckRun(tx, open.repository.id, id);
    if (!row) throw notFound('check run');
    if (input.name !== undefined && input.name !== row.name)
      throw invalid({ name: 'The name of a check run stays as it is: begin another one.' });
    const { id: _id, ...values } = row;
    const next = changed(values, input, app.clock.now());
    await updateCheckRun(tx, id, next);
    const newest = (await countByName(tx, row)).get(row.name)?.newest;
    if (newest === id) await tell(app, tx, actor, open, { ...next, id });
    return runOf({ ...next, id });
  });
}

type Values = Omit<CheckRunRow, 'id'>;

function changed(row: Values, input: CheckRunInput, now: number): Values {
  const { output, detailsUrl, externalId, startedAt, completedAt } = input;
  const conclusion = input.conclusion ?? (input.status === undefined ? row.conclusion : null);
  const status = conclusion === null ? (input.status ?? row.status) : 'completed';
  if (status === 'completed' && conclusion === null)
    throw invalid({ conclusion: 'Say how it ended: a completed run has a conclusion.' });
  const annotations = [
    ...row.annotations,
    ...((output?.annotations ?? []) as unknown as Values['annotations']),
  ];
  if (annotations.length > MOST_ANNOTATIONS || JSON.stringify(annotations).length > MOST_REMARKS)
    throw invalid({ output: `A check run has at most ${MOST_ANNOTATIONS} annotations, of 1 MiB together.` });
  return {
    ...row,
    status,
    conclusion,
    annotations,
    ...(output ? { title: output.title, summary: output.summary } : {}),
    ...(output?.text === undefined ? {} : { text: output.text }),
    ...(detailsUrl === undefined ? {} : { detailsUrl }),
    ...(externalId === undefined ? {} : { externalId }),
    startedAt: startedAt ?? row.startedAt ?? (status === 'queued' ? null : now),
    completedAt: status === 'completed' ? (completedAt ?? row.completedAt ?? now) : null,
  };
}

/** Sets the status of the same name, and says that there is something new. */
async function tell(
  app: App,
  tx: Tx,
  actor: UserActor,
  open: OpenRepository,
  row: CheckRunRow,
): Promise<void> {
  const key = { repositoryId: row.repositoryId, commitOid: row.commitOid };
  const state = stateOf(row);
  const targetUrl = row.detailsUrl || `${app.publicUrl()}${open.path}/runs/${row.id}`;
  const description = row.title.slice(0, MAX_DESCRIPTION);
  await setStatusWithin(app, tx, actor, key, { state, context: row.name, description, targetUrl });
  await app.events.record(tx, {
    kind: 'check_run.set',
    ...doneBy(actor),
    ...key,
    checkRunId: row.id,
    name: row.name,
    state: row.conclusion ?? row.status,
  });
}

/** A run as the state of a status. */
export function stateOf({ status, conclusion }: Pick<CheckRunRow, 'status' | 'conclusion'>): StatusState {
  if (status !== 'completed' || conclusion === null) return 'pending';
  if (conclusion === 'success' || conclusion === 'neutral' || conclusion === 'skipped') return 'success';
  return conclusion === 'cancelled' || conclusion === 'action_required' ? 'error' : 'failure';
}

function runOf(row: CheckRunRow): CheckRun {
  return { ...row, annotations: row.annotations as unknown as Annotation[] };
}
