// Reactions by role: given and taken back by forms, by scripts and by the API; refused where a conversation is locked, or who
// reacts was blocked.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addComment } from '../../../src/features/issues/comments.service.ts';
import { findIssueById } from '../../../src/features/issues/issues.store.ts';
import type { EntryRow, IssueRow } from '../../../src/features/issues/issues.types.ts';
import { reactionsOf } from '../../../src/features/issues/reactions.service.ts';
import { blockUser } from '../../../src/features/users/blocks.service.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { call, makeTracker, type Tracker } from './tracker.ts';

let t: TestApp;
let place: Tracker;
let issue: IssueRow;
let comment: EntryRow;
beforeAll(async () => {
  t = await testApp();
  place = await makeTracker(t);
  issue = await place.issue('Reacted to');
  comment = await addComment(t.app, await t.actor('ada'), place.open, issue, 'A comment');
});
afterAll(() => t.close());

const address = (of = issue) => `${place.open.path}/issues/${of.number}/reactions`;
const react = (visitor: Visitor, fields: Record<string, string>) => visitor.post(address(), fields);

async function counted(entryId = 0) {
  const groups = (await reactionsOf(t.app, await t.actor('ada'), issue.id, [entryId])).get(entryId) ?? [];
  return Object.fromEntries(groups.map(({ content, count }) => [content, count]));
}

test('are given once by each, and taken back', async () => {
  const { ada, stranger } = place.people;
  for (const visitor of [ada, ada, stranger])
    expect((await react(visitor, { add: '+1' })).headers.get('location')).toBe(
      `${place.open.path}/issues/${issue.number}#issue-${issue.number}`,
    );
  await react(stranger, { add: 'rocket' });
  await react(stranger, { comment: String(comment.id), add: 'heart' });
  expect(await counted()).toEqual({ '+1': 2, rocket: 1 });
  expect(await counted(comment.id)).toEqual({ heart: 1 });
  expect((await findIssueById(t.app.db.read, issue.id))?.reactionCount).toBe(3);
  await react(stranger, { remove: 'rocket' });
  await react(stranger, { remove: 'rocket' });
  expect(await counted()).toEqual({ '+1': 2 });
  const row = await findIssueById(t.app.db.read, issue.id);
  expect(row).toMatchObject({ reactionCount: 2, updatedAt: row?.updatedAt });
  await react(stranger, { comment: String(comment.id), remove: 'heart' });
});

test('say who gave them, and which are one’s own', async () => {
  const [group] = (await reactionsOf(t.app, await t.actor('stranger'), issue.id, [0])).get(0) ?? [];
  expect(group).toMatchObject({ count: 2, isMine: true, who: 'ada and stranger reacted with thumbs up' });
  for (let n = 0; n < 12; n++) {
    await t.actor(`fan${n}`);
    await react(await t.as(`fan${n}`), { add: 'eyes' });
  }
  const eyes = (await reactionsOf(t.app, await t.actor('ada'), issue.id, [0])).get(0)?.at(-1);
  expect(eyes?.who).toMatch(/^(?:fan\d+, ){9}fan\d+ and 2 others reacted with eyes$/);
});

