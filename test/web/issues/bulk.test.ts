// Changing several issues at once, per role, with the events; without scripts as with them.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { findIssueById } from '../../../src/features/issues/issues.store.ts';
import type { IssueRow } from '../../../src/features/issues/issues.types.ts';
import { labelsNamed } from '../../../src/features/issues/labels.service.ts';
import { listAssigneeIdsOf, listLabelIdsOf } from '../../../src/features/issues/lists.store.ts';
import { createMilestone } from '../../../src/features/issues/milestones.service.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { eventsOf, makeTracker, send, type Tracker } from './tracker.ts';

let t: TestApp;
let s: Tracker;
let issues: IssueRow[];

beforeAll(async () => {
  t = await testApp({ issues: { posts_per_hour: 100_000 } });
});
afterAll(() => t.close());
beforeEach(async () => {
  s = await makeTracker(t);
  issues = [await s.issue('One'), await s.issue('Two'), await s.issue('Three')];
});

type Fields = [string, string | number][];
const bulk = (visitor: Visitor, fields: Fields) => send(visitor, `${s.open.path}/issues/bulk`, fields);
const selected = (...numbers: number[]): Fields => numbers.map((number) => ['issue', number]);
const states = () =>
  Promise.all(
    issues.map(async ({ id }) => {
      const issue = await findIssueById(t.app.db.read, id);
      return issue?.closeReason ?? issue?.state;
    }),
  );
const idsOf = async (names: string[], at = s) =>
  (await labelsNamed(t.app, at.open, names)).map(({ id }) => id);
async function labelled(issue: IssueRow | undefined): Promise<number[]> {
  const rows = await listLabelIdsOf(t.app.db.read, [issue?.id ?? 0]);
  return rows.map(({ heldId }) => heldId).sort((one, other) => one - other);
}

it('is for whoever sorts issues, and changes nothing for anybody else', async () => {
  const fields: Fields = [...selected(1, 2), ['do', 'completed']];
  expect((await bulk(t.anonymous, fields)).status).toBe(401);
  for (const visitor of [s.people.stranger, s.people.reader])
    expect((await bulk(visitor, fields)).status).toBe(403);
  expect(await states()).toEqual(['open', 'open', 'open']);
  expect(await eventsOf(t, s.open, 'issue.closed')).toEqual([]);
  expect((await bulk(s.people.triager, fields)).status).toBe(303);
  expect(await states()).toEqual(['completed', 'completed', 'open']);
  expect(await eventsOf(t, s.open, 'issue.closed')).toHaveLength(2);
});

it('hides a repository that one may not see', async () => {
  const hidden = await makeTracker(t, { visibility: 'private' });
  await hidden.issue('Secret');
  const answer = await send(s.people.stranger, `${hidden.open.path}/issues/bulk`, [
    ['issue', 1],
    ['do', 'labels'],
  ]);
  expect(answer.status).toBe(404);
});

it('marks as not planned and opens again', async () => {
  await bulk(s.people.triager, [...selected(1, 2), ['do', 'not_planned']]);
  expect(await states()).toEqual(['not_planned', 'not_planned', 'open']);
  await bulk(s.people.triager, [...selected(2), ['do', 'reopen']]);
  expect(await states()).toEqual(['not_planned', 'open', 'open']);
});

it('comes back to the page it came from, and nowhere else', async () => {
  const back = new URLSearchParams({ q: 'is:open label:"a b"', after: '5_5' }).toString();
  const answer = await bulk(s.people.triager, [...selected(1), ['do', 'completed'], ['back', back]]);
  expect(answer.headers.get('location')).toBe(`${s.open.path}/issues?${back}`);
  for (const evil of ['https://evil.example/', '//evil.example', '?q=x&next=//evil', '/\\evil.example']) {
    const other = await bulk(s.people.triager, [...selected(1), ['do', 'reopen'], ['back', evil]]);
    expect(other.headers.get('location')).toMatch(new RegExp(`^${s.open.path}/issues(\\?q=|$)`));
  }
});

