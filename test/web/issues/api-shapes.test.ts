// What Gitea's clients read of issues besides their texts: timelines item by item, milestones with counts, pins in order, and
// that a list takes the same number of statements however long it is.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { type Conversation, startConversation } from './conversation.ts';

type Json = Record<string, unknown>;

let t: TestApp;
let s: Conversation;
const tokens = new Map<string, string>();

beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  s = await startConversation(t);
});

async function call(who: string, method: string, path: string, body?: unknown) {
  if (who && !tokens.has(who)) tokens.set(who, await t.token(who, 'write:issue'));
  const answer = await t.anonymous.request(`/api/v1/repos${s.open.path}${path}`, {
    method,
    headers: {
      ...(who ? { authorization: `token ${tokens.get(who)}` } : {}),
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
}

it('a timeline has an item per label and person, with what it is about', async () => {
  const [bug, more] = await Promise.all(
    ['kind/bug', 'more'].map(
      async (name) => (await call('ada', 'POST', '/labels', { name, color: '#d73a4a' })).json.id,
    ),
  );
  const milestone = (await call('ada', 'POST', '/milestones', { title: 'v1' })).json.id;
  await call('writer', 'PUT', '/issues/1/labels', { labels: [bug, more] });
  await call('writer', 'DELETE', `/issues/1/labels/${bug}`);
  await call('writer', 'PATCH', '/issues/1', { assignees: ['writer', 'triager'], milestone });
  await call('writer', 'PATCH', '/issues/1', { milestone: 0, due_date: '2030-01-02T10:00:00Z' });
  await call('reader', 'POST', '/issues', { title: 'Another', body: 'Like #1' });
  await t.app.jobs.drain();
  await call('writer', 'POST', '/issues/1/dependencies', { index: 2 });
  await call('ada', 'DELETE', `/labels/${bug}`);
  const items = (await call('', 'GET', '/issues/1/timeline?limit=50')).json as Json[];
  expect(items).toMatchObject([
    { type: 'label', body: '1', label: { id: 0, name: 'kind/bug' } },
    { type: 'label', body: '1', label: { id: more, name: 'more' } },
    { type: 'label', body: '', label: { name: 'kind/bug' } },
    { type: 'assignees', removed_assignee: false, assignee: { login: expect.any(String) } },
    { type: 'assignees', removed_assignee: false, assignee: { login: expect.any(String) } },
    { type: 'milestone', milestone: { title: 'v1', open_issues: 0 }, old_milestone: null },
    { type: 'milestone', milestone: null, old_milestone: { title: 'v1' } },
    { type: 'added_deadline', body: '2030-01-02' },
    { type: 'issue_ref', ref_issue: { number: 2, title: 'Another' } },
    { type: 'add_dependency', dependent_issue: { number: 2 } },
  ]);
});

it('a timeline says nothing of an issue that the reader may not see', async () => {
  const hidden = await startConversation(t, 'private', { title: 'Secret plans' });
  const owner = await t.token('ada', 'write:issue');
  const made = await t.anonymous.request(`/api/v1/repos${hidden.open.path}/issues/1/comments`, {
    method: 'POST',
    headers: { authorization: `token ${owner}`, 'content-type': 'application/json' },
    body: JSON.stringify({ body: `As in ${s.open.path.slice(1)}#1` }),
  });
  expect(made.status).toBe(201);
  await t.app.jobs.drain();
  const timeline = (await call('stranger', 'GET', '/issues/1/timeline')).json;
  expect(JSON.stringify(timeline)).not.toContain('Secret');
  expect(timeline).toEqual([]);
  expect((await call('ada', 'GET', '/issues/1/timeline')).json).toMatchObject([
    { type: 'issue_ref', ref_issue: { title: 'Secret plans' }, ref_comment: { body: expect.any(String) } },
  ]);
});

it('milestones of issues are counted, in lists as alone', async () => {
  const first = (await call('ada', 'POST', '/milestones', { title: 'v1' })).json.id;
  const second = (await call('ada', 'POST', '/milestones', { title: 'v2' })).json.id;
  await call('ada', 'PATCH', '/issues/1', { milestone: first });
  await call('ada', 'POST', '/issues', { title: 'Two', milestone: second });
  await call('ada', 'POST', '/issues', { title: 'Three', milestone: second, closed: true });
  expect((await call('', 'GET', '/issues/2')).json.milestone).toMatchObject({
    open_issues: 1,
    closed_issues: 1,
  });
  const listed = (await call('', 'GET', '/issues?state=all')).json as { milestone: Json }[];
  expect(
    listed.map(({ milestone }) => [milestone.title, milestone.open_issues, milestone.closed_issues]),
  ).toEqual([
    ['v2', 1, 1],
    ['v2', 1, 1],
    ['v1', 1, 0],
  ]);
});

it('pinned issues are put in order', async () => {
  for (const title of ['Two', 'Three', 'Four']) await call('ada', 'POST', '/issues', { title });
  for (const number of [1, 2, 3]) await call('writer', 'POST', `/issues/${number}/pin`);
  expect((await call('', 'GET', '/new_pin_allowed')).json).toEqual({ issues: false, pull_requests: false });
  expect((await call('writer', 'POST', '/issues/4/pin')).status).toBe(409);
  expect((await call('reader', 'PATCH', '/issues/3/pin/1')).status).toBe(403);
  expect((await call('writer', 'PATCH', '/issues/3/pin/1')).status).toBe(204);
  const pinned = (await call('', 'GET', '/issues/pinned')).json as Json[];
  expect(pinned.map(({ number, pin_order: order }) => [number, order])).toEqual([
    [3, 1],
    [1, 2],
    [2, 3],
  ]);
  expect((await call('writer', 'PATCH', '/issues/3/pin/4')).status).toBe(422);
  expect((await call('writer', 'PATCH', '/issues/4/pin/1')).status).toBe(404);
  await call('writer', 'DELETE', '/issues/1/pin');
  await call('writer', 'POST', '/issues/4/pin');
  expect(((await call('', 'GET', '/issues/pinned')).json as Json[]).map(({ number }) => number)).toEqual([
    3, 2, 4,
  ]);
});

it('comments are changed at their old address too, of their own issue alone', async () => {
  await call('reader', 'POST', '/issues', { title: 'Another' });
  const { id } = (await call('reader', 'POST', '/issues/1/comments', { body: 'one' })).json;
  expect((await call('reader', 'PATCH', `/issues/2/comments/${id}`, { body: 'x' })).status).toBe(404);
  expect((await call('reader', 'PATCH', `/issues/1/comments/${id}`, { body: 'two' })).json.body).toBe('two');
  expect((await call('reader', 'DELETE', `/issues/2/comments/${id}`)).status).toBe(404);
  expect((await call('reader', 'DELETE', `/issues/1/comments/${id}`)).status).toBe(204);
});

it('what does not fit is said by field, and null counts as left out', async () => {
  const wrong = await call('ada', 'PATCH', '/issues/1', { title: 5, labels: ['x'], state: 'ajar' });
  expect(wrong.status).toBe(422);
  for (const field of ['title', 'labels.0', 'state'])
    expect(JSON.stringify(wrong.json.errors)).toContain(field);
  const fine = await call('ada', 'PATCH', '/issues/1', { title: 'Better', body: null, milestone: null });
  expect(fine).toMatchObject({ status: 201, json: { title: 'Better' } });
  expect((await call('ada', 'GET', '/issues?state=ajar')).status).toBe(422);
});

it('a list takes the same number of statements however long it is', async () => {
  const label = (await call('ada', 'POST', '/labels', { name: 'bug', color: '#d73a4a' })).json.id;
  const milestones: number[] = [];
  for (const title of ['v1', 'v2'])
    milestones.push((await call('ada', 'POST', '/milestones', { title })).json.id);
  const make = (title: string, at: number) =>
    call('ada', 'POST', '/issues', {
      title,
      labels: [label],
      assignees: ['writer'],
      milestone: milestones[at % 2],
    });
  for (const [at, title] of ['a', 'b', 'c', 'd'].entries()) await make(title, at);
  const statementsFor = async (limit: number) => {
    await call('ada', 'GET', `/issues?limit=${limit}`);
    const counter = countStatements();
    await call('ada', 'GET', `/issues?limit=${limit}&page=1`);
    return counter.stop();
  };
  const few = await statementsFor(2);
  for (const at of Array(10).keys()) await make(`more ${at}`, at);
  expect(await statementsFor(14)).toBe(few);
});

/** Counts what is read until it is stopped. */
function countStatements() {
  const { read } = t.app.db;
  const { select } = read;
  let count = 0;
  read.select = ((...fields: unknown[]) => {
    count += 1;
    return (select as (...given: unknown[]) => unknown).apply(read, fields);
  }) as typeof select;
  return {
    stop: () => {
      read.select = select;
      return count;
    },
  };
}
