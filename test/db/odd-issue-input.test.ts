// Texts, names and numbers that no page of issues leads to: databases differ in which of them they fail on, and none may
// fail a request.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { type TestApp, testApp } from '../support/test-app.ts';
import { call, makeTracker, type Tracker } from '../web/issues/tracker.ts';

let place: TestDatabase;
let t: TestApp;
let s: Tracker;
let token: string;
let api: string;
beforeAll(async () => {
  place = await openTestDb();
  t = await testApp({ database: place.config });
  s = await makeTracker(t);
  token = await t.token('ada');
  api = `/repos/ada/${s.open.repository.name}`;
  await s.issue('First');
  await t.app.jobs.drain();
}, 60_000);
afterAll(async () => {
  await t.close();
  await place.close();
});

const send = (method: string, path: string, body: unknown) => call(t, token, method, path, body);

test('names that are longer in lower case are refused and fail nothing', async () => {
  const label = await send('POST', `${api}/labels`, { name: 'İ'.repeat(50), color: 'ff0000' });
  expect(label.status).toBe(422);
  const milestone = await send('POST', `${api}/milestones`, { title: 'İ'.repeat(255) });
  expect(milestone.status).toBe(422);
  expect((await send('POST', `${api}/labels`, { name: 'İ'.repeat(25), color: 'ff0000' })).status).toBe(201);
});

test('letters beyond the common ones are kept, and told apart or not as everywhere', async () => {
  const names = ['straße', 'STRASSE', 'ınce', '🦊'.repeat(25), '新機能', 'a b', 'a  b'];
  for (const name of names)
    expect((await send('POST', `${api}/labels`, { name, color: 'ff0000' })).status, name).toBe(201);
  const title = `🦊 ${'𝔘'.repeat(100)} \u{10ffff}`;
  const made = await send('POST', `${api}/issues`, { title, body: `${'w'.repeat(100_000)} ﷽ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 \ud800` });
  expect(made.status).toBeLessThan(500);
  const again = await send('POST', `${api}/issues`, { title, body: 'x' });
  expect(again.json).toMatchObject({ title });
  await t.app.jobs.drain();
  const dead = (await t.app.jobs.list({ limit: 200 })).filter(({ lastError }) => lastError !== null);
  expect(dead).toEqual([]);
});

const VALUES = [
  '%00',
  '%ED%A0%80',
  '-1',
  '1.5',
  '1e400',
  '99999999999999999999',
  '2026-02-30',
  '',
  '%F0%9F%A6%8A',
  '%25',
  '%5C',
  "'",
];
const FIELDS = [
  'q',
  'labels',
  'milestones',
  'assigned_by',
  'created_by',
  'mentioned_by',
  'since',
  'before',
  'after',
  'page',
  'limit',
  'state',
  'sort',
  'type',
  'query',
  'comment',
  'user',
];
const LISTS = [
  'issues',
  'issues/comments',
  'issues/1/comments',
  'issues/1/timeline',
  'labels',
  'milestones',
  'assignees',
  'issues/pinned',
  'subscribers',
  'notifications',
];

test('no parameter of a list of the API fails', async () => {
  for (const list of LISTS)
    for (const field of FIELDS)
      for (const value of VALUES) {
        const path = `${api}/${list}?${field}=${value}`;
        expect((await send('GET', path, undefined)).status, path).toBeLessThan(500);
      }
}, 120_000);

test('no number in an address fails', async () => {
  const numbers = [
    '0',
    '-1',
    '1.5',
    '9007199254740993',
    '9223372036854775808',
    '99999999999999999999',
    '1e3',
    '%00',
    '٣',
  ];
  const parts = [
    'issues/X',
    'issues/X/comments',
    'issues/comments/X',
    'issues/1/labels/X',
    'labels/X',
    'milestones/X',
    'issues/X/timeline',
    'issues/X/dependencies',
    'issues/X/reactions',
  ];
  for (const part of parts)
    for (const number of numbers)
      for (const method of ['GET', 'DELETE', 'PATCH']) {
        const path = `${api}/${part.replace('X', number)}`;
        const body = method === 'GET' ? undefined : {};
        expect((await send(method, path, body)).status, `${method} ${path}`).toBeLessThan(500);
      }
  for (const number of numbers) {
    for (const path of [
      `issues/${number}`,
      `labels?page=${number}`,
      `milestones/${number}`,
      `issues/1?comment=${number}`,
      `issues/1?after=${number}`,
    ])
      expect((await s.people.ada.get(`${s.open.path}/${path}`)).status, path).toBeLessThan(500);
    expect((await call(t, token, 'GET', `/notifications/threads/${number}`)).status).toBeLessThan(500);
  }
}, 120_000);

test('no number or date in a body fails', async () => {
  const odd = [
    -1,
    0,
    1.5,
    1e300,
    9007199254740992,
    '2026-02-30',
    '2026-13-01',
    '9999-12-31',
    '-271821-01-01',
    null,
    true,
    [],
    {},
    ['\ud800'],
    '🦊'.repeat(300),
  ];
  for (const value of odd)
    for (const field of [
      'title',
      'body',
      'due_date',
      'milestone',
      'labels',
      'assignees',
      'assignee',
      'closed',
      'ref',
      'state',
      'unset_due_date',
    ])
      for (const [method, path] of [
        ['POST', 'issues'],
        ['PATCH', 'issues/1'],
      ] as const) {
        const sent = { ...(method === 'POST' ? { title: 'x' } : {}), [field]: value };
        const { status } = await send(method, `${api}/${path}`, sent);
        expect(status, `${method} ${JSON.stringify(sent)}`).toBeLessThan(500);
      }
  for (const value of odd)
    for (const [method, path, field] of [
      ['POST', 'labels', 'name'],
      ['POST', 'labels', 'color'],
      ['POST', 'milestones', 'title'],
      ['POST', 'milestones', 'due_on'],
      ['POST', 'issues/1/labels', 'labels'],
      ['POST', 'issues/1/dependencies', 'index'],
      ['POST', 'issues/1/reactions', 'content'],
      ['POST', 'issues/1/comments', 'body'],
      ['POST', 'issues/1/sub_issues', 'sub_issue_id'],
    ] as const) {
      const { status } = await send(method, `${api}/${path}`, { color: 'ff0000', [field]: value });
      expect(status, `${method} ${path} ${JSON.stringify(value)}`).toBeLessThan(500);
    }
}, 120_000);
