// Assignees, due dates, dependencies and sub-issues on the web, per role, with their events; and that nothing of what
// somebody may not see shows in them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addBlocker } from '../../../src/features/issues/dependencies.service.ts';
import { listEntries } from '../../../src/features/issues/entries.store.ts';
import { findIssueById } from '../../../src/features/issues/issues.store.ts';
import type { IssueRow } from '../../../src/features/issues/issues.types.ts';
import { listAssigneesOf } from '../../../src/features/issues/metadata.store.ts';
import { addPart } from '../../../src/features/issues/parts.service.ts';
import { listParts } from '../../../src/features/issues/parts.store.ts';
import { sidebarModel } from '../../../src/features/issues/sidebar.present.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { blockUser } from '../../../src/features/users/blocks.service.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
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

const pathOf = (issue: IssueRow, tracker = s) => `${tracker.open.path}/issues/${issue.number}`;
const idOf = async (name: string) => (await t.actor(name)).userId;
const assigned = async (issue: IssueRow) =>
  (await listAssigneesOf(t.app.db.read, [issue.id])).map(({ name }) => name);
const entriesOf = async (issue: IssueRow) =>
  (await listEntries(t.app.db.read, issue.id, { after: 0, limit: 50 })).map(({ kind, data }) => [kind, data]);
/** What the next page says, which a cookie carries there. */
function messageOf(answer: Response): string {
  const [, encoded = ''] = /flash=\w+\.([\w-]+)/.exec(answer.headers.get('set-cookie') ?? '') ?? [];
  return Buffer.from(encoded, 'base64url').toString('utf8');
}
const text = async (path: string, visitor: Visitor) => (await visitor.get(path)).text();

describe('assignees', () => {
  it('are chosen by whoever sorts issues, of those whom the repository knows', async () => {
    const issue = await s.issue('Who?');
    const path = `${pathOf(issue)}/assignees`;
    const reader = await idOf('reader');
    for (const role of ['stranger', 'reader'] as const)
      expect((await send(s.people[role], path, [['assignee', reader]])).status, role).toBe(403);
    expect((await send(t.anonymous, path, [['assignee', reader]])).status).toBe(401);
    await send(s.people.triager, path, [
      ['assignee', reader],
      ['username', '@writer'],
    ]);
    expect(await assigned(issue)).toEqual(['reader', 'writer']);
    const refused = await send(s.people.triager, path, [
      ['had', reader],
      ['username', 'stranger'],
    ]);
    expect(await assigned(issue)).toEqual(['reader', 'writer']);
    expect(messageOf(refused)).toContain('Choose people who work on this repository');
    await send(s.people.triager, path, [['had', reader]]);
    expect(await assigned(issue)).toEqual(['writer']);
    expect((await eventsOf(t, s.open, 'issue.')).slice(-3)).toEqual([
      'issue.opened',
      'issue.assigned',
      'issue.unassigned',
    ]);
    expect(await entriesOf(issue)).toEqual([
      ['assignees', { added: [reader, await idOf('writer')], removed: [] }],
      ['assignees', { added: [], removed: [reader] }],
    ]);
  });

  it('may be whoever took part', async () => {
    const issue = await s.issue('Took part');
    await s.people.stranger.post(`${pathOf(issue)}/comments`, { body: 'I can do it' });
    await send(s.people.triager, `${pathOf(issue)}/assignees`, [['username', 'stranger']]);
    expect(await assigned(issue)).toEqual(['stranger']);
  });

  it('are nobody who may not read the issues of a private repository', async () => {
    await makeOrganization(t, 'closed');
    const { changeOrganization } = await import('../../../src/features/orgs/orgs.service.ts');
    const { SYSTEM } = await import('../../../src/base/actor.ts');
    const org = await makeTracker(t, { visibility: 'private', owner: 'closed' });
    const issue = await org.issue('Secret');
    await send(org.people.triager, `${pathOf(issue, org)}/assignees`, [['username', 'mia']]);
    expect(await assigned(issue)).toEqual(['mia']);
    await changeOrganization(t.app, SYSTEM, org.open.owner.id, { basePermission: 'none' });
    const other = await org.issue('More secret');
    await send(org.people.triager, `${pathOf(other, org)}/assignees`, [['username', 'mia']]);
    expect(await assigned(other)).toEqual([]);
    const sidebar = await sidebarModel(t.app, { ...org.open, actor: await t.actor('ada') }, other);
    expect(sidebar.choices?.people.map(({ name }) => name)).toEqual(['ada', 'reader', 'triager', 'writer']);
  });
});

