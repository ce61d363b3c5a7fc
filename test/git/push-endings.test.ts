// Pushes that end badly: clients that leave before git was started, refs that cannot be made durable.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCaches } from '../../src/platform/cache/cache.ts';
import { configSchema } from '../../src/platform/config/config.schema.ts';
import { dataPaths } from '../../src/platform/config/data-directory.ts';
import { writeFirstCommit } from '../../src/platform/git/first-commit.ts';
import type { Git, RepoDir } from '../../src/platform/git/git.types.ts';
import { openGit } from '../../src/platform/git/open-git.ts';
import { type ReceiveOptions, runReceivePack } from '../../src/platform/git/receive.ts';
import { initRepository, repositoryDirectory } from '../../src/platform/git/repository.ts';
import { silentLog } from '../../src/platform/observability/log.ts';
import { openMetrics } from '../../src/platform/observability/metrics.ts';
import { processesOn } from './support/transport-server.ts';

let base: string;
let git: Git;
let dir: RepoDir;

const open = (directory: string) =>
  openGit({
    config: configSchema.parse({}),
    paths: dataPaths(directory),
    log: silentLog(),
    metrics: openMetrics(),
    caches: openCaches(),
  });

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'och-endings-'));
  git = await open(base);
  dir = repositoryDirectory(dataPaths(base), 'b2'.repeat(16));
  await initRepository(git, dir, { objectFormat: 'sha1', defaultBranch: 'main' });
  await writeFirstCommit(git, dir, 'sha1', {
    branch: 'side',
    files: [{ name: 'a', content: 'a\n' }],
    author: { name: 'Ann', email: 'ann@example.org', time: 0, offset: 0 },
    message: 'First',
  });
});
afterAll(async () => {
  await git.close();
  await rm(base, { recursive: true, force: true });
});

function push(options: Partial<ReceiveOptions>) {
  return runReceivePack(git, dir, {
    statelessRpc: true,
    maxBytes: 1_000_000,
    decide: async () => ({ accept: true, lines: [] }),
    propose: async () => [],
    record: async () => [],
    ...options,
  });
}

/** The request that deletes refs/heads/side, which needs no pack. */
async function deletion(): Promise<string> {
  const oid = await git.ref(dir, 'refs/heads/side');
  const line = `${oid} ${'0'.repeat(40)} refs/heads/side\0report-status`;
  return `${(line.length + 4).toString(16).padStart(4, '0')}${line}0000`;
}

test('a client that left before git was started leaves no push behind', async () => {
  const attempt = push({ signal: AbortSignal.abort() });
  await expect(attempt).rejects.toThrow();
  expect(git.activity.pushesUnderWay(dir)).toBe(0);
  expect((await processesOn(dir)).filter((line) => line.includes('receive-pack'))).toEqual([]);
});

test('a push that cannot be recorded ends, but not as a success', async () => {
  const child = await push({ record: () => Promise.reject(new Error('the disk is full')) });
  child.stdout.resume();
  child.stdin.end(await deletion());
  const { code, stderr } = await child.exited;
  expect(code).toBeNull();
  expect(stderr).toContain('the disk is full');
  expect(git.activity.pushesUnderWay(dir)).toBe(0);
  expect(await git.ref(dir, 'refs/heads/side')).toBeUndefined();
});

test('output that nobody reads does not hold up the end', async () => {
  const other = await open(join(base, 'other'));
  const child = await other.spawn(['version']);
  await child.exited;
  await other.close();
  expect(child.stdout.destroyed).toBe(true);
});