it('adds and removes labels, and leaves alone what only some of them have', async () => {
  const [bug, question, help] = await idsOf(['bug']).then(async ([one]) => [
    one ?? 0,
    (await idsOf(['question']))[0] ?? 0,
    (await idsOf(['help wanted']))[0] ?? 0,
  ]);
  const visitor = s.people.triager;
  await bulk(visitor, [...selected(1, 2), ['do', 'set-labels'], ['set', bug ?? 0]]);
  await bulk(visitor, [...selected(1), ['do', 'set-labels'], ['set', question ?? 0]]);
  const dialog = await bulk(visitor, [...selected(1, 2), ['do', 'labels'], ['part', '1']]);
  const html = await dialog.text();
  expect(html).toContain(`name="had" value="${bug}"`);
  expect(html).toContain('on 1 of 2');
  expect(html).not.toContain('<html');
  const whole = await (await bulk(visitor, [...selected(1, 2), ['do', 'labels']])).text();
  expect(whole).toContain('<html');
  await bulk(visitor, [
    ...selected(1, 2),
    ['do', 'set-labels'],
    ['had', bug ?? 0],
    ['set', help ?? 0],
    ['mixed', ''],
  ]);
  expect(await labelled(issues[0])).toEqual([help, question].sort((one, other) => (one ?? 0) - (other ?? 0)));
  expect(await labelled(issues[1])).toEqual([help]);
  await bulk(visitor, [
    ...selected(1, 2),
    ['do', 'set-labels'],
    ['had', help ?? 0],
    ['mixed', `add-${question}`],
  ]);
  expect(await labelled(issues[1])).toEqual([question]);
  expect((await eventsOf(t, s.open, 'issue.labeled', 'issue.labels')).length).toBeGreaterThan(0);
});

it('assigns people and sets the milestone', async () => {
  const writer = await t.actor('writer');
  await bulk(s.people.triager, [...selected(1, 3), ['do', 'set-assignees'], ['set', writer.userId]]);
  const assigned = await listAssigneeIdsOf(
    t.app.db.read,
    issues.map(({ id }) => id),
  );
  expect(assigned).toEqual([{ heldId: writer.userId }, { heldId: writer.userId }]);
  const milestone = await createMilestone(t.app, await t.actor('ada'), s.open, {
    title: 'v1',
    description: '',
  });
  const choices = await (await bulk(s.people.triager, [...selected(1), ['do', 'milestone']])).text();
  expect(choices).toContain(`value="${milestone.id}"`);
  await bulk(s.people.triager, [...selected(1), ['do', 'set-milestone'], ['milestone', milestone.id]]);
  expect((await findIssueById(t.app.db.read, issues[0]?.id ?? 0))?.milestoneId).toBe(milestone.id);
  await bulk(s.people.triager, [...selected(1), ['do', 'set-milestone'], ['milestone', '']]);
  expect((await findIssueById(t.app.db.read, issues[0]?.id ?? 0))?.milestoneId).toBe(null);
});

it('reports what could not be changed, and changes the rest', async () => {
  const other = await makeTracker(t);
  const [foreign] = await idsOf(['bug'], other);
  await bulk(s.people.triager, [...selected(1), ['do', 'set-labels'], ['set', foreign ?? 0]]);
  expect(await labelled(issues[0])).toEqual([]);
  const answer = await bulk(s.people.triager, [...selected(1, 999), ['do', 'completed']]);
  const page = await s.people.triager.request(answer.headers.get('location') ?? '', {
    headers: { cookie: cookieOf(answer, s.people.triager) },
  });
  expect(await states()).toEqual(['completed', 'open', 'open']);
  expect(page.status).toBe(200);
});

it('takes a hundred at once, and tells those who select nothing', async () => {
  const many = Array.from({ length: 101 }, (_, index) => index + 1);
  for (const fields of [
    [...selected(...many), ['do', 'completed']],
    [['do', 'completed']],
    [...selected(1), ['do', 'explode']],
    [
      ['issue', '1e3'],
      ['do', 'completed'],
    ],
  ] as Fields[]) {
    expect((await bulk(s.people.triager, fields)).status).toBe(303);
    expect(await states()).toEqual(['open', 'open', 'open']);
  }
});

function cookieOf(answer: Response, _visitor: Visitor): string {
  return answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
}
