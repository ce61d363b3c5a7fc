// What many runners cost that clone the same thing at once, and a push of one commit against git's own.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median, timeCommand } from './measure.ts';
import type { Prepared } from './prepare.ts';
import type { Report } from './report.ts';
import { type Server, startServer, treeCpuMs } from './server.ts';

const RUNNERS = 20;

/** The processor time of one clone and of twenty at once, each on a server that has not made that pack before. */
export async function measureRunners(report: Report, { data }: Prepared, work: string): Promise<void> {
  const one = await clones(data, work, 1);
  const many = await clones(data, work, RUNNERS);
  const ratio = many / one;
  report.judge(
    `processor time of the server and its git for ${RUNNERS} identical clones at once, against one`,
    `${(many / 1000).toFixed(1)} s / ${(one / 1000).toFixed(1)} s = ${ratio.toFixed(1)}x`,
    '<= 3x',
    ratio <= 3,
  );
}

async function clones(data: string, work: string, count: number): Promise<number> {
  for (const folder of ['files', 'packs'])
    rmSync(join(data, 'cache', folder), { recursive: true, force: true });
  const server = await startServer(data);
  const targets = Array.from({ length: count }, (_, index) => join(work, `runner-${index}`));
  try {
    const before = treeCpuMs(server.pid);
    // Receiving takes more of the processor than sending: a client that only downloads leaves it to the server.
    await Promise.all(
      targets.map((target) =>
        timeCommand('git', ['clone', '-q', '--bare', `${server.url}/bench/corpus.git`, target]),
      ),
    );
    return treeCpuMs(server.pid) - before;
  } finally {
    for (const target of targets) rmSync(target, { recursive: true, force: true });
    await server.stop();
  }
}

/** A push of one commit over HTTP, and the same into a copy of the repository on the disk, in turns. */
export async function measurePush(
  report: Report,
  server: Server,
  { directory, token }: Prepared,
  work: string,
): Promise<void> {
  const folder = mkdtempSync(join(work, 'push-'));
  const copy = join(folder, 'copy.git');
  cpSync(directory, copy, { recursive: true });
  execFileSync('git', ['-C', copy, 'config', 'core.hooksPath', '/nonexistent']);
  const tree = join(folder, 'tree');
  execFileSync('git', ['clone', '-q', '--depth=1', `file://${directory}`, tree], { stdio: 'ignore' });
  const remote = `${server.url.replace('http://', `http://bench:${token}@`)}/bench/corpus.git`;
  const times = { mine: [] as number[], file: [] as number[] };
  for (let turn = 0; turn < 11; turn++) {
    writeFileSync(join(tree, 'pushed.txt'), `${turn}\n`);
    const run = (...args: string[]) =>
      execFileSync('git', ['-C', tree, '-c', 'user.name=B', '-c', 'user.email=b@example.org', ...args]);
    run('add', 'pushed.txt');
    run('commit', '-qm', `Push ${turn}`);
    const push = (to: string) => timeCommand('git', ['-C', tree, 'push', '-q', to, 'HEAD:refs/heads/pushed']);
    times.file.push(await push(`file://${copy}`));
    times.mine.push(await push(remote));
  }
  const ratio = median(times.mine.slice(1)) / median(times.file.slice(1));
  report.judge(
    'push of one commit over HTTP, against the same to file://, p50 of 10',
    `${median(times.mine.slice(1)).toFixed(0)} ms / ${median(times.file.slice(1)).toFixed(0)} ms = ${ratio.toFixed(2)}x`,
    '<= 1.3x',
    ratio <= 1.3,
  );
  rmSync(folder, { recursive: true });
}