describe('due dates', () => {
  it('are set and removed by whoever sorts issues', async () => {
    const issue = await s.issue('When?');
    const path = `${pathOf(issue)}/due`;
    expect((await s.people.reader.post(path, { due_on: '2030-01-02' })).status).toBe(403);
    await s.people.triager.post(path, { due_on: '2030-01-02' });
    await s.people.triager.post(path, { due_on: '2030-13-02' });
    expect((await findIssueById(t.app.db.read, issue.id))?.dueOn).toBe('2030-01-02');
    expect(await text(pathOf(issue), s.people.reader)).toContain('Jan 2, 2030');
    await s.people.triager.post(path, { due_on: '2030-01-02', clear: 'on' });
    expect((await findIssueById(t.app.db.read, issue.id))?.dueOn).toBeNull();
    expect(await entriesOf(issue)).toEqual([
      ['due', { to: '2030-01-02' }],
      ['due', { from: '2030-01-02' }],
    ]);
    expect((await eventsOf(t, s.open, 'issue.due')).length).toBe(2);
  });
});

describe('dependencies', () => {
  it('are added and ended from both sides, and told of on both timelines', async () => {
    const [a, b] = [await s.issue('Waits'), await s.issue(`Blocks ${EVIL}`)];
    const path = `${pathOf(a)}/dependencies`;
    const form = { as: 'blocked_by', issue: `#${b.number}` };
    for (const role of ['stranger', 'reader'] as const)
      expect((await s.people[role].post(path, form)).status, role).toBe(403);
    await s.people.triager.post(path, form);
    await s.people.triager.post(path, form);
    const page = await text(pathOf(a), s.people.triager);
    expect(page).toContain('Blocked by');
    expect(liveParts(page)).toEqual([]);
    expect(await entriesOf(a)).toEqual([['blocked_by', {}]]);
    expect(await entriesOf(b)).toEqual([['blocks', {}]]);
    // A circle, and the issue itself.
    await s.people.triager.post(`${pathOf(b)}/dependencies`, form);
    await s.people.triager.post(`${pathOf(b)}/dependencies`, { ...form, issue: `#${a.number}` });
    expect((await entriesOf(b)).length).toBe(1);
    await s.people.triager.post(`${pathOf(b)}/dependencies/removal`, { as: 'blocks', issue: String(a.id) });
    expect(await entriesOf(a)).toEqual([
      ['blocked_by', {}],
      ['blocked_by', { removed: true }],
    ]);
    expect(await eventsOf(t, s.open, 'issue.dependency')).toEqual([
      'issue.dependency_added',
      'issue.dependency_removed',
    ]);
  });

  it('warn while a blocker is open, and show a closed one as done', async () => {
    const [a, b] = [await s.issue('Waits too'), await s.issue('Blocks too')];
    const ada = await t.actor('ada');
    await addBlocker(t.app, ada, s.open, a, `#${b.number}`);
    expect(await text(pathOf(a), s.people.ada)).toContain('Another open issue blocks this one.');
    const { closeIssue } = await import('../../../src/features/issues/closing.service.ts');
    await closeIssue(t.app, ada, s.open, b, { reason: 'completed' });
    const page = await text(pathOf(a), s.people.ada);
    expect(page).not.toContain('Another open issue blocks this one.');
    expect((await sidebarModel(t.app, s.open, a)).relations.blockedBy[0]?.look).toBe('completed');
  });

  it('make nothing of another repository wait without the right to sort its issues', async () => {
    const other = await makeTracker(t);
    const [mine, theirs] = [await s.issue('Mine'), await other.issue('Theirs')];
    // `carl` sorts issues in one repository only.
    const { giveAccess } = await import('../../../src/features/repos/collaborators.service.ts');
    const carl = await t.as('carl');
    await giveAccess(t.app, await t.actor('ada'), s.open, { username: 'carl', permission: 'triage' });
    const named = `${other.open.path.slice(1)}#${theirs.number}`;
    expect((await carl.post(`${pathOf(mine)}/dependencies`, { as: 'blocks', issue: named })).status).toBe(
      403,
    );
    expect((await entriesOf(theirs)).length).toBe(0);
    await carl.post(`${pathOf(mine)}/dependencies`, { as: 'blocked_by', issue: named });
    expect(await entriesOf(theirs)).toEqual([['blocks', {}]]);
    expect((await carl.post(`${pathOf(mine)}/parts`, { part: named })).status).toBe(403);
  });

  it('are none where the owner of the other repository has blocked whoever adds them', async () => {
    const mallory = await makeMallorysTracker();
    const [theirs, here] = [await mallory.issue(), await s.issue('Peace')];
    await blockUser(t.app, await t.actor('ada'), await idOf('ada'), 'mallory');
    const named = `${s.open.path.slice(1)}#${here.number}`;
    const refused = await mallory.visitor.post(`${mallory.path}/issues/${theirs.number}/dependencies`, {
      as: 'blocked_by',
      issue: named,
    });
    expect(refused.status).toBe(403);
    expect(await entriesOf(here)).toEqual([]);
  });
});

