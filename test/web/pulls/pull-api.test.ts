// One pull request by the API: what Gitea's clients read and change, per role, and what nobody learns of what they may not see.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { HOST, type TestApp, testApp } from '../../support/test-app.ts';
import { call } from '../issues/tracker.ts';
import { forkBy, makeWorkshop, type Workshop } from './proposals.ts';

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
  w = await makeWorkshop(t, { files: { 'README.md': '# Workshop\n', 'old.txt': 'a\nb\nc\nd\n' } });
  await w.commit('feature', { 'a.txt': 'one\ntwo\n' });
  await w.commit('feature', { 'old.txt': null, 'new name.txt': 'a\nb\nc\nd\n' });
  pull = await w.propose('feature', { title: 'Two files', body: 'Please.' });
  at = `/repos${w.open.path}/pulls/${pull.issue.number}`;
});

async function ask(who: string, method: string, path: string, body?: unknown) {
  const token = tokens.get(who) ?? (await t.token(who));
  tokens.set(who, token);
  return call(t, token, method, path, body);
}
const patch = (who: string, body: Json) => ask(who, 'PATCH', at, body);

describe('reading', () => {
  it('answers as Gitea does', async () => {
    const { status, json } = await ask('reader', 'GET', at);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      number: pull.issue.number,
      title: 'Two files',
      state: 'open',
      draft: false,
      merged: false,
      changed_files: 2,
      additions: 2,
      base: { ref: 'main', sha: pull.pull.baseOid },
      head: { ref: 'feature', sha: pull.pull.headOid },
    });
  });

  it('lists commits, the oldest first, and files with their counts, by pages', async () => {
    const commits = (await ask('reader', 'GET', `${at}/commits`)).json as { sha: string }[];
    expect(commits.map(({ sha }) => sha)).toHaveLength(2);
    expect(commits.at(-1)?.sha).toBe(pull.pull.headOid);
    const files = (await ask('reader', 'GET', `${at}/files`)).json as Json[];
    expect(files).toMatchObject([
      { filename: 'a.txt', status: 'added', additions: 2, deletions: 0, changes: 2 },
      { filename: 'new name.txt', previous_filename: 'old.txt', status: 'renamed', changes: 0 },
    ]);
    const second = (await ask('reader', 'GET', `${at}/files?page=2&limit=1`)).json as Json[];
    expect(second.map(({ filename }) => filename)).toEqual(['new name.txt']);
    expect((await ask('reader', 'GET', `${at}/files?page=9`)).json).toEqual([]);
  });

  it('gives the same text as the page', async () => {
    for (const suffix of ['.diff', '.patch']) {
      const token = tokens.get('reader') ?? (await t.token('reader'));
      const incoming = { socket: { remoteAddress: '127.0.0.1', encrypted: false }, headers: {} };
      const headers = { authorization: `token ${token}` };
      const answer = await t.web.request(
        `${HOST}/api/v1${at}${suffix}`,
        { headers },
        { incoming, outgoing: {} },
      );
      const page = await t.anonymous.get(`${w.open.path}/pull/${pull.issue.number}${suffix}`);
      expect(await answer.text()).toBe(await page.text());
    }
  });

  it('shows nothing of a private repository to strangers, nor issues as pull requests', async () => {
    const hidden = await makeWorkshop(t, { visibility: 'private' });
    await hidden.commit('secret', { 's.txt': 's\n' });
    const one = await hidden.propose('secret', { title: 'A secret' });
    for (const path of ['', '/commits', '/files', '.diff', '.patch']) {
      const answer = await ask(
        'stranger',
        'GET',
        `/repos${hidden.open.path}/pulls/${one.issue.number}${path}`,
      );
      expect([path, answer.status]).toEqual([path, 404]);
    }
    await ask('reader', 'POST', `/repos${w.open.path}/issues`, { title: 'An issue' });
    const number = pull.issue.number + 1;
    expect((await ask('reader', 'GET', `/repos${w.open.path}/pulls/${number}`)).status).toBe(404);
  });
});

describe('changing', () => {
  it('is for the author and those whose role it is', async () => {
    expect((await patch('stranger', { title: 'Mine' })).status).toBe(403);
    expect((await patch('reader', { state: 'closed' })).status).toBe(403);
    expect((await patch('triager', { base: 'main', title: 'Sorted', state: 'closed' })).status).toBe(201);
    expect((await patch('triager', { draft: true })).status).toBe(403);
    const { issue } = await w.again(pull);
    expect([issue.title, issue.state, issue.isPull]).toEqual(['Sorted', 'closed', true]);
    expect((await patch('ada', { state: 'open', body: 'Again.', draft: true })).status).toBe(201);
    const now = await w.again(pull);
    expect([now.issue.body, now.issue.state, now.pull.isDraft]).toEqual(['Again.', 'open', true]);
  });

  it('moves it to another base', async () => {
    await w.commit('stable', { 's.txt': 's\n' });
    expect((await patch('triager', { base: 'stable' })).status).toBe(403);
    expect((await patch('writer', { base: 'nowhere' })).status).toBe(422);
    expect((await patch('writer', { base: 'stable' })).status).toBe(201);
    expect((await w.again(pull)).pull.baseBranch).toBe('stable');
  });

  it.each([{ state: 'merged' }, { draft: 'yes' }, { title: 7 }, { content_version: 'x', body: 'y' }])(
    'refuses what it does not understand: %j',
    async (body) => {
      expect((await patch('ada', body)).status).toBe(422);
    },
  );

  it('opens the branch of a fork to others by its author alone', async () => {
    const fork = await forkBy(t, w.open, 'author');
    await w.commit('topic', { 'c.txt': 'c\n' }, { at: fork, by: 'author' });
    const one = await w.propose('topic', { by: 'author', head: { open: fork, branch: 'topic' } });
    const there = `/repos${w.open.path}/pulls/${one.issue.number}`;
    expect((await ask('ada', 'PATCH', there, { allow_maintainer_edit: true })).status).toBe(403);
    expect((await ask('author', 'PATCH', there, { allow_maintainer_edit: true })).status).toBe(201);
    expect((await w.again(one)).pull.allowsEdits).toBe(true);
  });
});
