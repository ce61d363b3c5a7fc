// The merge box, and merging by page and API: by everybody who may come.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { call, eventsOf } from '../issues/tracker.ts';
import { forkBy, makeWorkshop, type Workshop } from './proposals.ts';

let t: TestApp;
let shop: Workshop;
beforeAll(async () => {
  t = await testApp();
  shop = await makeWorkshop(t, { files: { 'README.md': '# Workshop\n', 'a.txt': 'a\n' } });
});
afterAll(() => t.close());

const pageOf = (number: number) => `${shop.open.path}/pull/${number}`;

async function proposed(branch: string, files: Record<string, string> = { [`${branch}.txt`]: 'x\n' }) {
  await shop.commit(branch, files);
  return shop.propose(branch);
}

describe('the box', () => {
  test('shows everybody how it stands, and the form to those who may merge', async () => {
    const { issue } = await proposed('shown');
    for (const name of ['reader', 'triager', 'stranger'] as const) {
      const html = await (await shop.people[name].get(pageOf(issue.number))).text();
      expect(html).toContain('There are no conflicts with the base.');
      expect(html).not.toContain('Merge pull request<');
    }
    const html = await (await shop.people.writer.get(pageOf(issue.number))).text();
    expect(html).toContain(`action="${pageOf(issue.number)}/merge"`);
    expect(html).toContain(`value="Merge pull request #${issue.number} from ada/shown"`);
    const squash = await (await shop.people.writer.get(`${pageOf(issue.number)}?merge=squash`)).text();
    expect(squash).toContain(`value="Change shown (#${issue.number})"`);
  });

  test('names the paths in conflict, and who may resolves them', async () => {
    await shop.commit('clash', { 'a.txt': 'b\n' });
    await shop.commit('main', { 'a.txt': 'c\n' });
    const { issue } = await shop.propose('clash');
    const html = await (await shop.people.writer.get(pageOf(issue.number))).text();
    expect(html).toContain('a.txt');
    expect(html).toContain(`href="${pageOf(issue.number)}/conflicts"`);
    const seen = await (await t.anonymous.get(pageOf(issue.number))).text();
    expect(seen).toContain('a.txt');
    expect(seen).not.toContain(`${pageOf(issue.number)}/conflicts`);
  });

  test('is a fragment that ends with the pull request', async () => {
    const { issue } = await proposed('live');
    const box = await shop.people.reader.get(`${pageOf(issue.number)}/merge-box`);
    expect(await box.text()).toContain('<live-fragment');
    const tag = box.headers.get('etag') ?? '';
    const again = await shop.people.reader.get(`${pageOf(issue.number)}/merge-box`, { 'if-none-match': tag });
    expect(again.status).toBe(304);
    await shop.people.writer.post(`${pageOf(issue.number)}/merge`, { style: 'merge' });
    const after = await shop.people.reader.get(`${pageOf(issue.number)}/merge-box`);
    expect((await after.text()).trim()).toBe('');
  });
});

describe('merging by the page', () => {
  test('is for writers: others are refused and nothing moves', async () => {
    const { issue } = await proposed('guarded');
    const main = await t.app.git.ref(shop.open.dir, 'refs/heads/main');
    for (const [name, status] of [
      ['reader', 403],
      ['triager', 403],
      ['stranger', 403],
    ] as const) {
      const answer = await shop.people[name].post(`${pageOf(issue.number)}/merge`, { style: 'merge' });
      expect(answer.status).toBe(status);
    }
    expect((await t.anonymous.post(`${pageOf(issue.number)}/merge`)).status).not.toBe(303);
    expect(await t.app.git.ref(shop.open.dir, 'refs/heads/main')).toBe(main);
    const done = await shop.people.maintainer.post(`${pageOf(issue.number)}/merge`, {
      ...{ style: 'squash', title: 'Typed title', message: 'Typed text', deleteBranch: '1' },
    });
    expect(done.status).toBe(303);
    const tip = await t.app.git.objects(shop.open.dir).commit('refs/heads/main');
    expect(tip?.message).toBe('Typed title\n\nTyped text\n');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await t.app.jobs.drain();
    expect(await t.app.git.ref(shop.open.dir, 'refs/heads/guarded')).toBeUndefined();
    expect(await eventsOf(t, shop.open, 'pull.merged')).toContain('pull.merged');
  });

  test('a refused merge brings the form back with what was typed', async () => {
    const { issue } = await proposed('typed');
    const answer = await shop.people.writer.post(`${pageOf(issue.number)}/merge`, {
      ...{ style: 'merge', title: 'My words', message: 'and more', head: '0'.repeat(40) },
    });
    expect(answer.status).toBe(409);
    const html = await answer.text();
    expect(html).toContain('New commits came since you looked at this');
    expect(html).toContain('value="My words"');
    expect(html).toContain('and more');
  });
});

