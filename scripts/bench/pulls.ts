// Pull requests of very many commits and files in a large repository: opened, shown, checked, merged and queued, all by the
// executable. Alone: node scripts/bench/pulls.ts [--quick]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { makePullBranches } from '../corpus/pull-branches.ts';
import { median, quantile, timeFirstByte } from './measure.ts';
import { corpusOf, type Prepared, prepare } from './prepare.ts';
import { measureQueue } from './pulls-queue.ts';
import { addCommit, Site } from './pulls-site.ts';
import { openReport, type Report } from './report.ts';
import { cpuMs, type Server, startServer, treeCpuMs, treeResidentMiB } from './server.ts';

const STYLES = ['merge', 'squash', 'rebase', 'rebase-merge', 'fast-forward-only'] as const;
type Style = (typeof STYLES)[number];

interface Size {
  commits: number;
  files: number;
  /** Merges in each style, of wide ones and of small ones. */
  wide: number;
  small: number;
  pushes: number;
  visits: number;
  queue: { entries: number; batch: number; atOnce: number; checkSeconds: number };
  /** One that no page could show whole. */
  huge?: { commits: number; files: number };
}

const WHOLE: Size = {
  ...{ commits: 1000, files: 2000, wide: 3, small: 7, pushes: 20, visits: 100 },
  queue: { entries: 50, batch: 5, atOnce: 5, checkSeconds: 60 },
  huge: { commits: 5000, files: 10_000 },
};
const QUICK: Size = {
  ...{ commits: 200, files: 400, wide: 1, small: 3, pushes: 8, visits: 30 },
  queue: { entries: 20, batch: 5, atOnce: 2, checkSeconds: 20 },
};

/** The limits on what one account does in an hour are not what is measured. */
const SETTINGS = { OPENCODEHUB_PULLS_OPENED_PER_HOUR: '100000', OPENCODEHUB_ISSUES_POSTS_PER_HOUR: '100000' };

interface Bench {
  report: Report;
  site: Site;
  /** A bare repository with every branch. */
  branches: string;
  size: Size;
  only: (part: string) => boolean;
}

