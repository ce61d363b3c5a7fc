// Timelines: every kind of entry, long ones in parts, and nothing of what the reader may not see.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { changeIssue } from '../../../src/features/issues/changing.service.ts';
import { createIssue } from '../../../src/features/issues/issues.service.ts';
import type { IssueChange, IssueRow } from '../../../src/features/issues/issues.types.ts';
import { readTimeline } from '../../../src/features/issues/timeline.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { liveParts } from '../code/live-parts.ts';
import { type Conversation, newRepository, startConversation } from './conversation.ts';

const EVIL = `"><svg onload=hit()>`;
const OID = 'c0ffee0123456789c0ffee0123456789c0ffee01';

let t: TestApp;
let s: Conversation;

beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  s = await startConversation(t);
});

const textOf = async (visitor: Visitor, query = '') => (await visitor.get(s.href + query)).text();
const change = async (work: (change: IssueChange) => Promise<unknown>) =>
  changeIssue(t.app, SYSTEM, s.open, (await s.issue()).id, 'issues:triage', work);
async function secretIssue(name: string): Promise<{ open: OpenRepository; issue: IssueRow }> {
  const open = await newRepository(t, name, 'private');
  const writer = await t.actor('writer');
  const theirs = { ...open, actor: writer };
  const issue = await createIssue(t.app, writer, theirs, { title: `Plans of ${name}`, body: '' });
  return { open, issue };
}

describe('what refers to an issue from a place the reader may not see', () => {
  it('is nowhere on the page, in the API, or counted; whoever may see it reads it', async () => {
    const { open, issue } = await secretIssue('vault');
    const from = { sourceIssueId: issue.id, sourceRepositoryId: open.repository.id };
    const { userId } = await t.actor('ada');
    await change(async ({ addEntry, set }) => {
      await addEntry('referenced', {}, from);
      await addEntry('blocked_by', {}, from);
      await addEntry('blocks', { removed: true }, from);
      await addEntry('part_added', {}, from);
      await addEntry('part_of', {}, from);
      await addEntry('duplicated', {}, from);
      await addEntry(
        'commit',
        { oid: OID, title: 'Secret commit' },
        { sourceRepositoryId: open.repository.id },
      );
      await addEntry('transferred', { from: 'ada/vault#1' }, { sourceRepositoryId: open.repository.id });
      await addEntry('closed', { reason: 'duplicate', duplicateOfId: issue.id });
      await addEntry('closed', {
        reason: 'completed',
        commitOid: OID,
        commitRepositoryId: open.repository.id,
      });
      set({ closedById: userId });
    });
    const token = await t.token('stranger', 'read:issue');
    const byApi = async (bearer: string) =>
      (await t.anonymous.get(`/api/v1/repos${s.href}/timeline`, { authorization: `token ${bearer}` })).text();
    for (const page of [await textOf(t.anonymous), await textOf(s.stranger), await byApi(token)]) {
      expect(page).not.toMatch(/vault|Plans of|Secret commit|c0ffee/);
    }
    const shown = await textOf(t.anonymous);
    expect(shown.match(/class="event"/g)).toHaveLength(3);
    expect(shown).toContain('closed this as a duplicate');
    const seen = await textOf(s.reader);
    expect(seen.match(/class="event"/g)).toHaveLength(10);
    expect(seen).toContain('Plans of vault');
    expect(seen).toContain(`/ada/vault/commit/${OID}`);
    expect(await byApi(await t.token('reader', 'read:issue'))).toContain('Plans of vault');
  });

  it('is not shown to a token limited to other repositories, nor where issues are switched off', async () => {
    const { open, issue } = await secretIssue('shut');
    const from = { sourceIssueId: issue.id, sourceRepositoryId: open.repository.id };
    await change(({ addEntry }) => addEntry('referenced', {}, from));
    expect(await textOf(s.reader)).toContain('Plans of shut');
    const { repositories } = await import('../../../src/platform/db/tables/repos.ts');
    const { eq } = await import('drizzle-orm');
    await t.app.db.write(async (tx) => {
      await tx
        .update(repositories)
        .set({ disabledUnits: 'issues' })
        .where(eq(repositories.id, open.repository.id));
    });
    expect(await textOf(s.reader)).not.toContain('Plans of shut');
  });
});

