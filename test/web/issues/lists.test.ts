// Lists of issues on the web, per role: a repository's, an organization's, and everything one sees. Nothing hidden shows.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeIssue } from '../../../src/features/issues/closing.service.ts';
import { noteChange, updateIssue } from '../../../src/features/issues/issues.store.ts';
import type { IssueRow } from '../../../src/features/issues/issues.types.ts';
import { createLabel, labelsNamed } from '../../../src/features/issues/labels.service.ts';
import { addLabels, changeAssignees, setMilestone } from '../../../src/features/issues/metadata.service.ts';
import { createMilestone } from '../../../src/features/issues/milestones.service.ts';
import { setArchived } from '../../../src/features/repos/repos.service.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { liveParts } from '../code/live-parts.ts';
import { makeOrganization, makeTracker, type Tracker } from './tracker.ts';

const EVIL = `"><svg onload=hit()>`;

let t: TestApp;
let s: Tracker;
let hidden: Tracker;

beforeAll(async () => {
  t = await testApp({ issues: { posts_per_hour: 100_000 } });
  s = await makeTracker(t);
  hidden = await makeTracker(t, { visibility: 'private' });
  const ada = await t.actor('ada');
  await createLabel(t.app, ada, hidden.open, { name: 'hidden-label', color: 'ff0000', description: '' });
  const issue = await hidden.issue('A hidden plan');
  await addLabels(t.app, ada, hidden.open, issue, [await labelId(hidden, 'hidden-label')]);
});
afterAll(() => t.close());

async function labelId(at: Tracker, name: string): Promise<number> {
  const [label] = await labelsNamed(t.app, at.open, [name]);
  if (!label) throw new Error(`no label ${name}`);
  return label.id;
}

async function text(path: string, visitor: Visitor = t.anonymous): Promise<string> {
  const answer = await visitor.get(path);
  expect(answer.status, path).toBe(200);
  return answer.text();
}

const listOf = (at: Tracker, query?: string) =>
  `${at.open.path}/issues${query === undefined ? '' : `?${new URLSearchParams({ q: query })}`}`;

