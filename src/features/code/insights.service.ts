// Counts who changed how much and when, over the history of a default branch: in a job, remembered by commit, and
// advanced by the new commits alone.
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { containsCommit } from '../../platform/git/history.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { findFact, findNewestFact, putFact, removeOtherFacts } from './commit-facts.store.ts';
import type { Insights } from './insights.types.ts';
import { countCommitsInto, emptyInsights, type Tally } from './insights-log.service.ts';

const KIND = 'insights';
export const INSIGHTS_JOB = 'code.insights';

type Opened = Pick<OpenRepository, 'dir'> & {
  repository: Pick<OpenRepository['repository'], 'id' | 'defaultBranch'>;
};

/** What is counted so far; `commit` is where the count stands. */
export interface Counted {
  commit: Oid;
  insights: Insights;
}

/** The newest count of a repository; undefined before the first. */
export async function findInsights(app: App, open: Opened): Promise<Counted | undefined> {
  const row = await findNewestFact(app.db.read, open.repository.id, KIND);
  const insights = row && (await decode(row.value));
  return insights && { commit: row.commitOid, insights };
}

/** Has the default branch counted by a job, soon. */
export async function countInsightsLater(app: App, repositoryId: number, delay = 0): Promise<void> {
  await app.db.write((tx) =>
    app.jobs.enqueue(
      tx,
      INSIGHTS_JOB,
      { repositoryId },
      { delay, uniqueKey: `${INSIGHTS_JOB}:${repositoryId}`, fairnessKey: `repo:${repositoryId}` },
    ),
  );
}

/** Counts anew what somebody has looked at before, after a push. */
export async function refreshInsights(app: App, repositoryId: number): Promise<void> {
  if (await findNewestFact(app.db.read, repositoryId, KIND)) await countInsightsLater(app, repositoryId);
}

/** Counts the default branch as it is now, from the last count where that is part of its history. */
export async function countInsights(app: App, open: Opened, signal?: AbortSignal): Promise<void> {
  const commit = await app.git.ref(open.dir, `refs/heads/${open.repository.defaultBranch}`);
  if (commit === undefined) return;
  const key = { repositoryId: open.repository.id, commitOid: commit, kind: KIND } as const;
  const known = await findFact(app.db.read, key);
  if (known && (await decode(known))) return;
  const before = await findInsights(app, open);
  const isBehind = before && (await containsCommit(app.git, open.dir, before.commit, commit));
  const tally: Tally = isBehind
    ? { insights: before.insights, from: before.commit }
    : { insights: emptyInsights(), from: undefined };
  await countCommitsInto(app.git, open.dir, tally, commit, signal);
  const value = await encode(tally.insights);
  await app.db.write(async (tx) => {
    await putFact(tx, key, value, app.clock.now());
    await removeOtherFacts(tx, key);
  });
}

async function encode(insights: Insights): Promise<Buffer<ArrayBuffer>> {
  return promisify(gzip)(JSON.stringify(insights)) as Promise<Buffer<ArrayBuffer>>;
}

/** Undefined for what another version has written. */
async function decode(value: Uint8Array): Promise<Insights | undefined> {
  const json = (await promisify(gunzip)(value)).toString('utf8');
  const insights = JSON.parse(json) as Insights;
  return insights.version === 1 ? insights : undefined;
}
