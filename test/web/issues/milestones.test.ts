// Milestones on the web, per role and with their events: list, form, page, progress, closing and deletion.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeIssue } from '../../../src/features/issues/closing.service.ts';
import { listEntries } from '../../../src/features/issues/entries.store.ts';
import { findIssueById } from '../../../src/features/issues/issues.store.ts';
import { setMilestone } from '../../../src/features/issues/metadata.service.ts';
import { listMilestones } from '../../../src/features/issues/milestones.service.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { liveParts } from '../code/live-parts.ts';
import { eventsOf, makeTracker, send, type Tracker } from './tracker.ts';

const EVIL = `"><svg onload=hit()>`;

let t: TestApp;
let s: Tracker;

beforeAll(async () => {
  t = await testApp({}, { clock: manualClock(Date.parse('2026-06-15T12:00:00Z')) });
  s = await makeTracker(t);
});
afterAll(() => t.close());

const at = (path: string) => s.open.path + path;
const text = async (path: string, visitor: Visitor = t.anonymous) => (await visitor.get(path)).text();
async function make(title: string, fields: Record<string, string> = {}): Promise<number> {
  const made = await s.people.writer.post(at('/milestones'), { title, ...fields });
  return Number(/\/milestone\/(\d+)$/.exec(made.headers.get('location') ?? '')?.[1]);
}

