// `npm run bench [-- --save] [-- --quick]`: measures the built executable against git itself in one run, and
// writes the report to docs/benchmarks.md with --save.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadPage, median, quantile, timeCommand, timePage } from './bench/measure.ts';
import { admin, residentMiB, type Server, sshEnvironment, startServer } from './bench/server.ts';

interface Row {
  what: string;
  measured: string;
  bound: string;
  met: boolean;
}

const quick = process.argv.includes('--quick');
const rounds = quick ? 3 : 5;
const rows: Row[] = [];

function report(what: string, measured: string, bound: string, met: boolean): void {
  rows.push({ what, measured, bound, met });
  console.log(`${met ? 'ok  ' : 'MISS'} ${what}: ${measured} (${bound})`);
}

const corpus = resolve(quick ? 'dist/corpus-quick.git' : 'dist/corpus.git');
if (!existsSync(corpus)) {
  mkdirSync('dist', { recursive: true });
  const size = quick ? ['--commits', '5000', '--files', '2000'] : ['--commits', '50000', '--files', '20000'];
  execFileSync(process.execPath, ['scripts/make-corpus.ts', '--out', corpus, ...size], { stdio: 'inherit' });
}

const work = mkdtempSync(join(tmpdir(), 'och-bench-'));
const data = join(work, 'data');
const ssh = sshEnvironment(work);

try {
  prepareAccount();
  let server = await startServer(data);
  await fill(server);
  await server.stop();
  admin(data, 'admin', 'jobs', 'run');
  server = await startServer(data);
  report(
    'start on existing data to the first 200',
    `${Math.round(server.startMs)} ms`,
    '<= 400 ms',
    server.startMs <= 400,
  );
  await measureCold(server);
  await measurePages(server);
  await measureTransport(server);
  await measureMemory(server);
  await server.stop();
  await measureIdle();
} finally {
  rmSync(work, { recursive: true, force: true });
}
if (process.argv.includes('--save')) save();
process.exitCode = rows.every((row) => row.met) ? 0 : 1;

function prepareAccount(): void {
  admin(
    data,
    'admin',
    'user',
    'create',
    '--username',
    'bench',
    '--email',
    'bench@example.org',
    '--random-password',
    '--admin',
  );
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(work, 'id')]);
}

