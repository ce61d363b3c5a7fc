// Merging: every style as git itself would make it, marked as merged in one step, many at once, and by whom.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MergeConflicts } from '../../../src/features/pulls/merge-building.service.ts';
import {
  changeMergeSettings,
  DEFAULT_MERGE_SETTINGS,
} from '../../../src/features/pulls/merge-settings.service.ts';
import { MERGE_STYLES, type MergeRequest } from '../../../src/features/pulls/merges.types.ts';
import { mergePull } from '../../../src/features/pulls/merging.service.ts';
import type { MergeStyle, Pull } from '../../../src/features/pulls/pulls.types.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { noReplyAddressOf } from '../../../src/features/users/emails.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { eventsOf } from '../issues/tracker.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

async function workshop(files: Record<string, string> = {}): Promise<Workshop> {
  const shop = await makeWorkshop(t, { files: { 'README.md': '# Workshop\n', ...files } });
  await changeMergeSettings(t.app, await t.actor('ada'), shop.open, {
    ...DEFAULT_MERGE_SETTINGS,
    styles: MERGE_STYLES,
  });
  return shop;
}

async function merge(shop: Workshop, pull: Pull, request: MergeRequest, by = 'ada') {
  const actor = await t.actor(by);
  const { path } = shop.open;
  const [, owner = '', name = ''] = path.split('/');
  const open = await openRepository(t.app, actor, owner, name, 'pulls:read');
  return mergePull(t.app, actor, open, pull, request);
}

/** git in a clone, as somebody at an instant. */
function gitIn(clone: string, who: { name: string; email: string; at: number }, authorIs = who) {
  const person = (role: string, one: typeof who) => ({
    [`GIT_${role}_NAME`]: one.name,
    [`GIT_${role}_EMAIL`]: one.email,
    [`GIT_${role}_DATE`]: `${one.at} +0000`,
  });
  const env = {
    ...{
      PATH: process.env.PATH,
      HOME: '/',
      TZ: 'UTC',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
    },
    ...person('AUTHOR', authorIs),
    ...person('COMMITTER', who),
  };
  return (...args: string[]) =>
    execFileSync('git', ['-C', clone, ...args], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
}

/** The address that commits on the web carry. */
async function noReply(name: string): Promise<string> {
  return noReplyAddressOf(t.app, { id: (await t.actor(name)).userId, name });
}

let clones = 0;
/** A clone of the repository with the pull request's head at `head` and the base at `base`. */
function cloneOf(shop: Workshop, pull: Pull): string {
  clones += 1;
  const clone = join(t.directory, `clone-${clones}`);
  const quiet = { stdio: 'ignore' } as const;
  execFileSync('git', ['clone', '-q', shop.open.dir, clone], quiet);
  const spec = `refs/pull/${pull.issue.number}/head:head`;
  execFileSync('git', ['-C', clone, 'fetch', '-q', 'origin', spec], quiet);
  return clone;
}

/** Two branches that went on from one another, so that no style is trivial. */
async function diverged(shop: Workshop, branch: string): Promise<Pull> {
  const long = (at: number, text: string) =>
    Array.from({ length: 30 }, (_, line) => (line === at ? text : `line ${line}`)).join('\n');
  await shop.commit(branch, { 'a.txt': long(3, `${branch} one`) }, { message: 'One\n\nwith a body' });
  await shop.commit(branch, { 'dir/b.txt': branch }, { by: 'writer', message: 'Two by another' });
  await shop.commit('main', { 'a.txt': long(25, `main before ${branch}`) });
  return shop.propose(branch);
}

describe('a merge is what git itself makes, object by object', () => {
  test.each(MERGE_STYLES)('%s', async (style) => {
    const shop = await workshop({ 'a.txt': Array.from({ length: 30 }, (_, at) => `line ${at}`).join('\n') });
    const pull = await diverged(shop, 'feature');
    const clone = cloneOf(shop, pull);
    if (style === 'fast_forward') {
      const refused = merge(shop, pull, { style });
      await expect(refused).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('update'),
      });
      return;
    }
    const title = style === 'rebase' ? {} : { title: ' A  title ', message: 'text  \r\n\r\n\r\nmore\n\n' };
    const { oid } = await merge(shop, pull, { style, ...title }, 'maintainer');
    const made = await t.app.git.objects(shop.open.dir).commit(oid);
    const who = {
      name: 'maintainer',
      email: await noReply('maintainer'),
      at: (made?.committer.time ?? 0) / 1000,
    };
    const theirs = await native(clone, style, who);
    const show = (dir: string, commit: string) =>
      execFileSync('git', ['cat-file', 'commit', commit], { cwd: dir, encoding: 'utf8' });
    expect(show(shop.open.dir, oid)).toBe(show(clone, theirs));
    expect(theirs).toBe(oid);
    expect(execFileSync('git', ['fsck', '--strict'], { cwd: shop.open.dir, encoding: 'utf8' })).toBe('');
  });

  async function native(clone: string, style: MergeStyle, who: { name: string; email: string; at: number }) {
    const message = 'A  title\n\ntext\n\nmore';
    const ada = { name: 'ada', email: await noReply('ada'), at: who.at };
    const git = gitIn(clone, who, style === 'squash' ? ada : who);
    if (style === 'merge') git('merge', '-q', '--no-ff', '-m', message, 'head');
    if (style === 'squash') {
      git('merge', '-q', '--squash', 'head');
      git('commit', '-q', '-m', `${message}\n\nCo-authored-by: writer <writer@example.org>`);
    }
    if (style === 'rebase' || style === 'rebase_merge') {
      git('checkout', '-q', 'head');
      git('rebase', '-q', 'origin/main');
      git('checkout', '-q', 'main');
      if (style === 'rebase') git('merge', '-q', '--ff-only', 'head');
      else git('merge', '-q', '--no-ff', '-m', message, 'head');
    }
    return git('rev-parse', 'HEAD');
  }

  test('fast_forward of what is ahead', async () => {
    const shop = await workshop();
    const oid = await shop.commit('ahead', { 'c.txt': 'c\n' });
    const pull = await shop.propose('ahead');
    expect(await merge(shop, pull, { style: 'fast_forward' })).toEqual({ oid });
    expect(await t.app.git.ref(shop.open.dir, 'refs/heads/main')).toBe(oid);
  });
});

