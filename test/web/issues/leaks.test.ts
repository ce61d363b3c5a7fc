// What lists, searches and the API might tell of people, repositories and issues that one may not know of, each named
// after the hole it would be.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createIssue } from '../../../src/features/issues/issues.service.ts';
import { setAssignees } from '../../../src/features/issues/metadata.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { worldIn } from '../../support/standing.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { newRepository } from './conversation.ts';
import { call } from './tracker.ts';

let t: TestApp;

beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

/** A public repository of an organization of `ada`, in which `mia` is a member of the team `weavers`, which may write. */
async function organizationWithTeam(name: string) {
  const ada = await t.actor('ada');
  const mia = await t.actor('mia');
  const world = worldIn(t.app.db);
  const org = await world.organization(name);
  await world.member(org, ada.userId, 'owner');
  await world.member(org, mia.userId);
  await createRepository(t.app, ada, parseNewRepository({ owner: name, name: 'loom', visibility: 'public' }));
  const open = await openRepository(t.app, ada, name, 'loom', 'issues:read');
  const team = await world.team(org, 'weavers');
  await world.teamMember(team, mia.userId);
  await world.teamRepository(team, open.repository.id, 'write');
  return { ada, mia, open };
}

const logins = (json: unknown) => (json as { login: string }[]).map(({ login }) => login);

it('tells strangers no members of an organization as people who could be assigned', async () => {
  const { ada, mia, open } = await organizationWithTeam('guild');
  const path = `/repos${open.path}/assignees`;
  const names = async (name?: string) =>
    logins((await call(t, name && (await t.token(name)), 'GET', path)).json);
  await t.actor('stranger');
  expect(await names('ada')).toEqual(['ada', 'mia']);
  expect(await names()).toEqual([]);
  expect(await names('stranger')).toEqual([]);
  const issue = await createIssue(t.app, ada, open, { title: 'Whose?', body: '' });
  await setAssignees(t.app, ada, open, issue, [mia.userId]);
  expect(await names()).toEqual(['mia']);
});

it('tells nobody who is in a team by the subscriptions of an issue that mentions it', async () => {
  const { ada, open } = await organizationWithTeam('hall');
  const issue = await createIssue(t.app, ada, open, { title: 'Look', body: 'Please, @hall/weavers' });
  await t.app.jobs.drain();
  const path = `/repos${open.path}/issues/${issue.number}/subscriptions`;
  const mine = await t.token('mia');
  expect((await call(t, mine, 'GET', `${path}/check`)).json).toMatchObject({ subscribed: true });
  expect(logins((await call(t, undefined, 'GET', path)).json)).toEqual(['ada']);
  expect(logins((await call(t, mine, 'GET', path)).json).sort()).toEqual(['ada', 'mia']);
});

it('tells a token no names of private repositories by the parents that a query names', async () => {
  const hidden = await newRepository(t, 'unseen', 'private');
  await createIssue(t.app, hidden.actor, hidden, { title: 'Secret plans', body: '' });
  await t.actor('stranger');
  const token = await t.token('stranger', 'read:issue');
  const answers = await Promise.all(
    ['ada/unseen#1', 'ada/unseen#2', 'ada/missing#1'].map((parent) =>
      call(t, token, 'GET', `/repos/issues/search?q=${encodeURIComponent(`parent:${parent}`)}`),
    ),
  );
  expect(answers).toEqual([1, 2, 3].map(() => ({ status: 200, json: [] })));
});
