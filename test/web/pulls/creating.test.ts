// Opening pull requests: by the service and by the API, by whom, and what is refused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPull } from '../../../src/features/pulls/create-pull.service.ts';
import { mergePull } from '../../../src/features/pulls/merging.service.ts';
import { headRef, pointRefs } from '../../../src/features/pulls/pull-refs.service.ts';
import { requirePull } from '../../../src/features/pulls/pulls.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { call, eventsOf } from '../issues/tracker.ts';
import { forkBy, makeWorkshop, type Workshop } from './proposals.ts';

let t: TestApp;
let shop: Workshop;

beforeAll(async () => {
  t = await testApp();
  shop = await makeWorkshop(t);
});
afterAll(() => t.close());

const at = () => `/repos${shop.open.path}/pulls`;

describe('a pull request of a branch', () => {
  test('is a numbered thing with its head kept at refs/pull/N/head and its changes counted', async () => {
    const oid = await shop.commit('feature', { 'a.txt': 'one\ntwo\n', 'README.md': null });
    const { issue, pull } = await shop.propose('feature');
    expect(issue.isPull).toBe(true);
    expect(pull).toMatchObject({
      headOid: oid,
      baseBranch: 'main',
      headBranch: 'feature',
      commitCount: 1,
      changedFiles: 2,
      additions: 2,
      deletions: 1,
      revision: 1,
    });
    expect(await t.app.git.ref(shop.open.dir, `refs/pull/${issue.number}/head`)).toBe(oid);
    expect(await eventsOf(t, shop.open, 'issue.opened')).toEqual(['issue.opened']);
  });

  test('has its head written by the request and the job at the same moment, whoever comes first', async () => {
    const oid = await shop.commit('twice', { 'twice.txt': 'twice\n' });
    const ref = headRef(9999);
    await Promise.all(Array.from({ length: 8 }, () => pointRefs(t.app, shop.open.dir, [[ref, oid]])));
    expect(await t.app.git.ref(shop.open.dir, ref)).toBe(oid);
  });

  test('is opened once for a base', async () => {
    await expect(shop.propose('feature')).rejects.toMatchObject({ code: 'conflict' });
  });

  test('is refused without commits, for a missing branch, and into itself', async () => {
    await shop.commit('nothing', { 'b.txt': 'b\n' });
    const main = await t.app.git.ref(shop.open.dir, 'refs/heads/main');
    await t.app.git.run(['update-ref', 'refs/heads/nothing', main ?? ''], { dir: shop.open.dir });
    await expect(shop.propose('nothing')).rejects.toMatchObject({ code: 'invalid' });
    await expect(shop.propose('missing')).rejects.toMatchObject({ fields: { head: expect.any(String) } });
    await expect(shop.propose('main')).rejects.toMatchObject({ fields: { head: expect.any(String) } });
    await expect(shop.propose('feature', { base: 'gone' })).rejects.toMatchObject({
      fields: { base: expect.any(String) },
    });
  });
});

describe('by the API', () => {
  test('whoever reads may propose a branch, and nobody else', async () => {
    await shop.commit('by-api', { 'c.txt': 'c\n' });
    const body = { title: 'By the API', head: 'by-api', base: 'main', body: 'Text', draft: true };
    expect((await call(t, undefined, 'POST', at(), body)).status).toBe(401);
    const made = await call(t, await t.token('reader'), 'POST', at(), body);
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      title: 'By the API',
      draft: true,
      state: 'open',
      merged: false,
      head: { ref: 'by-api', label: 'by-api' },
      base: { ref: 'main', repo: { full_name: shop.open.path.slice(1) } },
    });
    const again = await call(t, await t.token('writer'), 'POST', at(), body);
    expect(again.status).toBe(409);
    const blank = await call(t, await t.token('writer'), 'POST', at(), { ...body, title: ' ' });
    expect(blank.status).toBe(422);
  });

  test('a private repository answers a stranger like a missing one', async () => {
    const hidden = await makeWorkshop(t, { visibility: 'private' });
    await hidden.commit('secret', { 'd.txt': 'd\n' });
    const body = { title: 'x', head: 'secret', base: 'main' };
    const token = await t.token('stranger');
    expect((await call(t, token, 'POST', `/repos${hidden.open.path}/pulls`, body)).status).toBe(404);
  });
});

test('one that is merged before its changes were counted has them counted', async () => {
  await shop.commit('at-once', { 'at-once.txt': 'one\ntwo\n' });
  const ada = await t.actor('ada');
  const seen = await openRepository(t.app, ada, 'ada', shop.open.repository.name, 'pulls:merge');
  const input = { base: 'main', head: { open: seen, branch: 'at-once' }, title: 'At once', body: '' };
  const { issue } = await createPull(t.app, ada, seen, input);
  const found = await requirePull(t.app, seen, issue.number);
  await mergePull(t.app, ada, seen, found, { style: 'squash' });
  await t.app.jobs.drain();
  const { pull } = await requirePull(t.app, seen, issue.number);
  expect(pull.mergedAt).not.toBeNull();
  expect(pull).toMatchObject({ commitCount: 1, changedFiles: 1, additions: 2, deletions: 0 });
});

describe('a pull request of a fork', () => {
  test('has its commits in the base repository, and outlives the fork', async () => {
    const fork = await forkBy(t, shop.open, 'mallory');
    const oid = await shop.commit('theirs', { 'e.txt': 'e\n' }, { at: fork });
    const { pull } = await shop.propose('theirs', {
      by: 'mallory',
      head: { open: fork, branch: 'theirs' },
      allowsEdits: true,
    });
    expect(pull).toMatchObject({ headLabel: 'mallory:theirs', allowsEdits: true, headOid: oid });
    expect(await t.app.git.objects(shop.open.dir).commit(oid)).toMatchObject({ oid });
    const { stdout } = await t.app.git.run(['rev-list', '--objects', oid], { dir: shop.open.dir });
    expect(stdout.length).toBeGreaterThan(0);
  });

  test('a fork is proposed by those alone who may write to it', async () => {
    const fork = await forkBy(t, shop.open, 'nina');
    await shop.commit('ninas', { 'f.txt': 'f\n' }, { at: fork });
    const stranger = await t.actor('stranger');
    const seen = await openRepository(t.app, stranger, 'nina', fork.repository.name, 'code:read');
    await expect(
      shop.propose('ninas', { by: 'stranger', head: { open: seen, branch: 'ninas' } }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('a repository of another network is none', async () => {
    const other = await makeWorkshop(t);
    await other.commit('elsewhere', { 'g.txt': 'g\n' });
    const ada = await t.actor('ada');
    const head = { open: other.open, branch: 'elsewhere' };
    const input = { base: 'main', head, title: 'x', body: '' };
    await expect(createPull(t.app, ada, shop.open, input)).rejects.toMatchObject({ code: 'not_found' });
  });
});
