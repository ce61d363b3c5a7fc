// Reviews: comments on lines and files, pending until submitted, by whom and seen by whom, and what is refused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { reviewsThatCount } from '../../../src/features/pulls/reviews.service.ts';
import { threadsOf } from '../../../src/features/pulls/threads.service.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { eventsOf } from '../issues/tracker.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';

let t: TestApp;
let shop: Workshop;
let pull: Pull;
let href: string;
let head: string;

const LINES = Array.from({ length: 40 }, (_, index) => `line ${index + 1}`);

beforeAll(async () => {
  t = await testApp();
  shop = await makeWorkshop(t, { files: { 'README.md': '# Workshop\n', 'a.txt': `${LINES.join('\n')}\n` } });
  const changed = LINES.with(4, 'line five').with(30, 'line thirty-one');
  head = await shop.commit('feature', { 'a.txt': `${changed.join('\n')}\n`, 'new.txt': 'one\ntwo\n' });
  pull = await shop.propose('feature');
  href = `${shop.open.path}/pull/${pull.issue.number}`;
});
afterAll(() => t.close());

async function text(visitor: Visitor, path: string, status = 200): Promise<string> {
  const answer = await visitor.get(path);
  expect(answer.status, path).toBe(status);
  return answer.text();
}

const line = (number: number, more: Record<string, string> = {}) => ({
  path: 'a.txt',
  subject: 'line',
  side: 'head',
  line: String(number),
  head,
  ...more,
});

describe('the page of changes', () => {
  test('is read by everybody, with the rows of the changes', async () => {
    for (const visitor of [t.anonymous, shop.people.stranger, shop.people.writer]) {
      const html = await text(visitor, `${href}/files`);
      expect(html).toContain('five</span>');
      expect(html).toContain('data-line="31"');
    }
    expect(await text(shop.people.stranger, `${href}/files?path=new.txt`)).toContain('two');
  });

  test('offers comments and reviews to who is signed in', async () => {
    expect(await text(t.anonymous, `${href}/files`)).not.toContain('files/comment?path=');
    const html = await text(shop.people.reader, `${href}/files`);
    expect(html).toContain(`${href}/files/comment?path=a.txt`);
    expect(html).toContain('Review changes');
  });

  test('brings its parts with threads by addresses of its own', async () => {
    const range = `${pull.pull.mergeBaseOid}..${head}`;
    expect(await text(shop.people.reader, `${href}/changes/${range}/files?files=1`)).toContain('five</span>');
    const one = `${href}/changes/${range}/file?path=a.txt`;
    expect(await text(shop.people.reader, one)).toContain('five</span>');
  });
});

