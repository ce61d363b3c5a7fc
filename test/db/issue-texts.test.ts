// Texts that several people change at once, and the files in them, on every engine: nothing is lost, and nothing is left.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/base/actor.ts';
import { isAppError } from '../../src/base/errors.ts';
import { addComment } from '../../src/features/issues/comments.service.ts';
import { editText } from '../../src/features/issues/edits.service.ts';
import { findIssueById } from '../../src/features/issues/issues.store.ts';
import {
  changeReply,
  deleteReply,
  savedRepliesOf,
  saveReply,
} from '../../src/features/issues/saved-replies.service.ts';
import { suggestIssues, suggestPeople } from '../../src/features/issues/suggestions.service.ts';
import { currentText, tickTask } from '../../src/features/issues/tasks.service.ts';
import { transferIssue } from '../../src/features/issues/transfer.service.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { type TestApp, testApp, type Visitor } from '../support/test-app.ts';
import { type ComposerSite, makeSite, uploaded } from '../web/issues/composer-site.ts';

const NAMES = ['card', 'spin', 'weave', 'dye', 'sew', 'sell'];
const BODY = `To do:\n\n${NAMES.map((name) => `- [ ] ${name}`).join('\n')}\n\nThe end.`;

let place: TestDatabase;
let t: TestApp;
let s: ComposerSite;
let ada: Actor;
let writer: Actor;
let adaAtHome: Visitor;

beforeAll(async () => {
  place = await openTestDb();
  t = await testApp({ database: place.config, issues: { posts_per_hour: 100_000 } });
}, 60_000);
afterAll(async () => {
  await t.close();
  await place.close();
});
beforeEach(async () => {
  s = await makeSite(t, BODY);
  [ada, writer] = [await t.actor('ada'), await t.actor('writer')];
  adaAtHome = await t.as('ada');
});

const text = () => currentText(t.app, s.issue, undefined);
const tick = (actor: Actor, index: number, more: object = {}) =>
  tickTask(t.app, actor, s.open, s.issue, undefined, {
    index,
    isDone: true,
    version: 0,
    count: NAMES.length,
    ...more,
  });

/** Edits the text as somebody who reads it anew until nobody was quicker. */
async function edit(actor: Actor, change: (body: string) => string): Promise<void> {
  for (;;) {
    const { body, version } = await text();
    try {
      return await editText(t.app, actor, s.open, s.issue, undefined, { body: change(body), version });
    } catch (error) {
      if (!isAppError(error, 'conflict')) throw error;
    }
  }
}

describe('tasks', () => {
  test('ticked by two people while others edit the text: every tick and every edit is there', async () => {
    await Promise.all([
      ...[0, 2, 4].map((index) => tick(ada, index)),
      ...[1, 3, 5].map((index) => tick(writer, index)),
      edit(writer, (body) => body.replace('To do:', 'To be done:')),
      edit(ada, (body) => `${body}\n\nMore words.`),
    ]);
    const done = BODY.replaceAll('[ ]', '[x]').replace('To do:', 'To be done:');
    expect(await text()).toEqual({ body: `${done}\n\nMore words.`, version: 8 });
  });

  test('that moved in a newer text are followed, those that changed are left alone', async () => {
    await edit(writer, (body) =>
      body.replace('- [ ] card\n', '').replace('- [ ] sew', '- [ ] card\n- [ ] stitch'),
    );
    expect((await tick(ada, 0)).body).toContain('- [x] card\n- [ ] stitch');
    await expect(tick(ada, 4)).rejects.toMatchObject({ code: 'conflict' });
    await expect(tick(ada, 0, { count: 5 })).rejects.toMatchObject({ code: 'conflict' });
    await expect(tick(ada, 0, { version: 7 })).rejects.toMatchObject({ code: 'conflict' });
    expect((await tick(ada, 1, { version: 2, isDone: false })).version).toBe(2);
  });

  test('are ticked by the author and by whoever may edit texts, and by nobody else', async () => {
    for (const name of ['reader', 'stranger'])
      await expect(tick(await t.actor(name), 0)).rejects.toMatchObject({ code: 'forbidden' });
    const reader = await t.actor('reader');
    const own = await addComment(t.app, reader, s.open, s.issue, '- [ ] mine');
    const ticked = { index: 0, isDone: true, version: 0, count: 1 };
    expect((await tickTask(t.app, reader, s.open, s.issue, own.id, ticked)).body).toBe('- [x] mine');
    expect((await text()).version).toBe(0);
  });
});

