// Labels, milestones, deadlines, dependencies and sub-issues by the REST API, per role and by what tokens may do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IssueRow } from '../../../src/features/issues/issues.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { call, eventsOf, makeOrganization, makeTracker, type Tracker } from './tracker.ts';

let t: TestApp;
let s: Tracker;
let at: string;
const tokens = new Map<string, string>();

beforeAll(async () => {
  t = await testApp();
  s = await makeTracker(t);
  at = `/repos${s.open.path}`;
  for (const name of ['ada', 'reader', 'triager', 'writer', 'stranger'])
    tokens.set(name, await t.token(name));
});
afterAll(() => t.close());

const as = (name: string | undefined, method: string, path: string, body?: unknown) =>
  call(t, name && tokens.get(name), method, path, body);
const issueAt = (issue: IssueRow) => `${at}/issues/${issue.number}`;

describe('labels', () => {
  it('are read by everybody and changed by writers', async () => {
    const { json } = await as(undefined, 'GET', `${at}/labels?limit=3`);
    expect(json).toMatchObject([
      { name: 'bug', color: 'd73a4a', exclusive: false, is_archived: false },
      { name: 'documentation' },
      { name: 'duplicate' },
    ]);
    const input = { name: 'area/loom', color: '#00AABB', description: 'Looms', exclusive: true };
    for (const name of ['reader', 'triager', 'stranger'])
      expect((await as(name, 'POST', `${at}/labels`, input)).status, name).toBe(403);
    expect((await as(undefined, 'POST', `${at}/labels`, input)).status).toBe(401);
    const made = await as('writer', 'POST', `${at}/labels`, input);
    expect(made).toMatchObject({
      status: 201,
      json: { name: 'area/loom', color: '00aabb', exclusive: true },
    });
    const { id } = made.json as { id: number };
    expect((await as('reader', 'GET', `${at}/labels/${id}`)).status).toBe(200);
    expect((await as('reader', 'PATCH', `${at}/labels/${id}`, { color: '000000' })).status).toBe(403);
    const patched = await as('writer', 'PATCH', `${at}/labels/${id}`, { color: '000000' });
    expect(patched).toMatchObject({
      status: 200,
      json: { name: 'area/loom', color: '000000', description: 'Looms' },
    });
    expect((await as('writer', 'POST', `${at}/labels`, { name: 'BUG', color: '000000' })).status).toBe(422);
    expect((await as('writer', 'POST', `${at}/labels`, { name: 5, color: [] })).status).toBe(422);
    expect((await as('writer', 'DELETE', `${at}/labels/${id}`)).status).toBe(204);
    expect((await as('writer', 'GET', `${at}/labels/${id}`)).status).toBe(404);
  });

  it('are put on issues by id and by name', async () => {
    const issue = await s.issue('Labelled');
    const path = `${issueAt(issue)}/labels`;
    const names = (json: unknown) => (json as { name: string }[]).map(({ name }) => name);
    expect((await as('reader', 'POST', path, { labels: ['bug'] })).status).toBe(403);
    const added = await as('triager', 'POST', path, { labels: ['BUG', 'question'] });
    expect(names(added.json)).toEqual(['bug', 'question']);
    const { id } = (added.json as { id: number }[])[1] ?? { id: 0 };
    expect(names((await as('triager', 'PUT', path, { labels: [id] })).json)).toEqual(['question']);
    for (const labels of [['nope'], [999999], 'bug', [null], [1.5]])
      expect((await as('triager', 'POST', path, { labels })).status).toBe(422);
    expect((await as('triager', 'DELETE', `${path}/${id}`)).status).toBe(204);
    expect((await as('triager', 'DELETE', `${path}/999999`)).status).toBe(404);
    await as('triager', 'POST', path, { labels: ['bug'] });
    expect((await as('triager', 'DELETE', path)).status).toBe(204);
    expect((await as(undefined, 'GET', path)).json).toEqual([]);
    expect((await eventsOf(t, s.open, 'issue.')).slice(-6)).toEqual([
      'issue.opened',
      'issue.labeled',
      'issue.unlabeled',
      'issue.unlabeled',
      'issue.labeled',
      'issue.unlabeled',
    ]);
  });

  it('of an organization are changed by its owners', async () => {
    await makeOrganization(t, 'guild');
    const mia = await t.token('mia');
    const input = { name: 'team/warp', color: 'ffffff' };
    expect((await call(t, mia, 'POST', '/orgs/guild/labels', input)).status).toBe(403);
    const made = await as('ada', 'POST', '/orgs/guild/labels', input);
    const { id } = made.json as { id: number };
    expect(made.status).toBe(201);
    expect((await as(undefined, 'GET', '/orgs/guild/labels')).json).toMatchObject([
      { id, name: 'team/warp' },
    ]);
    expect((await as('ada', 'PATCH', `/orgs/guild/labels/${id}`, { name: 'team/weft' })).json).toMatchObject({
      name: 'team/weft',
    });
    expect((await call(t, mia, 'DELETE', `/orgs/guild/labels/${id}`)).status).toBe(403);
    expect((await as('ada', 'DELETE', `/orgs/guild/labels/${id}`)).status).toBe(204);
  });

  it('are not changed by a token that only reads', async () => {
    const reading = await t.token('writer', 'read:issue');
    expect((await call(t, reading, 'GET', `${at}/labels`)).status).toBe(200);
    expect((await call(t, reading, 'POST', `${at}/labels`, { name: 'x', color: '000000' })).status).toBe(403);
  });
});