describe('pages', () => {
  test('show them, with buttons for whoever may react', async () => {
    const page = await (await place.people.ada.get(`${place.open.path}/issues/${issue.number}`)).text();
    expect(page).toContain('title="ada and stranger reacted with thumbs up"');
    expect(page).toContain('name="remove" value="+1"');
    const seen = await (await t.anonymous.get(`${place.open.path}/issues/${issue.number}`)).text();
    expect(seen).toContain('title="ada and stranger reacted with thumbs up"');
    expect(seen).not.toContain('data-reacts');
  });

  test('offer the eight without scripts, and lead visitors to sign in', async () => {
    const choice = await (await place.people.stranger.get(address())).text();
    expect(choice.match(/class="reaction-choice/g)).toHaveLength(9);
    expect(choice).toMatch(/name="remove" value="\+1"[^>]*aria-label="thumbs up"/);
    const anonymous = await t.anonymous.get(address());
    expect(anonymous.status).toBe(303);
    expect(anonymous.headers.get('location')).toContain('/login');
  });

  test('answer scripts with the part alone', async () => {
    const answer = await place.people.reader.post(`${address()}?fragment=1`, { add: 'hooray' });
    const html = await answer.text();
    expect(html).toMatch(/^\s*<div class="reactions" data-reactions>/);
    expect(html).toContain('name="remove" value="hooray"');
    expect(html).not.toContain('<html');
  });

  test('come back only to pages of this site', async () => {
    const back = async (to: string) =>
      (await react(place.people.ada, { add: '+1', back: to })).headers.get('location');
    expect(await back('/ada/x?after=3')).toBe(`/ada/x?after=3#issue-${issue.number}`);
    expect(await back('https://evil.example/')).toMatch(/^\/ada\//);
    expect(await back('//evil.example/')).toMatch(/^\/ada\//);
  });
});

test('what is no reaction, no comment, or of another issue is refused', async () => {
  const other = await place.issue('Other');
  const { ada } = place.people;
  expect((await react(ada, { add: 'fire' })).status).toBe(422);
  expect((await react(ada, {})).status).toBe(422);
  expect((await react(ada, { add: '+1', comment: '99999' })).status).toBe(404);
  expect((await ada.post(address(other), { add: '+1', comment: String(comment.id) })).status).toBe(404);
  expect((await ada.post(`${place.open.path}/issues/999/reactions`, { add: '+1' })).status).toBe(404);
  const secret = await makeTracker(t, { visibility: 'private' });
  const hidden = await secret.issue('Hidden');
  const at = `${secret.open.path}/issues/${hidden.number}/reactions`;
  expect((await place.people.stranger.post(at, { add: '+1' })).status).toBe(404);
  expect((await t.anonymous.post(at, { add: '+1' })).status).toBe(404);
});

test('locked conversations and blocked people', async () => {
  const { lockIssue } = await import('../../../src/features/issues/moderation.service.ts');
  const locked = await place.issue('Locked');
  await lockIssue(t.app, await t.actor('ada'), place.open, locked, undefined);
  expect((await place.people.stranger.post(address(locked), { add: '+1' })).status).toBe(403);
  expect((await place.people.writer.post(address(locked), { add: '+1' })).status).toBe(303);
  await t.actor('pest');
  const pest = await t.as('pest');
  expect((await react(pest, { add: 'eyes' })).status).toBe(303);
  await blockUser(t.app, await t.actor('ada'), (await t.actor('ada')).userId, 'pest');
  expect((await react(pest, { add: '+1' })).status).toBe(403);
  expect((await react(pest, { remove: 'eyes' })).status).toBe(303);
});

describe('the API', () => {
  const at = () => `/repos${place.open.path}/issues/${issue.number}/reactions`;

  test('gives, lists and takes back in Gitea’s shapes', async () => {
    const token = await t.token('triager', 'write:issue');
    const given = await call(t, token, 'POST', at(), { content: 'laugh' });
    expect(given).toMatchObject({ status: 201, json: { user: { login: 'triager' }, content: 'laugh' } });
    expect((await call(t, token, 'POST', at(), { content: 'laugh' })).status).toBe(200);
    const listed = await call(t, token, 'GET', at());
    expect(listed.json).toContainEqual(given.json);
    expect((await call(t, token, 'DELETE', at(), { content: 'laugh' })).status).toBe(200);
    expect((await call(t, token, 'GET', at())).json).not.toContainEqual(given.json);
    const ofComment = `/repos${place.open.path}/issues/comments/${comment.id}/reactions`;
    expect((await call(t, token, 'POST', ofComment, { content: 'heart' })).status).toBe(201);
    expect((await call(t, undefined, 'GET', ofComment)).json).toMatchObject([{ content: 'heart' }]);
  });

  test('refuses what may not be', async () => {
    const read = await t.token('triager', 'read:issue');
    expect((await call(t, read, 'POST', at(), { content: '+1' })).status).toBe(403);
    const token = await t.token('triager', 'write:issue');
    expect((await call(t, token, 'POST', at(), { content: 'nope' })).status).toBe(422);
    expect((await call(t, undefined, 'POST', at(), { content: '+1' })).status).toBe(401);
    const other = await makeTracker(t);
    const foreign = `/repos${other.open.path}/issues/comments/${comment.id}/reactions`;
    expect((await call(t, token, 'GET', foreign)).status).toBe(404);
  });
});
