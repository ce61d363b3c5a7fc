// How quickly pages come: the first after a start, one visitor, sixteen at once.
import http from 'node:http';
import { loadPage, median, quantile, timePage } from './measure.ts';
import type { Prepared } from './prepare.ts';
import type { Report } from './report.ts';
import { cpuMs, type Server, startServer } from './server.ts';

const COLD_STARTS = 3;

/** Starts the server a few times and asks each for the repository's home, which it has never shown. */
export async function measureColdPage(report: Report, { data }: Prepared): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < COLD_STARTS; i++) {
    const server = await startServer(data);
    const agent = new http.Agent({ keepAlive: true });
    times.push(await timePage(agent, `${server.url}/bench/corpus`));
    agent.destroy();
    await server.stop();
  }
  const shown = times.map((ms) => Math.round(ms)).join(', ');
  const what = 'repository home, first request after a start';
  report.judge(what, `${Math.round(median(times))} ms (${shown})`, '<= 250 ms', median(times) <= 250);
}

/** One visitor on each kind of page, then sixteen on the repository's home. */
export async function measurePages(
  report: Report,
  server: Server,
  { folder, file, commit }: Prepared,
  quick: boolean,
): Promise<void> {
  const home = `${server.url}/bench/corpus`;
  const visits = quick ? 100 : 300;
  const pages = {
    'repository home': '',
    'a deep directory': `/tree/main/${folder}`,
    'a file': `/blob/main/${file}`,
    'a commit': `/commit/${commit}`,
    'the history': '/commits/main',
  };
  for (const [name, path] of Object.entries(pages)) {
    const found = await visit(server, home + path, visits);
    report.judge(
      `${name}, warm, p50 of ${visits}`,
      shown(found),
      'p50 <= 10 ms, p99 <= 50 ms',
      found.ms <= 10 && found.p99 <= 50,
    );
  }
  report.tell(
    'branches page warm (over 100 branches), p50',
    shown(await visit(server, `${home}/branches`, visits / 2)),
  );
  await measureLoad(report, server, home, quick ? 5 : 10);
}

interface Visits {
  ms: number;
  p99: number;
  cpu: number;
}

async function visit(server: Server, url: string, visits: number): Promise<Visits> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < 20; i++) await timePage(agent, url);
  const before = cpuMs(server.pid);
  const times: number[] = [];
  for (let i = 0; i < visits; i++) times.push(await timePage(agent, url));
  agent.destroy();
  return { ms: median(times), p99: quantile(times, 0.99), cpu: (cpuMs(server.pid) - before) / visits };
}

const shown = ({ ms, p99, cpu }: Visits): string =>
  `${ms.toFixed(1)} ms (p99 ${p99.toFixed(1)} ms, ${cpu.toFixed(1)} ms of the server's CPU)`;

async function measureLoad(report: Report, server: Server, url: string, seconds: number): Promise<void> {
  const before = cpuMs(server.pid);
  const load = await loadPage(url, 16, seconds);
  const cpu = (cpuMs(server.pid) - before) / load.times.length;
  const [half, most] = [median(load.times), quantile(load.times, 0.99)];
  report.judge(
    `repository home, 16 connections for ${seconds} s`,
    `${load.times.length} pages, ${load.errors} errors, p50 ${half.toFixed(1)} ms, p99 ${most.toFixed(1)} ms` +
      ` (${(most / half).toFixed(1)}x), ${cpu.toFixed(1)} ms of CPU each`,
    'no error, p99 <= 10x p50',
    load.errors === 0 && most <= 10 * half,
  );
}