describe('milestones, deadlines and assignees', () => {
  it('are made, read, changed and deleted', async () => {
    const input = { title: 'v1', description: 'First', due_on: '2030-05-06T10:00:00Z' };
    for (const name of ['reader', 'triager'])
      expect((await as(name, 'POST', `${at}/milestones`, input)).status, name).toBe(403);
    const made = await as('writer', 'POST', `${at}/milestones`, input);
    expect(made).toMatchObject({
      status: 201,
      json: { title: 'v1', state: 'open', due_on: '2030-05-06T00:00:00Z', open_issues: 0, closed_issues: 0 },
    });
    const { id } = made.json as { id: number };
    const path = `${at}/milestones/${id}`;
    expect((await as('writer', 'PATCH', path, { state: 'closed' })).json).toMatchObject({
      title: 'v1',
      state: 'closed',
      due_on: '2030-05-06T00:00:00Z',
    });
    expect((await as(undefined, 'GET', `${at}/milestones`)).json).toEqual([]);
    expect((await as(undefined, 'GET', `${at}/milestones?state=all&name=V`)).json).toMatchObject([{ id }]);
    expect((await as(undefined, 'GET', `${at}/milestones/V1`)).json).toMatchObject({ id });
    expect((await as('writer', 'PATCH', path, { state: 'half' })).status).toBe(422);
    expect((await as('writer', 'PATCH', path, { due_on: null })).json).toMatchObject({ due_on: null });
    expect((await as('writer', 'DELETE', path)).status).toBe(204);
    expect((await as('writer', 'GET', path)).status).toBe(404);
  });

  it('set a deadline, and list who may be assigned', async () => {
    const issue = await s.issue('Soon');
    const path = `${issueAt(issue)}/deadline`;
    expect((await as('reader', 'POST', path, { due_date: '2031-01-01' })).status).toBe(403);
    expect(await as('triager', 'POST', path, { due_date: '2031-01-01T00:00:00Z' })).toMatchObject({
      status: 201,
      json: { due_date: '2031-01-01T00:00:00Z' },
    });
    expect((await as('triager', 'POST', path, { due_date: 'soon' })).status).toBe(422);
    expect((await as('triager', 'POST', path, { due_date: null })).json).toEqual({ due_date: null });
    expect((await as('triager', 'GET', `${at}/assignees`)).json).toMatchObject([
      { login: 'ada' },
      { login: 'reader' },
      { login: 'triager' },
      { login: 'writer' },
    ]);
  });
});

