// Conversations on the web, per role, with their events: opening, commenting, editing, closing; nothing typed is ever lost.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setArchived } from '../../../src/features/repos/repos.service.ts';
import { blockUser } from '../../../src/features/users/blocks.service.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { liveParts } from '../code/live-parts.ts';
import { type Conversation, startConversation } from './conversation.ts';

const EVIL = `"><svg onload=hit()>`;

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
const comment = (visitor: Visitor, form: Record<string, string>) =>
  visitor.post(`${s.href}/comments`, { action: 'comment', ...form });
const lastComment = async () => {
  const found = (await s.entries()).findLast(({ kind }) => kind === 'comment');
  if (!found) throw new Error('There is no comment.');
  return found;
};

describe('opening an issue', () => {
  const at = () => `${s.open.path}/issues`;

  it('shows it to everybody and tells of it once', async () => {
    const made = await s.stranger.post(at(), { title: `  Two\n words ${EVIL}`, body: `**Hi** ${EVIL}` });
    expect(made.headers.get('location')).toBe(`${at()}/2`);
    const page = await textOf(t.anonymous, `${at()}/2`);
    expect(page).toContain('<strong>Hi</strong>');
    expect(page).toContain('Two words &quot;&gt;&lt;svg onload=hit()&gt; · Issue #2 · ada/');
    expect(liveParts(page)).toEqual([]);
    expect(await s.events()).toEqual(['issue.opened', 'issue.opened']);
  });

  it.each([
    [{ title: ' ', body: 'kept' }, 'Give the issue a title.'],
    [{ title: 'x'.repeat(256), body: 'kept' }, 'at most 255'],
    [{ title: 'ok', body: `kept${'x'.repeat(65_536)}` }, 'at most 65,536'],
  ])('keeps what was typed when it is refused', async (form, message) => {
    const answer = await s.reader.post(at(), form);
    expect(answer.status).toBe(422);
    const page = await answer.text();
    expect(page).toContain(message);
    expect(page).toContain('kept');
    expect(await s.events()).toEqual(['issue.opened']);
  });

  it('is filled in by its address, with labels and people only for those who may choose them', async () => {
    const query = `?${new URLSearchParams({ title: `T ${EVIL}`, body: 'From a link' })}`;
    const page = await textOf(s.triager, `${at()}/new${query}`);
    expect(page).toContain('T &quot;&gt;&lt;svg');
    expect(page).toContain('From a link');
    expect(page).toContain('Milestone');
    expect(liveParts(page)).toEqual([]);
    expect(await textOf(s.reader, `${at()}/new`)).not.toContain('Milestone');
  });

  it('leads anonymous people to sign in, and says no to those the owner blocked', async () => {
    expect((await t.anonymous.get(`${at()}/new`)).headers.get('location')).toContain('/login');
    expect((await t.anonymous.post(at(), { title: 'x' })).status).not.toBe(303);
    const ada = await t.actor('ada');
    await t.actor('stranger');
    await blockUser(t.app, ada, ada.userId, 'stranger');
    const answer = await s.stranger.post(at(), { title: 'x', body: 'my words' });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('my words');
    expect((await comment(s.stranger, { body: 'hello' })).status).toBe(403);
    expect(await s.kinds()).toEqual([]);
    const { unblockUser } = await import('../../../src/features/users/blocks.service.ts');
    await unblockUser(t.app, ada, ada.userId, (await t.actor('stranger')).userId);
  });

  it('leaves archived repositories as they are', async () => {
    await setArchived(t.app, await t.actor('ada'), s.open, true);
    expect((await s.writer.post(at(), { title: 'x' })).status).toBe(403);
    expect((await comment(s.writer, { body: 'x' })).status).toBe(403);
    const page = await textOf(s.writer);
    expect(page).not.toContain('id="comment-form"');
    expect(page).not.toContain('Lock conversation');
  });
});

