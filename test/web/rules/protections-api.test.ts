// Gitea's branch and tag protections on top of rule sets: what was asked for comes back, holds for pushes, and hides who is listed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { HEAD, makeRepository } from '../code/repositories.ts';
import { eventsOf } from '../issues/tracker.ts';

let t: TestApp;
let open: OpenRepository;
let tokens: Record<'ada' | 'wim' | 'rita' | 'stranger', string>;

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(t, 'ada', 'engine', [
    { ref: HEAD, message: 'Begin', files: [{ path: 'a.txt', data: 'a\n' }] },
  ]);
  const { giveAccess } = await import('../../../src/features/repos/collaborators.service.ts');
  const ada = await t.actor('ada');
  for (const [username, permission] of [
    ['wim', 'write'],
    ['rita', 'read'],
  ] as const) {
    await t.actor(username);
    await giveAccess(t.app, ada, open, { username, permission });
  }
  await t.actor('stranger');
  tokens = {
    ada: await t.token('ada', 'all'),
    wim: await t.token('wim', 'all'),
    rita: await t.token('rita', 'all'),
    stranger: await t.token('stranger', 'all'),
  };
}, 60_000);
afterAll(() => t.close());

type Json = Record<string, unknown>;

async function call(as: keyof typeof tokens, method: string, path: string, body?: unknown) {
  const headers = { authorization: `token ${tokens[as]}`, 'content-type': 'application/json' };
  const answer = await t.anonymous.request(`/api/v1/repos/ada/engine${path}`, {
    ...{ method, headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as Json & Json[] };
}

const write = (as: keyof typeof tokens, path: string) =>
  call(as, 'POST', `/contents/${path}`, { content: 'YQ==', message: 'Add', branch: 'main' });

test('a branch protection is made, listed, changed, found by its name, and deleted', async () => {
  const wanted = {
    rule_name: 'release/*',
    enable_push: true,
    enable_push_whitelist: true,
    push_whitelist_usernames: ['wim'],
    required_approvals: 2,
    dismiss_stale_approvals: true,
    enable_status_check: true,
    status_check_contexts: ['ci/build'],
    block_on_outdated_branch: true,
    require_signed_commits: true,
    protected_file_patterns: '*.lock;secrets/**',
    block_admin_merge_override: true,
    enable_merge_whitelist: true,
    merge_whitelist_usernames: ['ada'],
    priority: 3,
  };
  const made = await call('ada', 'POST', '/branch_protections', wanted);
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ ...wanted, branch_name: '', enable_force_push: false });
  expect((await call('ada', 'POST', '/branch_protections', wanted)).status).toBe(403);
  const named = '/branch_protections/release%2F*';
  const changed = await call('ada', 'PATCH', named, { required_approvals: 1, enable_merge_whitelist: false });
  expect(changed.body).toMatchObject({
    ...wanted,
    ...{ required_approvals: 1, enable_merge_whitelist: false, merge_whitelist_usernames: [] },
  });
  expect((await call('ada', 'GET', '/branch_protections')).body).toEqual([changed.body]);
  expect((await call('ada', 'GET', '/rulesets')).body).toHaveLength(1);
  expect((await call('ada', 'DELETE', named)).status).toBe(204);
  expect((await call('ada', 'GET', named)).status).toBe(404);
});

test('it holds: pushes are refused to all but those on the list, and the branch says so', async () => {
  const made = await call('ada', 'POST', '/branch_protections', {
    ...{ branch_name: 'main', enable_push: true, enable_push_whitelist: true },
    ...{ push_whitelist_usernames: ['wim'], required_approvals: 1 },
  });
  expect(made.body).toMatchObject({ branch_name: 'main', rule_name: 'main' });
  expect((await write('ada', 'no.txt')).status).toBe(403);
  expect((await write('wim', 'yes.txt')).status).toBe(201);
  const branch = await call('ada', 'GET', '/branches/main');
  expect(branch.body).toMatchObject({
    ...{ protected: true, required_approvals: 1, user_can_push: false },
    effective_branch_protection_name: 'main',
  });
  await call('ada', 'PATCH', '/branch_protections/main', {
    ...{ enable_push_whitelist: false, required_approvals: 0 },
  });
  expect((await write('ada', 'now.txt')).status).toBe(201);
  await call('ada', 'DELETE', '/branch_protections/main');
});

test('who is listed is told to those who manage rules alone; others change nothing', async () => {
  await call('ada', 'POST', '/branch_protections', {
    ...{ rule_name: 'main', enable_push: true, enable_push_whitelist: true },
    push_whitelist_usernames: ['wim'],
  });
  for (const as of ['wim', 'rita', 'stranger'] as const) {
    const { body } = await call(as, 'GET', '/branch_protections/main');
    expect(body.push_whitelist_usernames).toEqual([]);
    for (const [method, path] of [
      ['POST', '/branch_protections'],
      ['PATCH', '/branch_protections/main'],
      ['DELETE', '/branch_protections/main'],
      ['POST', '/branch_protections/priority'],
      ['POST', '/tag_protections'],
    ] as const)
      expect((await call(as, method, path, { rule_name: 'x', ids: [] })).status, path).toBe(403);
  }
  await call('ada', 'DELETE', '/branch_protections/main');
});