describe('dependencies and sub-issues', () => {
  it('are added, listed and removed', async () => {
    const [a, b] = [await s.issue('A'), await s.issue('B')];
    const body = { index: b.number };
    expect((await as('reader', 'POST', `${issueAt(a)}/dependencies`, body)).status).toBe(403);
    expect(await as('triager', 'POST', `${issueAt(a)}/dependencies`, body)).toMatchObject({
      status: 201,
      json: { number: b.number, title: 'B' },
    });
    expect((await as(undefined, 'GET', `${issueAt(a)}/dependencies`)).json).toMatchObject([{ title: 'B' }]);
    expect((await as(undefined, 'GET', `${issueAt(b)}/blocks`)).json).toMatchObject([{ title: 'A' }]);
    const circle = await as('triager', 'POST', `${issueAt(a)}/blocks`, body);
    expect(circle.status).toBe(422);
    const named = { index: a.number, owner: 'ada', repo: s.open.repository.name };
    expect((await as('triager', 'DELETE', `${issueAt(b)}/blocks`, named)).status).toBe(200);
    expect((await as(undefined, 'GET', `${issueAt(a)}/dependencies`)).json).toEqual([]);
    expect((await as('triager', 'POST', `${issueAt(a)}/dependencies`, { index: '1' })).status).toBe(422);
  });

  it('have parts in an order, one parent each', async () => {
    const [whole, other, one, two] = [
      await s.issue('Whole'),
      await s.issue('Other'),
      await s.issue('One'),
      await s.issue('Two'),
    ];
    const path = `${issueAt(whole)}/sub_issues`;
    expect((await as('reader', 'POST', path, { sub_issue_id: one.id })).status).toBe(403);
    expect((await as('triager', 'POST', path, { sub_issue_id: one.id })).status).toBe(201);
    expect((await as('triager', 'POST', path, { sub_issue_id: two.id })).status).toBe(201);
    const titles = async () =>
      ((await as(undefined, 'GET', path)).json as { title: string }[]).map(({ title }) => title);
    expect(await titles()).toEqual(['One', 'Two']);
    const move = { sub_issue_id: two.id, before_id: one.id };
    expect((await as('triager', 'PATCH', `${path}/priority`, move)).status).toBe(200);
    expect(await titles()).toEqual(['Two', 'One']);
    expect(
      (await as('triager', 'PATCH', `${path}/priority`, { sub_issue_id: two.id, after_id: one.id })).status,
    ).toBe(200);
    expect(await titles()).toEqual(['One', 'Two']);
    expect((await as(undefined, 'GET', `${issueAt(one)}/parent`)).json).toMatchObject({ title: 'Whole' });
    expect((await as(undefined, 'GET', `${issueAt(whole)}/parent`)).status).toBe(404);
    const elsewhere = `${issueAt(other)}/sub_issues`;
    expect((await as('triager', 'POST', elsewhere, { sub_issue_id: one.id })).status).toBe(422);
    expect(
      (await as('triager', 'POST', elsewhere, { sub_issue_id: one.id, replace_parent: true })).status,
    ).toBe(201);
    expect(await titles()).toEqual(['Two']);
    expect(
      (await as('triager', 'DELETE', `${issueAt(whole)}/sub_issue`, { sub_issue_id: two.id })).status,
    ).toBe(200);
    expect(await titles()).toEqual([]);
    expect((await as('triager', 'POST', path, { sub_issue_id: 'x' })).status).toBe(422);
  });

  it('in a private repository are told to nobody who may not see it', async () => {
    const hidden = await makeTracker(t, { visibility: 'private' });
    const [secret, whole] = [await hidden.issue('SECRET'), await s.issue('Public whole')];
    await as('ada', 'POST', `${issueAt(whole)}/sub_issues`, { sub_issue_id: secret.id });
    const named = { index: secret.number, owner: 'ada', repo: hidden.open.repository.name };
    await as('ada', 'POST', `${issueAt(whole)}/dependencies`, named);
    for (const name of [undefined, 'stranger']) {
      expect((await as(name, 'GET', `${issueAt(whole)}/sub_issues`)).json).toEqual([]);
      expect((await as(name, 'GET', `${issueAt(whole)}/dependencies`)).json).toEqual([]);
    }
    expect((await as('ada', 'GET', `${issueAt(whole)}/sub_issues`)).json).toMatchObject([
      { title: 'SECRET' },
    ]);
    const { giveAccess } = await import('../../../src/features/repos/collaborators.service.ts');
    await t.actor('eve');
    await giveAccess(t.app, await t.actor('ada'), s.open, { username: 'eve', permission: 'triage' });
    const eve = await t.token('eve');
    const missing = await call(t, eve, 'POST', `${issueAt(whole)}/sub_issues`, { sub_issue_id: 999_999 });
    const unseen = await call(t, eve, 'POST', `${issueAt(whole)}/sub_issues`, { sub_issue_id: secret.id });
    expect(unseen).toEqual(missing);
  });
});