describe('entries', () => {
  it('are drawn as text, whatever names hold', async () => {
    const { userId } = await t.actor('triager');
    const label = { name: `x ${EVIL}`, color: 'ff0000' };
    await change(async ({ addEntry }) => {
      await addEntry('labels', { added: [label], removed: [{ ...label, name: 'old' }] });
      await addEntry('assignees', { added: [userId], removed: [99_999] });
      await addEntry('milestone', { from: EVIL, to: `to ${EVIL}` });
      await addEntry('milestone', { to: 'v1' });
      await addEntry('milestone', { from: 'v1' });
      await addEntry('renamed', { from: EVIL, to: EVIL });
      await addEntry('due', { to: '2030-01-02' });
      await addEntry('due', { from: '2030-01-02', to: '2030-01-03' });
      await addEntry('due', { from: '2030-01-03' });
      await addEntry('locked', { reason: 'spam' });
      await addEntry('unlocked', {});
      await addEntry('pinned', {});
      await addEntry('unpinned', {});
      await addEntry('commit', { oid: OID, title: EVIL }, { sourceRepositoryId: s.open.repository.id });
      await addEntry('comment_deleted', { authorId: userId });
      await addEntry('closed', { reason: 'not_planned' });
      await addEntry('reopened', {});
    });
    const page = await textOf(t.anonymous);
    expect(liveParts(page)).toEqual([]);
    for (const words of [
      'added <span class="issue-label',
      'and removed',
      'ghost',
      'set the due date to <strong>2030-01-02',
      'changed the due date to',
      'removed the due date',
      'locked as <strong>spam',
      'unlocked this conversation',
      'pinned this issue',
      'unpinned this issue',
      'deleted a comment from',
      'as not planned',
      'reopened this',
    ])
      expect(page.includes(words), words).toBe(true);
  });
});

describe('a long timeline', () => {
  it('comes in parts, and every comment is found by its address', async () => {
    const { issueEntries } = await import('../../../src/platform/db/tables/issues.ts');
    const { id: issueId } = await s.issue();
    const { userId: actorId } = await t.actor('reader');
    await t.app.db.write(async (tx) => {
      for (let n = 1; n <= 1200; n++)
        await tx
          .insert(issueEntries)
          .values({ issueId, kind: 'comment', actorId, data: {}, body: `say ${n}.`, createdAt: n });
    });
    const all: number[] = [];
    let after = 0;
    for (let next: number | undefined = 0; next !== undefined; ) {
      const part = await readTimeline(t.app, issueId, { after: next });
      all.push(...part.entries.map(({ id }) => id));
      after = next;
      next = part.newerAfter;
    }
    expect(all).toHaveLength(1200);
    expect(after).toBeGreaterThan(0);
    const first = await textOf(t.anonymous);
    expect(first.match(/class="comment"/g)).toHaveLength(501);
    expect(first).toContain('rel="next"');
    expect(first).not.toContain('rel="prev"');
    for (const at of [0, 3, 499, 500, 700, 1199]) {
      const id = all[at] ?? 0;
      const page = await textOf(t.anonymous, `?comment=${id}`);
      expect(page).toContain(`id="issuecomment-${id}"`);
    }
    const newest = await textOf(t.anonymous, '?before=newest');
    expect(newest).toContain(`id="issuecomment-${all[1199]}"`);
    expect(newest).not.toContain('rel="next"');
    const older = /rel="prev" href="([^"]+)"/.exec(newest)?.[1] ?? '';
    const page = await (await t.anonymous.get(older)).text();
    expect(page).toContain(`id="issuecomment-${all[699]}"`);
    expect(page).toContain('rel="next"');
    // A new comment leads to where it is, however far that is.
    const answer = await s.reader.post(`${s.href}/comments`, { action: 'comment', body: 'The end.' });
    const to = answer.headers.get('location') ?? '';
    expect(to).toContain('?comment=');
    expect(await (await t.anonymous.get(to.split('#')[0] ?? '')).text()).toContain('The end.');
    for (const odd of ['?comment=999999', '?comment=x', '?after=-1', '?before=0', '?after=99999999'])
      expect((await t.anonymous.get(s.href + odd)).status).toBe(200);
  }, 120_000);
});

it('shows issues and pull requests each at their own address', async () => {
  expect((await t.anonymous.get(`${s.open.path}/pull/1`)).headers.get('location')).toBe(s.href);
  for (const number of ['0', '2', '999999999', '9999999999999999999'])
    expect((await t.anonymous.get(`${s.open.path}/issues/${number}`)).status).toBe(404);
  const { updateIssue } = await import('../../../src/features/issues/issues.store.ts');
  const { id } = await s.issue();
  await t.app.db.write((tx) => updateIssue(tx, id, { isPull: true }));
  expect((await t.anonymous.get(s.href)).headers.get('location')).toBe(`${s.open.path}/pull/1`);
});
