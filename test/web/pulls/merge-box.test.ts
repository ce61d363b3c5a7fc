// The merge box, and merging by page and API: by everybody who may come.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { eventsOf } from '../issues/tracker.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';

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