describe('a merged pull request', () => {
  test('is closed as merged, with its entry and its events, and cannot be merged again', async () => {
    const shop = await workshop();
    await shop.commit('once', { 'once.txt': '1\n' });
    const pull = await shop.propose('once');
    const base = await t.app.git.ref(shop.open.dir, 'refs/heads/main');
    const { oid } = await merge(shop, pull, { style: 'merge' }, 'writer');
    const after = await shop.again(pull);
    expect(after.issue).toMatchObject({ state: 'closed', closeReason: 'merged' });
    const writer = await t.actor('writer');
    expect(after.pull).toMatchObject({ mergedOid: oid, mergeStyle: 'merge', mergedById: writer.userId });
    expect(after.pull).toMatchObject({ baseOid: base, merging: null, autoMerge: null });
    expect(await eventsOf(t, shop.open, 'pull.merged')).toEqual(['pull.merged']);
    await expect(merge(shop, pull, { style: 'merge' })).rejects.toMatchObject({ code: 'conflict' });
    const commit = await t.app.git.objects(shop.open.dir).commit(oid);
    expect(commit?.message).toBe(
      `Merge pull request #${pull.issue.number} from ada/once\n\nChange by once\n`,
    );
  });

  test('leaves no trace when it conflicts, is a draft, was seen with another head, or may not', async () => {
    const shop = await workshop({ 'a.txt': 'a\n' });
    await shop.commit('clash', { 'a.txt': 'b\n' });
    await shop.commit('main', { 'a.txt': 'c\n' });
    const pull = await shop.propose('clash');
    expect(pull.pull).toMatchObject({ mergeability: 'conflicts', testMergeOid: null });
    expect(pull.pull.conflicts).toMatchObject([{ path: 'a.txt' }]);
    const main = await t.app.git.ref(shop.open.dir, 'refs/heads/main');
    for (const style of ['merge', 'squash', 'rebase', 'rebase_merge'] as const)
      await expect(merge(shop, pull, { style })).rejects.toBeInstanceOf(MergeConflicts);
    await shop.commit('draft', { 'd.txt': 'd\n' });
    const draft = await shop.propose('draft', { isDraft: true });
    await expect(merge(shop, draft, { style: 'merge' })).rejects.toMatchObject({ code: 'forbidden' });
    await shop.commit('fine', { 'f.txt': 'd\n' });
    const fine = await shop.propose('fine');
    const stale = { style: 'merge', headOid: main ?? '' } as const;
    await expect(merge(shop, fine, stale)).rejects.toMatchObject({ code: 'conflict' });
    for (const by of ['reader', 'triager', 'stranger'])
      await expect(merge(shop, fine, { style: 'merge' }, by)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await t.app.git.ref(shop.open.dir, 'refs/heads/main')).toBe(main);
    expect((await shop.again(fine)).pull.merging).toBeNull();
  });

  test('a style that the settings do not permit is refused', async () => {
    const shop = await makeWorkshop(t);
    await shop.commit('x', { 'x.txt': 'x\n' });
    const pull = await shop.propose('x');
    await expect(merge(shop, pull, { style: 'fast_forward' })).rejects.toMatchObject({
      fields: { style: expect.any(String) },
    });
  });
});