describe('revert', () => {
  test.each(['merge', 'squash', 'rebase'])('takes back what %s brought, by a pull request', async (style) => {
    const { issue } = await proposed(`back-${style}`);
    await shop.people.writer.post(`${pageOf(issue.number)}/merge`, { style });
    await shop.commit('main', { [`later-${style}.txt`]: 'later\n' });
    expect((await shop.people.reader.post(`${pageOf(issue.number)}/revert`)).status).toBe(403);
    const answer = await shop.people.writer.post(`${pageOf(issue.number)}/revert`);
    const to = answer.headers.get('location') ?? '';
    await t.app.jobs.drain();
    const html = await (await shop.people.reader.get(to)).text();
    expect(html).toContain(`Revert &quot;Change by back-${style}&quot;`);
    const head = await t.app.git
      .objects(shop.open.dir)
      .commit(`refs/heads/revert-${issue.number}-back-${style}`);
    const { stdout } = await t.app.git.run(['ls-tree', '--name-only', head?.tree ?? ''], {
      dir: shop.open.dir,
    });
    expect(stdout.toString()).toContain(`later-${style}.txt`);
    expect(stdout.toString()).not.toContain(`back-${style}.txt`);
    expect(head?.message).toMatch(/^Revert "/);
  });
});

describe('merging by itself', () => {
  test('waits for what is required, is shown, and can be taken back', async () => {
    await shop.commit('draft-auto', { 'auto.txt': 'x\n' });
    await shop.commit('main', { 'auto.txt': 'y\n' });
    const pull = await shop.propose('draft-auto');
    const path = pageOf(pull.issue.number);
    expect((await shop.people.reader.post(`${path}/merge`, { when: 'ready' })).status).toBe(403);
    const asked = await shop.people.writer.post(`${path}/merge`, { when: 'ready', style: 'squash' });
    expect(asked.status).toBe(303);
    await t.app.jobs.drain();
    expect((await shop.again(pull)).issue.state).toBe('open');
    expect(await (await shop.people.reader.get(path)).text()).toContain('This merges by itself');
    expect((await shop.people.reader.post(`${path}/merge/removal`)).status).toBe(403);
    await shop.people.ada.post(`${path}/merge/removal`);
    expect((await shop.again(pull)).pull.autoMerge).toBeNull();
    await shop.people.writer.post(`${path}/merge`, { when: 'ready', style: 'squash' });
    await shop.commit('main', { 'auto.txt': 'a\n' });
    const base = await t.app.git.ref(shop.open.dir, 'refs/heads/main');
    await shop.commit('draft-auto', { 'auto.txt': 'x\n', 'more.txt': 'z\n' }, { onto: base ?? '' });
    await t.app.jobs.drain();
    const after = await shop.again(pull);
    expect(after.issue.closeReason).toBe('merged');
    expect(after.pull.mergeStyle).toBe('squash');
  });
});

describe('merging by the API', () => {
  const api = (number: number) => `/repos${shop.open.path}/pulls/${number}/merge`;

  test('is for writers, in Gitea’s words, and says whether it is merged', async () => {
    const { issue } = await proposed('by-api');
    expect((await call(t, await t.token('reader'), 'POST', api(issue.number), { Do: 'squash' })).status).toBe(
      403,
    );
    expect((await call(t, undefined, 'POST', api(issue.number), { Do: 'squash' })).status).toBe(401);
    const token = await t.token('writer');
    expect((await call(t, token, 'GET', api(issue.number))).status).toBe(404);
    expect((await call(t, token, 'POST', api(issue.number), { Do: 'octopus' })).status).toBe(422);
    const stale = { Do: 'squash', head_commit_id: '1'.repeat(40) };
    expect((await call(t, token, 'POST', api(issue.number), stale)).status).toBe(409);
    const body = { Do: 'squash', MergeTitleField: 'By the API', MergeMessageField: 'with a text' };
    expect((await call(t, token, 'POST', api(issue.number), body)).status).toBe(200);
    expect((await call(t, token, 'GET', api(issue.number))).status).toBe(204);
    const tip = await t.app.git.objects(shop.open.dir).commit('refs/heads/main');
    expect(tip?.message).toBe('By the API\n\nwith a text\n');
  });

  test('a private repository answers a stranger like a missing one', async () => {
    const hidden = await makeWorkshop(t, { visibility: 'private' });
    await hidden.commit('secret', { 's.txt': 's\n' });
    const { issue } = await hidden.propose('secret');
    const path = `${hidden.open.path}/pull/${issue.number}`;
    const token = await t.token('stranger');
    const answer = await call(t, token, 'POST', `/repos${hidden.open.path}/pulls/${issue.number}/merge`, {});
    expect(answer.status).toBe(404);
    for (const part of ['/merge-box', ''])
      expect((await hidden.people.stranger.get(path + part)).status).toBe(404);
    for (const part of ['/merge', '/merge/removal', '/revert'])
      expect((await hidden.people.stranger.post(path + part)).status).toBe(404);
  });
});

describe('the settings', () => {
  const path = () => `${shop.open.path}/settings/merging`;

  test('are administrators’, keep what was typed, and shape messages and styles', async () => {
    for (const name of ['reader', 'writer', 'maintainer', 'stranger'] as const) {
      expect((await shop.people[name].get(path())).status).toBe(403);
      expect((await shop.people[name].post(path(), { merge: 'on' })).status).toBe(403);
    }
    expect((await shop.people.boss.get(path())).status).toBe(200);
    const wrong = await shop.people.boss.post(path(), { squashTitle: 'Kept words' });
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain('value="Kept words"');
    const form = { squash: 'on', defaultStyle: 'squash', squashTitle: '${PullRequestTitle} <${HeadBranch}>' };
    expect((await shop.people.boss.post(path(), form)).status).toBe(303);
    expect(await eventsOf(t, shop.open, 'merge_settings.changed')).toEqual(['merge_settings.changed']);
    const { issue } = await proposed('shaped');
    const refused = await shop.people.writer.post(`${pageOf(issue.number)}/merge`, { style: 'merge' });
    expect(refused.status).toBe(422);
    await shop.people.writer.post(`${pageOf(issue.number)}/merge`, {});
    const tip = await t.app.git.objects(shop.open.dir).commit('refs/heads/main');
    expect(tip?.message.split('\n')[0]).toBe('Change by shaped <shaped>');
  });
});

test('an order to merge by itself ends when somebody without write permission pushes (smuggling commits past it)', async () => {
  const other = await makeWorkshop(t, { files: { 'a.txt': 'a\n' } });
  const fork = await forkBy(t, other.open, 'mallory');
  await other.commit('theirs', { 'a.txt': 'b\n' }, { at: fork });
  await other.commit('main', { 'a.txt': 'c\n' });
  const pull = await other.propose('theirs', { by: 'mallory', head: { open: fork, branch: 'theirs' } });
  const path = `${other.open.path}/pull/${pull.issue.number}`;
  await other.people.writer.post(`${path}/merge`, { when: 'ready', style: 'squash' });
  await t.app.jobs.drain();
  expect((await other.again(pull)).pull.autoMerge).not.toBeNull();
  const base = await t.app.git.ref(fork.dir, 'refs/heads/main');
  await other.commit('theirs', { 'evil.txt': 'x\n' }, { at: fork, by: 'mallory', onto: base ?? '' });
  await t.app.jobs.drain();
  const after = await other.again(pull);
  expect(after.issue.state).toBe('open');
  expect(after.pull.autoMerge).toBeNull();
  expect(await t.app.git.objects(other.open.dir).commit('refs/heads/main')).toMatchObject({
    message: 'Change main\n',
  });
});
