// `npm run bench [-- --save] [-- --quick]`: measures the built executable against git itself in one run, and
// writes the report to docs/benchmarks.md with --save. With --issues it measures lists, searches and pages of a million
// issues instead, whose databases take some minutes to make once, and writes docs/benchmarks-issues.md; with --pulls, pull
// requests of a thousand commits, and writes docs/benchmarks-pulls.md; with --webhooks, 100,000 deliveries, and writes
// docs/benchmarks-webhooks.md. With --api it measures the REST API.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureAccess } from './bench/access.ts';
import { measureApi } from './bench/api.ts';
import { measureCode, measureCrawlers } from './bench/code.ts';
import { measureDashboard } from './bench/dashboard.ts';
import { measureIssues } from './bench/issues.ts';
import { measureLogins } from './bench/logins.ts';
import { median } from './bench/measure.ts';
import { measureColdPage, measurePages } from './bench/pages.ts';
import { corpusOf, type Prepared, prepare } from './bench/prepare.ts';
import { measurePulls } from './bench/pulls.ts';
import { openReport } from './bench/report.ts';
import { measurePush, measureRunners } from './bench/runners.ts';
import { residentMiB, type Server, startServer } from './bench/server.ts';
import { measureMemory, measureTransport } from './bench/transport.ts';
import { measureWebhooks } from './bench/webhooks.ts';

const quick = process.argv.includes('--quick');
/** Crawlers come from many addresses, which the measurements say as a proxy would. */
const PROXIED = { OPENCODEHUB_SERVER_TRUSTED_PROXIES: '127.0.0.1' };
const report = openReport();

execFileSync(process.execPath, ['scripts/build/build.ts', '--if-stale'], { stdio: 'inherit' });
let running: Server | undefined;
if (process.argv.includes('--issues')) await measureTracker();
else if (process.argv.includes('--pulls')) await measureProposals();
else if (process.argv.includes('--api')) await measureApi(report, quick);
else if (process.argv.includes('--webhooks')) await measureDeliveries();
else await measureForge();
process.exitCode = report.allMet() ? 0 : 1;

async function measureForge(): Promise<void> {
  await measureAccess(report, quick);
  const corpus = corpusOf(quick);
  const work = mkdtempSync(join(tmpdir(), 'och-bench-'));
  try {
    await measure(work, await prepare(work, corpus));
  } finally {
    await running?.stop();
    rmSync(work, { recursive: true, force: true });
  }
  const size = quick ? '5,000 commits, 2,000 files' : '50,000 commits, 20,000 files';
  if (process.argv.includes('--save'))
    report.save(`Corpus: ${size}, made by \`scripts/make-corpus.ts\` with a fixed seed.`);
}

async function measureTracker(): Promise<void> {
  await measureIssues(report, quick);
  const size = quick ? '100,000 issues, 500,000 comments' : '1,000,000 issues, 5,000,000 comments';
  const made = `Corpus: ${size} in one database, made by \`scripts/make-issues.ts\` with a fixed seed.`;
  if (process.argv.includes('--save')) report.save(made, 'docs/benchmarks-issues.md');
}

async function measureProposals(): Promise<void> {
  await measurePulls(report, quick);
  const size = quick ? '5,000 commits, 2,000 files' : '50,000 commits, 20,000 files';
  const made = `Corpus: ${size}, with branches on top of it, made by \`scripts/make-corpus.ts\` and \`scripts/corpus/pull-branches.ts\`.`;
  if (process.argv.includes('--save')) report.save(made, 'docs/benchmarks-pulls.md');
}

async function measureDeliveries(): Promise<void> {
  await measureWebhooks(report, quick);
  const made = 'Corpus: deliveries of 6 KB that wait for 80 webhooks, and as many for each of 20 dead ones.';
  if (process.argv.includes('--save')) report.save(made, 'docs/benchmarks-webhooks.md');
}

async function measure(work: string, prepared: Prepared): Promise<void> {
  await measureStarts(prepared);
  await measureColdPage(report, prepared);
  await serving(prepared, (server) => measureTransport(report, server, prepared, work, quick));
  // A server of its own: growth is counted from how a quiet server is, not from what earlier turns left.
  await serving(prepared, (server) => measureMemory(report, server, work));
  await serving(prepared, (server) => measurePages(report, server, prepared, quick));
  await serving(prepared, (server) => measureCode(report, server, join(work, 'large.git')));
  await serving(prepared, (server) => measureCrawlers(report, server, prepared, quick));
  await measureRunners(report, prepared, work);
  await serving(prepared, (server) => measurePush(report, server, prepared, work));
  await measureDashboard(report, quick);
  await serving(prepared, (server) => measureLogins(report, server, '/bench/corpus', prepared.login, quick));
}

async function serving(prepared: Prepared, turn: (server: Server) => Promise<void>): Promise<void> {
  running = await startServer(prepared.data, PROXIED);
  await turn(running);
  await running.stop();
  running = undefined;
}

async function measureStarts(prepared: Prepared): Promise<void> {
  const starts: { wall: number; cpu: number; all: number; own: number }[] = [];
  for (let i = 0; i < (quick ? 3 : 7); i++) {
    await serving(prepared, async ({ startMs, startCpuMs, pid }) => {
      await new Promise((done) => setTimeout(done, 2000));
      starts.push({ wall: startMs, cpu: startCpuMs, ...residentMiB(pid) });
    });
  }
  const p50 = (of: (start: (typeof starts)[number]) => number) => Math.round(median(starts.map(of)));
  const wall = p50((start) => start.wall);
  const taken = `${wall} ms (${p50((start) => start.cpu)} ms of CPU)`;
  report.judge(`start to the first 200, p50 of ${starts.length}`, taken, '<= 400 ms', wall <= 400);
  const idle = p50((start) => start.all);
  const kept = `${idle} MiB, of which ${p50((start) => start.own)} not the executable's file`;
  report.judge('idle memory of the server', kept, '<= 120 MiB', idle <= 120);
}
