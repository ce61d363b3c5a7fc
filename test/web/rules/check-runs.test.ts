// Check runs in GitHub's shape: who may, what they set, what is refused, and where they are shown.
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { annotationsOf, checksOf } from '../../../src/features/rules/check-runs.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { runGit } from '../code/import-commits.ts';
import { HEAD, makeRepository } from '../code/repositories.ts';
import { eventsOf } from '../issues/tracker.ts';

let t: TestApp;
let open: OpenRepository;
let oid: string;
const API = '/api/v1/repos/olga/hidden';
const auth: Record<string, Record<string, string>> = { anonymous: {} };

beforeAll(async () => {
  t = await testApp();
  const commits = [{ ref: HEAD, message: 'One', files: [{ path: 'a b', data: 'a\n' }] }];
  open = await makeRepository(t, 'olga', 'hidden', commits, { visibility: 'private' });
  oid = runGit(open.dir, 'rev-parse', HEAD);
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
}, 60_000);
afterAll(() => t.close());

const send = async (who: string, method: string, path: string, body?: unknown) => {
  const headers = { ...auth[who], 'content-type': 'application/json' };
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const answer = await t.anonymous.request(`${API}${path}`, init);
  return { status: answer.status, body: JSON.parse(await answer.text()), headers: answer.headers };
};
const post = (who: string, body: object) => send(who, 'POST', '/check-runs', { head_sha: oid, ...body });

test.each([
  ['olga', 201],
  ['wim', 201],
  ['tim', 403],
  ['rita', 403],
  ['scoped', 403],
  ['sven', 404],
  ['anonymous', 404],
])('%s beginning a check run gets %i', async (who, status) => {
  expect((await post(who, { name: `by ${who}` })).status).toBe(status);
});

it('takes no time that its answers could not tell', async () => {
  for (const started_at of ['+275760-09-13T00:00:00Z', '-000001-01-01T00:00:00Z', 'soon'])
    expect((await post('wim', { name: 'late', started_at })).status, started_at).toBe(422);
});

it('goes from queued to its conclusion, with its status and events beside it', async () => {
  const { body } = await post('wim', { name: 'lint', external_id: 'x1' });
  expect(body).toMatchObject({
    name: 'lint',
    head_sha: oid,
    status: 'queued',
    conclusion: null,
    external_id: 'x1',
  });
  const stateOf = async () => (await checksOf(t.app, open, oid)).byContext.get('lint')?.state;
  expect(await stateOf()).toBe('pending');
  const begun = await send('wim', 'PATCH', `/check-runs/${body.id}`, { status: 'in_progress' });
  expect(begun.body).toMatchObject({ status: 'in_progress', started_at: expect.any(String) });
  const annotation = {
    ...{ path: 'a b', start_line: 1, end_line: 1, annotation_level: 'warning' },
    ...{ message: 'odd <b>', title: 'no-odd', raw_details: 'x' },
  };
  const output = { title: '1 problem', summary: 'It is **odd**', annotations: [annotation] };
  await send('wim', 'PATCH', `/check-runs/${body.id}`, { output });
  const over = await send('wim', 'PATCH', `/check-runs/${body.id}`, { conclusion: 'failure', output });
  expect(over.body).toMatchObject({
    ...{ status: 'completed', conclusion: 'failure', completed_at: expect.any(String) },
    output: { title: '1 problem', annotations_count: 2 },
  });
  expect(await stateOf()).toBe('failure');
  const remarks = await send('rita', 'GET', `/check-runs/${body.id}/annotations`);
  expect(remarks.body).toMatchObject([annotation, annotation]);
  expect(remarks.body[0].blob_href).toContain(`/blob/${oid}/a%20b`);
  expect(await annotationsOf(t.app, open, oid)).toMatchObject([{ check: 'lint' }, { check: 'lint' }]);
  expect(await eventsOf(t, open, 'check_run.set')).toContain('check_run.set');
  const page = await (await t.as('rita')).get(`/olga/hidden/runs/${body.id}`);
  const html = await page.text();
  expect(html).toContain('<strong>odd</strong>');
  expect(html).toContain('odd &lt;b&gt;');
  expect((await (await t.as('sven')).get(`/olga/hidden/runs/${body.id}`)).status).toBe(404);
});

