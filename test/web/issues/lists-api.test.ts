// Lists of issues by Gitea's API: parameters, pages and their headers, and nothing that one may not see.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeIssue } from '../../../src/features/issues/closing.service.ts';
import { labelsNamed } from '../../../src/features/issues/labels.service.ts';
import { addLabels, changeAssignees, setMilestone } from '../../../src/features/issues/metadata.service.ts';
import { createMilestone } from '../../../src/features/issues/milestones.service.ts';
import { HOST, type TestApp, testApp } from '../../support/test-app.ts';
import { makeTracker, type Tracker } from './tracker.ts';

let t: TestApp;
let s: Tracker;
let hidden: Tracker;
let token: string;
let milestoneId: number;

beforeAll(async () => {
  t = await testApp();
  s = await makeTracker(t);
  hidden = await makeTracker(t, { visibility: 'private' });
  const ada = await t.actor('ada');
  token = await t.token('stranger', 'read:issue');
  const issues = [];
  for (const title of ['One', 'Two', 'Three', 'Four']) issues.push(await s.issue(title));
  const [one, two, three] = issues;
  if (!one || !two || !three) throw new Error('no issues');
  const [bug] = await labelsNamed(t.app, s.open, ['bug']);
  await addLabels(t.app, ada, s.open, one, [bug?.id ?? 0]);
  const milestone = await createMilestone(t.app, ada, s.open, { title: 'v1', description: '' });
  milestoneId = milestone.id;
  await setMilestone(t.app, ada, s.open, two, milestone.id);
  await changeAssignees(t.app, ada, s.open, two, { add: [(await t.actor('reader')).userId] });
  await closeIssue(t.app, ada, s.open, three, { reason: 'completed' });
  await hidden.issue('A hidden plan');
  await t.app.jobs.drain();
});
afterAll(() => t.close());

interface Answer {
  status: number;
  titles: string[];
  total: string | null;
  link: string | null;
  json: Record<string, unknown>[];
}

async function ask(path: string, by: string | undefined = token): Promise<Answer> {
  const headers = new Headers(by === undefined ? {} : { authorization: `token ${by}` });
  const incoming = { socket: { remoteAddress: '127.0.0.1', encrypted: false }, headers: {} };
  const answer = await t.web.request(`${HOST}/api/v1${path}`, { headers }, { incoming, outgoing: {} });
  const json = JSON.parse(await answer.text());
  const titles = Array.isArray(json) ? json.map(({ title }) => title) : [];
  return {
    status: answer.status,
    titles,
    total: answer.headers.get('x-total-count'),
    link: answer.headers.get('link'),
    json,
  };
}

const list = (query = '', at = s) => ask(`/repos${at.open.path}/issues${query}`);

describe('of a repository', () => {
  it('takes Gitea’s parameters', async () => {
    expect((await list()).titles).toEqual(['Four', 'Two', 'One']);
    expect((await list('?state=closed')).titles).toEqual(['Three']);
    expect((await list('?state=all&sort=oldest')).titles).toEqual(['One', 'Two', 'Three', 'Four']);
    expect((await list('?labels=bug')).titles).toEqual(['One']);
    expect((await list('?labels=bug,nothing')).titles).toEqual([]);
    expect((await list('?milestones=v1')).titles).toEqual(['Two']);
    expect((await list(`?milestones=${milestoneId}`)).titles).toEqual(['Two']);
    expect((await list('?assigned_by=reader')).titles).toEqual(['Two']);
    expect((await list('?created_by=reader')).titles).toEqual([]);
    expect((await list('?created_by=ada&type=issues')).titles).toEqual(['Four', 'Two', 'One']);
    expect((await list('?type=pulls')).titles).toEqual([]);
    expect((await list('?q=Two')).titles).toEqual(['Two']);
    expect((await list('?q=no:label+no:milestone')).titles).toEqual(['Four']);
    expect((await list('?since=2100-01-01T00:00:00Z')).titles).toEqual([]);
    expect((await list('?before=2100-01-01T00:00:00Z')).titles).toHaveLength(3);
    expect((await list('?state=ajar')).status).toBe(422);
    expect((await list('?since=soon')).status).toBe(422);
  });

  it('has issues in the shape that one alone has, with their texts', async () => {
    const [first] = (await list('?milestones=v1')).json;
    expect(first).toEqual((await ask(`/repos${s.open.path}/issues/2`)).json);
    expect(first).toMatchObject({
      number: 2,
      state: 'open',
      user: { login: 'ada' },
      milestone: { title: 'v1' },
    });
  });

  it('counts all, and leads through pages by number', async () => {
    const first = await list('?state=all&limit=3&page=1&sort=oldest');
    expect(first.titles).toEqual(['One', 'Two', 'Three']);
    expect(first.total).toBe('4');
    expect(first.link).toContain('page=2&sort=oldest>; rel="next"');
    const second = await list('?state=all&limit=3&page=2&sort=oldest');
    expect(second.titles).toEqual(['Four']);
    expect(second.total).toBe('4');
    expect(second.link).not.toContain('rel="next"');
    expect(second.link).toContain('page=1&sort=oldest>; rel="prev"');
    const third = await list('?state=all&limit=3&page=3');
    expect(third.titles).toEqual([]);
    expect(third.total).toBe('4');
    expect((await list('?page=100000')).status).toBe(422);
  });

  it('is for whoever may read it, by a token that may', async () => {
    expect((await list('', hidden)).status).toBe(404);
    expect(
      (await ask(`/repos${hidden.open.path}/issues`, await t.token('reader', 'read:issue'))).titles,
    ).toEqual(['A hidden plan']);
    const other = await t.token('ada', 'read:user');
    expect((await ask(`/repos${s.open.path}/issues`, other)).status).toBe(403);
  });
});

describe('across repositories', () => {
  it('finds what the token’s person may see, and counts nothing else', async () => {
    const found = await ask('/repos/issues/search?q=hidden&state=all');
    expect(found.titles).toEqual([]);
    expect(found.total).toBe('0');
    expect((await ask('/repos/issues/search', await t.token('ada', 'read:issue'))).titles).toContain(
      'A hidden plan',
    );
    const reader = await t.token('reader', 'read:issue');
    expect((await ask('/repos/issues/search?assigned=true', reader)).titles).toEqual(['Two']);
    expect((await ask('/repos/issues/search?created=true', reader)).titles).toEqual([]);
    expect((await ask('/repos/issues/search?owner=ada&q=Two', reader)).titles).toEqual(['Two']);
    expect((await ask('/repos/issues/search?q=Two', undefined)).titles).toEqual(['Two']);
    expect((await ask('/repos/issues/search', await t.token('ada', 'read:user'))).status).toBe(403);
    const [first] = (await ask('/repos/issues/search?q=Two', reader)).json;
    expect(first).toMatchObject({ repository: { full_name: s.open.path.slice(1) } });
  });

  it('is no page of a repository named search', async () => {
    expect((await ask('/repos/issues/search?limit=1')).status).toBe(200);
  });
});
