// What the doctor mends of repositories beside a server that changes them at the same time.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { updateRepository } from '../../../src/features/repos/repos.store.ts';
import { checkStorage } from '../../../src/features/repos/storage-check.service.ts';
import { readHead } from '../../../src/platform/git/refs.ts';
import { setDefaultBranch } from '../../../src/platform/git/repository.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

test('a default branch that is being changed while the doctor looks is not changed back', async () => {
  const ada = await t.actor('ada');
  await createRepository(t.app, ada, parseNewRepository({ name: 'moving', visibility: 'public' }));
  const open = await openRepository(t.app, ada, 'ada', 'moving', 'repository:own');
  // As a push does that brings the first branch: HEAD, then the row.
  await setDefaultBranch(t.app.git, open.dir, 'master');
  const checked = checkStorage(t.app, SYSTEM, true);
  await t.app.db.write((tx) => updateRepository(tx, open.repository.id, { defaultBranch: 'master' }));
  expect((await checked).contents).toEqual([]);
  expect(await readHead(open.dir)).toBe('refs/heads/master');
  await setDefaultBranch(t.app.git, open.dir, 'elsewhere');
  expect((await checkStorage(t.app, SYSTEM, true)).contents).toMatchObject([
    { mended: 'pointed HEAD at it' },
  ]);
  expect(await readHead(open.dir)).toBe('refs/heads/master');
});
