// Archives as a person unpacks them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import yauzl from 'yauzl';
import { streamArchive } from '../../../src/platform/git/archive.ts';
import { type Fixture, openFixture, writeCommits } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(async () => fixture.close());

function oneCommit(name: string) {
  const dir = fixture.bare(name);
  const entries = [
    { path: 'README.md', content: '# Hello\n' },
    { path: 'bin/run', content: '#!/bin/sh\n', mode: '100755' },
    { path: 'dir/ünï', content: 'x'.repeat(100_000) },
  ];
  const [oid = ''] = writeCommits(dir, [{ parents: [], entries }]);
  return { dir, oid };
}

it('is a tar that unpacks to the files, the same each time', async () => {
  const { dir, oid } = oneCommit('tar');
  const request = { oid, format: 'tar.gz', prefix: 'name-1.0' } as const;
  const first = await buffer((await streamArchive(fixture.git, dir, request)).stdout);
  expect(await buffer((await streamArchive(fixture.git, dir, request)).stdout)).toEqual(first);
  const [file, to] = [join(fixture.work, 'a.tar.gz'), join(fixture.work, 'unpacked')];
  writeFileSync(file, first);
  mkdirSync(to);
  execFileSync('tar', ['-xzf', file, '-C', to]);
  expect(readdirSync(join(to, 'name-1.0')).toSorted()).toEqual(['README.md', 'bin', 'dir']);
  expect(readFileSync(join(to, 'name-1.0/README.md'), 'utf8')).toBe('# Hello\n');
  expect(readdirSync(join(to, 'name-1.0/dir'))).toEqual(['ünï']);
});

it('is a zip with every file in it', async () => {
  const { dir, oid } = oneCommit('zip');
  const process = await streamArchive(fixture.git, dir, { oid, format: 'zip', prefix: 'p' });
  const zip = await yauzl.fromBufferPromise(await buffer(process.stdout));
  const names: string[] = [];
  for await (const entry of zip.eachEntry()) names.push(entry.fileName);
  expect(names.filter((name) => !name.endsWith('/')).toSorted()).toEqual([
    'p/README.md',
    'p/bin/run',
    'p/dir/ünï',
  ]);
  expect((await process.exited).code).toBe(0);
});

it('is not made of what is no commit', async () => {
  const { dir } = oneCommit('none');
  for (const oid of ['f'.repeat(40), '--output=/tmp/x', 'HEAD', ''])
    await expect(streamArchive(fixture.git, dir, { oid, format: 'zip', prefix: 'p' })).rejects.toMatchObject({
      code: 'not_found',
    });
});
