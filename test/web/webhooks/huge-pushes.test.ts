// Pushes that are far larger than what anybody tells of them.
import { expect, test } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import type { HookFormat } from '../../../src/features/webhooks/hooks.types.ts';
import { importCommits, runGit } from '../code/import-commits.ts';
import { hookSite } from './hook-site.ts';

const MEBIBYTE = 1024 * 1024;
const NONE = '0'.repeat(40);

async function pushed(refs: number, size: number, formats: readonly HookFormat[]) {
  const site = await hookSite();
  const open = await openRepository(site.app, SYSTEM, 'ada', 'tools', 'code:read');
  const commits = Array.from({ length: 25 }, (_, at) => ({
    ref: 'refs/heads/b0',
    message: Buffer.concat([Buffer.from(`Commit ${at}\n\n`), Buffer.alloc(size, at === 24 ? 0xff : 0x61)]),
    author: `${'n'.repeat(5000)} <ada@example.org>`,
    files: Array.from({ length: 400 }, (_, file) => ({ path: `${'d'.repeat(200)}/${file}`, data: `${at}` })),
  }));
  importCommits(open.dir, commits);
  const newOid = runGit(open.dir, 'rev-parse', 'refs/heads/b0');
  const updates = Array.from({ length: refs }, (_, at) => ({
    ref: `refs/heads/b${at}`,
    oldOid: NONE,
    newOid,
  }));
  for (const format of formats)
    await site.hook({ format, ...(format === 'matrix' ? MATRIX : {}), url: `${site.sink.url}/${format}` });
  const origin = { name: 'system', via: 'system' } as const;
  await site.app.db.write((tx) =>
    site.app.events.record(tx, { kind: 'push', origin, repositoryId: site.repositoryId, updates }),
  );
  await site.settle();
  return site;
}

const MATRIX = {
  options: { roomId: '!a:b', messageType: 'm.text' },
  authorization: 'Bearer abcdefgh',
} as const;

test('a push of commits with messages of a megabyte is told of in a bounded number of bytes', async () => {
  const site = await pushed(1, MEBIBYTE, ['gitea', 'github', 'slack', 'matrix']);
  expect(site.sink.received.length).toBeGreaterThanOrEqual(4);
  for (const { body, path } of site.sink.received) expect(body.length, path).toBeLessThan(3 * MEBIBYTE);
  const told = site.sink.received
    .filter(({ path }) => path === '/gitea')
    .map(({ body }) => JSON.parse(body.toString()));
  const push = told.find(({ commits }) => commits);
  expect(push.total_commits).toBe(25);
  expect(push.commits).toHaveLength(20);
  for (const { message } of push.commits) expect(message).toMatch(/^Commit \d+\n/);
  await site.close();
});

test('a hundred branches that name the same huge commits do not make a hundred times as much', async () => {
  const site = await pushed(120, MEBIBYTE / 8, ['gitea']);
  let bytes = 0;
  const own = site.sink.received.filter(({ path }) => path === '/gitea');
  for (const { body } of own) bytes += body.length;
  expect(own).toHaveLength(200);
  expect(bytes).toBeLessThan(40 * MEBIBYTE);
  await site.close();
});