/** Fills a data directory of its own and measures there. */
export async function measurePulls(report: Report, quick: boolean): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'och-bench-pulls-'));
  try {
    const corpus = corpusOf(quick);
    await measureIn(report, await prepare(work, corpus, async () => undefined), { work, corpus, quick });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Measures in a data directory that holds the corpus. */
export async function measureIn(
  report: Report,
  prepared: Prepared,
  { work, corpus, quick }: { work: string; corpus: string; quick: boolean },
): Promise<void> {
  const size = quick ? QUICK : WHOLE;
  const branches = makeBranches(join(work, 'branches.git'), corpus, size);
  const server = await startServer(prepared.data, SETTINGS);
  try {
    await measureOn(report, server, prepared, branches, size);
  } finally {
    await server.stop();
  }
}

const wideName = (index: number) => `wide/${index}`;
const smallName = (index: number) => `small/${index}`;
const baseOf = (head: string, style?: Style) =>
  style === 'fast-forward-only' ? `straight/${head}` : `base/${head}`;
const numbered = (count: number, name: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => name(i));

function makeBranches(repository: string, corpus: string, size: Size): string {
  execFileSync('git', ['clone', '-q', '--bare', '--shared', corpus, repository]);
  // The first is for pages and pushes.
  const wide = numbered(1 + size.wide * STYLES.length, wideName);
  const merged = numbered(size.small * STYLES.length, smallName);
  const queued = numbered(size.queue.entries, (index) => `queued/${index}`);
  const bases = [...wide, ...merged].map((head) => baseOf(head));
  makePullBranches({ repository, wide: { names: wide, size }, small: [...merged, ...queued], bases });
  if (size.huge)
    makePullBranches({ repository, wide: { names: ['huge'], size: size.huge }, small: [], bases: [] });
  return repository;
}

async function measureOn(
  report: Report,
  server: Server,
  prepared: Prepared,
  branches: string,
  size: Size,
): Promise<void> {
  const site = await Site.open(server, prepared);
  const wanted = process.argv
    .find((one) => one.startsWith('--parts='))
    ?.slice('--parts='.length)
    .split(',');
  const bench = { report, site, branches, size, only: (part: string) => wanted?.includes(part) ?? true };
  try {
    await pushBranches(bench);
    const wide = await measureCreating(bench);
    if (bench.only('pages')) await measurePages(bench, wide[0] ?? 0);
    if (bench.only('pushes')) await measurePushes(bench, wide[0] ?? 0);
    if (bench.only('merges')) await measureMerges(bench, wide.slice(1));
    if (bench.only('huge')) await measureHuge(bench);
    const { entries, ...queue } = size.queue;
    const heads = numbered(entries, (index) => `queued/${index}`);
    if (bench.only('queue')) await measureQueue(report, site, { heads, ...queue });
  } finally {
    site.close();
  }
}

async function pushBranches({ site, branches }: Bench): Promise<void> {
  const main = execFileSync('git', ['-C', branches, 'rev-parse', 'main'], { encoding: 'utf8' }).trim();
  const listed = execFileSync('git', ['-C', branches, 'for-each-ref', '--format=%(refname:lstrip=2)'], {
    encoding: 'utf8',
  });
  const heads = listed.split('\n').filter((name) => /^(wide|small|queued)\/|^huge$/.test(name));
  const straight = heads.map((head) => `${main}:refs/heads/${baseOf(head, 'fast-forward-only')}`);
  const own = [...heads, ...listed.split('\n').filter((name) => name.startsWith('base/'))];
  const took = await site.push(branches, ...own.map((name) => `${name}:${name}`), ...straight);
  console.log(`     pushed the branches in ${(took / 1000).toFixed(1)} s`);
  await site.form('/settings/merging', {
    ...{ merge: 'on', squash: 'on', rebase: 'on', rebase_merge: 'on', fast_forward: 'on' },
    defaultStyle: 'merge',
  });
  await site.quiet();
}

/** Milliseconds of the server's processor, and of its git, that each of a number of turns took. */
async function whileCounting(site: Site, turns: number, work: () => Promise<void>): Promise<string> {
  const { pid } = site.server;
  const [own, all] = [cpuMs(pid), treeCpuMs(pid)];
  await work();
  const [mine, whole] = [cpuMs(pid) - own, treeCpuMs(pid) - all];
  return `${(mine / turns).toFixed(0)} ms of the server's CPU, ${(whole / turns).toFixed(0)} with git's`;
}

const inMs = (ms: number) => `${ms.toFixed(ms < 20 ? 1 : 0)} ms`;

function judge(report: Report, what: string, times: number[], share: number, bound: number, more = ''): void {
  const reading = quantile(times, share);
  const name = share === 0.5 ? 'p50' : 'p95';
  const measured = `${inMs(reading)} (best ${inMs(Math.min(...times))}, worst ${inMs(Math.max(...times))}${more ? `; ${more}` : ''})`;
  report.judge(`${what}, ${name} of ${times.length}`, measured, `<= ${bound} ms`, reading <= bound);
}

/** All wide ones; their numbers. */
async function measureCreating({ report, site, size }: Bench): Promise<number[]> {
  const heads = numbered(1 + size.wide * STYLES.length, wideName);
  const numbers: number[] = [];
  const times: number[] = [];
  const known: number[] = [];
  const cpu = await whileCounting(site, heads.length, async () => {
    for (const [index, head] of heads.entries()) {
      const style = index === 0 ? undefined : STYLES[(index - 1) % STYLES.length];
      const began = performance.now();
      const { number, ms } = await site.propose(head, baseOf(head, style));
      numbers.push(number);
      times.push(ms);
      await site.until('checking', () => {
        const { mergeability, changedFiles } = site.pull(number);
        return mergeability !== 'unknown' && changedFiles > 0;
      });
      known.push(performance.now() - began);
      await site.quiet();
    }
  });
  const what = `creating a pull request of ${size.commits} commits and ${size.files} files`;
  judge(report, what, times, 0.5, 300, `with its jobs ${cpu} each`);
  report.tell('until it is counted and known whether it can be merged, p50', inMs(median(known)));
  const { changedFiles } = site.pull(numbers[0] ?? 0);
  if (changedFiles !== size.files) throw new Error(`${changedFiles} files were counted`);
  return numbers;
}

async function measurePages(bench: Bench, number: number): Promise<void> {
  const { report, site, size } = bench;
  const files = `/bench/corpus/pull/${number}/files`;
  const cold: number[] = [];
  // Each of the others has a head of its own, which no page has shown yet.
  const last = number + size.wide * STYLES.length;
  const cpu = await whileCounting(site, last - number + 1, async () => {
    for (let other = number; other <= last; other++)
      cold.push(await timeFirstByte(`${site.server.url}/bench/corpus/pull/${other}/files`));
  });
  judge(report, 'files changed, first byte, never shown before', cold, 0.5, 200, cpu);
  await visit(bench, 'files changed, first byte, warm', files, 200);
  await discuss(site, number);
  const page = `/bench/corpus/pull/${number}`;
  await visit(bench, 'conversation', page, 50);
  await visit(bench, 'conversation, signed in', page, 50, { cookie: site.cookie });
  for (const [what, path] of [
    ['files changed, signed in, with threads', files],
    ['commits', `${page}/commits`],
    ['checks', `${page}/checks`],
    ['the list', '/bench/corpus/pulls'],
  ] as const)
    await visit(bench, what, path, undefined, { cookie: site.cookie });
}

/** 40 comments, and 5 reviews of 4 comments on code each. */
async function discuss(site: Site, number: number): Promise<void> {
  for (let index = 0; index < 40; index++)
    await site.api('POST', `/issues/${number}/comments`, { body: `What of **${index}**, see \`code\`?` });
  const { body } = await site.api('GET', `/pulls/${number}/files?limit=20`);
  const files = body as unknown as { filename: string }[];
  for (let review = 0; review < 5; review++)
    await site.api('POST', `/pulls/${number}/reviews`, {
      ...{ event: 'COMMENT', body: `Review ${review}` },
      comments: files.slice(review * 4, review * 4 + 4).map(({ filename }) => ({
        ...{ path: filename, body: 'Why this?', new_position: 1, subject_type: 'file' },
      })),
    });
  await site.quiet();
}

async function visit(
  { report, site, size }: Bench,
  what: string,
  path: string,
  bound?: number,
  headers: http.OutgoingHttpHeaders = {},
): Promise<void> {
  const url = site.server.url + path;
  const times: number[] = [];
  await timeFirstByte(url, headers);
  const cpu = await whileCounting(site, size.visits, async () => {
    for (let turn = 0; turn < size.visits; turn++) times.push(await timeFirstByte(url, headers));
  });
  if (bound !== undefined) judge(report, what, times, 0.5, bound, cpu);
  else report.tell(`${what}, p50`, `${inMs(median(times))} (${cpu})`);
}

/** To the head, and to the base. */
async function measurePushes({ report, site, branches, size }: Bench, number: number): Promise<void> {
  const head: number[] = [];
  const base: number[] = [];
  const pushes: number[] = [];
  const cpu = await whileCounting(site, size.pushes * 2, async () => {
    for (let turn = 0; turn < size.pushes; turn++) {
      const headOid = addCommit(branches, wideName(0), 'pushed/head.txt');
      pushes.push(await site.push(branches, `${wideName(0)}:${wideName(0)}`));
      head.push(await site.until('checking a head', () => site.pull(number).checkedHeadOid === headOid));
      await site.quiet();
      const into = baseOf(wideName(0));
      const baseOid = addCommit(branches, into, 'pushed/base.txt');
      await site.push(branches, `${into}:${into}`);
      base.push(await site.until('checking a base', () => site.pull(number).checkedBaseOid === baseOid));
      await site.quiet();
    }
  });
  judge(report, 'mergeability known after a push to the head', head, 0.95, 1000, `with the push ${cpu} each`);
  judge(report, 'mergeability known after a push to the base', base, 0.95, 1000);
  report.tell('that push itself, p50', inMs(median(pushes)));
}

async function measureMerges(bench: Bench, wide: readonly number[]): Promise<void> {
  const { site, size } = bench;
  const small: number[] = [];
  for (const [index, head] of numbered(size.small * STYLES.length, smallName).entries())
    small.push((await site.propose(head, baseOf(head, STYLES[index % STYLES.length]))).number);
  await site.quiet();
  for (const [index, style] of STYLES.entries()) {
    const of = (numbers: readonly number[]) => numbers.filter((_, at) => at % STYLES.length === index);
    await measureMerge(bench, `merge by ${style} of 3 commits`, of(small), style);
    await measureMerge(bench, `merge by ${style} of ${size.commits} commits`, of(wide), style);
  }
}

async function measureMerge(
  { report, site }: Bench,
  what: string,
  numbers: readonly number[],
  style: Style,
): Promise<void> {
  const times: number[] = [];
  const cpu = await whileCounting(site, numbers.length, async () => {
    for (const number of numbers) {
      times.push((await site.api('POST', `/pulls/${number}/merge`, { Do: style })).ms);
      await site.quiet();
    }
  });
  if (site.countMerged(numbers) !== numbers.length) throw new Error(`${what}: not all are merged`);
  judge(report, what, times, 0.5, 400, `with its jobs ${cpu}`);
}

/** What no page shows whole: how much memory it takes to show a part. */
async function measureHuge({ report, site, size: { huge } }: Bench): Promise<void> {
  if (!huge) return;
  const { pid } = site.server;
  const before = treeResidentMiB(pid);
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, treeResidentMiB(pid));
  }, 20);
  const { number, ms } = await site.propose('huge', 'main');
  const took: string[] = [];
  for (const path of ['', '/commits', '/files']) {
    const first = await timeFirstByte(`${site.server.url}/bench/corpus/pull/${number}${path}`);
    took.push(`${path === '' ? 'conversation' : path.slice(1)} ${inMs(first)}`);
  }
  await site.quiet();
  clearInterval(watch);
  const what = `a pull request of ${huge.commits} commits and ${huge.files} files: created, first bytes`;
  report.tell(what, `${inMs(ms)}; ${took.join(', ')}`);
  report.tell(
    'memory of the server and its git meanwhile, with its jobs',
    `${before.toFixed(0)} -> ${peak.toFixed(0)} MiB, shared pages counted each time`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const report = openReport();
  await measurePulls(report, process.argv.includes('--quick'));
  process.exitCode = report.allMet() ? 0 : 1;
}