it('is listed by commit and by names of refs with slashes, the newest of each name', async () => {
  runGit(open.dir, 'update-ref', 'refs/heads/feature/check-runs', oid);
  await post('wim', { name: 'twice', conclusion: 'failure' });
  const newer = await post('wim', { name: 'twice', conclusion: 'success' });
  const listed = await send('rita', 'GET', '/commits/feature/check-runs/check-runs?check_name=twice');
  expect(listed.body).toMatchObject({ total_count: 1, check_runs: [{ id: newer.body.id }] });
  const all = await send('rita', 'GET', `/commits/${oid}/check-runs?check_name=twice&filter=all`);
  expect(all.body.total_count).toBe(2);
  const statuses = await send('rita', 'GET', '/commits/feature/check-runs/status');
  expect(statuses.body.sha).toBe(oid);
  expect((await send('sven', 'GET', `/commits/${oid}/check-runs`)).status).toBe(404);
});

it('of an older run changes the newest word of its name no more', async () => {
  const older = await post('wim', { name: 'raced', status: 'in_progress' });
  await post('wim', { name: 'raced', conclusion: 'failure' });
  await send('wim', 'PATCH', `/check-runs/${older.body.id}`, { conclusion: 'success' });
  expect((await checksOf(t.app, open, oid)).byContext.get('raced')?.state).toBe('failure');
});

it('says what is wrong, and of a run elsewhere that there is none', async () => {
  const wrong = async (body: object) => JSON.stringify((await post('wim', body)).body);
  expect(await wrong({ name: '' })).toContain('Give the check a name');
  expect(await wrong({ name: 'x', head_sha: '1'.repeat(40) })).toContain('no such commit');
  expect(await wrong({ name: 'x', status: 'completed' })).toContain('Say how it ended');
  expect(await wrong({ name: 'x', conclusion: 'splendid' })).toContain('conclusion is one of');
  expect(await wrong({ name: 'x', details_url: 'javascript:alert(1)' })).toContain('begins with http');
  const annotation = { path: 'a', start_line: 2, end_line: 1, annotation_level: 'notice', message: 'm' };
  const output = { title: 't', summary: 's', annotations: [annotation] };
  expect(await wrong({ name: 'x', output })).toContain('not before start_line');
  const many = Array.from({ length: 51 }, () => ({ ...annotation, end_line: 2 }));
  expect(await wrong({ name: 'x', output: { ...output, annotations: many } })).toContain('at most 50');
  await makeRepository(t, 'sven', 'own', []);
  const run = await post('wim', { name: 'mine' });
  const other = await t.anonymous.request(`/api/v1/repos/sven/own/check-runs/${run.body.id}`, {
    headers: auth.sven ?? {},
  });
  expect(other.status).toBe(404);
  const { body } = await post('wim', { name: 'mine', conclusion: 'neutral' });
  expect((await send('wim', 'PATCH', `/check-runs/${body.id}`, { name: 'other' })).status).toBe(422);
});

it('keeps as many annotations as a run may have, and no more', async () => {
  const { body } = await post('wim', { name: 'long' });
  const annotation = { path: 'a', start_line: 1, end_line: 1, annotation_level: 'notice', message: 'm' };
  const output = { title: 't', summary: 's', annotations: Array.from({ length: 50 }, () => annotation) };
  for (let i = 0; i < 20; i++)
    expect((await send('wim', 'PATCH', `/check-runs/${body.id}`, { output })).status).toBe(200);
  expect((await send('wim', 'PATCH', `/check-runs/${body.id}`, { output })).status).toBe(422);
});