/** Titles of the rows of a page. */
function titles(html: string): string[] {
  return [...html.matchAll(/<a class="issue-title" href="[^"]*">([^<]*)</g)].map((match) => match[1] ?? '');
}

/** The counts of open and closed issues that a page shows. */
function counts(html: string): string {
  return [...html.matchAll(/([\d,]+) (Open|Closed)\n?<\/a>/g)]
    .map((match) => `${match[1]} ${match[2]}`)
    .join(' ');
}

async function close(at: Tracker, issue: IssueRow, reason: 'completed' | 'not_planned' = 'completed') {
  await closeIssue(t.app, await t.actor('ada'), at.open, issue, { reason });
}

describe('the list of a repository', () => {
  it('shows open issues, newest first, with the counts of both states', async () => {
    const at = await makeTracker(t);
    await at.issue('First');
    await close(at, await at.issue('Second'));
    await at.issue('Third');
    const open = await text(listOf(at));
    expect(titles(open)).toEqual(['Third', 'First']);
    expect(counts(open)).toBe('2 Open 1 Closed');
    expect(open).toContain('value="is:issue is:open ');
    const closed = await text(listOf(at, 'is:issue is:closed'));
    expect(titles(closed)).toEqual(['Second']);
    expect(counts(closed)).toBe('2 Open 1 Closed');
    expect(closed).toContain('Closed as completed');
    expect(titles(await text(listOf(at, 'sort:created-asc')))).toEqual(['First', 'Second', 'Third']);
  });

  it('says what to do when nothing matches', async () => {
    const at = await makeTracker(t);
    expect(await text(listOf(at))).toContain('No issues yet');
    await close(at, await at.issue('Done'));
    expect(await text(listOf(at))).toContain('Show closed ones');
    const page = await text(listOf(at, 'is:open author:nobody'));
    expect(page).toContain('Clear the filters');
    expect(page).toContain(`href="${at.open.path}/issues"`);
  });

  it('leads through pages in both directions, with the query', async () => {
    const at = await makeTracker(t);
    for (let n = 1; n <= 30; n++) await at.issue(`Part ${n}`);
    await t.app.jobs.drain();
    const first = await text(listOf(at, 'is:open Part sort:created-asc'));
    expect(titles(first)).toHaveLength(25);
    expect(first).not.toContain('rel="prev"');
    const next = /rel="next" href="([^"]*)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = await text(next);
    expect(titles(second)).toEqual(['Part 26', 'Part 27', 'Part 28', 'Part 29', 'Part 30']);
    expect(counts(second)).toBe('30 Open 0 Closed');
    expect(second).not.toContain('rel="next"');
    const previous = /rel="prev" href="([^"]*)"/.exec(second)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(titles(await text(previous))).toEqual(titles(first));
    expect((await t.anonymous.get(`${at.open.path}/issues?after=nowhere`)).status).toBe(422);
  });

  it('names what of a query means nothing, and shows it again as it was written', async () => {
    const page = await text(listOf(s, `nonsense:1 is:maybe ${EVIL}`));
    expect(page).toContain('There is no filter “nonsense:”');
    expect(page).toContain('Write “is:” with one of');
    expect(liveParts(page)).toEqual([]);
    for (const odd of ['"', 'label:', '-', ':', 'sort:', 'a'.repeat(5000), '%00', 'label:"a\\"b"', 'no:no'])
      expect((await t.anonymous.get(listOf(s, odd))).status, odd).toBe(200);
  });

  it('shows labels, milestone, faces and comments; what people wrote runs nowhere', async () => {
    const at = await makeTracker(t);
    const ada = await t.actor('ada');
    await createLabel(t.app, ada, at.open, { name: EVIL, color: '00ff00', description: EVIL });
    const milestone = await createMilestone(t.app, ada, at.open, { title: EVIL, description: '' });
    const issue = await at.issue(EVIL);
    await addLabels(t.app, ada, at.open, issue, [await labelId(at, EVIL)]);
    await setMilestone(t.app, ada, at.open, issue, milestone.id);
    await changeAssignees(t.app, ada, at.open, issue, { add: [ada.userId] });
    await t.app.db.write((tx) => updateIssue(tx, issue.id, { pinnedAt: 1 }));
    for (const path of [listOf(at), listOf(at, `label:"${EVIL.replaceAll('"', '\\"')}"`)]) {
      const page = await text(path, at.people.ada);
      expect(liveParts(page)).toEqual([]);
      expect(page).toContain('Assigned to ada');
    }
    for (const menu of ['label', 'milestone', 'author', 'assignee'])
      for (const part of ['', '&part=1', '&part=list'])
        expect(
          liveParts(
            await text(`${at.open.path}/issues/filters/${menu}?query=${encodeURIComponent(EVIL)}${part}`),
          ),
        ).toEqual([]);
  });

  it('shows pinned issues above the unfiltered first page alone', async () => {
    const at = await makeTracker(t);
    const issue = await at.issue('Read this first');
    expect(await text(listOf(at))).not.toContain('Pinned issues');
    await t.app.db.write((tx) => updateIssue(tx, issue.id, { pinnedAt: 1 }));
    expect(await text(listOf(at))).toContain('Pinned issues');
    expect(await text(listOf(at, 'is:open'))).not.toContain('Pinned issues');
  });

  it('is there for whoever may read it, and for nobody else', async () => {
    expect((await t.anonymous.get(listOf(hidden))).status).toBe(404);
    for (const path of ['', '/filters/label', '/completions'])
      expect((await hidden.people.stranger.get(`${listOf(hidden)}${path}`)).status, path).toBe(404);
    expect(titles(await text(listOf(hidden), hidden.people.reader))).toEqual(['A hidden plan']);
  });

  it('offers to select issues to whoever may sort them', async () => {
    await s.issue('To be sorted');
    for (const visitor of [t.anonymous, s.people.stranger, s.people.reader])
      expect(await text(listOf(s), visitor)).not.toContain('name="issue"');
    for (const visitor of [s.people.triager, s.people.writer, s.people.ada])
      expect(await text(listOf(s), visitor)).toContain('name="issue"');
    const archived = await makeTracker(t);
    await archived.issue('Kept');
    await setArchived(t.app, await t.actor('ada'), archived.open, true);
    const page = await text(listOf(archived), archived.people.ada);
    expect(page).not.toContain('name="issue"');
    expect(page).not.toContain('>New issue<');
  });

  it('counts labels and open milestones beside the search', async () => {
    const at = await makeTracker(t);
    await createMilestone(t.app, await t.actor('ada'), at.open, { title: 'v1', description: '' });
    const page = await text(listOf(at));
    expect(page).toMatch(/Labels <span class="counter">9</);
    expect(page).toMatch(/Milestones <span class="counter">1</);
  });
});

