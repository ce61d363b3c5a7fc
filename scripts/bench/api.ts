// How quickly the REST API answers, by a token, from the executable. Alone: node scripts/bench/api.ts
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openReport, type Report } from './report.ts';
import { admin, cpuMs, type Server, startServer } from './server.ts';

interface Load {
  count: number;
  failures: number;
  p50: number;
  p99: number;
}

/** What is asked for, besides the repository itself, whose bounds are the strictest. */
const OTHERS = [
  ['repository list', '/user/repos?limit=50'],
  ['branches', '/repos/ada/engine/branches'],
  ['file', '/repos/ada/engine/contents/README.md'],
  ['issue list', '/repos/ada/engine/issues?limit=50'],
  ['own account', '/user'],
] as const;

/** Asks a small site; `quick` for a short time. */
export async function measureApi(report: Report, quick: boolean): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'och-api-'));
  try {
    const user = ['--username', 'ada'];
    admin(data, 'admin', 'user', 'create', ...user, '--email', 'ada@example.org', '--random-password');
    const scopes = ['--name', 'bench', '--scopes', 'all', '--raw'];
    const token = admin(data, 'admin', 'user', 'generate-access-token', ...scopes, ...user);
    const server = await startServer(data, { OPENCODEHUB_API_REQUESTS_PER_MINUTE: '0' });
    try {
      await fill(server, token);
      await judge(report, server, token, quick ? 2 : 10);
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

async function fill({ url }: Server, token: string): Promise<void> {
  const post = async (path: string, body: object) => {
    const headers = { authorization: `token ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/v1${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  };
  for (let at = 0; at < 60; at++)
    await post('/user/repos', { name: at === 0 ? 'engine' : `part-${at}`, auto_init: at === 0 });
  for (let at = 0; at < 60; at++)
    await post('/repos/ada/engine/issues', { title: `Issue ${at}`, body: 'It stops.' });
}

async function judge(report: Report, server: Server, token: string, seconds: number): Promise<void> {
  const ask = (path: string, connections: number, time: number) =>
    load(`${server.url}/api/v1${path}`, token, connections, time);
  const one = '/repos/ada/engine';
  await ask(one, 8, 2);
  const alone = await ask(one, 1, seconds);
  report.judge('API, GET /repos/o/r, one after the other, p50', told(alone), '<= 5 ms', alone.p50 <= 5);
  const before = cpuMs(server.pid);
  const many = await ask(one, 32, seconds);
  const rate = many.count / seconds;
  const cpu = ((cpuMs(server.pid) - before) / many.count).toFixed(2);
  const measured = `${rate.toFixed(0)} per second (${cpu} ms of CPU each, ${many.failures} failures)`;
  report.judge(
    'API, GET /repos/o/r, 32 at once',
    measured,
    '>= 2000 per second',
    rate >= 2000 && many.failures === 0,
  );
  for (const [what, path] of OTHERS) {
    const answers = await ask(path, 1, seconds / 2);
    report.judge(`API, ${what}, p50`, told(answers), '<= 5 ms', answers.p50 <= 5 && answers.failures === 0);
  }
}

function told({ p50, p99, count }: Load): string {
  return `${p50.toFixed(2)} ms (p99 ${p99.toFixed(1)} ms, ${count} answers)`;
}

async function load(url: string, token: string, connections: number, seconds: number): Promise<Load> {
  const script = fileURLToPath(new URL('./api-load.ts', import.meta.url));
  const args = [script, url, token, String(connections), String(seconds)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Load;
}

if (import.meta.main) {
  const report = openReport();
  await measureApi(report, process.argv.includes('--quick'));
  process.exitCode = report.allMet() ? 0 : 1;
}
