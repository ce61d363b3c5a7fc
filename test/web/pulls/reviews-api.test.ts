// Reviews by the API, in Gitea's shapes.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { call } from '../issues/tracker.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';

let t: TestApp;
let shop: Workshop;
let pull: Pull;
let at: string;
let head: string;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  t = await testApp();
  shop = await makeWorkshop(t, { visibility: 'private' });
  head = await shop.commit('feature', { 'a.txt': 'one\ntwo\nthree\n' });
  pull = await shop.propose('feature');
  at = `/repos${shop.open.path}/pulls/${pull.issue.number}/reviews`;
  for (const name of ['ada', 'reader', 'writer', 'stranger']) tokens[name] = await t.token(name);
});
afterAll(() => t.close());

const ask = (name: string, method: string, path: string, body?: unknown) =>
  call(t, tokens[name], method, path, body);

test('a review is submitted with its comments at once', async () => {
  const body = {
    event: 'REQUEST_CHANGES',
    body: 'Not yet',
    commit_id: head,
    comments: [
      { path: 'a.txt', body: 'These', new_position: 2, start_line: 1 },
      { path: 'a.txt', body: 'All of it' },
    ],
  };
  const made = await ask('writer', 'POST', at, body);
  expect(made.status).toBe(200);
  expect(made.json).toMatchObject({
    state: 'REQUEST_CHANGES',
    body: 'Not yet',
    commit_id: head,
    comments_count: 2,
    stale: false,
    official: true,
    dismissed: false,
    user: { login: 'writer' },
  });
  const { id } = made.json as { id: number };
  const listed = await ask('reader', 'GET', `${at}/${id}/comments`);
  expect(listed.json).toMatchObject([
    {
      body: 'These',
      path: 'a.txt',
      position: 2,
      start_line: 1,
      side: 'RIGHT',
      subject_type: 'line',
      resolver: null,
    },
    { body: 'All of it', path: 'a.txt', position: 0, subject_type: 'file' },
  ]);
  expect((await ask('reader', 'GET', at)).json).toMatchObject([{ id }]);
});

test('a pending review is its writer’s alone until it is submitted', async () => {
  const begun = await ask('reader', 'POST', at, {
    body: 'Kept words',
    comments: [{ path: 'a.txt', body: 'Hm', new_position: 3 }],
  });
  expect(begun.json).toMatchObject({ id: 0, state: 'PENDING', body: 'Kept words', comments_count: 1 });
  expect((await ask('reader', 'GET', `${at}/0`)).json).toMatchObject({ state: 'PENDING' });
  expect((await ask('reader', 'GET', `${at}/0/comments`)).json).toMatchObject([{ body: 'Hm', position: 3 }]);
  expect((await ask('writer', 'GET', `${at}/0`)).status).toBe(404);
  expect(JSON.stringify((await ask('writer', 'GET', at)).json)).not.toContain('PENDING');
  const submitted = await ask('reader', 'POST', `${at}/0`, { event: 'APPROVED' });
  expect(submitted.json).toMatchObject({
    state: 'APPROVED',
    body: 'Kept words',
    comments_count: 1,
    official: false,
  });
  expect((await ask('reader', 'POST', `${at}/0`, { event: 'APPROVED' })).status).toBe(404);
  await ask('reader', 'POST', at, { comments: [{ path: 'a.txt', body: 'Never', new_position: 3 }] });
  expect((await ask('reader', 'DELETE', `${at}/0`)).status).toBe(204);
  expect((await ask('reader', 'GET', `${at}/0`)).status).toBe(404);
});

test('reviews are dismissed and restored by who manages', async () => {
  const [first] = (await ask('reader', 'GET', at)).json as { id: number }[];
  const one = `${at}/${first?.id}`;
  expect((await ask('reader', 'POST', `${one}/dismissals`, { message: 'x' })).status).toBe(403);
  expect((await ask('ada', 'POST', `${one}/dismissals`, { message: 'Done' })).json).toMatchObject({
    dismissed: true,
  });
  expect((await ask('ada', 'POST', `${one}/undismissals`)).json).toMatchObject({ dismissed: false });
  expect((await ask('writer', 'DELETE', one)).status).toBe(409);
});

test('comments are answered, and their threads resolved', async () => {
  const [first] = (await ask('reader', 'GET', at)).json as { id: number }[];
  const [comment] = (await ask('reader', 'GET', `${at}/${first?.id}/comments`)).json as { id: number }[];
  const one = `/repos${shop.open.path}/pulls/comments/${comment?.id}`;
  const reply = await ask('reader', 'POST', `${one}/replies`, { body: 'True' });
  expect(reply).toMatchObject({ status: 201, json: { body: 'True', path: 'a.txt' } });
  expect((await ask('reader', 'POST', `${one}/resolve`)).status).toBe(403);
  expect((await ask('writer', 'POST', `${one}/resolve`)).status).toBe(204);
  expect((await ask('reader', 'GET', `${at}/${first?.id}/comments`)).json).toMatchObject([
    { resolver: { login: 'writer' } },
    {},
  ]);
  expect((await ask('writer', 'POST', `${one}/unresolve`)).status).toBe(204);
});

test('what is wrong is said', async () => {
  expect((await ask('writer', 'POST', at, { event: 'MAYBE' })).status).toBe(422);
  expect((await ask('writer', 'POST', at, { event: 'COMMENT' })).status).toBe(422);
  expect((await ask('ada', 'POST', at, { event: 'APPROVED' })).status).toBe(422);
  const far = { event: 'COMMENT', comments: [{ path: 'a.txt', body: 'x', new_position: 99 }] };
  expect((await ask('writer', 'POST', at, far)).status).toBe(422);
  expect((await ask('writer', 'POST', at, { event: 'COMMENT', comments: 'x' })).status).toBe(422);
});

test('a stranger to a private repository finds nothing of it', async () => {
  for (const path of [at, `${at}/1`, `${at}/1/comments`])
    expect((await ask('stranger', 'GET', path)).status).toBe(404);
  expect((await ask('stranger', 'POST', at, { event: 'COMMENT', body: 'x' })).status).toBe(404);
  const other = `/repos${shop.open.path}/pulls/comments/1/resolve`;
  expect((await ask('stranger', 'POST', other)).status).toBe(404);
});

test('a comment of another repository is not reached through one’s own', async () => {
  const mine = await makeWorkshop(t);
  const [first] = (await ask('reader', 'GET', at)).json as { id: number }[];
  const [comment] = (await ask('reader', 'GET', `${at}/${first?.id}/comments`)).json as { id: number }[];
  const path = `/repos${mine.open.path}/pulls/comments/${comment?.id}`;
  expect((await ask('ada', 'POST', `${path}/resolve`)).status).toBe(404);
  expect((await ask('ada', 'POST', `${path}/replies`, { body: 'x' })).status).toBe(404);
});
