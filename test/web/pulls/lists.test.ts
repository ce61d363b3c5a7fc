// Lists of pull requests: a repository's, one's own and an organization's, by what only pull requests have.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setStatus } from '../../../src/features/code/statuses.service.ts';
import { createIssue } from '../../../src/features/issues/issues.service.ts';
import { pageOfIssues } from '../../../src/features/issues/listing.service.ts';
import { parseQuery } from '../../../src/features/issues/queries.service.ts';
import { changePull } from '../../../src/features/pulls/changing-pulls.service.ts';
import { closePull } from '../../../src/features/pulls/pull-states.service.ts';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { submitReview } from '../../../src/features/pulls/reviews.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { reviewRequests } from '../../../src/platform/db/tables/pulls.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { call } from '../issues/tracker.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';

let t: TestApp;
let w: Workshop;
let pulls: Record<'plain' | 'draft' | 'approved' | 'refused' | 'closed' | 'asked', Pull>;

beforeAll(async () => {
  t = await testApp();
  w = await makeWorkshop(t);
  const ada = await t.actor('ada');
  const made: Partial<typeof pulls> = {};
  for (const name of ['plain', 'draft', 'approved', 'refused', 'closed', 'asked'] as const) {
    await w.commit(name, { [`${name}.txt`]: name });
    made[name] = await w.propose(name, name === 'draft' ? { isDraft: true } : {});
  }
  pulls = made as typeof pulls;
  await createIssue(t.app, ada, w.open, { title: 'An issue', body: '' });
  const writer = await t.actor('writer');
  const theirs = await openRepository(t.app, writer, 'ada', w.open.repository.name, 'pulls:comment');
  await submitReview(t.app, writer, theirs, pulls.approved, { state: 'approved', body: '' });
  await submitReview(t.app, writer, theirs, pulls.refused, { state: 'changes_requested', body: 'No.' });
  const reader = await t.actor('reader');
  await changePull(t.app, ada, w.open, pulls.asked.issue.id, 'pulls:triage', async ({ tx, issue, now }) => {
    const row = { issueId: issue.id, requestedById: ada.userId, byCodeOwners: false, createdAt: now };
    await tx.insert(reviewRequests).values({ ...row, userId: reader.userId });
  });
  await closePull(t.app, ada, w.open, pulls.closed);
  await setStatus(t.app, ada, w.open, pulls.plain.pull.headOid, {
    state: 'failure',
    context: 'ci',
    description: '',
    targetUrl: '',
  });
  await t.app.jobs.drain();
}, 120_000);
afterAll(() => t.close());

async function found(query: string, by = 'ada'): Promise<string[]> {
  const actor = await t.actor(by);
  const open = await openRepository(t.app, actor, 'ada', w.open.repository.name, 'pulls:read');
  const parsed = parseQuery(query);
  expect(parsed.problems, query).toEqual([]);
  const { issues } = await pageOfIssues(t.app, actor, {
    scope: { kind: 'repository', open },
    query: parsed,
    size: 50,
  });
  return issues.map(({ title }) => title.replace('Change by ', '')).sort();
}

describe('terms', () => {
  it.each([
    ['is:pr is:open', ['approved', 'asked', 'draft', 'plain', 'refused']],
    ['is:pr is:closed', ['closed']],
    ['is:pr is:unmerged is:closed', ['closed']],
    ['is:merged', []],
    ['is:pr draft:true', ['draft']],
    ['is:draft', ['draft']],
    ['is:open draft:false', ['approved', 'asked', 'plain', 'refused']],
    ['review:approved', ['approved']],
    ['review:changes_requested', ['refused']],
    ['is:open review:none', ['asked', 'draft', 'plain']],
    ['-review:none', ['approved', 'refused']],
    ['reviewed-by:writer', ['approved', 'refused']],
    ['review-requested:reader', ['asked']],
    ['review-requested:writer', []],
    ['head:refused', ['refused']],
    ['base:main is:open', ['approved', 'asked', 'draft', 'plain', 'refused']],
    ['base:other', []],
    ['status:failure', ['plain']],
    ['status:success', []],
    ['is:open -status:failure is:pr', ['approved', 'asked', 'draft', 'refused']],
    ['involves:reader', ['asked']],
    ['involves:writer', ['approved', 'refused']],
  ])('%s', async (query, names) => {
    expect(await found(query)).toEqual(names);
  });

  it('that mean oneself', async () => {
    expect(await found('review-requested:@me', 'reader')).toEqual(['asked']);
    expect(await found('reviewed-by:@me', 'writer')).toEqual(['approved', 'refused']);
  });

  it('follow what changes', async () => {
    const ada = await t.actor('ada');
    const at = (isDraft: boolean) =>
      changePull(t.app, ada, w.open, pulls.plain.issue.id, 'pulls:triage', async ({ setPull }) =>
        setPull({ isDraft }),
      );
    await at(true);
    expect(await found('is:draft')).toEqual(['draft', 'plain']);
    await at(false);
    expect(await found('is:draft')).toEqual(['draft']);
  });
});

describe('pages', () => {
  it('list a repository’s pull requests with their states, and count them in the tab', async () => {
    const text = await (await t.anonymous.get(`${w.open.path}/pulls`)).text();
    expect(text).toContain('Draft pull request');
    expect(text).toContain('Changes requested');
    expect(text).toContain('Approved');
    expect(text).toContain('Checks failed');
    expect(text).toContain('5 Open');
    expect(text).not.toContain('An issue');
    expect(text).toMatch(/Pull requests\s*<span class="counter"[^>]*>5</);
    const issues = await (await t.anonymous.get(`${w.open.path}/issues`)).text();
    expect(issues).toContain('An issue');
    expect(issues).not.toContain('Change by');
  });

  it('list one’s own, and those that wait for one’s review', async () => {
    const mine = await (await w.people.ada.get('/pulls')).text();
    expect(mine).toContain('Change by plain');
    const asked = await (await w.people.reader.get('/pulls/review-requested')).text();
    expect(asked).toContain('Change by asked');
    expect(asked).not.toContain('Change by plain');
  });

  it('close several at once, by those who sort them alone', async () => {
    await w.commit('bulk', { 'bulk.txt': 'x' });
    const { issue } = await w.propose('bulk');
    const send = (who: keyof Workshop['people']) =>
      w.people[who].post(`${w.open.path}/pulls/bulk`, { issue: String(issue.number), do: 'close' });
    expect((await send('reader')).status).toBe(403);
    expect((await send('triager')).headers.get('location')).toBe(`${w.open.path}/pulls`);
    const again = await w.again({ issue } as Pull);
    expect([again.issue.state, again.issue.closeReason]).toEqual(['closed', null]);
  });

  it('give filter menus, completion and lists by the API', async () => {
    for (const menu of ['author', 'label', 'milestone', 'assignee'])
      expect((await t.anonymous.get(`${w.open.path}/pulls/filters/${menu}?part=1`)).status).toBe(200);
    const words = await (await t.anonymous.get(`${w.open.path}/pulls/completions?word=review`)).json();
    expect(words.map(({ text }: { text: string }) => text)).toEqual([
      'review:',
      'reviewed-by:',
      'review-requested:',
    ]);
    const { json } = await call(t, undefined, 'GET', `/repos${w.open.path}/issues?type=pulls&state=all`);
    expect((json as { pull_request: unknown }[])[0]?.pull_request).toMatchObject({ merged: false });
  });
});