async function fill(server: Server): Promise<void> {
  const token = admin(
    data,
    'admin',
    'user',
    'generate-access-token',
    '--username',
    'bench',
    '--name',
    'bench',
    '--scopes',
    'all',
    '--raw',
  );
  const headers = { authorization: `token ${token}`, 'content-type': 'application/json' };
  const post = async (path: string, body: unknown) => {
    const answer = await fetch(`${server.url}/api/v1${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  await post('/user/repos', { name: 'corpus', private: false });
  await post('/user/keys', { title: 'bench', key: readFileSync(join(work, 'id.pub'), 'utf8') });
  const url = server.url.replace('http://', `http://bench:${token}@`);
  const took = await timeCommand('git', [
    '-C',
    corpus,
    'push',
    '--quiet',
    '--mirror',
    `${url}/bench/corpus.git`,
  ]);
  console.log(`pushed the corpus in ${Math.round(took)} ms`);
  await settle();
}

/** Gives the reaction to the push the time to queue its maintenance. */
function settle(): Promise<void> {
  return new Promise((done) => setTimeout(done, 35_000));
}

async function measureCold(server: Server): Promise<void> {
  const agent = new http.Agent({ keepAlive: true });
  const first = await timePage(agent, `${server.url}/bench/corpus`);
  report(
    'repository home, first request after the start',
    `${Math.round(first)} ms`,
    '<= 300 ms',
    first <= 300,
  );
  await new Promise((done) => setTimeout(done, 5000));
  agent.destroy();
}

async function measurePages(server: Server): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const url = `${server.url}/bench/corpus`;
  const times: number[] = [];
  for (let i = 0; i < 320; i++) times.push(await timePage(agent, url));
  agent.destroy();
  const p50 = median(times.slice(20));
  report('repository home warm, p50 of 300', `${p50.toFixed(1)} ms`, '<= 10 ms', p50 <= 10);
  const load = await loadPage(url, 16, 10);
  const [half, most] = [median(load.times), quantile(load.times, 0.99)];
  report(
    'repository home, 16 connections for 10 s',
    `${load.times.length} pages, ${load.errors} errors, p50 ${half.toFixed(1)} ms, p99 ${most.toFixed(1)} ms (${(most / half).toFixed(1)}x)`,
    'no error, p99 <= 10x p50',
    load.errors === 0 && most <= 10 * half,
  );
}

async function measureTransport(server: Server): Promise<void> {
  const disk = execFileSync('find', [join(data, 'repositories'), '-name', 'HEAD', '-path', '*.git/HEAD'], {
    encoding: 'utf8',
  });
  const dir = resolve(disk.trim().split('\n')[0] ?? '', '..');
  const sources = {
    file: `file://${dir}`,
    http: `${server.url}/bench/corpus.git`,
    ssh: `ssh://git@127.0.0.1:${server.sshPort}/bench/corpus.git`,
  };
  const times: Record<string, number[]> = { file: [], http: [], ssh: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const [name, url] of Object.entries(sources)) {
      const target = join(work, 'clone');
      const ms = await timeCommand('git', ['clone', '--quiet', '--bare', url, target], ssh);
      rmSync(target, { recursive: true });
      if (round > 0) times[name]?.push(ms);
    }
  }
  const base = median(times.file ?? []);
  for (const [name, bound] of [
    ['http', 1.05],
    ['ssh', 1.25],
  ] as const) {
    const ms = median(times[name] ?? []);
    report(
      `clone over ${name.toUpperCase()}, against file://`,
      `${Math.round(ms)} ms / ${Math.round(base)} ms = ${(ms / base).toFixed(2)}x`,
      `<= ${bound}x`,
      ms / base <= bound,
    );
  }
  const listings: number[] = [];
  for (let i = 0; i < 21; i++)
    listings.push(await timeCommand('git', ['ls-remote', sources.ssh, 'HEAD'], ssh));
  const listing = median(listings.slice(1));
  report('ls-remote over SSH, p50 of 20', `${Math.round(listing)} ms`, '<= 40 ms', listing <= 40);
}

async function measureMemory(server: Server): Promise<void> {
  const pid = server.process.pid ?? 0;
  const before = residentMiB(pid);
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMiB(pid));
  }, 50);
  const url = `${server.url}/bench/corpus.git`;
  const clones = Array.from({ length: 8 }, (_, i) =>
    timeCommand('git', ['clone', '--quiet', '--bare', url, join(work, `c${i}`)]),
  );
  await Promise.all(clones);
  clearInterval(watch);
  const grown = peak - before;
  report(
    'server memory while 8 clone at once',
    `${before.toFixed(0)} -> ${peak.toFixed(0)} MiB (+${grown.toFixed(0)})`,
    '< 32 MiB growth',
    grown < 32,
  );
}

async function measureIdle(): Promise<void> {
  const server = await startServer(data);
  await new Promise((done) => setTimeout(done, 5000));
  const idle = residentMiB(server.process.pid ?? 0);
  report('idle memory of the server', `${idle.toFixed(0)} MiB`, '<= 120 MiB', idle <= 120);
  const starts = [server.startMs];
  await server.stop();
  for (let i = 0; i < 4; i++) {
    const again = await startServer(data);
    starts.push(again.startMs);
    await again.stop();
  }
  const start = median(starts);
  report('start to the first 200, p50 of 5', `${Math.round(start)} ms`, '<= 400 ms', start <= 400);
}

function save(): void {
  const lines = [
    '# Benchmarks',
    '',
    'Written by `npm run bench -- --save`. Ratios compare with git itself in the same run on the same machine.',
    '',
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${execFileSync('git', ['--version'], { encoding: 'utf8' }).trim()}.`,
    'Corpus: 50,000 commits, 20,000 files, made by `scripts/make-corpus.ts` with a fixed seed.',
    '',
    '| what | measured | bound | |',
    '|---|---|---|---|',
    ...rows.map(
      (row) => `| ${row.what} | ${row.measured} | ${row.bound} | ${row.met ? 'met' : '**missed**'} |`,
    ),
    '',
  ];
  writeFileSync('docs/benchmarks.md', lines.join('\n'));
}