describe('many at once', () => {
  test('20 merges into one branch at the same time: none is lost, none is wrong', async () => {
    const shop = await workshop();
    const pulls: Pull[] = [];
    for (let at = 0; at < 20; at++) {
      await shop.commit(`many-${at}`, { [`many/${at}.txt`]: `${at}\n` });
      pulls.push(await shop.propose(`many-${at}`));
    }
    const styles = ['merge', 'squash', 'rebase', 'rebase_merge'] as const;
    const results = await Promise.all(
      pulls.map((pull, at) =>
        merge(shop, pull, { style: styles[at % styles.length] }, at % 2 ? 'writer' : 'ada'),
      ),
    );
    await t.app.jobs.drain();
    expect(new Set(results.map(({ oid }) => oid)).size).toBe(20);
    const main = (await t.app.git.ref(shop.open.dir, 'refs/heads/main')) ?? '';
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: shop.open.dir, encoding: 'utf8' }).trim().split('\n');
    expect(git('ls-tree', '--name-only', `${main}:many`)).toHaveLength(20);
    // Each result is in the branch's own line, on top of the one before it.
    const line = git('rev-list', '--first-parent', main);
    for (const { oid } of results) expect(line).toContain(oid);
    for (const pull of pulls) {
      const after = await shop.again(pull);
      expect(after.issue.closeReason).toBe('merged');
      expect(after.pull.merging).toBeNull();
      expect(line).toContain(after.pull.mergedOid);
    }
    expect(await eventsOf(t, shop.open, 'pull.merged')).toHaveLength(20);
  });

  test('the same pull request merged many times at once is merged once', async () => {
    const shop = await workshop();
    await shop.commit('same', { 'same.txt': '1\n' });
    const pull = await shop.propose('same');
    const tries = await Promise.allSettled(
      Array.from({ length: 6 }, () => merge(shop, pull, { style: 'merge' })),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await t.app.jobs.drain();
    expect(await eventsOf(t, shop.open, 'pull.merged')).toHaveLength(1);
    const main = (await t.app.git.ref(shop.open.dir, 'refs/heads/main')) ?? '';
    expect((await shop.again(pull)).pull.mergedOid).toBe(main);
  });
});

describe('what can be merged', () => {
  test('is known after a push to head or base, with the test merge at refs/pull/N/merge', async () => {
    const shop = await workshop({ 'a.txt': 'a\n' });
    const head = await shop.commit('known', { 'k.txt': 'k\n' });
    const pull = await shop.propose('known');
    expect(pull.pull).toMatchObject({ mergeability: 'clean', checkedHeadOid: head });
    const ref = `refs/pull/${pull.issue.number}/merge`;
    expect(await t.app.git.ref(shop.open.dir, ref)).toBe(pull.pull.testMergeOid);
    const base = await shop.commit('main', { 'm.txt': 'm\n' });
    const after = await shop.again(pull);
    expect(after.pull).toMatchObject({ mergeability: 'clean', checkedBaseOid: base });
    const merged = await t.app.git.objects(shop.open.dir).commit(ref);
    expect(merged?.parents).toEqual([base, head]);
    await shop.commit('main', { 'k.txt': 'other\n' });
    expect((await shop.again(pull)).pull).toMatchObject({ mergeability: 'conflicts' });
    expect(await t.app.git.ref(shop.open.dir, ref)).toBeUndefined();
  });

  test('a pull request whose commits reach the base by a push is merged', async () => {
    const shop = await workshop();
    const head = await shop.commit('pushed', { 'p.txt': 'p\n' });
    const pull = await shop.propose('pushed');
    const other = await shop.commit('stays', { 'q.txt': 'q\n' });
    const stays = await shop.propose('stays');
    const main = await t.app.git.ref(shop.open.dir, 'refs/heads/main');
    const { changeRefs } = await import('../../../src/features/repos/ref-changes.service.ts');
    await changeRefs(t.app, await t.actor('writer'), shop.open, {
      updates: [{ ref: 'refs/heads/main', oldOid: main ?? '', newOid: head }],
    });
    await t.app.jobs.drain();
    const after = await shop.again(pull);
    expect(after.issue.closeReason).toBe('merged');
    expect(after.pull).toMatchObject({ mergedOid: head, baseOid: main, mergeStyle: 'fast_forward' });
    expect((await shop.again(stays)).issue.state).toBe('open');
    expect((await shop.again(stays)).pull).toMatchObject({ headOid: other, mergeability: 'clean' });
  });
});