describe('filter menus', () => {
  it('write the query, as a page and as a part of one', async () => {
    await s.issue('By ada');
    const page = await text(`${listOf(s)}/filters/label?query=is:open`);
    expect(page).toContain('<h1');
    expect(page).toContain(`href="${listOf(s, 'is:open label:bug').replaceAll('&', '&amp;')}"`);
    const part = await text(`${listOf(s)}/filters/label?query=is:open&part=1`);
    expect(part).not.toContain('<html');
    expect(part).toContain('Find a label');
    const chosen = await text(`${listOf(s)}/filters/label?query=is:open+label:bug&part=list`);
    expect(chosen).toContain(`href="${listOf(s, 'is:open')}" rel="nofollow" aria-current="true"`);
    expect(await text(`${listOf(s)}/filters/author?part=list`)).toContain('author%3Aada');
    expect(await text(`${listOf(s)}/filters/author?part=list&q=somebody`)).toContain('author%3Asomebody');
    expect(await text(`${listOf(s)}/filters/milestone?part=list`)).toContain('no%3Amilestone');
    expect((await t.anonymous.get(`${listOf(s)}/filters/constructor`)).status).toBe(404);
  });
});

describe('completing a query', () => {
  async function complete(path: string, word: string, visitor: Visitor = t.anonymous): Promise<string[]> {
    const answer = await visitor.get(`${path}/completions?${new URLSearchParams({ word })}`);
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { text: string }[]).map((one) => one.text);
  }

  it('offers keys, then their values', async () => {
    expect(await complete(listOf(s), 'mi')).toEqual(['milestone:']);
    expect(await complete(listOf(s), '-la')).toEqual(['-label:']);
    expect(await complete(listOf(s), 'is:cl')).toEqual(['is:closed']);
    expect(await complete(listOf(s), 'label:"good')).toEqual(['label:"good first issue"']);
    expect(await complete(listOf(s), 'label:bug,doc')).toEqual(['label:bug,documentation']);
    expect(await complete(listOf(s), 'author:@', s.people.reader)).toContain('author:@me');
    expect(await complete(listOf(s), 'assignee:rea', s.people.triager)).toEqual(['assignee:reader']);
    expect(await complete(listOf(s), 'assignee:rea')).toEqual([]);
    expect((await complete(listOf(s), '')).length).toBeLessThanOrEqual(12);
    for (const odd of ['constructor:', '__proto__:x', 'label:"', ':', '"', 'x'.repeat(9000)])
      expect(await complete(listOf(s), odd)).toBeInstanceOf(Array);
  });

  it('names no repository, label or person of what one may not see', async () => {
    const name = hidden.open.repository.name;
    expect(await complete('/issues', `repo:ada/${name}`, hidden.people.stranger)).toEqual([]);
    expect(await complete('/issues', `repo:ada/${name}`, hidden.people.reader)).toEqual([`repo:ada/${name}`]);
    expect(await complete('/issues', 'label:hidden', hidden.people.stranger)).toEqual([]);
    expect((await t.anonymous.get('/issues/completions')).headers.get('location')).toContain('/login');
  });
});

describe('people who are offered', () => {
  it('are none of an organization’s members to whoever is not one of those who assign them', async () => {
    await makeOrganization(t, 'quiet');
    const at = await makeTracker(t, { owner: 'quiet' });
    await at.issue('By ada');
    const menu = (visitor: Visitor) => text(`${listOf(at)}/filters/assignee?part=list`, visitor);
    const word = `${listOf(at)}/completions?word=assignee:mi`;
    for (const visitor of [t.anonymous, at.people.stranger, at.people.reader]) {
      expect(await menu(visitor)).not.toContain('mia');
      expect(await text(word, visitor)).not.toContain('mia');
    }
    expect(await menu(at.people.triager)).toContain('mia');
    expect(await text(word, at.people.triager)).toContain('mia');
  });
});

