// Labels on the web, per role and with their events: of repositories, of organizations, and on issues.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listEntries } from '../../../src/features/issues/entries.store.ts';
import type { IssueRow } from '../../../src/features/issues/issues.types.ts';
import { labelsFor } from '../../../src/features/issues/labels.service.ts';
import { listLabelsOf } from '../../../src/features/issues/labels.store.ts';
import { addLabels, setLabels } from '../../../src/features/issues/metadata.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { liveParts } from '../code/live-parts.ts';
import { eventsOf, makeOrganization, makeTracker, send, type Tracker } from './tracker.ts';

const EVIL = `"><svg onload=hit()>`;

let t: TestApp;
let s: Tracker;

beforeAll(async () => {
  t = await testApp();
  s = await makeTracker(t);
});
afterAll(() => t.close());

const at = (path: string) => s.open.path + path;
const text = async (path: string, visitor = t.anonymous) => (await visitor.get(path)).text();
const names = async (issue: IssueRow) =>
  (await listLabelsOf(t.app.db.read, [issue.id])).map(({ label }) => label.name);
async function labelId(name: string, open = s.open): Promise<number> {
  const label = (await labelsFor(t.app, open)).find((one) => one.name === name);
  if (!label) throw new Error(`no label ${name}`);
  return label.id;
}

describe('labels of a repository', () => {
  it('are the nine of GitHub at first', async () => {
    const found = (await labelsFor(t.app, s.open)).map(({ name }) => name);
    expect(found).toEqual([
      'bug',
      'documentation',
      'duplicate',
      'enhancement',
      'good first issue',
      'help wanted',
      'invalid',
      'question',
      'wontfix',
    ]);
    const page = await text(at('/labels'));
    expect(page).toContain('Good for newcomers');
    expect(page).toContain('fill="#7057ff"');
    expect(page).not.toContain('New label');
  });

  it('are made, changed and deleted by whoever writes, and by nobody else', async () => {
    const form: [string, string][] = [
      ['name', 'Area: Looms'],
      ['color', '#ABC'],
      ['description', EVIL],
    ];
    expect((await send(t.anonymous, at('/labels'), form)).status).toBe(401);
    for (const role of ['stranger', 'reader', 'triager'] as const)
      expect((await send(s.people[role], at('/labels'), form)).status, role).toBe(403);
    expect((await send(s.people.writer, at('/labels'), form)).headers.get('location')).toBe(at('/labels'));
    const id = await labelId('Area: Looms');
    const page = await text(at('/labels'), s.people.writer);
    expect(page).toContain('fill="#aabbcc"');
    expect(liveParts(page)).toEqual([]);
    const change: [string, string][] = [
      ['name', 'area: looms'],
      ['color', '#112233'],
    ];
    expect((await send(s.people.reader, at(`/labels/${id}`), change)).status).toBe(403);
    await send(s.people.writer, at(`/labels/${id}`), change);
    expect(await text(at('/labels'))).toContain('fill="#112233"');
    expect((await send(s.people.triager, at(`/labels/${id}/deletion`), [])).status).toBe(403);
    await send(s.people.writer, at(`/labels/${id}/deletion`), []);
    expect(await text(at('/labels'))).not.toContain('area: looms');
    expect((await send(s.people.writer, at(`/labels/${id}/deletion`), [])).status).toBe(404);
    expect(await eventsOf(t, s.open, 'label.')).toEqual(['label.created', 'label.updated', 'label.deleted']);
  });

  it('keep what was typed beside what is wrong with it', async () => {
    const sent = await send(s.people.writer, at('/labels'), [
      ['name', 'BUG'],
      ['color', '#00ff00'],
      ['description', 'again'],
    ]);
    expect(sent.status).toBe(422);
    const page = await sent.text();
    expect(page).toContain('There is already a label named BUG.');
    expect(page).toContain('value="again"');
    expect(page).toContain('value="#00ff00"');
    for (const [name, color] of [
      ['x', 'url(#a)'],
      ['x', '12345'],
      ['', '#123456'],
      ['a\nb', '#123456'],
      ['x\u202ey', '#123456'],
      ['x'.repeat(51), '#123456'],
    ] as [string, string][])
      expect(
        (
          await send(s.people.writer, at('/labels'), [
            ['name', name],
            ['color', color],
          ])
        ).status,
        name,
      ).toBe(422);
    const exclusive = await send(s.people.writer, at('/labels'), [
      ['name', 'plain'],
      ['color', '#123456'],
      ['exclusive', 'on'],
    ]);
    expect(await exclusive.text()).toContain('Only names with a scope can be exclusive');
  });

  it('are searched by name and description', async () => {
    const page = await text(at('/labels?q=good+NEW'));
    expect(page).toContain('good first issue');
    expect(page).not.toContain('wontfix');
    expect(await text(at('/labels?q=nothing'))).toContain('No label matches');
  });

  it('offer sets where there are none', async () => {
    const other = await makeTracker(t);
    for (const { id } of await labelsFor(t.app, other.open))
      await send(other.people.ada, `${other.open.path}/labels/${id}/deletion`, []);
    expect(await text(`${other.open.path}/labels`)).not.toContain('Use this set');
    expect(await text(`${other.open.path}/labels`, other.people.writer)).toContain('Use this set');
    const preset = (key: string) =>
      send(other.people.writer, `${other.open.path}/labels/presets`, [['preset', key]]);
    expect((await preset('scoped')).status).toBe(303);
    expect((await preset('none')).status).toBe(404);
    const found = await labelsFor(t.app, other.open);
    expect(found.map(({ name }) => name)).toContain('kind/bug');
    expect(found.every(({ isExclusive }) => isExclusive)).toBe(true);
  });
});

