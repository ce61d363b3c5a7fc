// The page of a pull request, per role, with its events: conversation, states, base, branch, commits and texts.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readTimeline } from '../../../src/features/issues/timeline.service.ts';
import { mergePull } from '../../../src/features/pulls/merging.service.ts';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { setArchived } from '../../../src/features/repos/repos.service.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { importCommits, runGit } from '../code/import-commits.ts';
import { liveParts } from '../code/live-parts.ts';
import { forkBy, makeWorkshop, type Workshop } from './proposals.ts';

const EVIL = `"><svg onload=hit()>`;

let t: TestApp;
let w: Workshop;
let pull: Pull;
let href: string;

beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  w = await makeWorkshop(t);
  await t.actor('author');
  await w.commit('feature', { 'a.txt': 'one\n' }, { message: `Add a\n\nIt is ${EVIL}.` });
  await w.commit('feature', { 'b.txt': 'two\n' }, { message: `Add ${EVIL}` });
  pull = await w.propose('feature', { title: `Two files ${EVIL}`, body: `**Please** ${EVIL}` });
  href = `${w.open.path}/pull/${pull.issue.number}`;
});

const textOf = async (visitor: Visitor, path = href) => (await visitor.get(path)).text();
const say = (visitor: Visitor, action: string, body = '') =>
  visitor.post(`${href}/comments`, { action, body });
const now = () => w.again(pull);
const kinds = async () => (await readTimeline(t.app, pull.issue.id, {})).entries.map(({ kind }) => kind);
const events = async (...words: string[]) => {
  const found = await t.app.events.recent({ repositoryId: w.open.repository.id, limit: 100 });
  const all = found.map(({ kind }) => kind as string).reverse();
  return all.filter((kind) => words.some((word) => kind === word));
};