describe('lists across repositories', () => {
  it('ask who is there', async () => {
    for (const path of [
      '/issues',
      '/issues/assigned',
      '/issues/mentioned',
      '/issues/recent',
      '/issues/views',
      '/pulls',
      '/pulls/assigned',
    ])
      expect((await t.anonymous.get(path)).headers.get('location'), path).toContain('/login');
  });

  it('show what one opened, is assigned to, and took part in', async () => {
    const at = await makeTracker(t);
    const ada = await t.actor('ada');
    const issue = await at.issue('For the reader');
    const { userId } = await t.actor('reader');
    await changeAssignees(t.app, ada, at.open, issue, { add: [userId] });
    expect(titles(await text('/issues/assigned', at.people.reader))).toEqual(['For the reader']);
    expect(titles(await text('/issues', at.people.reader))).toEqual([]);
    expect(titles(await text('/issues', at.people.ada))).toContain('For the reader');
    expect(titles(await text('/issues/recent', at.people.reader))).toEqual(['For the reader']);
    const page = await text('/issues/assigned', at.people.reader);
    expect(page).toContain(`href="${at.open.path}/issues"`);
    expect(counts(page)).toBe('1 Open 0 Closed');
  });

  it('are one list for pull requests and another for issues', async () => {
    const at = await makeTracker(t);
    const { userId } = await t.actor('triager');
    for (const title of ['An issue', 'A pull request']) {
      const { id } = await at.issue(title);
      const isPull = title !== 'An issue';
      await t.app.db.write(async (tx) => {
        await updateIssue(tx, id, { isPull, authorId: userId });
        await noteChange(tx, id, t.app.clock.now());
      });
    }
    const page = await text('/pulls', at.people.triager);
    expect(titles(page)).toEqual(['A pull request']);
    expect(page).toContain(`href="${at.open.path}/pull/2"`);
    expect(titles(await text('/issues', at.people.triager))).toEqual(['An issue']);
    expect(await text('/pulls/mentioned', at.people.triager)).toContain('No pull requests yet');
    expect(await text('/pulls?q=is%3Apr+zebra', at.people.triager)).toContain('No pull request matches');
  });

  it('hold no title, count or label of a repository that one may not see', async () => {
    await t.app.jobs.drain();
    const words = ['hidden', '"hidden plan"', 'hidden in:title'];
    const queries = [...words, `repo:${hidden.open.path.slice(1)}`, 'label:hidden-label'];
    for (const q of queries) {
      const path = `/issues?${new URLSearchParams({ q })}`;
      const page = await text(path, hidden.people.stranger);
      expect(titles(page)).not.toContain('A hidden plan');
      expect(counts(page), q).toBe('0 Open 0 Closed');
    }
    const unknown = await text('/issues?q=label%3Aunknown-label', hidden.people.stranger);
    const known = await text('/issues?q=label%3Ahidden-label', hidden.people.stranger);
    expect(known.replaceAll('hidden-label', 'unknown-label')).toBe(unknown);
    expect(titles(await text('/issues?q=hidden', hidden.people.reader))).toEqual(['A hidden plan']);
    expect(titles(await text('/issues?q=label%3Ahidden-label', hidden.people.reader))).toEqual([
      'A hidden plan',
    ]);
  });

  it('of an organization show the repositories that one may see', async () => {
    await makeOrganization(t, 'mill');
    const open = await makeTracker(t, { owner: 'mill' });
    const secret = await makeTracker(t, { owner: 'mill', visibility: 'private' });
    await open.issue('Seen by all');
    await secret.issue('Seen by few');
    expect(titles(await text('/orgs/mill/issues'))).toEqual(['Seen by all']);
    expect(counts(await text('/orgs/mill/issues', open.people.stranger))).toBe('1 Open 0 Closed');
    expect(titles(await text('/orgs/mill/issues', open.people.ada))).toEqual(['Seen by few', 'Seen by all']);
    expect(await text('/orgs/mill/people')).toContain('href="/orgs/mill/issues"');
    expect((await t.anonymous.get('/orgs/nowhere/issues')).status).toBe(404);
  });
});
