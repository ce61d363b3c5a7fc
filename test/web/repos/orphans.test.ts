// What the hourly job does with repositories on disk that the database does not know.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY } from '../../../src/base/time.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import type { RepoDir } from '../../../src/platform/git/git.types.ts';
import { initRepository, repositoryDirectory } from '../../../src/platform/git/repository.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
let clock: ManualClock;
beforeAll(async () => {
  clock = manualClock(Date.now());
  t = await testApp({}, { clock });
  await t.app.jobs.drain();
});
afterAll(() => t.close());

async function orphan(letter: string): Promise<RepoDir> {
  const dir = repositoryDirectory(t.app.paths, letter.repeat(32));
  await initRepository(t.app.git, dir, { objectFormat: 'sha1', defaultBranch: 'main' });
  return dir;
}

test('what was pushed outlives a database that does not know it, what a creation left does not', async () => {
  const [left, pushed] = [await orphan('a'), await orphan('b')];
  await writeFile(join(pushed, 'packed-refs'), '');
  clock.advance(2 * DAY);
  await t.app.jobs.drain();
  // With no repository of its own, this may well be the wrong database.
  expect([existsSync(left), existsSync(pushed)]).toEqual([true, true]);
  const ada = await t.actor('ada');
  for (const name of ['one', 'two'])
    await createRepository(t.app, ada, parseNewRepository({ name, visibility: 'public' }));
  clock.advance(2 * DAY);
  await t.app.jobs.drain();
  expect([existsSync(left), existsSync(pushed)]).toEqual([false, true]);
});