describe('a pending review', () => {
  test('is seen by its writer alone, and submitted whole', async () => {
    const { reader, writer } = shop.people;
    const first = await reader.post(`${href}/review/comments`, {
      ...line(5),
      body: 'Why *five*?',
      action: 'pending',
    });
    expect(first.status).toBe(303);
    expect(first.headers.get('location')).toMatch(/#pending-\d+$/);
    const file = { path: 'new.txt', subject: 'file', body: 'A whole new file', action: 'pending' };
    expect((await reader.post(`${href}/review/comments`, file)).status).toBe(303);
    expect(await text(reader, `${href}/files`)).toContain('Why <em>five</em>?');
    for (const visitor of [writer, shop.people.boss, t.anonymous])
      expect(await text(visitor, `${href}/files`)).not.toContain('Why <em>five');
    expect(await threadsOf(t.app, pull)).toHaveLength(0);
    const before = await eventsOf(t, shop.open, 'pull.');
    const answer = await reader.post(`${href}/reviews`, {
      state: 'changes_requested',
      body: 'Not yet',
      head,
    });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toMatch(/#review-\d+$/);
    const after = await eventsOf(t, shop.open, 'pull.');
    expect(after.slice(before.length)).toEqual(['pull.review_submitted']);
    const threads = await threadsOf(t.app, pull);
    expect(threads.map(({ path, subject, line }) => [path, subject, line])).toEqual([
      ['a.txt', 'line', 5],
      ['new.txt', 'file', 0],
    ]);
    const html = await text(t.anonymous, `${href}/files`);
    expect(html).toContain('Why <em>five</em>?');
    expect(html).toContain('A whole new file');
  });

  test('is edited and dropped by its writer alone', async () => {
    const { reader, writer } = shop.people;
    const made = await reader.post(`${href}/review/comments`, {
      ...line(6),
      body: 'Draft',
      action: 'pending',
    });
    const id = /#pending-(\d+)$/.exec(made.headers.get('location') ?? '')?.[1];
    const draft = `${href}/review/comments/${id}`;
    expect((await writer.get(draft)).status).toBe(404);
    expect((await writer.post(draft, { body: 'Stolen', version: '1' })).status).toBe(404);
    expect((await writer.post(`${draft}/deletion`)).status).toBe(404);
    expect(await text(reader, draft)).toContain('Draft');
    expect((await reader.post(draft, { body: 'Better', version: '1' })).status).toBe(303);
    expect((await reader.post(draft, { body: 'Older', version: '1' })).status).toBe(409);
    expect(await text(reader, `${href}/files`)).toContain('Better');
    expect((await reader.post(`${draft}/deletion`)).status).toBe(303);
    expect(await text(reader, `${href}/files`)).not.toContain('Better');
  });

  test('is discarded whole', async () => {
    const { reader } = shop.people;
    await reader.post(`${href}/review/comments`, { ...line(6), body: 'Gone soon', action: 'pending' });
    expect((await reader.post(`${href}/review/deletion`)).status).toBe(303);
    expect(await text(reader, `${href}/files`)).not.toContain('Gone soon');
  });
});

describe('comments', () => {
  test('are on the old side, on ranges, and refused where nothing is', async () => {
    const { writer } = shop.people;
    const old = line(31, { side: 'base', startSide: 'base', startLine: '30' });
    const made = await writer.post(`${href}/review/comments`, { ...old, body: 'Before', action: 'single' });
    expect(made.headers.get('location')).toMatch(/#thread-\d+$/);
    const thread = (await threadsOf(t.app, pull)).at(-1);
    expect(thread).toMatchObject({ side: 'base', startLine: 30, line: 31 });
    expect(thread?.hunk).toContain('-line 31');
    for (const wrong of [line(4000), line(0), { ...line(5), path: 'missing.txt' }]) {
      const refused = await writer.post(`${href}/review/comments`, {
        ...wrong,
        body: 'Kept text',
        action: 'single',
      });
      expect(refused.status).toBe(422);
      expect(await refused.text()).toContain('Kept text');
    }
    const empty = await writer.post(`${href}/review/comments`, { ...line(5), body: ' ', action: 'single' });
    expect(empty.status).toBe(422);
  });

  test('are answered, and threads resolved by the author and by writers', async () => {
    const { reader, stranger, writer, ada } = shop.people;
    const [thread] = await threadsOf(t.app, pull);
    const at = `${href}/threads/${thread?.id}`;
    expect((await t.anonymous.post(`${at}/replies`, { body: 'x' })).status).toBe(401);
    expect((await stranger.post(`${at}/replies`, { body: 'I wonder too', action: 'single' })).status).toBe(
      303,
    );
    expect(await text(ada, `${href}/files`)).toContain('I wonder too');
    expect((await reader.post(`${at}/resolution`, { resolved: '1' })).status).toBe(403);
    for (const visitor of [writer, ada]) {
      expect((await visitor.post(`${at}/resolution`, { resolved: '1' })).status).toBe(303);
      expect((await threadsOf(t.app, pull))[0]?.resolvedAt).not.toBeNull();
      expect((await visitor.post(`${at}/resolution`, { resolved: '0' })).status).toBe(303);
      expect((await threadsOf(t.app, pull))[0]?.resolvedAt).toBeNull();
    }
    const kinds = await eventsOf(t, shop.open, 'pull.thread');
    expect(kinds.slice(0, 2)).toEqual(['pull.thread_resolved', 'pull.thread_unresolved']);
    expect((await writer.post(`${href}/threads/999999/replies`, { body: 'x' })).status).toBe(404);
  });

  test('for scripts come as parts', async () => {
    const { writer } = shop.people;
    const form = await text(writer, `${href}/files/comment?path=a.txt&side=head&line=5&fragment=1`);
    expect(form).toContain('name="line" value="5"');
    expect(form).not.toContain('<html');
    const made = await writer.post(`${href}/review/comments`, {
      ...line(5),
      body: 'By script',
      action: 'single',
      part: '1',
    });
    const part = await made.text();
    expect(part).toContain('data-review-part');
    expect(part).toContain('By script');
    const page = await text(writer, `${href}/files/comment?path=a.txt`);
    expect(page).toContain('From line');
    expect(page).toContain('five</span>');
  });
});

describe('opinions', () => {
  test('of who may write are marked as such, the last of each counts', async () => {
    const { writer } = shop.people;
    expect((await writer.post(`${href}/reviews`, { state: 'approved', body: '', head })).status).toBe(303);
    const counted = await reviewsThatCount(t.app, shop.open, pull);
    const ids = await Promise.all(['writer', 'reader'].map(async (name) => (await t.actor(name)).userId));
    expect(counted.map(({ reviewerId, state, mayWrite }) => [reviewerId, state, mayWrite])).toEqual([
      [ids[0], 'approved', true],
      [ids[1], 'changes_requested', false],
    ]);
    expect((await shop.again(pull)).pull.decision).toBe('approved');
  });

  test('are not given on one’s own', async () => {
    const answer = await shop.people.ada.post(`${href}/reviews`, { state: 'approved', body: 'Mine', head });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('Mine');
    expect(
      (await shop.people.ada.post(`${href}/reviews`, { state: 'commented', body: 'Mine', head })).status,
    ).toBe(303);
  });

  test('say something', async () => {
    const { writer } = shop.people;
    for (const state of ['commented', 'changes_requested'])
      expect((await writer.post(`${href}/reviews`, { state, body: ' ', head })).status).toBe(422);
  });

  test('are dismissed by writers with a reason, and restored', async () => {
    const { reader, writer, maintainer } = shop.people;
    const [review] = await reviewsThatCount(t.app, shop.open, pull);
    const at = `${href}/reviews/${review?.reviewId}/dismissal`;
    expect((await reader.get(at)).status).toBe(403);
    expect((await reader.post(at, { message: 'x' })).status).toBe(403);
    expect(await text(maintainer, at)).toContain('Dismiss the review of writer');
    expect((await maintainer.post(at, { message: 'Too early' })).status).toBe(303);
    expect((await shop.again(pull)).pull.decision).toBe('none');
    expect(await text(reader, href)).toContain('Too early');
    expect((await writer.post(`${at}/removal`)).status).toBe(303);
    expect((await shop.again(pull)).pull.decision).toBe('approved');
    expect(await eventsOf(t, shop.open, 'pull.review_dis', 'pull.review_rest')).toEqual([
      'pull.review_dismissed',
      'pull.review_restored',
    ]);
  });

  test('approve no head that came after the page was opened', async () => {
    const changed = LINES.with(4, 'line five again').with(30, 'line thirty-one');
    const newer = await shop.commit('feature', { 'a.txt': `${changed.join('\n')}\n` });
    const now = await shop.again(pull);
    expect(now.pull.headOid).toBe(newer);
    const answer = await shop.people.maintainer.post(`${href}/reviews`, {
      state: 'approved',
      body: 'Kept',
      head,
    });
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain('Kept');
    const counted = await reviewsThatCount(t.app, shop.open, now);
    expect(counted.every(({ isStale }) => isStale)).toBe(true);
    expect(
      (await shop.people.maintainer.post(`${href}/reviews`, { state: 'approved', head: newer })).status,
    ).toBe(303);
  });

  test('leave threads where the lines went', async () => {
    const threads = await threadsOf(t.app, pull);
    const old = threads.find(({ side }) => side === 'base');
    expect(old).toMatchObject({ isOutdated: false, currentLine: 31, currentRevision: 2 });
    const outdated = threads.filter(({ isOutdated }) => isOutdated);
    expect(outdated.map(({ line }) => line)).toContain(5);
    expect(await text(shop.people.reader, `${href}/files`)).toContain('Outdated');
  });
});

describe('a locked conversation', () => {
  test('takes reviews, comments on code and answers of writers alone', async () => {
    const { reader, writer, maintainer } = shop.people;
    const open = await shop.commit('locked', { 'l.txt': 'one\n' });
    const locked = await shop.propose('locked');
    const at = `${shop.open.path}/pull/${locked.issue.number}`;
    const comment = {
      path: 'l.txt',
      subject: 'line',
      side: 'head',
      line: '1',
      body: 'Words',
      action: 'single',
    };
    expect((await writer.post(`${at}/review/comments`, comment)).status).toBe(303);
    expect((await maintainer.post(`${at}/lock`, { reason: '' })).status).toBe(303);
    const [thread] = await threadsOf(t.app, locked);
    for (const [path, form] of [
      ['reviews', { state: 'approved', body: '', head: open }],
      ['review/comments', comment],
      ['review/comments', { ...comment, action: 'pending' }],
      [`threads/${thread?.id}/replies`, { body: 'x', action: 'single' }],
    ] as const)
      expect((await reader.post(`${at}/${path}`, form)).status, path).toBe(403);
    expect(
      (await writer.post(`${at}/threads/${thread?.id}/replies`, { body: 'x', action: 'single' })).status,
    ).toBe(303);
    expect(await text(reader, `${at}/files`)).not.toContain('Submit review');
  });
});
