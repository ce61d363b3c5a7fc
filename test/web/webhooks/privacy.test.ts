// What webhooks are not told: of other repositories that those who manage them may not see, of addresses, of drafts.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findIssue } from '../../../src/features/issues/lookups.service.ts';
import { transferIssue } from '../../../src/features/issues/transfer.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { changeRepository } from '../../../src/features/repos/repos.service.ts';
import { happeningsOf } from '../../../src/features/webhooks/happenings.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { call } from '../issues/tracker.ts';
import { commitTo, forkBy, makeWorkshop } from '../pulls/proposals.ts';
import { now, told } from './told.ts';

let t: TestApp;
let token: string;

beforeAll(async () => {
  t = await testApp();
  await t.actor('ada');
  token = await t.token('ada');
});
afterAll(() => t.close());

const FORMATS = ['gitea', 'github', 'slack', 'matrix'] as const;

/** Everything that any webhook of one repository is told of what came behind an event, as text. */
async function saidTo(repositoryId: number, before: number): Promise<string> {
  const said: string[] = [];
  for (const format of FORMATS)
    for (const { happening, body } of await told(t, format, before))
      if (happening.repositoryId === repositoryId) said.push(body.toString());
  return said.join('\n');
}

test('an issue that went to a private repository leaves neither its title nor the place behind', async () => {
  const [from, to] = [await makeWorkshop(t), await makeWorkshop(t, { visibility: 'private' })];
  const before = await now(t);
  const made = await call(t, token, 'POST', `/repos${from.open.path}/issues`, { title: 'Plain', body: '' });
  const row = await findIssue(t.app, (made.json as { id: number }).id);
  if (!row) throw new Error('no issue');
  const opened = await now(t);
  const ada = await t.actor('ada');
  const target = to.open.path.slice(1);
  const { number } = await transferIssue(t.app, ada, from.open, row, { to: target, isConfirmed: true });
  await call(t, token, 'PATCH', `/repos${to.open.path}/issues/${number}`, { title: 'Hidden plan' });
  const said = await saidTo(from.open.repository.id, opened);
  expect(said).toContain('transferred');
  expect(said).not.toContain('Hidden plan');
  expect(said).not.toContain(to.open.repository.name);
  // What happened before the transfer, and is told of late, says no more than that.
  expect(await saidTo(from.open.repository.id, before)).not.toContain('Hidden plan');
});

test('a fork that is private is not told to those of its parent', async () => {
  const shop = await makeWorkshop(t);
  const before = await now(t);
  const fork = await forkBy(t, shop.open, 'bob');
  const open = await openRepository(
    t.app,
    await t.actor('bob'),
    'bob',
    fork.repository.name,
    'repository:own',
  );
  const events = (await t.app.events.recent({ limit: 50 })).filter(({ id }) => id > before);
  const forked = events.find(({ kind }) => kind === 'repository.forked');
  if (!forked) throw new Error('no fork');
  expect((await happeningsOf(t.app, forked)).map(({ name }) => name)).toEqual(['fork', 'repository']);
  await changeRepository(t.app, await t.actor('bob'), open, { visibility: 'private' });
  expect((await happeningsOf(t.app, forked)).map(({ name }) => name)).toEqual(['repository']);
  expect(await saidTo(shop.open.repository.id, before)).not.toContain('bob/');
});

test('a pull request of a fork that was made private does not name the fork', async () => {
  const shop = await makeWorkshop(t);
  const fork = await forkBy(t, shop.open, 'carl');
  await commitTo(t, fork, 'secret-branch', { 'c.txt': 'c\n' });
  const before = await now(t);
  await shop.propose('secret-branch', {
    by: 'carl',
    head: { open: fork, branch: 'secret-branch' },
    title: 'Mine',
  });
  const open = await openRepository(
    t.app,
    await t.actor('carl'),
    'carl',
    fork.repository.name,
    'repository:own',
  );
  expect(await saidTo(shop.open.repository.id, before)).toContain('carl/');
  await changeRepository(t.app, await t.actor('carl'), open, { visibility: 'private' });
  const said = await saidTo(shop.open.repository.id, before);
  expect(said).toContain('Mine');
  expect(said).not.toContain(`carl/${fork.repository.name}`);
});

test('addresses of people are not told', async () => {
  const shop = await makeWorkshop(t);
  const before = await now(t);
  await call(t, token, 'POST', `/repos${shop.open.path}/issues`, { title: 'Plain', body: '' });
  expect(await saidTo(shop.open.repository.id, before)).not.toContain('ada@example.org');
});
