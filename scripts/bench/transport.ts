// How quickly and in how little memory repositories are cloned, against git itself.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { median, timeCommand } from './measure.ts';
import type { Prepared } from './prepare.ts';
import type { Report } from './report.ts';
import { cpuMs, residentMiB, type Server, sshEnvironment } from './server.ts';

/** Rounds end after this time: a disturbed machine takes several times as long. */
const MOST_TIME = 150_000;
const CLONES = 8;

/** Clones by each way in turn, and lists refs over SSH. */
export async function measureTransport(
  report: Report,
  server: Server,
  { directory }: Prepared,
  work: string,
  quick: boolean,
): Promise<void> {
  const rounds = quick ? 3 : 5;
  const ssh = sshEnvironment(work);
  const sources = {
    file: `file://${directory}`,
    http: `${server.url}/bench/corpus.git`,
    ssh: `ssh://git@127.0.0.1:${server.sshPort}/bench/corpus.git`,
  };
  const times = { file: [] as number[], http: [] as number[], ssh: [] as number[] };
  const until = performance.now() + MOST_TIME;
  for (let round = 0; round < rounds && (round < 2 || performance.now() < until); round++) {
    for (const name of ['file', 'http', 'ssh'] as const) {
      const target = join(work, 'clone');
      times[name].push(await timeCommand('git', ['clone', '--quiet', '--bare', sources[name], target], ssh));
      rmSync(target, { recursive: true });
    }
  }
  compare(report, 'HTTP', times.http, times.file, quick ? undefined : 1.05);
  compare(report, 'SSH', times.ssh, times.file, quick ? undefined : 1.25);
  const listings: number[] = [];
  for (let i = 0; i < 25; i++)
    listings.push(await timeCommand('git', ['ls-remote', sources.ssh, 'HEAD'], ssh));
  const [best, half] = [Math.min(...listings), median(listings)];
  const listed = `${Math.round(half)} ms (best ${Math.round(best)} ms)`;
  report.judge('ls-remote over SSH, p50 of 25', listed, '<= 40 ms', half <= 40);
}

/**
 * Other work on the machine only ever adds time, so the best turns are compared; the medians are told. The bounds are
 * for the large corpus: a small one shows what a connection costs.
 */
function compare(report: Report, name: string, times: number[], base: number[], bound?: number): void {
  const [mine, git] = [Math.min(...times), Math.min(...base)];
  const ratio = mine / git;
  const medians = median(times) / median(base);
  const seconds = (ms: number) => (ms / 1000).toFixed(2);
  const what = `clone over ${name} against file://, best of ${times.length}`;
  const measured = `${seconds(mine)} s / ${seconds(git)} s = ${ratio.toFixed(2)}x (medians ${medians.toFixed(2)}x)`;
  if (bound === undefined) report.tell(what, measured);
  else report.judge(what, measured, `<= ${bound}x`, ratio <= bound);
}

/** The server's growth while several clone at once, over HTTP and over SSH. */
export async function measureMemory(report: Report, server: Server, work: string): Promise<void> {
  await grow(report, server, work, 'HTTP', `${server.url}/bench/corpus.git`);
  await grow(report, server, work, 'SSH', `ssh://git@127.0.0.1:${server.sshPort}/bench/corpus.git`);
}

async function grow(report: Report, server: Server, work: string, name: string, url: string): Promise<void> {
  const { pid } = server;
  const [before, cpuBefore] = [residentMiB(pid), cpuMs(pid)];
  let peak = before;
  const watch = setInterval(() => {
    const now = residentMiB(pid);
    if (now.all > peak.all) peak = now;
  }, 20);
  const targets = Array.from({ length: CLONES }, (_, i) => join(work, `clone-${i}`));
  const ssh = sshEnvironment(work);
  try {
    await Promise.all(
      targets.map((target) => timeCommand('git', ['clone', '-q', '--bare', url, target], ssh)),
    );
  } finally {
    clearInterval(watch);
    for (const target of targets) rmSync(target, { recursive: true, force: true });
  }
  const grown = peak.all - before.all;
  report.judge(
    `server memory while ${CLONES} clone over ${name} at once`,
    `${before.all.toFixed(0)} -> ${peak.all.toFixed(0)} MiB (+${grown.toFixed(0)}), ${cpuMs(pid) - cpuBefore} ms of its CPU`,
    '< 32 MiB growth',
    grown < 32,
  );
}