test('what rule sets do not hold is refused, not left out', async () => {
  const post = (body: Json) => call('ada', 'POST', '/branch_protections', { rule_name: 'x', ...body });
  for (const body of [
    { enable_approvals_whitelist: true },
    { block_on_official_review_requests: true },
    { unprotected_file_patterns: 'docs/**' },
    { enable_push: true, required_approvals: 1 },
    { enable_status_check: true, status_check_contexts: [] },
    { enable_status_check: true, status_check_contexts: ['ci/*'] },
    { enable_merge_whitelist: true },
    { enable_push: true, enable_push_whitelist: true, push_whitelist_usernames: ['nobody-here'] },
    { enable_push: true, enable_push_whitelist: true, push_whitelist_teams: ['none'] },
    { rule_name: '' },
    { rule_name: 'a..b' },
    { required_approvals: 'two' },
  ])
    expect((await post(body)).status, JSON.stringify(body)).toBe(422);
  expect((await call('ada', 'GET', '/branch_protections')).body).toEqual([]);
});

test('a change keeps what only rule sets know', async () => {
  await call('ada', 'POST', '/rulesets', {
    name: 'Careful',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [
      {
        type: 'pull_request',
        parameters: { required_approving_review_count: 1, require_code_owner_review: true },
      },
      { type: 'required_linear_history' },
    ],
  });
  const changed = await call('ada', 'PATCH', '/branch_protections/main', { required_approvals: 3 });
  expect(changed.body).toMatchObject({
    rule_name: 'main',
    required_approvals: 3,
    block_admin_merge_override: true,
  });
  const [set] = (await call('ada', 'GET', '/rulesets')).body;
  expect(set).toMatchObject({ name: 'Careful', conditions: { ref_name: { include: ['~DEFAULT_BRANCH'] } } });
  expect(((set?.rules ?? []) as Json[]).map(({ type }) => type)).toEqual([
    'required_linear_history',
    'pull_request',
  ]);
  await call('ada', 'DELETE', '/branch_protections/main');
});

test('an order is kept', async () => {
  for (const rule_name of ['one', 'two', 'three'])
    await call('ada', 'POST', '/branch_protections', { rule_name });
  const before = (await call('ada', 'GET', '/branch_protections')).body;
  const ids = before.map(({ id }) => id).toReversed();
  expect((await call('ada', 'POST', '/branch_protections/priority', { ids })).status).toBe(204);
  const after = (await call('ada', 'GET', '/branch_protections')).body;
  expect(after.map(({ rule_name, priority }) => [rule_name, priority])).toEqual([
    ['three', 1],
    ['two', 2],
    ['one', 3],
  ]);
  expect((await call('ada', 'POST', '/branch_protections/priority', { ids: [999] })).status).toBe(404);
});

test('tag protections: those listed make such tags, nobody without a list', async () => {
  const made = await call('ada', 'POST', '/tag_protections', {
    ...{ name_pattern: 'v*', whitelist_usernames: ['wim'] },
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ name_pattern: 'v*', whitelist_usernames: ['wim'], whitelist_teams: [] });
  const one = `/tag_protections/${made.body.id}`;
  const tag = (as: keyof typeof tokens, tag_name: string) =>
    call(as, 'POST', '/tags', { tag_name, target: 'main' });
  expect((await tag('ada', 'v1')).status).toBe(403);
  expect((await tag('wim', 'v1')).status).toBe(201);
  expect((await tag('ada', 'w1')).status).toBe(201);
  expect((await call('ada', 'PATCH', one, { whitelist_usernames: [] })).status).toBe(200);
  expect((await tag('wim', 'v2')).status).toBe(403);
  expect((await call('wim', 'GET', one)).body.whitelist_usernames).toEqual([]);
  expect((await call('ada', 'POST', '/tag_protections', { name_pattern: 'v*' })).status).toBe(403);
  expect((await call('ada', 'POST', '/tag_protections', { name_pattern: '/^v/' })).status).toBe(422);
  expect((await call('ada', 'DELETE', one)).status).toBe(204);
  expect((await call('ada', 'GET', one)).status).toBe(404);
});

test('each change is an event, and a refused one none', async () => {
  const before = await eventsOf(t, open, 'rule_set');
  await call('ada', 'POST', '/branch_protections', { rule_name: 'evented' });
  await call('ada', 'PATCH', '/branch_protections/evented', { required_approvals: 1 });
  await call('wim', 'PATCH', '/branch_protections/evented', { required_approvals: 0 });
  await call('ada', 'DELETE', '/branch_protections/evented');
  const said = (await eventsOf(t, open, 'rule_set')).slice(before.length);
  expect(said).toEqual(['rule_set.created', 'rule_set.updated', 'rule_set.deleted']);
});