async function makeMallorysTracker() {
  const actor = await t.actor('mallory');
  const { createRepository } = await import('../../../src/features/repos/repos.service.ts');
  const { parseNewRepository } = await import('../../../src/features/repos/repos.input.ts');
  const { createIssue } = await import('../../../src/features/issues/issues.service.ts');
  await createRepository(t.app, actor, parseNewRepository({ name: 'spam', visibility: 'public' }));
  const open = await openRepository(t.app, actor, 'mallory', 'spam', 'issues:read');
  return {
    path: open.path,
    visitor: await t.as('mallory'),
    issue: () => createIssue(t.app, actor, open, { title: EVIL, body: '' }),
  };
}

describe('sub-issues', () => {
  it('are added, made, ordered and removed, and say how many are done', async () => {
    const [parent, one, two] = [
      await s.issue('Whole'),
      await s.issue(`Part ${EVIL}`),
      await s.issue('Part two'),
    ];
    const path = `${pathOf(parent)}/parts`;
    for (const role of ['stranger', 'reader'] as const)
      for (const [end, form] of [
        ['', { part: `#${one.number}` }],
        ['/new', { title: 'New' }],
        ['/order', { part: String(one.id), step: 'up' }],
        ['/removal', { issue: String(one.id), as: 'parent' }],
      ] as const)
        expect((await s.people[role].post(path + end, { ...form })).status, role + end).toBe(403);
    await s.people.triager.post(path, { part: `${t.app.publicUrl()}${pathOf(one)}` });
    await s.people.triager.post(path, { part: `#${two.number}` });
    await s.people.triager.post(`${path}/new`, { title: 'Made here' });
    const titles = async () => (await listParts(t.app.db.read, parent.id)).map(({ title }) => title);
    expect(await titles()).toEqual([one.title, 'Part two', 'Made here']);
    await s.people.triager.post(`${path}/order`, { part: String(two.id), step: 'up' });
    expect(await titles()).toEqual(['Part two', one.title, 'Made here']);
    await s.people.triager.post(`${path}/order`, { part: String(two.id), place: '2' });
    expect(await titles()).toEqual([one.title, 'Made here', 'Part two']);
    const { closeIssue } = await import('../../../src/features/issues/closing.service.ts');
    await closeIssue(t.app, await t.actor('ada'), s.open, two, { reason: 'not_planned' });
    const page = await text(pathOf(parent), s.people.triager);
    expect(page).toContain('1 of 3');
    expect(liveParts(page)).toEqual([]);
    const child = await text(pathOf(one), s.people.reader);
    expect(child).toContain('Part of');
    expect(child).toContain('Whole');
    // Not twice, not of two, not of itself.
    const other = await s.issue('Another whole');
    await s.people.triager.post(`${pathOf(other)}/parts`, { part: `#${one.number}` });
    await s.people.triager.post(`${pathOf(one)}/parts`, { part: `#${parent.number}` });
    expect((await findIssueById(t.app.db.read, one.id))?.parentId).toBe(parent.id);
    expect((await findIssueById(t.app.db.read, parent.id))?.parentId).toBeNull();
    await s.people.triager.post(`${pathOf(one)}/parts/removal`, { issue: String(parent.id), as: 'part' });
    expect(await titles()).toEqual(['Made here', 'Part two']);
    expect(await eventsOf(t, s.open, 'issue.part')).toEqual([
      ...Array.from({ length: 3 }, () => 'issue.part_added'),
      'issue.part_removed',
    ]);
    expect(await entriesOf(one)).toEqual([
      ['part_of', {}],
      ['part_of', { removed: true }],
    ]);
  });

  it('and blockers in a private repository are told to nobody who may not see it', async () => {
    const hidden = await makeTracker(t, { visibility: 'private' });
    const [secret, other, seen] = [
      await hidden.issue('TOP SECRET'),
      await hidden.issue('TOP SECRET too'),
      await s.issue('Seen'),
    ];
    const ada = await t.actor('ada');
    const whole = await s.issue('Whole again');
    const named = (issue: IssueRow) => `${hidden.open.path.slice(1)}#${issue.number}`;
    await addPart(t.app, ada, s.open, whole, named(secret));
    await addPart(t.app, ada, s.open, whole, `#${seen.number}`);
    await addBlocker(t.app, ada, s.open, whole, named(other));
    for (const visitor of [t.anonymous, s.people.stranger]) {
      const page = await text(pathOf(whole), visitor);
      expect(page).not.toContain('SECRET');
      expect(page).not.toContain(hidden.open.repository.name);
      expect(page).toContain('0 of 1');
      expect(page).not.toContain('blocks this one');
    }
    const page = await text(pathOf(whole), s.people.ada);
    expect(page).toContain('TOP SECRET');
    expect(page).toContain('0 of 2');
    const open = { ...s.open, actor: await t.actor('stranger') };
    const { relations } = await sidebarModel(t.app, open, whole);
    expect(relations).toMatchObject({ blockedBy: [], openBlockers: 0, progress: { done: 0, total: 1 } });
    // Nor is the private issue that a public one is a part of.
    const child = await s.issue('Child of a secret');
    await addPart(t.app, ada, hidden.open, secret, `${s.open.path.slice(1)}#${child.number}`);
    expect(await text(pathOf(child), s.people.ada)).toContain('TOP SECRET');
    for (const visitor of [t.anonymous, s.people.stranger]) {
      const page = await text(pathOf(child), visitor);
      expect(page).not.toContain('SECRET');
      expect(page).not.toContain(hidden.open.repository.name);
    }
    // Naming what one may not see says the same as naming what is not there.
    const { giveAccess } = await import('../../../src/features/repos/collaborators.service.ts');
    const dora = await t.as('dora');
    await giveAccess(t.app, ada, s.open, { username: 'dora', permission: 'triage' });
    for (const name of [named(secret), `${hidden.open.path.slice(1)}#999`, 'nobody/nothing#1'])
      for (const [end, form] of [
        ['/dependencies', { as: 'blocked_by', issue: name }],
        ['/dependencies', { as: 'blocks', issue: name }],
        ['/parts', { part: name }],
      ] as const) {
        const sent = await dora.post(pathOf(seen) + end, { ...form });
        expect(sent.status).toBe(303);
        expect(messageOf(sent), name).toBe('There is no such issue.');
      }
  });
});
