// Repositories of a few kilobytes whose trees hold more files than any machine can list.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { emptyTree } from '../../../src/platform/git/diff.ts';
import { eventually, processesOn } from '../../git/support/transport-server.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { makeRepository } from './repositories.ts';

const PATIENCE = 60_000;

let t: TestApp;
let open: OpenRepository;
let commit: string;

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(t, 'eve', 'bomb', []);
  let entry = `100644 blob ${git(['hash-object', '-w', '--stdin'], 'x')}`;
  for (let depth = 0; depth < 9; depth++) {
    const entries = Array.from(
      { length: 20 },
      (_, index) => `${entry}\td${String(index).padStart(2, '0')}\n`,
    );
    entry = `040000 tree ${git(['mktree'], entries.join(''))}`;
  }
  const identity = ['-c', 'user.name=Eve', '-c', 'user.email=eve@example.org'];
  commit = git([...identity, 'commit-tree', '-m', 'boom', entry.slice('040000 tree '.length)]);
  git(['update-ref', 'refs/heads/main', commit]);
  const nothing = git([...identity, 'commit-tree', '-m', 'nothing', emptyTree('sha1')]);
  git(['update-ref', 'refs/heads/empty', nothing]);
});
afterAll(() => t.close());

test('comparing a tree bomb runs out of its own memory, not of the machine’s', {
  timeout: PATIENCE,
}, async () => {
  const process = await t.app.git.spawn(['diff-tree', '-r', '-z', emptyTree('sha1'), commit, '--'], {
    dir: open.dir,
  });
  process.stdin.end();
  process.stdout.resume();
  const { code, stderr } = await process.exited;
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/out of memory/i);
});

test('the page of a tree bomb answers, and leaves no process', { timeout: PATIENCE }, async () => {
  const spies = (['warn', 'error'] as const).map((level) => vi.spyOn(t.app.log, level));
  for (const path of [`commit/${commit}`, `commit/${commit}?path=d00%2Fd01`, 'compare/empty...main']) {
    const answer = await t.anonymous.get(`/eve/bomb/${path}`);
    const text = await answer.text();
    expect([path, answer.status]).toEqual([path, 200]);
    expect(text).toContain('Too large to show');
    expect(text).not.toContain('No changes');
    expect(text).not.toContain(t.directory);
  }
  const streamed = await t.anonymous.get(`/eve/bomb/commit/${commit}.diff`);
  await expect(streamed.text()).rejects.toThrow('could not be completed');
  for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  await eventually(async () => !(await comparing()), 'git has ended');
});

test('an archive nobody waits for ends before its first byte', { timeout: PATIENCE }, async () => {
  for (const path of ['archive/main.zip', 'archive/main.tar.gz', `commit/${commit}.diff`]) {
    const answer = await t.anonymous.get(`/eve/bomb/${path}`);
    const reader = answer.body?.getReader();
    void reader?.read().catch(() => {});
    await eventually(comparing, 'git has started');
    await reader?.cancel();
    await eventually(async () => !(await comparing()), 'git has ended');
  }
});

function git(args: string[], input = ''): string {
  const env = { PATH: process.env.PATH, GIT_DIR: open.dir, HOME: '/nonexistent' };
  return execFileSync('git', args, { env, input, encoding: 'utf8' }).trim();
}

/** Whether a git that lists the whole tree runs on the repository. */
async function comparing(): Promise<boolean> {
  const running = await processesOn(commit);
  return running.some((command) => /\b(?:archive|diff-tree|format-patch)\b/.test(command));
}