describe('commenting', () => {
  it('adds to the timeline, with the word beside the name', async () => {
    const answer = await comment(s.reader, { body: `Me **too** ${EVIL}` });
    const { id } = await lastComment();
    expect(answer.headers.get('location')).toBe(`${s.href}#issuecomment-${id}`);
    await comment(s.ada, { body: 'Seen.' });
    const page = await textOf(t.anonymous);
    expect(page).toContain(`id="issuecomment-${id}"`);
    expect(page).toContain('Me <strong>too</strong>');
    expect(page).toContain('>Author</span>');
    expect(page).toContain('>Owner</span>');
    expect(page).toContain('>Collaborator</span>');
    expect(page).toContain('2 comments');
    expect(liveParts(page)).toEqual([]);
    expect(await s.events()).toEqual(['issue.opened', 'issue.commented', 'issue.commented']);
    expect((await s.issue()).commentCount).toBe(2);
  });

  it('refuses an empty one, and keeps what was typed when there were too many', async () => {
    const empty = await comment(s.reader, { body: ' \n ' });
    expect(empty.status).toBe(422);
    expect(await empty.text()).toContain('Write something first.');
    const other = await testApp({ issues: { posts_per_hour: 2 } });
    const talk = await startConversation(other);
    const post = (body: string) => talk.reader.post(`${talk.href}/comments`, { action: 'comment', body });
    expect((await post('one')).status).toBe(303);
    const refused = await post('my long answer');
    expect(refused.status).toBe(429);
    expect(await refused.text()).toContain('my long answer');
    await other.close();
  });

  it('is for signed-in people', async () => {
    expect((await comment(t.anonymous, { body: 'x' })).status).not.toBe(303);
    const page = await textOf(t.anonymous);
    expect(page).toContain('to join this conversation');
    expect(page).not.toContain('id="comment-form"');
  });
});

describe('closing and reopening', () => {
  it('is done by the author and by those who sort issues, with a comment or without', async () => {
    expect((await comment(s.stranger, { action: 'completed' })).status).toBe(403);
    await comment(s.reader, { action: 'completed', body: 'It works now.' });
    expect(await s.issue()).toMatchObject({ state: 'closed', closeReason: 'completed', commentCount: 1 });
    await comment(s.triager, { action: 'reopen' });
    await comment(s.triager, { action: 'not_planned' });
    expect(await s.kinds()).toEqual(['comment', 'closed', 'reopened', 'closed']);
    const page = await textOf(t.anonymous);
    expect(page).toContain('Closed as not planned');
    expect(page).toContain('closed this as completed');
    expect(page).toContain('reopened this');
    expect(await s.events()).toEqual([
      'issue.opened',
      'issue.commented',
      'issue.closed',
      'issue.reopened',
      'issue.closed',
    ]);
  });

  it('counts open and closed ones', async () => {
    const count = async () => {
      const { findCounters } = await import('../../../src/features/issues/issues.store.ts');
      const row = await findCounters(t.app.db.read, s.open.repository.id);
      return [row?.openIssues, row?.closedIssues];
    };
    await comment(s.reader, { action: 'completed' });
    await comment(s.reader, { action: 'completed' });
    expect(await count()).toEqual([0, 1]);
    await comment(s.reader, { action: 'reopen' });
    expect(await count()).toEqual([1, 0]);
  });

  it('as a duplicate leads to the other issue, which says so too', async () => {
    await s.reader.post(`${s.open.path}/issues`, { title: 'The first one' });
    for (const wrong of ['', '#99', 'ada/nowhere#1', 'x', '#1', 'https://evil.example/ada/x/issues/1']) {
      const answer = await comment(s.reader, { action: 'duplicate', duplicateOf: wrong, body: 'kept text' });
      expect(answer.status).toBe(422);
      expect(await answer.text()).toContain('kept text');
    }
    expect(await s.kinds()).toEqual([]);
    await comment(s.reader, {
      action: 'default',
      duplicateOf: `${t.app.publicUrl()}${s.open.path}/issues/2`,
    });
    expect(await textOf(t.anonymous)).toMatch(/closed this as a duplicate of <a href="[^"]+\/2">#2<\/a>/);
    const other = await textOf(t.anonymous, `${s.open.path}/issues/2`);
    expect(other).toContain('The loom jams');
    expect(other).toContain('original of a duplicate');
  });
});