describe('milestones', () => {
  it('are made by whoever writes, and by nobody else', async () => {
    for (const role of ['stranger', 'reader', 'triager'] as const) {
      expect((await s.people[role].post(at('/milestones'), { title: 'v0' })).status, role).toBe(403);
      expect((await s.people[role].get(at('/milestones/new'))).status, role).toBe(403);
    }
    expect((await t.anonymous.post(at('/milestones'), { title: 'v0' })).status).toBe(401);
    expect((await s.people.writer.get(at('/milestones/new'))).status).toBe(200);
    const id = await make(`v1 ${EVIL}`, {
      description: `**bold** <script>hit()</script>`,
      due_on: '2026-06-10',
    });
    const page = await text(at(`/milestone/${id}`));
    expect(page).toContain('<strong>bold</strong>');
    expect(page).toContain('5 days overdue');
    expect(page).toContain('No issues yet');
    for (const shown of [page, await text(at('/milestones')), await text(at('/milestones'), s.people.writer)])
      expect(liveParts(shown)).toEqual([]);
    expect(await text(at('/milestones'))).not.toContain('New milestone');
  });

  it('keep what was typed beside what is wrong with it', async () => {
    await make('Taken');
    const cases: [Record<string, string>, string][] = [
      [{ title: 'taken', description: 'kept' }, 'There is already a milestone named taken.'],
      [{ title: '', description: 'kept' }, 'Give the milestone a title.'],
      [{ title: 'x', due_on: '2026-02-30', description: 'kept' }, 'Give a date, like 2026-12-31.'],
      [{ title: 'x'.repeat(256), description: 'kept' }, 'A title has at most 255 characters.'],
    ];
    for (const [form, message] of cases) {
      const answer = await s.people.writer.post(at('/milestones'), form);
      expect(answer.status, message).toBe(422);
      const page = await answer.text();
      expect(page).toContain(message);
      expect(page).toContain('kept</textarea>');
    }
  });

  it('say how much of them is done, and list their issues', async () => {
    const id = await make('v2');
    const issues = [await s.issue('First'), await s.issue('Second'), await s.issue('Third')];
    const ada = await t.actor('ada');
    for (const issue of issues) await setMilestone(t.app, ada, s.open, issue, id);
    const [first] = issues;
    if (!first) throw new Error('no issue');
    await closeIssue(t.app, ada, s.open, first, { reason: 'completed' });
    const page = await text(at(`/milestone/${id}`));
    expect(page).toContain('33%');
    expect(page).toContain('Second');
    expect(page).not.toContain('First');
    expect(await text(at(`/milestone/${id}?state=closed`))).toContain('First');
    expect(await text(at('/milestones'))).toContain('33%');
    expect((await eventsOf(t, s.open, 'issue.milestoned')).length).toBe(3);
  });

  it('are sorted by what somebody chooses', async () => {
    const other = await makeTracker(t);
    const post = (title: string, due_on = '') =>
      send(other.people.writer, `${other.open.path}/milestones`, [
        ['title', title],
        ['due_on', due_on],
      ]);
    await post('b', '2027-01-01');
    await post('a');
    await post('c', '2026-01-01');
    const order = async (query: string) => {
      const page = await text(`${other.open.path}/milestones?${query}`);
      return [...page.matchAll(/<h3><a[^>]*>(\w)<\/a>/g)].map((match) => match[1]).join('');
    };
    expect(await order('sort=due')).toBe('cba');
    expect(await order('sort=title')).toBe('abc');
    expect(await order('sort=complete')).toBe('abc');
    expect(await order('sort=recent')).toBe('abc');
    expect(await order('sort=nonsense&from=zz')).toBe('cba');
    expect(await order('state=closed')).toBe('');
  });

  it('are changed, closed, reopened and deleted; their issues stay', async () => {
    const id = await make('v3');
    const issue = await s.issue('Stays');
    await setMilestone(t.app, await t.actor('ada'), s.open, issue, id);
    for (const path of ['', '/closure', '/closure/removal', '/deletion'])
      for (const role of ['stranger', 'reader', 'triager'] as const)
        expect((await s.people[role].post(at(`/milestones/${id}${path}`), { title: 'x' })).status, path).toBe(
          403,
        );
    const before = (await eventsOf(t, s.open, 'milestone.')).length;
    await s.people.writer.post(at(`/milestones/${id}`), { title: 'v3.1', due_on: '2026-06-15' });
    expect(await text(at(`/milestone/${id}`))).toContain('Due today');
    await s.people.writer.post(at(`/milestones/${id}/closure`), {});
    await s.people.writer.post(at(`/milestones/${id}/closure`), {});
    expect((await listMilestones(t.app, s.open, 'closed')).map(({ title }) => title)).toEqual(['v3.1']);
    await s.people.writer.post(at(`/milestones/${id}/closure/removal`), {});
    await s.people.writer.post(at(`/milestones/${id}/deletion`), {});
    expect((await s.people.writer.get(at(`/milestone/${id}`))).status).toBe(404);
    expect((await findIssueById(t.app.db.read, issue.id))?.milestoneId).toBeNull();
    expect((await eventsOf(t, s.open, 'milestone.')).slice(before)).toEqual([
      'milestone.updated',
      'milestone.closed',
      'milestone.reopened',
      'milestone.deleted',
    ]);
  });

  it('are set on an issue by whoever sorts issues, and only those of its repository', async () => {
    const id = await make('v4');
    const other = await makeTracker(t);
    const issue = await other.issue('Elsewhere');
    const path = `${other.open.path}/issues/${issue.number}/milestone`;
    await send(other.people.triager, path, [['milestone', id]]);
    expect((await findIssueById(t.app.db.read, issue.id))?.milestoneId).toBeNull();
    const mine = await s.issue('Mine');
    const own = at(`/issues/${mine.number}/milestone`);
    expect((await send(s.people.reader, own, [['milestone', id]])).status).toBe(403);
    await send(s.people.triager, own, [['milestone', id]]);
    await send(s.people.triager, own, [['milestone', '']]);
    const entries = await listEntries(t.app.db.read, mine.id, { after: 0, limit: 10 });
    expect(entries.map(({ kind, data }) => [kind, data])).toEqual([
      ['milestone', { to: 'v4' }],
      ['milestone', { from: 'v4' }],
    ]);
    expect((await eventsOf(t, s.open, 'issue.')).slice(-2)).toEqual([
      'issue.milestoned',
      'issue.demilestoned',
    ]);
  });

  it('of a private repository are not found by whoever may not see it', async () => {
    const hidden = await makeTracker(t, { visibility: 'private' });
    await send(hidden.people.ada, `${hidden.open.path}/milestones`, [['title', 'secret plan']]);
    for (const path of ['/milestones', '/milestone/1', '/labels']) {
      expect((await s.people.stranger.get(hidden.open.path + path)).status, path).toBe(404);
      expect((await t.anonymous.get(hidden.open.path + path)).status, path).toBe(404);
    }
  });
});