describe('labels of an organization', () => {
  it('are used by all of its repositories, and changed by its owners alone', async () => {
    await makeOrganization(t, 'weavers');
    const org = await makeTracker(t, { owner: 'weavers' });
    const form: [string, string][] = [
      ['name', 'kind/thread'],
      ['color', '#123456'],
      ['exclusive', 'on'],
    ];
    const settings = '/orgs/weavers/settings/labels';
    const mia = await t.as('mia');
    expect((await send(mia, settings, form)).status).toBe(403);
    expect((await mia.get(settings)).status).toBe(403);
    expect((await send(s.people.stranger, settings, form)).status).toBe(403);
    expect((await send(org.people.ada, settings, form)).status).toBe(303);
    expect(await text(settings, org.people.ada)).toContain('thread');
    const page = await text(`${org.open.path}/labels`, org.people.writer);
    expect(page).toContain('From the organization');
    const id = await labelId('kind/thread', org.open);
    expect((await send(org.people.writer, `${org.open.path}/labels/${id}`, form)).status).toBe(404);
    expect((await send(org.people.writer, `${org.open.path}/labels/${id}/deletion`, [])).status).toBe(404);
    const taken = await send(org.people.writer, `${org.open.path}/labels`, form);
    expect(await taken.text()).toContain('The organization has a label named kind/thread.');
    const issue = await org.issue('Tangled');
    await send(org.people.triager, `${org.open.path}/issues/${issue.number}/labels`, [['label', id]]);
    expect(await names(issue)).toEqual(['kind/thread']);
    // Not for repositories of others.
    const foreign = await s.issue('Elsewhere');
    const refused = await send(s.people.triager, at(`/issues/${foreign.number}/labels`), [['label', id]]);
    expect(refused.status).toBe(303);
    expect(await names(foreign)).toEqual([]);
    await send(org.people.ada, `${settings}/${id}/deletion`, []);
    expect(await names(issue)).toEqual([]);
    const events = await t.app.events.recent({ limit: 200 });
    expect(events.map(({ kind }) => kind).filter((kind) => kind.startsWith('organization_label'))).toEqual([
      'organization_label.deleted',
      'organization_label.created',
    ]);
  });

  it('leave their names out of what new repositories begin with', async () => {
    await makeOrganization(t, 'dyers');
    await send(s.people.ada, '/orgs/dyers/settings/labels', [
      ['name', 'Bug'],
      ['color', '#ff0000'],
    ]);
    const org = await makeTracker(t, { owner: 'dyers' });
    const found = await labelsFor(t.app, org.open);
    expect(found.filter(({ nameKey }) => nameKey === 'bug')).toHaveLength(1);
    expect(found).toHaveLength(9);
  });
});

