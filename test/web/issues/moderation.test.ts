// Keeping conversations in order, per role, with the events: hiding, deleting, locking, pinning, deleting issues.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { type Conversation, startConversation } from './conversation.ts';

let t: TestApp;
let s: Conversation;

beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  s = await startConversation(t);
});

const textOf = async (visitor: Visitor, path = s.href) => (await visitor.get(path)).text();
const comment = (visitor: Visitor, body: string, more: Record<string, string> = {}) =>
  visitor.post(`${s.href}/comments`, { action: 'comment', body, ...more });
async function commentId(visitor: Visitor, body: string): Promise<number> {
  await comment(visitor, body);
  return (await s.entries()).at(-1)?.id ?? 0;
}
const statuses = async (path: string, form: Record<string, string> = {}) =>
  Promise.all(
    [t.anonymous, s.stranger, s.reader, s.triager].map(
      async (visitor) => (await visitor.post(path, form)).status,
    ),
  );

describe('hiding a comment', () => {
  it('folds it away for a reason and shows it again; only for writers', async () => {
    const id = await commentId(s.stranger, 'Buy watches');
    const path = `${s.href}/comments/${id}/hiding`;
    const refused = await statuses(path, { reason: 'spam' });
    expect(refused.slice(1)).toEqual([403, 403, 403]);
    expect(await s.events()).toEqual(['issue.opened', 'issue.commented']);
    expect((await s.writer.post(path, { reason: 'nonsense' })).status).toBe(422);
    expect(await textOf(s.writer, path)).toContain('Buy watches');
    await s.writer.post(path, { reason: 'off_topic' });
    expect(await textOf(t.anonymous)).toContain('This comment was hidden: off-topic.');
    await s.writer.post(`${path}/removal`);
    expect(await textOf(t.anonymous)).not.toContain('was hidden');
    expect((await s.events()).slice(2)).toEqual(['issue.comment_hidden', 'issue.comment_shown']);
  });
});

describe('deleting a comment', () => {
  it('leaves that there was one, and is for its author and writers', async () => {
    const own = await commentId(s.stranger, 'My mistake');
    const other = await commentId(s.reader, 'Stays');
    expect((await s.stranger.post(`${s.href}/comments/${other}/deletion`)).status).toBe(403);
    expect((await s.triager.get(`${s.href}/comments/${other}/deletion`)).status).toBe(403);
    await s.stranger.post(`${s.href}/comments/${own}/deletion`);
    await s.writer.post(`${s.href}/comments/${other}/deletion`);
    expect(await s.kinds()).toEqual(['comment_deleted', 'comment_deleted']);
    expect((await s.issue()).commentCount).toBe(0);
    const page = await textOf(t.anonymous);
    expect(page).not.toContain('My mistake');
    expect(page).toContain('deleted a comment');
    expect((await s.writer.post(`${s.href}/comments/${other}/deletion`)).status).toBe(404);
    expect((await s.events()).slice(3)).toEqual(['issue.comment_deleted', 'issue.comment_deleted']);
  });
});

describe('a locked conversation', () => {
  it('lets only writers take part, in any way, and keeps what others typed', async () => {
    const own = await commentId(s.reader, 'Before');
    await Promise.all(
      [s.reader, s.triager].map(async (visitor) =>
        expect((await visitor.post(`${s.href}/lock`)).status).toBe(403),
      ),
    );
    await s.writer.post(`${s.href}/lock`, { reason: 'too_heated' });
    expect(await textOf(t.anonymous)).toContain('locked as <strong>too heated</strong>');
    const answer = await comment(s.reader, 'my angry words');
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('my angry words');
    expect((await comment(s.reader, '', { action: 'completed' })).status).toBe(403);
    expect((await s.reader.post(`${s.href}/title`, { title: 'x' })).status).toBe(403);
    const edit = { body: 'x', version: '0', comment: String(own) };
    expect((await s.reader.post(`${s.href}/text`, edit)).status).toBe(403);
    expect((await s.reader.post(`${s.href}/comments/${own}/deletion`)).status).toBe(403);
    expect((await comment(s.writer, 'Calm down')).status).toBe(303);
    expect((await comment(s.triager, '', { action: 'not_planned' })).status).toBe(303);
    await s.writer.post(`${s.href}/lock/removal`);
    expect((await comment(s.reader, 'Sorry')).status).toBe(303);
    expect(await s.kinds()).toEqual(['comment', 'locked', 'comment', 'closed', 'unlocked', 'comment']);
    expect((await s.writer.post(`${s.href}/lock`, { reason: 'x' })).status).toBe(422);
  });
});

describe('pinning', () => {
  it('takes three at most, also when they come at once', async () => {
    const paths = [s.href];
    for (let number = 2; number <= 5; number++) {
      await s.reader.post(`${s.open.path}/issues`, { title: `Issue ${number}` });
      paths.push(`${s.open.path}/issues/${number}`);
    }
    expect((await s.triager.post(`${s.href}/pin`)).status).toBe(403);
    await Promise.all(paths.map((path) => s.writer.post(`${path}/pin`)));
    const { listPinned } = await import('../../../src/features/issues/pins.service.ts');
    expect(await listPinned(t.app, s.open)).toHaveLength(3);
    const pinned = (await listPinned(t.app, s.open))[0];
    await s.writer.post(`${s.open.path}/issues/${pinned?.number}/pin/removal`);
    expect(await listPinned(t.app, s.open)).toHaveLength(2);
    expect((await s.events()).filter((kind) => kind === 'issue.pinned')).toHaveLength(3);
  });
});

describe('deleting an issue', () => {
  it('is for administrators, asks for its name, and takes everything with it', async () => {
    await comment(s.reader, 'Some words');
    await s.reader.post(`${s.open.path}/issues`, { title: 'Another' });
    const phrase = `${s.open.path.slice(1)}#1`;
    for (const visitor of [s.reader, s.triager, s.writer])
      expect((await visitor.post(`${s.href}/deletion`, { confirmation: phrase })).status).toBe(403);
    expect((await s.ada.post(`${s.href}/deletion`, { confirmation: '1' })).status).toBe(422);
    expect(await textOf(s.ada, `${s.href}/deletion`)).toContain(phrase);
    const issue = await s.issue();
    const done = await s.ada.post(`${s.href}/deletion`, { confirmation: phrase });
    expect(done.headers.get('location')).toBe(`${s.open.path}/issues`);
    expect((await s.ada.get(s.href)).status).toBe(404);
    const { readTimeline } = await import('../../../src/features/issues/timeline.service.ts');
    expect((await readTimeline(t.app, issue.id, {})).entries).toEqual([]);
    const { findCounters } = await import('../../../src/features/issues/issues.store.ts');
    expect(await findCounters(t.app.db.read, s.open.repository.id)).toMatchObject({ openIssues: 1 });
    const next = await s.reader.post(`${s.open.path}/issues`, { title: 'Numbers are not given twice' });
    expect(next.headers.get('location')).toBe(`${s.open.path}/issues/3`);
    expect(await s.events()).toContain('issue.deleted');
  });
});
