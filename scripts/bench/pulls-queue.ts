// A merge queue of many entries over checks that take a minute: how long until all are merged, against what the checks alone take.
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Site } from './pulls-site.ts';
import type { Report } from './report.ts';

export interface QueueRun {
  /** Branches, each a pull request into `main`. */
  heads: readonly string[];
  /** Pull requests in a group, and groups under test at once. */
  batch: number;
  atOnce: number;
  checkSeconds: number;
}

const CONTEXT = 'ci';
const LOOK_MS = 200;

type Group = { state: string; sha: string | null };

/** Queues all of them, answers for the checks of each group after their time, and waits for the last merge. */
export async function measureQueue(report: Report, site: Site, run: QueueRun): Promise<void> {
  const numbers = await proposeAll(site, run.heads);
  await site.api('POST', '/rulesets', ruleSet(run));
  await site.quiet();
  const least = Math.ceil(run.heads.length / run.batch / run.atOnce) * run.checkSeconds;
  const began = performance.now();
  const checking = new AbortController();
  const checks = answerChecks(site, run.checkSeconds * 1000, checking.signal);
  for (const number of numbers) await site.api('POST', `/pulls/${number}/queue`, {});
  const queued = (performance.now() - began) / 1000;
  await site.until('the queue', () => site.countMerged(numbers) === numbers.length);
  const took = (performance.now() - began) / 1000;
  checking.abort();
  await checks;
  report.judge(
    `queue of ${numbers.length}, ${run.batch} in a group, ${run.atOnce} groups at once, checks of ${run.checkSeconds} s: until all were merged`,
    `${took.toFixed(1)} s, of which checks ${least} s (${(took / least).toFixed(2)}x; ${queued.toFixed(1)} s until all were queued)`,
    'checks + 10 %',
    took <= least * 1.1,
  );
}

async function proposeAll(site: Site, heads: readonly string[]): Promise<number[]> {
  const numbers: number[] = [];
  for (const head of heads) {
    const { number } = await site.propose(head, 'main');
    numbers.push(number);
    await site.api('POST', `/statuses/${site.pull(number).headOid}`, { state: 'success', context: CONTEXT });
  }
  await site.quiet();
  return numbers;
}

function ruleSet({ batch, atOnce }: QueueRun): object {
  const checks = { required_status_checks: [{ context: CONTEXT }] };
  const queue = { merge_method: 'merge', max_entries_to_merge: batch, max_entries_to_build: atOnce };
  return {
    name: 'Queue',
    conditions: { ref_name: { include: ['main'] } },
    rules: [
      { type: 'required_status_checks', parameters: checks },
      { type: 'merge_queue', parameters: queue },
    ],
  };
}

/** As a runner would: it sees what is to be tested, and says so once it was. */
async function answerChecks(site: Site, takes: number, signal: AbortSignal): Promise<void> {
  const seen = new Set<string>();
  const running: Promise<unknown>[] = [];
  while (!signal.aborted) {
    const { body } = await site.api('GET', '/merge_queue/main');
    for (const { state, sha } of body.groups as Group[]) {
      if (state !== 'testing' || sha === null || seen.has(sha)) continue;
      seen.add(sha);
      const answer = () => site.api('POST', `/statuses/${sha}`, { state: 'success', context: CONTEXT });
      running.push(sleep(takes, undefined, { signal }).then(answer, () => undefined));
    }
    await sleep(LOOK_MS);
  }
  await Promise.all(running);
}