describe('labels of an issue', () => {
  it('are set by whoever sorts issues; choices of several people add up', async () => {
    const issue = await s.issue('Looms stop');
    const [bug, question, invalid] = await Promise.all(
      ['bug', 'question', 'invalid'].map((name) => labelId(name)),
    );
    const path = at(`/issues/${issue.number}/labels`);
    for (const role of ['stranger', 'reader'] as const)
      expect((await send(s.people[role], path, [['label', bug ?? 0]])).status, role).toBe(403);
    await send(s.people.triager, path, [
      ['label', bug ?? 0],
      ['label', question ?? 0],
    ]);
    expect(await names(issue)).toEqual(['bug', 'question']);
    // Two people saw no labels but these; one adds, the other takes away.
    const had: [string, number][] = [
      ['had', bug ?? 0],
      ['had', question ?? 0],
    ];
    await send(s.people.triager, path, [
      ...had,
      ['label', bug ?? 0],
      ['label', question ?? 0],
      ['label', invalid ?? 0],
    ]);
    await send(s.people.writer, path, [...had, ['label', question ?? 0]]);
    expect(await names(issue)).toEqual(['invalid', 'question']);
    expect((await eventsOf(t, s.open, 'issue.')).slice(-4)).toEqual([
      'issue.opened',
      'issue.labeled',
      'issue.labeled',
      'issue.unlabeled',
    ]);
    const entries = await listEntries(t.app.db.read, issue.id, { after: 0, limit: 10 });
    expect(entries.map(({ data }) => data)).toEqual([
      {
        added: [
          { name: 'bug', color: 'd73a4a' },
          { name: 'question', color: 'd876e3' },
        ],
        removed: [],
      },
      { added: [{ name: 'invalid', color: 'e4e669' }], removed: [] },
      { added: [], removed: [{ name: 'bug', color: 'd73a4a' }] },
    ]);
  });

  it('of an exclusive scope replace one another in one entry', async () => {
    for (const name of ['prio/low', 'prio/high', 'Prio/none'])
      await send(s.people.ada, at('/labels'), [
        ['name', name],
        ['color', '#123456'],
        ['exclusive', 'on'],
      ]);
    await send(s.people.ada, at('/labels'), [
      ['name', 'prio/free'],
      ['color', '#123456'],
    ]);
    const issue = await s.issue('Urgent?');
    const ada = await t.actor('ada');
    const [low = 0, high = 0, none = 0, free = 0] = await Promise.all(
      ['prio/low', 'prio/high', 'Prio/none', 'prio/free'].map((name) => labelId(name)),
    );
    await addLabels(t.app, ada, s.open, issue, [free, low]);
    await addLabels(t.app, ada, s.open, issue, [high]);
    expect(await names(issue)).toEqual(['prio/free', 'prio/high']);
    const entries = await listEntries(t.app.db.read, issue.id, { after: 0, limit: 10 });
    expect(entries.at(-1)?.data).toEqual({
      added: [{ name: 'prio/high', color: '123456' }],
      removed: [{ name: 'prio/low', color: '123456' }],
    });
    await setLabels(t.app, ada, s.open, issue, [low, none, high, none]);
    expect(await names(issue)).toEqual(['prio/high']);
  });

  it('are no labels of another repository', async () => {
    const other = await makeTracker(t);
    const issue = await s.issue('Mine');
    const ada = await t.actor('ada');
    await expect(
      setLabels(t.app, ada, s.open, issue, [await labelId('bug', other.open)]),
    ).rejects.toMatchObject({
      fields: { labels: 'Choose labels of this repository.' },
    });
  });
});
