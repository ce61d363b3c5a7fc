// Ways around the rules that were thought of, each named after the hole it would be.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createIssue, findIssue } from '../../../src/features/issues/issues.service.ts';
import { labelsNamed } from '../../../src/features/issues/labels.service.ts';
import { listLabelsOf } from '../../../src/features/issues/labels.store.ts';
import { readTimeline } from '../../../src/features/issues/timeline.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository, setArchived } from '../../../src/features/repos/repos.service.ts';
import { blockUser } from '../../../src/features/users/blocks.service.ts';
import { worldIn } from '../../support/standing.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { newRepository, startConversation } from './conversation.ts';

let t: TestApp;

beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

it('labels nothing by opening an issue as a team that may only read issues', async () => {
  const ada = await t.actor('ada');
  const world = worldIn(t.app.db);
  const org = await world.organization('mill');
  await world.member(org, ada.userId, 'owner');
  await createRepository(
    t.app,
    ada,
    parseNewRepository({ owner: 'mill', name: 'capped', visibility: 'private' }),
  );
  const open = await openRepository(t.app, ada, 'mill', 'capped', 'issues:read');
  const cora = await t.as('cora');
  const { userId } = await t.actor('cora');
  await world.member(org, userId);
  const team = await world.team(org, 'readers', { unitCaps: { issues: 'read' } });
  await world.teamMember(team, userId);
  await world.teamRepository(team, open.repository.id, 'write');
  expect(await labelsNamed(t.app, open, ['bug'])).toHaveLength(1);
  const form = await (await cora.get('/mill/capped/issues/new')).text();
  expect(form).not.toContain('name="milestone"');
  await cora.post('/mill/capped/issues', { title: 'By the web', labels: 'bug' });
  const token = await t.token('cora', 'write:issue');
  const sent = { title: 'By the API', labels: (await labelsNamed(t.app, open, ['bug'])).map(({ id }) => id) };
  const made = await t.anonymous.request('/api/v1/repos/mill/capped/issues', {
    method: 'POST',
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(sent),
  });
  expect(made.status).toBe(201);
  for (const number of [1, 2]) {
    const issue = await findIssue(t.app, open, number);
    expect(await listLabelsOf(t.app.db.read, [issue?.id ?? 0])).toEqual([]);
  }
  expect((await cora.post('/mill/capped/issues/1/lock')).status).toBe(403);
  expect(await (await cora.get('/mill/capped/issues/1')).text()).not.toContain('Lock conversation');
});

it('closes no own issue in a locked conversation as a team that may only read issues', async () => {
  const ada = await t.actor('ada');
  const world = worldIn(t.app.db);
  const org = await world.organization('quarry');
  await world.member(org, ada.userId, 'owner');
  await createRepository(
    t.app,
    ada,
    parseNewRepository({ owner: 'quarry', name: 'capped', visibility: 'private' }),
  );
  const open = await openRepository(t.app, ada, 'quarry', 'capped', 'issues:read');
  const dora = await t.as('dora');
  const { userId } = await t.actor('dora');
  await world.member(org, userId);
  const team = await world.team(org, 'readers', { unitCaps: { issues: 'read' } });
  await world.teamMember(team, userId);
  await world.teamRepository(team, open.repository.id, 'write');
  await dora.post('/quarry/capped/issues', { title: 'Mine' });
  const close = (action: string) => dora.post('/quarry/capped/issues/1/comments', { action });
  const state = async () => (await findIssue(t.app, open, 1))?.state;
  await close('completed');
  expect(await state()).toBe('closed');
  await close('reopen');
  await (await t.as('ada')).post('/quarry/capped/issues/1/lock');
  expect((await close('completed')).status).toBe(403);
  expect(await state()).toBe('open');
});

it('writes nothing into timelines of those who blocked one, or of archives, by calling an own issue their duplicate', async () => {
  const s = await startConversation(t);
  const mallory = await t.actor('mallory');
  const visitor = await t.as('mallory');
  await createRepository(t.app, mallory, parseNewRepository({ name: 'own', visibility: 'public' }));
  const own = await openRepository(t.app, mallory, 'mallory', 'own', 'issues:create');
  const duplicate = async (title: string) => {
    const { number } = await createIssue(t.app, mallory, own, { title, body: '' });
    const form = { action: 'duplicate', duplicateOf: `${s.open.path.slice(1)}#1` };
    return visitor.post(`${own.path}/issues/${number}/comments`, form);
  };
  const kinds = async () =>
    (await readTimeline(t.app, (await s.issue()).id, {})).entries.map(({ kind }) => kind);
  expect((await duplicate('Welcome')).status).toBe(303);
  expect(await kinds()).toEqual(['duplicated']);
  const ada = await t.actor('ada');
  await blockUser(t.app, ada, ada.userId, 'mallory');
  expect((await duplicate('Buy watches')).status).toBe(303);
  const { unblockUser } = await import('../../../src/features/users/blocks.service.ts');
  await unblockUser(t.app, ada, ada.userId, mallory.userId);
  await setArchived(t.app, ada, s.open, true);
  expect((await duplicate('Wake up')).status).toBe(303);
  expect(await kinds()).toEqual(['duplicated']);
});

it('learns no title of a hidden issue by naming it as the original of a duplicate', async () => {
  const s = await startConversation(t);
  const hidden = await newRepository(t, 'unseen', 'private');
  await createIssue(t.app, hidden.actor, hidden, { title: 'Secret plans', body: '' });
  await s.stranger.post(`${s.open.path}/issues`, { title: 'Mine' });
  const answers = await Promise.all(
    ['ada/unseen#1', 'ada/unseen#2', 'ada/missing#1'].map(async (duplicateOf) => {
      const path = `${s.open.path}/issues/2/comments`;
      const answer = await s.stranger.post(path, { action: 'duplicate', duplicateOf });
      return {
        status: answer.status,
        text: (await answer.text()).match(/There is no such issue\./g)?.length,
      };
    }),
  );
  expect(answers).toEqual([1, 2, 3].map(() => ({ status: 422, text: 1 })));
});
