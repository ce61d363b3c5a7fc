// Statuses of commits through the API, as CI servers set and read them.
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let open: OpenRepository;
let oid: string;
const API = '/api/v1/repos/olga/hidden';
const auth: Record<string, Record<string, string>> = {};

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(
    t,
    'olga',
    'hidden',
    [{ ref: HEAD, message: 'One', files: [{ path: 'a', data: 'a' }] }],
    { visibility: 'private' },
  );
  oid = runGit(open.dir, 'rev-parse', HEAD);
  runGit(open.dir, 'update-ref', 'refs/heads/feature/statuses', oid);
  const olga = await t.actor('olga');
  for (const [username, permission] of [
    ['rita', 'read'],
    ['tim', 'triage'],
    ['wim', 'write'],
  ] as const) {
    await t.actor(username);
    await giveAccess(t.app, olga, open, { username, permission });
  }
  for (const name of ['olga', 'rita', 'tim', 'wim', 'sven'])
    auth[name] = { authorization: `token ${await t.token(name)}` };
  auth.scoped = { authorization: `token ${await t.token('olga', 'read:repository')}` };
  auth.anonymous = {};
}, 60_000);
afterAll(() => t.close());

const post = (who: string, body: unknown, sha = oid) =>
  t.anonymous.request(`${API}/statuses/${sha}`, {
    method: 'POST',
    headers: { ...auth[who], 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const get = (who: string, path: string) => t.anonymous.get(`${API}${path}`, auth[who]);

test.each([
  ['olga', 201],
  ['wim', 201],
  ['tim', 403],
  ['rita', 403],
  ['scoped', 403],
  ['sven', 404],
  ['anonymous', 404],
])('%s setting a status gets %i', async (who, status) => {
  expect((await post(who, { state: 'pending', context: `by/${who}` })).status).toBe(status);
});

it('is answered in Gitea’s shape, recorded as an event, and the newest counts', async () => {
  await post('wim', { state: 'failure', context: 'ci/test', description: 'broke' });
  const answer = await post('wim', {
    ...{ state: 'success', context: 'ci/test', description: 'all <b>green</b>' },
    target_url: 'https://ci.example.org/1',
  });
  const body = (await answer.json()) as Record<string, unknown>;
  expect(body).toMatchObject({
    ...{ status: 'success', context: 'ci/test', description: 'all <b>green</b>' },
    ...{ target_url: 'https://ci.example.org/1', creator: { login: 'wim' } },
  });
  const combined = (await (await get('rita', `/commits/${oid}/status`)).json()) as Record<string, unknown>;
  expect(combined).toMatchObject({ state: 'pending', sha: oid, total_count: 3 });
  const bySlash = await get('rita', '/commits/feature/statuses/status');
  expect(((await bySlash.json()) as { sha: string }).sha).toBe(oid);
  const listed = await get('rita', '/commits/feature/statuses/statuses?limit=1');
  expect(((await listed.json()) as { status: string }[]).map((one) => one.status)).toEqual(['success']);
  expect(listed.headers.get('x-total-count')).toBe('4');
  expect(listed.headers.get('link')).toContain('rel="next"');
  expect((await get('rita', `/statuses/${oid.slice(0, 10)}`)).status).toBe(200);
});

test.each([
  [{ state: 'fine' }],
  [{}],
  [{ state: 'success', target_url: 'javascript:alert(1)' }],
  [{ state: 'success', target_url: 'https://x y' }],
  [{ state: 'success', target_url: `https://a/${'x'.repeat(3000)}` }],
  [{ state: 'success', context: 'x'.repeat(256) }],
  [{ state: 'success', description: 'x'.repeat(1001) }],
  [{ state: 'success', context: 5 }],
  [{ state: 'success', context: 'a\nb' }],
])('%j is refused', async (body) => {
  expect((await post('olga', body)).status).toBe(422);
});

it('is not for commits that are none, nor told to strangers', async () => {
  expect((await post('olga', { state: 'success' }, 'f'.repeat(40))).status).toBe(404);
  const tree = runGit(open.dir, 'rev-parse', `${HEAD}^{tree}`);
  expect((await post('olga', { state: 'success' }, tree)).status).toBe(404);
  for (const path of [`/statuses/${oid}`, `/commits/${oid}/status`, '/commits/main/statuses'])
    for (const who of ['sven', 'anonymous']) expect((await get(who, path)).status).toBe(404);
  expect((await get('rita', '/commits/nothing/status')).status).toBe(404);
  expect((await get('rita', `/commits/${oid}/elsewhere`)).status).toBe(404);
});

it('keeps a commit’s statuses within bounds, however often they are set', async () => {
  for (let n = 0; n < 60; n++)
    expect((await post('wim', { state: 'pending', context: 'loop' })).status).toBe(201);
  const answer = await get('rita', `/statuses/${oid}`);
  expect(Number(answer.headers.get('x-total-count'))).toBeLessThanOrEqual(54);
  const wide: number[] = [];
  for (let n = 0; n < 105; n++) wide.push((await post('wim', { state: 'pending', context: `c${n}` })).status);
  expect(wide.at(-1)).toBe(422);
});