describe('editing', () => {
  const edit = (visitor: Visitor, form: Record<string, string>) => visitor.post(`${s.href}/text`, form);

  it('keeps every version, and shows what changed between them', async () => {
    await edit(s.reader, { body: 'It **stops** after three rows.', version: '0' });
    await edit(s.writer, { body: `It stops.\n${EVIL}`, version: '1' });
    expect(await s.issue()).toMatchObject({ bodyVersion: 2 });
    expect(await textOf(t.anonymous)).toContain('>edited</a>');
    const history = await textOf(t.anonymous, `${s.href}/edits`);
    expect(history).toContain('<span class="diff-word">three</span>');
    expect(history).toContain('It **stops** after two rows.');
    expect(liveParts(history)).toEqual([]);
    expect(await s.events()).toEqual(['issue.opened', 'issue.text_edited', 'issue.text_edited']);
  });

  it('never undoes what somebody else saved: both texts are shown and the typed one is kept', async () => {
    await edit(s.writer, { body: 'Theirs, saved first.', version: '0' });
    const answer = await edit(s.reader, { body: 'Mine, typed meanwhile.', version: '0' });
    expect(answer.status).toBe(409);
    const page = await answer.text();
    expect(page).toContain('Theirs, saved first.');
    expect(page).toContain('Mine, typed meanwhile.');
    expect((await s.issue()).body).toBe('Theirs, saved first.');
    const version = /name="version" value="(\d+)"/.exec(page)?.[1] ?? '';
    await edit(s.reader, { body: 'Theirs and mine.', version });
    expect((await s.issue()).body).toBe('Theirs and mine.');
    expect((await edit(s.reader, { body: 'x', version: 'nonsense' })).status).toBe(409);
  });

  it('loses nothing when two save at once', async () => {
    const answers = await Promise.all(
      ['one', 'two', 'three'].map((body) => edit(s.writer, { body, version: '0' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409]);
    expect(await s.issue()).toMatchObject({ bodyVersion: 1 });
  });

  it('is for the one who wrote and for writers', async () => {
    await comment(s.reader, { body: 'A comment' });
    const { id } = await lastComment();
    for (const visitor of [s.stranger, s.triager]) {
      expect((await edit(visitor, { body: 'hacked', version: '0' })).status).toBe(403);
      const answer = await edit(visitor, { body: 'hacked', version: '0', comment: String(id) });
      expect(answer.status).toBe(403);
      expect((await visitor.get(`${s.href}/edit?comment=${id}`)).status).toBe(403);
    }
    await edit(s.reader, { body: 'A better comment', version: '0', comment: String(id) });
    expect((await lastComment()).body).toBe('A better comment');
    expect(await textOf(s.writer, `${s.href}/edit?comment=${id}`)).toContain('A better comment');
    const fragment = await textOf(s.reader, `${s.href}/edit?comment=${id}&fragment=1`);
    expect(fragment).not.toContain('<html');
    expect((await edit(s.reader, { body: ' ', version: '1', comment: String(id) })).status).toBe(422);
  });

  it('reaches no comment of another issue', async () => {
    await comment(s.reader, { body: 'Here' });
    const { id } = await lastComment();
    await s.stranger.post(`${s.open.path}/issues`, { title: 'Mine' });
    const other = `${s.open.path}/issues/2`;
    const sent = { body: 'hacked', version: '0', comment: String(id) };
    expect((await s.stranger.post(`${other}/text`, sent)).status).toBe(404);
    expect((await s.ada.post(`${other}/comments/${id}/deletion`)).status).toBe(404);
    expect((await s.ada.post(`${other}/comments/${id}/hiding`, { reason: 'spam' })).status).toBe(404);
  });

  it('renames, with the old title struck out', async () => {
    expect((await s.stranger.post(`${s.href}/title`, { title: 'x' })).status).toBe(403);
    const wrong = await s.reader.post(`${s.href}/title`, { title: '' });
    expect(wrong.status).toBe(422);
    await s.reader.post(`${s.href}/title`, { title: `Fixed ${EVIL}` });
    const page = await textOf(t.anonymous);
    expect(page).toContain('<del class="break">The loom jams</del>');
    expect(liveParts(page)).toEqual([]);
    expect(await s.events()).toEqual(['issue.opened', 'issue.renamed']);
  });
});
