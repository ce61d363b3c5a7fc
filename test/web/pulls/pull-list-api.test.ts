// The list of pull requests by the API: what Gitea's clients ask for, the pages they follow, and what nobody learns from it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIssue } from '../../../src/features/issues/issues.service.ts';
import { closePull } from '../../../src/features/pulls/pull-states.service.ts';
import { HOST, type TestApp, testApp } from '../../support/test-app.ts';
import { call } from '../issues/tracker.ts';
import { forkBy, makeWorkshop, type Workshop } from './proposals.ts';

type Json = Record<string, unknown>;

let t: TestApp;
let w: Workshop;
let token: string;

beforeAll(async () => {
  t = await testApp();
  w = await makeWorkshop(t);
  const ada = await t.actor('ada');
  token = await t.token('ada');
  await w.commit('stable', { 's.txt': 's\n' });
  for (const name of ['one', 'two/parts', 'three', 'over'])
    await w.commit(name, { [`${name.replace('/', '-')}.txt`]: `${name}\n` });
  await w.propose('one');
  await w.propose('two/parts', { base: 'stable', by: 'writer' });
  await w.propose('three', { isDraft: true });
  const over = await w.propose('over');
  await closePull(t.app, ada, w.open, over);
  await createIssue(t.app, ada, w.open, { title: 'An issue', body: '' });
});
afterAll(() => t.close());

const ask = (path: string, who = token) => call(t, who, 'GET', `/repos${w.open.path}/pulls${path}`);

async function heads(query: string): Promise<unknown[]> {
  const { status, json } = await ask(query);
  expect([query, status]).toEqual([query, 200]);
  return (json as { head: { ref: string } }[]).map(({ head }) => head.ref);
}

async function labelled(head: string, name: string): Promise<number> {
  const label = (await call(t, token, 'POST', `/repos${w.open.path}/labels`, { name, color: '#ff0000' }))
    .json as { id: number };
  const { json } = await ask(`/main/${head}`);
  await call(t, token, 'PATCH', `/repos${w.open.path}/pulls/${(json as Json).number}`, {
    labels: [label.id],
  });
  return label.id;
}

describe('the list', () => {
  it('holds the open pull requests alone unless asked, the newest first, and no issues', async () => {
    expect(await heads('')).toEqual(['three', 'two/parts', 'one']);
    expect(await heads('?state=closed')).toEqual(['over']);
    expect(await heads('?state=all&sort=oldest')).toEqual(['one', 'two/parts', 'three', 'over']);
    const [first] = (await ask('')).json as Json[];
    expect(first).toMatchObject({ draft: true, merged: false, base: { ref: 'main' }, state: 'open' });
  });

  it('is narrowed by base, head, author, labels and milestone', async () => {
    expect(await heads('?base=stable')).toEqual(['two/parts']);
    expect(await heads('?base_branch=stable')).toEqual(['two/parts']);
    expect(await heads('?head=ada:two/parts')).toEqual(['two/parts']);
    expect(await heads('?poster=writer')).toEqual(['two/parts']);
    const id = await labelled('one', 'needs, care');
    expect(await heads(`?labels=${id}`)).toEqual(['one']);
    expect(await heads(`?labels=${id}&labels=999999`)).toEqual([]);
    const made = await call(t, token, 'POST', `/repos${w.open.path}/milestones`, { title: 'First' });
    const milestone = (made.json as Json).id as number;
    const { json } = await ask('/main/three');
    await call(t, token, 'PATCH', `/repos${w.open.path}/pulls/${(json as Json).number}`, { milestone });
    expect(await heads(`?milestone=${milestone}`)).toEqual(['three']);
    expect(await heads('?milestone=none&sort=created&direction=asc')).toEqual(['one', 'two/parts']);
  });

  it('comes by pages that name their count and the next one', async () => {
    const answer = await t.web.request(
      `${HOST}/api/v1/repos${w.open.path}/pulls?state=all&limit=3`,
      {},
      { incoming: { socket: { remoteAddress: '127.0.0.1', encrypted: false }, headers: {} }, outgoing: {} },
    );
    expect(answer.headers.get('x-total-count')).toBe('4');
    expect(answer.headers.get('link')).toMatch(/page=2[^>]*>; rel="next"/);
    expect(await heads('?state=all&limit=3&page=2')).toHaveLength(1);
  });

  it.each(['?state=merged', '?sort=size'])('refuses what it does not understand: %s', async (query) => {
    expect((await ask(query)).status).toBe(422);
  });

  it('names pull requests as such among issues', async () => {
    const { json } = await call(t, token, 'GET', `/repos${w.open.path}/issues?state=all`);
    const kinds = (json as Json[]).map(({ pull_request }) => pull_request !== null);
    expect(kinds).toEqual([false, true, true, true, true]);
  });
});

describe('whose review is asked for', () => {
  it('is said when one is opened by whoever sorts, and told in lists', async () => {
    const open = (who: string, head: string) =>
      call(t, who, 'POST', `/repos${w.open.path}/pulls`, {
        title: head,
        head,
        base: 'main',
        reviewers: ['writer'],
      });
    await w.commit('asked', { 'asked.txt': '1\n' });
    await w.commit('unasked', { 'unasked.txt': '1\n' });
    expect((await open(token, 'asked')).json).toMatchObject({ requested_reviewers: [{ login: 'writer' }] });
    expect((await open(await t.token('reader'), 'unasked')).json).toMatchObject({ requested_reviewers: [] });
    const [newest, next] = (await ask('')).json as Json[];
    expect([newest?.requested_reviewers, next?.requested_reviewers]).toMatchObject([
      [],
      [{ login: 'writer' }],
    ]);
  });
});

describe('the one between two branches', () => {
  it('is found while it is open, by names with slashes and across forks', async () => {
    expect((await ask('/stable/two/parts')).json).toMatchObject({ head: { ref: 'two/parts' } });
    expect((await ask('/main/ada:one')).json).toMatchObject({ head: { ref: 'one' } });
    expect((await ask('/main/over')).status).toBe(404);
    expect((await ask('/main/nowhere')).status).toBe(404);
    const fork = await forkBy(t, w.open, 'author');
    await w.commit('topic', { 'c.txt': 'c\n' }, { at: fork, by: 'author' });
    await w.propose('topic', { by: 'author', head: { open: fork, branch: 'topic' } });
    expect((await ask('/main/author:topic')).json).toMatchObject({ head: { ref: 'topic' } });
  });

  it('is found by a commit that it brings', async () => {
    const of = (sha: unknown) => call(t, token, 'GET', `/repos${w.open.path}/commits/${sha}/pull`);
    const { head, base } = (await ask('/main/one')).json as Record<string, { sha: string }>;
    expect((await of(head?.sha)).json).toMatchObject({ head: { ref: 'one' } });
    expect((await of(base?.sha)).status).toBe(404);
    expect((await of('f'.repeat(40))).status).toBe(404);
  });

  it('tells strangers nothing of a private repository', async () => {
    const hidden = await makeWorkshop(t, { visibility: 'private' });
    const oid = await hidden.commit('secret', { 's.txt': 's\n' });
    await hidden.propose('secret', { title: 'A secret' });
    const stranger = await t.token('stranger');
    for (const path of ['', '/main/secret'])
      expect((await call(t, stranger, 'GET', `/repos${hidden.open.path}/pulls${path}`)).status).toBe(404);
    const byCommit = await call(t, stranger, 'GET', `/repos${hidden.open.path}/commits/${oid}/pull`);
    expect(byCommit.status).toBe(404);
  });
});
