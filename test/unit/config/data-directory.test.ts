// The data directory is made tight, or refused with a reason, never waited for.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDataDirectory, dataPaths } from '../../../src/platform/config/data-directory.ts';

let work: string;
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'och-data-'));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

it('is made with its parents, for its owner alone, and may be there already', () => {
  const paths = dataPaths(join(work, 'a', 'b'));
  createDataDirectory(paths);
  createDataDirectory(paths);
  for (const part of [paths.root, paths.keys, paths.repositories])
    expect(statSync(part).mode & 0o777).toBe(0o700);
});

it.each(['/proc/opencodehub', '/proc/opencodehub/below'])('is refused at %s', (directory) => {
  expect(() => createDataDirectory(dataPaths(directory))).toThrow(/choose another one with --data/);
});

it('is refused where a file stands, which is left as it is', () => {
  const file = join(work, 'file');
  writeFileSync(file, 'x', { mode: 0o644 });
  expect(() => createDataDirectory(dataPaths(file))).toThrow(/is not a directory/);
  expect(() => createDataDirectory(dataPaths(join(file, 'below')))).toThrow(/is not a directory/);
  expect(statSync(file).mode & 0o777).toBe(0o644);
});
