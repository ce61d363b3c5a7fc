// How quickly code is read: blame against git's own, wide changes, the finder, and how pages fare beside crawlers.
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import { brotliDecompressSync } from 'node:zlib';
import { LARGE } from './large.ts';
import { median, quantile, timeCommand, timeFirstByte, timePage } from './measure.ts';
import type { Prepared } from './prepare.ts';
import type { Report } from './report.ts';
import { residentMiB, type Server, treeResidentMiB } from './server.ts';

const CRAWLERS = 32;

/** Blame, wide changes, the finder and the weight of the home page. */
export async function measureCode(report: Report, server: Server, large: string): Promise<void> {
  await measureBlame(report, server, large);
  await measureWideChange(report, server, large);
  await measureFinder(report, server);
  await measureWeight(report, server);
}

/** Each turn asks for the file as of another commit that changed it, so that nothing is known of it yet. */
async function measureBlame(report: Report, server: Server, large: string): Promise<void> {
  const agent = new http.Agent({ keepAlive: true });
  const commits = git(large, 'rev-list', '--max-count=9', 'main', '--', LARGE.file).split('\n');
  const own: number[] = [];
  const mine: number[] = [];
  for (const commit of commits) {
    own.push(await timeCommand('git', ['-C', large, 'blame', '--porcelain', commit, '--', LARGE.file]));
    mine.push(await timePage(agent, `${server.url}/bench/large/blame/${commit}/${LARGE.file}`));
  }
  agent.destroy();
  const ratio = median(mine) / median(own);
  report.judge(
    'blame of 3,000 lines, cold, against git blame, p50 of 9',
    `${median(mine).toFixed(0)} ms / ${median(own).toFixed(0)} ms = ${ratio.toFixed(2)}x`,
    '<= 1.3x',
    ratio <= 1.3,
  );
}

async function measureWideChange(report: Report, server: Server, large: string): Promise<void> {
  const commit = git(large, 'rev-parse', LARGE.wideCommit);
  const cold = await timeFirstByte(`${server.url}/bench/large/commit/${commit}`);
  const warm: number[] = [];
  for (let i = 0; i < 15; i++) warm.push(await timeFirstByte(`${server.url}/bench/large/commit/${commit}`));
  report.judge(
    'a change of 500 files, first byte',
    `${cold.toFixed(0)} ms, then ${median(warm).toFixed(0)} ms`,
    '<= 200 ms',
    cold <= 200,
  );
}

async function measureFinder(report: Report, server: Server): Promise<void> {
  const agent = new http.Agent({ keepAlive: true });
  const asked = ['idx42', 'src cache', 'account5/commit', 'packages/index97 ts', '99999', 'zzzz', 'brnch'];
  const address = (q: string) =>
    `${server.url}/bench/large/find/${LARGE.manyFiles}?${new URLSearchParams({ q })}`;
  const first = await timePage(agent, address('c'));
  const times: number[] = [];
  for (let round = 0; round < 8; round++)
    for (const q of asked) times.push(await timePage(agent, address(`${q}${round}`)));
  agent.destroy();
  const [half, most] = [median(times), quantile(times, 0.99)];
  report.judge(
    `file finder over 100,000 files, p50 of ${times.length}`,
    `${half.toFixed(0)} ms (p99 ${most.toFixed(0)} ms, the first ${first.toFixed(0)} ms)`,
    '<= 50 ms',
    half <= 50,
  );
}

async function measureWeight(report: Report, server: Server): Promise<void> {
  const headers = { 'accept-encoding': 'br' };
  const bytes = await new Promise<Buffer>((done, fail) => {
    http
      .get(`${server.url}/bench/corpus`, { headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => done(Buffer.concat(chunks)));
      })
      .on('error', fail);
  });
  const kib = bytes.length / 1024;
  const whole = brotliDecompressSync(bytes).length / 1024;
  report.judge(
    'weight of the repository home, assets cached',
    `${kib.toFixed(1)} KiB (${whole.toFixed(0)} KiB before compression)`,
    '<= 60 KB',
    bytes.length <= 60_000,
  );
}

/** Crawlers from 32 addresses on blame, history and comparisons; beside them one visitor on the repository's home. */
export async function measureCrawlers(
  report: Report,
  server: Server,
  prepared: Prepared,
  quick: boolean,
): Promise<void> {
  const seconds = quick ? 15 : 60;
  const until = performance.now() + seconds * 1000;
  const counts = new Map<number, number>();
  const addresses = crawled(prepared);
  const crawl = async (index: number) => {
    for (let at = index * 37; performance.now() < until; at++) {
      const status = await statusOf(
        `${server.url}${addresses[at % addresses.length]}`,
        `198.51.100.${index}`,
      );
      counts.set(status, (counts.get(status) ?? 0) + 1);
      // A crawler that is told to come later does so, if soon.
      if (status === 503 || status === 429) await new Promise((done) => setTimeout(done, 200));
    }
  };
  const home: number[] = [];
  let peak = 0;
  let whole = 0;
  const visit = async () => {
    const agent = new http.Agent({ keepAlive: true });
    while (performance.now() < until) {
      home.push(await timePage(agent, `${server.url}/bench/corpus`));
      peak = Math.max(peak, residentMiB(server.pid).all);
      whole = Math.max(whole, treeResidentMiB(server.pid));
      await new Promise((done) => setTimeout(done, 50));
    }
    agent.destroy();
  };
  await Promise.all([visit(), ...Array.from({ length: CRAWLERS }, (_, index) => crawl(index + 1))]);
  const told = [...counts].map(([status, count]) => `${count} x ${status}`).join(', ');
  report.judge(
    `repository home beside ${CRAWLERS} crawlers for ${seconds} s`,
    `p50 ${median(home).toFixed(0)} ms, p99 ${quantile(home, 0.99).toFixed(0)} ms of ${home.length}; crawlers got ${told}`,
    'p99 <= 100 ms',
    quantile(home, 0.99) <= 100,
  );
  report.judge(
    'memory of the server meanwhile',
    `${peak.toFixed(0)} MiB (with git's processes ${whole.toFixed(0)} MiB, shared pages counted each time)`,
    '<= 400 MB',
    peak <= 381,
  );
}

function crawled({ directory, folder }: Prepared): string[] {
  const commits = git(directory, 'rev-list', '--max-count=3000', 'main').split('\n');
  const files = git(directory, 'ls-tree', '-r', '--name-only', 'main').split('\n').slice(0, 2000);
  return files.flatMap((file, index) => [
    `/bench/corpus/blame/main/${encodeURI(file)}`,
    `/bench/corpus/commits/${commits[index % commits.length]}/${encodeURI(file)}`,
    `/bench/corpus/compare/${commits[(index + 40) % commits.length]}...${commits[index % commits.length]}`,
    `/bench/corpus/commits/${commits[(index * 7) % commits.length]}/${encodeURI(folder)}`,
    `/bench/large/blame/main/${LARGE.file}`,
  ]);
}

function statusOf(url: string, from: string): Promise<number> {
  return new Promise((done) => {
    http
      .get(url, { agent: false, headers: { 'x-forwarded-for': from } }, (answer) => {
        answer.resume().on('end', () => done(answer.statusCode ?? 0));
        answer.on('error', () => done(0));
      })
      .on('error', () => done(0));
  });
}

function git(repository: string, ...args: string[]): string {
  return execFileSync('git', ['-C', repository, ...args], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 ** 2,
  }).trim();
}
