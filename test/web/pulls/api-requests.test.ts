// What Gitea's clients do with pull requests besides reading them: whose review is asked for, reviews that count no more,
// suggestions, and lists of changes from a file on. Per role, and what nobody learns of what they may not see.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { call } from '../issues/tracker.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';

type Json = Record<string, unknown>;

let t: TestApp;
let w: Workshop;
let pull: Pull;
let at: string;
const tokens = new Map<string, string>();

beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  w = await makeWorkshop(t, { files: { 'README.md': '# Workshop\n' } });
  await w.commit('feature', { 'a.txt': 'one\ntwo\n', 'b.txt': 'b\n', 'c.txt': 'c\n' });
  pull = await w.propose('feature', { title: 'Three files', body: 'Please.' });
  at = `/repos${w.open.path}/pulls/${pull.issue.number}`;
});

async function ask(who: string, method: string, path: string, body?: unknown) {
  const token = who === '' ? '' : (tokens.get(who) ?? (await t.token(who)));
  tokens.set(who, token);
  return call(t, token, method, path, body);
}

it('asked reviewers are answered as reviews that wait, and listed behind those that came', async () => {
  const asked = { reviewers: ['writer', 'triager'] };
  expect((await ask('reader', 'POST', `${at}/requested_reviewers`, asked)).status).toBe(403);
  const made = await ask('ada', 'POST', `${at}/requested_reviewers`, asked);
  expect(made).toMatchObject({
    status: 201,
    json: [
      { state: 'REQUEST_REVIEW', user: { login: 'writer' }, team: null },
      { state: 'REQUEST_REVIEW', user: { login: 'triager' }, team: null },
    ],
  });
  await ask('writer', 'POST', `${at}/reviews`, { event: 'APPROVED', body: 'Fine.' });
  const listed = (await ask('reader', 'GET', `${at}/reviews`)).json as Json[];
  expect(listed.map(({ state }) => state)).toEqual(['APPROVED', 'REQUEST_REVIEW']);
  const shown = (await ask('reader', 'GET', at)).json as Json;
  expect(shown.requested_reviewers).toMatchObject([{ login: 'triager' }]);
  expect((await ask('ada', 'DELETE', `${at}/requested_reviewers`, { reviewers: ['triager'] })).status).toBe(
    204,
  );
  expect(((await ask('reader', 'GET', at)).json as Json).requested_reviewers).toEqual([]);
});

it('people who can be asked are told to those who may ask', async () => {
  const names = async (who: string) =>
    ((await ask(who, 'GET', `/repos${w.open.path}/reviewers`)).json as { login: string }[]).map(
      ({ login }) => login,
    );
  expect(await names('triager')).toEqual(expect.arrayContaining(['writer', 'maintainer']));
  expect(await names('stranger')).toEqual([]);
});

it('a dismissal takes along what the same person said before, where it is asked to', async () => {
  const review = async (who: string, event: string) =>
    ((await ask(who, 'POST', `${at}/reviews`, { event, body: event })).json as { id: number }).id;
  const [first, other, last] = [
    await review('writer', 'REQUEST_CHANGES'),
    await review('triager', 'APPROVED'),
    await review('writer', 'APPROVED'),
  ];
  const dismissal = { message: 'Over', priors: true };
  expect((await ask('triager', 'POST', `${at}/reviews/${last}/dismissals`, dismissal)).status).toBe(403);
  expect((await ask('writer', 'POST', `${at}/reviews/${last}/dismissals`, dismissal)).json).toMatchObject({
    id: last,
    dismissed: true,
  });
  const dismissed = async (id: number) =>
    ((await ask('reader', 'GET', `${at}/reviews/${id}`)).json as Json).dismissed;
  expect([await dismissed(first), await dismissed(other), await dismissed(last)]).toEqual([
    true,
    false,
    true,
  ]);
});

it('suggestions are applied in one commit, of the version that was read', async () => {
  const comments = [{ path: 'a.txt', new_position: 2, body: '```suggestion\nzwei\n```' }];
  const review = (await ask('writer', 'POST', `${at}/reviews`, { event: 'COMMENT', comments })).json as Json;
  const [comment] = (await ask('reader', 'GET', `${at}/reviews/${review.id}/comments`)).json as Json[];
  const order = (version: number) => ({
    suggestions: [{ comment_id: comment?.id, content_version: version }],
    message: 'Take the hint',
  });
  expect((await ask('reader', 'POST', `${at}/suggestions`, order(0))).status).toBe(403);
  expect((await ask('ada', 'POST', `${at}/suggestions`, order(7))).status).toBeGreaterThanOrEqual(409);
  const made = await ask('ada', 'POST', `${at}/suggestions`, order(comment?.content_version as number));
  expect(made).toMatchObject({ status: 201, json: { sha: expect.stringMatching(/^[0-9a-f]{40}$/) } });
  await t.app.jobs.drain();
  expect(((await ask('reader', 'GET', at)).json as { head: Json }).head.sha).toBe((made.json as Json).sha);
});

it('a pending review is begun, seen by nobody else, and its comments have every field', async () => {
  const comments = [{ path: 'a.txt', new_position: 1, body: 'Why?' }];
  const begun = await ask('writer', 'POST', `${at}/reviews`, { comments });
  expect(begun.json).toMatchObject({ id: 0, state: 'PENDING', comments_count: 1 });
  expect((await ask('writer', 'GET', `${at}/reviews/0/comments`)).json).toMatchObject([
    { body: 'Why?', path: 'a.txt', position: 1, user: { login: 'writer' } },
  ]);
  expect((await ask('reader', 'GET', `${at}/reviews/0`)).status).toBe(404);
  expect((await ask('reader', 'GET', `${at}/reviews`)).json).toEqual([]);
  expect((await ask('writer', 'DELETE', `${at}/reviews/0`)).status).toBe(204);
});

it('changed files are listed from one on, and none of them is pinned', async () => {
  const names = async (query: string) =>
    ((await ask('reader', 'GET', `${at}/files?${query}`)).json as Json[]).map(({ filename }) => filename);
  expect(await names('skip-to=b.txt')).toEqual(['b.txt', 'c.txt']);
  expect(await names('limit=1&page=3&whitespace=ignore-all')).toEqual(['c.txt']);
  expect((await ask('reader', 'GET', `${at}/files?whitespace=much`)).status).toBe(422);
  expect((await ask('reader', 'GET', `/repos${w.open.path}/pulls/pinned`)).json).toEqual([]);
});

it('what is merged by a word that is none is refused by field', async () => {
  expect((await ask('ada', 'POST', `${at}/merge`, { Do: 'octopus' })).status).toBe(422);
  expect(
    (await ask('ada', 'POST', `${at}/merge`, { Do: 'squash', MergeTitleField: 'Together' })).status,
  ).toBe(200);
  const merged = (await ask('reader', 'GET', at)).json as Json;
  expect(merged).toMatchObject({ merged: true, merged_by: { login: 'ada' }, review_comments: 0 });
  expect((await ask('reader', 'GET', `/repos${w.open.path}/issues/${pull.issue.number}`)).json).toMatchObject(
    {
      pull_request: { merged: true },
    },
  );
});