describe('files in texts', () => {
  const seen = async (href: string) => (await t.anonymous.get(href)).status;
  const body = async () => (await findIssueById(t.app.db.read, s.issue.id))?.body ?? '';

  test('stay when they move from one text of an issue to another', async () => {
    const { href, markdown } = await uploaded(adaAtHome, s.open, 'a.txt', 'words');
    const comment = await addComment(t.app, ada, s.open, s.issue, markdown);
    await edit(ada, () => `Here now: ${markdown}`);
    const move = { body: 'Moved to the top.', version: 0 };
    await editText(t.app, ada, s.open, s.issue, comment.id, move);
    expect(await seen(href)).toBe(200);
    await edit(ada, () => 'Nowhere.');
    expect(await seen(href)).toBe(404);
  });

  test('go along with an issue to another repository, whose readers need not see the former one', async () => {
    const hidden = await makeSite(t, 'x', 'private');
    const { href, markdown } = await uploaded(adaAtHome, hidden.open, 'a.txt', 'words');
    await editText(t.app, ada, hidden.open, hidden.issue, undefined, { body: markdown, version: 0 });
    const comment = await addComment(t.app, ada, hidden.open, hidden.issue, `Look: ${markdown}`);
    await transferIssue(t.app, ada, hidden.open, hidden.issue, {
      to: s.open.path.slice(1),
      isConfirmed: true,
    });
    s = { ...s, issue: hidden.issue };
    const moved = href.replace(hidden.open.path, s.open.path);
    expect(await body()).toContain(moved);
    expect((await currentText(t.app, s.issue, comment.id)).body).toContain(`Look: `);
    expect(await seen(moved)).toBe(200);
    expect(await seen(href)).toBe(404);
    expect((await adaAtHome.get(href)).headers.get('location')).toBe(moved);
  });
});

test('suggestions name people and issues that fit, whatever is typed', async () => {
  const reader = await t.actor('reader');
  await addComment(t.app, reader, s.open, s.issue, 'Hello');
  const names = async (actor: Actor, typed: string) => {
    const { people } = await suggestPeople(t.app, actor, s.open, { typed, number: s.issue.number });
    return people.map(({ name }) => name);
  };
  expect(await names(ada, 're')).toEqual(['reader']);
  expect(await names(ada, 'wri')).toEqual(['writer']);
  for (const typed of ['loom', 'stop lo', `${s.issue.number}`, `#${s.issue.number}`.slice(1), ''])
    expect((await suggestIssues(t.app, ada, s.open, typed)).map(({ number }) => number)).toEqual([
      s.issue.number,
    ]);
  for (const typed of ['zzz', '%', '_', '\\', '" OR 1=1', 'x'.repeat(5000)])
    expect(await suggestIssues(t.app, ada, s.open, typed)).toEqual([]);
});

test('saved replies are one’s own, and a hundred at most', async () => {
  const reply = { title: ' Thanks  a lot ', body: 'Thank you!\r\n' };
  await saveReply(t.app, ada, reply);
  const [mine] = await savedRepliesOf(t.app, ada);
  expect(mine).toMatchObject({ title: 'Thanks a lot', body: 'Thank you!\n' });
  const id = mine?.id ?? 0;
  await expect(changeReply(t.app, writer, id, reply)).rejects.toMatchObject({ code: 'not_found' });
  await expect(deleteReply(t.app, writer, id)).rejects.toMatchObject({ code: 'not_found' });
  await changeReply(t.app, ada, id, { ...reply, title: 'Thanks' });
  for (let count = 1; count < 100; count++) await saveReply(t.app, ada, { ...reply, title: `${count}` });
  await expect(saveReply(t.app, ada, reply)).rejects.toMatchObject({ code: 'invalid' });
  await deleteReply(t.app, ada, id);
  expect(await savedRepliesOf(t.app, ada)).toHaveLength(99);
  expect(await savedRepliesOf(t.app, writer)).toEqual([]);
});