describe('the page', () => {
  it('shows everybody who may read it what is to be merged where, with nothing live in it', async () => {
    const page = await textOf(t.anonymous);
    expect(page).toContain('wants to merge 2 commits into');
    expect(page).toContain(`href="${w.open.path}/tree/feature"`);
    expect(page).toContain('<strong>Please</strong>');
    expect(page).toContain('added 2 commits');
    expect(page).toMatch(/Files changed[\s\S]{0,80}<span class="counter">2</);
    expect(liveParts(page)).toEqual([]);
    expect(page).not.toContain('id="comment-form"');
  });

  it('leads from the number of an issue to the issue, and from an issue to the pull request', async () => {
    await w.people.reader.post(`${w.open.path}/issues`, { title: 'An issue' });
    const number = pull.issue.number + 1;
    const there = await t.anonymous.get(`${w.open.path}/pull/${number}`);
    expect(there.headers.get('location')).toBe(`${w.open.path}/issues/${number}`);
    const back = await t.anonymous.get(`${w.open.path}/issues/${pull.issue.number}`);
    expect(back.headers.get('location')).toBe(href);
    expect((await t.anonymous.get(`${w.open.path}/pull/99`)).status).toBe(404);
  });

  it('offers no relations, which only issues have and whose forms lead nowhere here', async () => {
    const page = await textOf(w.people.boss);
    expect(page).toContain('sidebar-labels');
    expect(page).not.toContain('Relationships');
    expect(page).not.toContain('/dependencies');
  });

  it('tells a merge once, although its commit names the pull request', async () => {
    await mergePull(t.app, await t.actor('ada'), w.open, pull, { style: 'merge' });
    await t.app.jobs.drain();
    const page = await textOf(w.people.reader);
    expect(page).toContain('merged commit');
    expect(await kinds()).toContain('commit');
    expect(page).not.toContain('mentioned this in a commit');
  });

  it('is not there for strangers to a private repository, on no tab', async () => {
    const hidden = await makeWorkshop(t, { visibility: 'private' });
    await hidden.commit('secret', { 's.txt': 'secret\n' });
    const one = await hidden.propose('secret', { title: 'A secret' });
    const at = `${hidden.open.path}/pull/${one.issue.number}`;
    for (const path of ['', '/commits', '/checks', '/checks/list', '/files', '/base', '.diff', '.patch']) {
      const answer = await hidden.people.stranger.get(at + path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(await answer.text()).not.toContain('A secret');
    }
    expect((await hidden.people.reader.get(at)).status).toBe(200);
  });

  it('tells of a fork that is closed to the reader no more than the name of the branch', async () => {
    const fork = await forkBy(t, w.open, 'author');
    await w.commit('topic', { 'c.txt': 'c\n' }, { at: fork, by: 'author' });
    const one = await w.propose('topic', { by: 'author', head: { open: fork, branch: 'topic' } });
    const at = `${w.open.path}/pull/${one.issue.number}`;
    expect(await textOf(t.anonymous, at)).toContain(`/author/${fork.repository.name}/tree/topic`);
    await t.app.db.write(async (tx) => {
      const { repositories } = await import('../../../src/platform/db/tables/repos.ts');
      const { eq } = await import('drizzle-orm');
      await tx
        .update(repositories)
        .set({ visibility: 'private' })
        .where(eq(repositories.id, fork.repository.id));
    });
    const page = await textOf(w.people.reader, at);
    expect(page).not.toContain(`/author/${fork.repository.name}`);
    expect(page).not.toContain('author:topic');
    expect(page).toContain('topic');
  });
});

describe('closing and reopening', () => {
  it('is for the author and whoever sorts, with or without a comment', async () => {
    expect((await say(w.people.reader, 'close')).status).toBe(403);
    expect((await say(w.people.stranger, 'close', 'my words')).status).toBe(403);
    expect((await say(w.people.triager, 'close', 'Not now.')).status).toBe(303);
    expect((await now()).issue.state).toBe('closed');
    expect(await textOf(t.anonymous)).toContain('closed this');
    expect((await say(w.people.ada, 'reopen')).status).toBe(303);
    expect((await now()).issue.state).toBe('open');
    expect(await kinds()).toEqual(['comment', 'closed', 'reopened']);
    expect(await events('issue.closed', 'issue.reopened', 'issue.commented')).toEqual([
      'issue.commented',
      'issue.closed',
      'issue.reopened',
    ]);
  });

  it('keeps what was typed when it is refused', async () => {
    const answer = await say(w.people.reader, 'close', `my words ${EVIL}`);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('my words');
  });

  it('does not reopen what was merged, lost its branch, or is proposed again', async () => {
    await say(w.people.ada, 'close');
    const again = await w.propose('feature', { title: 'Again' });
    const refused = await say(w.people.ada, 'reopen');
    expect(refused.status).toBe(409);
    expect(await refused.text()).toContain(`#${again.issue.number} brings the same branch`);
    await w.people.ada.post(`${w.open.path}/pull/${again.issue.number}/comments`, { action: 'close' });
    await w.people.ada.post(`${href}/branch/deletion`);
    await t.app.jobs.drain();
    const gone = await say(w.people.ada, 'reopen');
    expect(gone.status).toBe(409);
    expect(await gone.text()).toContain('was deleted: restore it, then reopen');
  });
});

describe('drafts', () => {
  it('are made and ended by the author and whoever may write', async () => {
    const draft = (visitor: Visitor, more = '') => visitor.post(`${href}/draft${more}`);
    expect((await draft(w.people.triager)).status).toBe(403);
    expect((await draft(w.people.writer)).status).toBe(303);
    expect((await now()).pull.isDraft).toBe(true);
    expect(await textOf(t.anonymous)).toContain('marked this as a draft');
    expect(await textOf(w.people.reader)).not.toContain('Ready for review');
    expect((await draft(w.people.ada, '/removal')).status).toBe(303);
    await draft(w.people.ada, '/removal');
    expect(await kinds()).toEqual(['drafted', 'readied']);
    expect(await events('pull.drafted', 'pull.readied')).toEqual(['pull.drafted', 'pull.readied']);
  });
});

describe('the base', () => {
  beforeEach(() => w.commit('stable', { 'stable.txt': 'x\n' }));
  const choose = (visitor: Visitor, base: string) => visitor.post(`${href}/base`, { base });

  it('is changed by the author and whoever may write, and counted anew', async () => {
    expect((await choose(w.people.triager, 'stable')).status).toBe(403);
    expect((await choose(w.people.writer, 'stable')).headers.get('location')).toBe(href);
    await t.app.jobs.drain();
    const { pull: row } = await now();
    expect([row.baseBranch, row.commitCount, row.changedFiles]).toEqual(['stable', 2, 2]);
    expect(row.baseOid).toBe(runGit(w.open.dir, 'rev-parse', 'stable'));
    expect(await kinds()).toEqual(['base_changed']);
    expect(await events('pull.base_changed')).toEqual(['pull.base_changed']);
  });

  it.each([
    ['nothing', 'Choose a branch of this repository.'],
    ['feature', 'Choose another branch than the one it brings.'],
    [EVIL, 'Choose a branch of this repository.'],
  ])('keeps what was typed when it is refused: %s', async (base, message) => {
    const answer = await choose(w.people.ada, base);
    const page = await answer.text();
    expect(answer.status).toBe(422);
    expect(page).toContain(message);
    expect(liveParts(page)).toEqual([]);
  });

  it('is not one that has everything already', async () => {
    await w.commit('all', {}, { onto: pull.pull.headOid });
    const answer = await choose(w.people.ada, 'all');
    expect(answer.status).toBe(422);
    expect((await now()).pull.baseBranch).toBe('main');
  });
});

describe('the branch of one that is over', () => {
  const change = (visitor: Visitor, what: string) => visitor.post(`${href}/branch/${what}`);
  const tip = () => t.app.git.ref(w.open.dir, 'refs/heads/feature');

  it('is deleted and restored by whoever may push to it', async () => {
    await change(w.people.ada, 'deletion');
    expect(await tip()).toBe(pull.pull.headOid);
    await say(w.people.ada, 'close');
    for (const visitor of [w.people.reader, w.people.triager, w.people.stranger])
      await change(visitor, 'deletion');
    expect(await tip()).toBe(pull.pull.headOid);
    expect(await textOf(w.people.reader)).not.toContain('Delete branch');
    expect(await textOf(w.people.writer)).toContain('Delete branch');
    await change(w.people.writer, 'deletion');
    await t.app.jobs.drain();
    expect(await tip()).toBeUndefined();
    await change(w.people.reader, 'restoration');
    expect(await tip()).toBeUndefined();
    await change(w.people.writer, 'restoration');
    expect(await tip()).toBe(pull.pull.headOid);
    expect(await kinds()).toEqual(['closed', 'head_deleted', 'head_restored']);
  });

  it('stays where somebody pushed to it, or needs it for another pull request', async () => {
    await say(w.people.ada, 'close');
    const other = await w.propose('feature', { title: 'Another' });
    await change(w.people.ada, 'deletion');
    expect(await tip()).toBe(pull.pull.headOid);
    await w.people.ada.post(`${w.open.path}/pull/${other.issue.number}/comments`, { action: 'close' });
    const newer = await w.commit('feature', { 'c.txt': 'c\n' });
    await change(w.people.ada, 'deletion');
    expect(await tip()).toBe(newer);
  });
});

describe('commits and texts', () => {
  it('lists commits in the order they are applied in', async () => {
    const page = await textOf(t.anonymous, `${href}/commits`);
    expect(page.indexOf('Add a')).toBeLessThan(page.indexOf('Add &quot;'));
    expect(liveParts(page)).toEqual([]);
    const first = runGit(w.open.dir, 'rev-parse', 'feature~1');
    const one = await t.anonymous.get(`${href}/commits/${first}`);
    expect(one.headers.get('location')).toBe(`${w.open.path}/commit/${first}`);
    const main = runGit(w.open.dir, 'rev-parse', 'main');
    expect((await t.anonymous.get(`${href}/commits/${main}`)).status).toBe(404);
  });

  it('pages through many, and misses none', async () => {
    importCommits(
      w.open.dir,
      Array.from({ length: 103 }, (_, index) => ({
        ref: 'refs/heads/big',
        ...(index === 0 ? { from: 'refs/heads/main' } : {}),
        message: `Commit ${index}`,
        files: [{ path: 'count.txt', data: String(index) }],
      })),
    );
    const one = await w.propose('big', { title: 'Many' });
    const at = `${w.open.path}/pull/${one.issue.number}/commits`;
    const seen: number[] = [];
    for (const path of [at, `${at}?page=2`])
      for (const [, index] of (await textOf(t.anonymous, path)).matchAll(/>Commit (\d+)</g))
        seen.push(Number(index));
    expect(seen).toEqual(Array.from({ length: 103 }, (_, index) => index));
    expect(await textOf(t.anonymous, `${at}?page=3`)).toContain('No commits here');
    const page = await textOf(t.anonymous, `${w.open.path}/pull/${one.issue.number}`);
    expect(page).toContain('83 more commits');
  });

  it('gives what git itself says as .diff and .patch', async () => {
    const diff = await textOf(t.anonymous, `${href}.diff`);
    expect(diff.trim()).toBe(runGit(w.open.dir, 'diff', '--full-index', 'main...feature'));
    const patch = await textOf(t.anonymous, `${href}.patch`);
    expect(patch.match(/^From [0-9a-f]{40} /gm)).toHaveLength(2);
    expect((await t.anonymous.get(`${w.open.path}/pull/99.diff`)).status).toBe(404);
  });
});

describe('an archived repository', () => {
  it('shows its pull requests and changes nothing', async () => {
    await setArchived(t.app, await t.actor('ada'), w.open, true);
    expect((await w.people.ada.get(href)).status).toBe(200);
    for (const path of ['comments', 'title', 'draft', 'base', 'branch/deletion'])
      expect([path, (await w.people.ada.post(`${href}/${path}`, { action: 'close' })).status]).toEqual([
        path,
        403,
      ]);
    await setArchived(
      t.app,
      await t.actor('ada'),
      await openRepository(t.app, await t.actor('ada'), 'ada', w.open.repository.name, 'repository:see'),
      false,
    );
  });
});

describe('pages of code', () => {
  it('name the pull request that brings a branch or a commit, to those who may read it', async () => {
    const mine = `href="${href}"`;
    expect(await textOf(t.anonymous, `${w.open.path}/branches/all`)).toContain(mine);
    const [first, main] = [
      runGit(w.open.dir, 'rev-parse', 'feature~1'),
      runGit(w.open.dir, 'rev-parse', 'main'),
    ];
    const of = (oid: string) => textOf(t.anonymous, `${w.open.path}/branch_commits/${oid}`);
    expect(await of(first)).toContain(mine);
    expect(await of(main)).not.toContain(mine);
    expect(liveParts(await of(first))).toEqual([]);
    await say(w.people.ada, 'close');
    expect(await textOf(t.anonymous, `${w.open.path}/branches/all`)).toContain('Closed: Two files');
  });
});
