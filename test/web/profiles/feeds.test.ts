// Feeds of people, repositories and organizations, on pages and as Atom: what happened to issues, for those who may know of it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { closeIssue, reopenIssue } from '../../../src/features/issues/closing.service.ts';
import { addComment, deleteComment, hideComment } from '../../../src/features/issues/comments.service.ts';
import { createIssue, requireIssue } from '../../../src/features/issues/issues.service.ts';
import { addMember } from '../../../src/features/orgs/members.service.ts';
import { changeOrganization, createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import { changeRepository } from '../../../src/features/repos/repos.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { parseAtom } from '../../support/atom.ts';
import { worldIn } from '../../support/standing.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { makeRepository } from '../code/repositories.ts';

let t: TestApp;
let ada: Visitor;
let bob: Visitor;
let open: OpenRepository;
let hidden: OpenRepository;

beforeAll(async () => {
  t = await testApp();
  [ada, bob] = [await t.as('ada'), await t.as('bob')];
  open = await makeRepository(t, 'ada', 'looms', []);
  hidden = await makeRepository(t, 'ada', 'plans', [], { visibility: 'private' });
  await giveAccess(t.app, await t.actor('ada'), hidden, {
    username: (await t.actor('reader')).name,
    permission: 'read',
  });
});
afterAll(() => t.close());

const by = (name: string) => t.actor(name);
const issueIn = async (at: OpenRepository, name: string, title: string) =>
  createIssue(t.app, await by(name), at, { title, body: '' });
const page = async (visitor: Visitor, path: string) => {
  const answer = await visitor.get(path);
  expect(answer.status, `${visitor.name} ${path}`).toBe(200);
  return answer.text();
};
const atom = async (visitor: Visitor, path: string) => parseAtom(await page(visitor, path));
const basic = (name: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`,
});

describe('what people do with issues', () => {
  it('is told on the pages and feeds of them and of the repository, with the title as it is', async () => {
    const issue = await issueIn(open, 'ada', 'Threads <b>break</b> & "snap"');
    const comment = await addComment(t.app, await by('bob'), open, issue, 'Here too');
    await closeIssue(t.app, await by('ada'), open, issue, { reason: 'not_planned' });
    await reopenIssue(t.app, await by('ada'), open, await requireIssue(t.app, open, issue.number));
    for (const path of ['/ada', '/ada/looms/activity']) {
      const text = await page(t.anonymous, path);
      for (const said of ['opened issue', 'closed issue', 'as not planned in', 'reopened issue'])
        expect(text).toContain(said);
      expect(text).toContain('Threads &lt;b&gt;break&lt;/b&gt; &amp; &quot;snap&quot;');
      expect(text).not.toContain('<b>break');
    }
    expect(await page(t.anonymous, '/bob')).toContain('commented on issue');
    for (const path of ['/ada.atom', '/ada/looms/activity.atom']) {
      const { entries } = await atom(t.anonymous, path);
      const told = entries.map(({ title }) => title);
      expect(told).toContain(`ada opened issue #1 in ada/looms: Threads <b>break</b> & "snap"`);
      expect(told).toContain(
        `ada closed issue #1 as not planned in ada/looms: Threads <b>break</b> & "snap"`,
      );
      expect(entries.every(({ html }) => !html.includes('<b>break'))).toBe(true);
    }
    const [first] = (await atom(t.anonymous, '/bob.atom')).entries;
    expect(first?.href).toMatch(new RegExp(`/ada/looms/issues/1\\?comment=${comment.id}#issuecomment-`));
  });

  it('keeps the ids of its entries when things are renamed', async () => {
    const before = await atom(t.anonymous, '/ada/looms/activity.atom');
    await changeRepository(t.app, await by('ada'), open, { name: 'mill' });
    const after = await atom(t.anonymous, '/ada/mill/activity.atom');
    expect(after.id).toBe(before.id);
    const moved = await t.anonymous.get('/ada/looms.rss');
    expect([moved.status, moved.headers.get('location')]).toEqual([301, '/ada/mill.rss']);
    expect(await page(t.anonymous, '/ada/mill.rss')).toContain('<rss version="2.0"');
    expect(after.entries.map(({ id }) => id)).toEqual(before.entries.map(({ id }) => id));
    await changeRepository(t.app, await by('ada'), await again(open), { name: 'looms' });
    open = await again(open);
  });

  it('shows nothing of deleted and hidden comments, and of issues that are gone', async () => {
    const issue = await issueIn(open, 'ada', 'Soon forgotten');
    const spam = await addComment(t.app, await by('bob'), open, issue, 'Buy now');
    const gone = await addComment(t.app, await by('bob'), open, issue, 'Oops');
    const count = async () => (await page(t.anonymous, '/bob')).split('Soon forgotten').length - 1;
    expect(await count()).toBe(2);
    await hideComment(t.app, await by('ada'), open, issue, spam, 'spam');
    expect(await count()).toBe(1);
    await deleteComment(t.app, await by('ada'), open, issue, gone);
    expect(await count()).toBe(0);
    expect(await page(t.anonymous, '/ada')).toContain('Soon forgotten');
    await t.app.db.write(async (tx) => {
      const { issues } = await import('../../../src/platform/db/tables/issues.ts');
      const { eq } = await import('drizzle-orm');
      await tx.delete(issues).where(eq(issues.id, issue.id));
    });
    for (const path of [
      '/ada',
      '/ada.atom',
      '/ada.rss',
      '/ada/looms.rss',
      '/ada/looms.atom',
      '/ada/looms/activity.atom',
    ])
      expect(await page(t.anonymous, path)).not.toContain('Soon forgotten');
  });

  it('goes with an issue to where it was transferred, and is told to those who may see that place', async () => {
    const issue = await issueIn(open, 'ada', 'Moves to the plans');
    expect(await page(t.anonymous, '/ada')).toContain('Moves to the plans');
    await t.app.db.write(async (tx) => {
      const { updateIssue } = await import('../../../src/features/issues/issues.store.ts');
      await updateIssue(tx, issue.id, { repositoryId: hidden.repository.id, number: 999 });
    });
    for (const path of ['/ada', '/ada.atom', '/ada/looms/activity', '/ada/looms/activity.atom'])
      expect(await page(t.anonymous, path)).not.toContain('Moves to the plans');
    expect(await page(ada, '/ada')).toContain('/ada/plans/issues/999');
    expect(await page(ada, '/ada/looms/activity')).not.toContain('Moves to the plans');
  });
});

describe('feeds never leak', () => {
  it('titles of private repositories to those who may not see them', async () => {
    await issueIn(hidden, 'reader', 'Buy the rival');
    const reader = await t.as('reader');
    for (const path of ['/reader', '/reader.atom', '/reader.rss']) {
      expect(await page(reader, path)).toContain('Buy the rival');
      for (const visitor of [bob, t.anonymous]) expect(await page(visitor, path)).not.toContain('rival');
    }
    for (const path of [
      '/ada/plans/activity',
      '/ada/plans/activity.atom',
      '/ada/plans.atom',
      '/ada/plans.rss',
    ]) {
      expect(await page(reader, path)).toContain('Buy the rival');
      for (const visitor of [bob, t.anonymous]) expect((await visitor.get(path)).status).toBe(404);
    }
    await bob.post('/users/reader/follow');
    expect(await page(bob, '/')).not.toContain('rival');
  });

  it('issues to those who may see the repository and not its issues', async () => {
    const owner = await by('ada');
    const org = await createOrganization(t.app, owner, { name: 'mills', visibility: 'private' });
    await changeOrganization(t.app, owner, org.id, { basePermission: 'none' });
    await ada.post('/new', { owner: 'mills', name: 'engine', visibility: 'private' });
    const engine = await openRepository(t.app, owner, 'mills', 'engine', 'repository:own');
    await issueIn(engine, 'ada', 'Sack the weavers');
    const world = worldIn(t.app.db);
    for (const [name, issues] of [
      ['cara', 'none'],
      ['wim', 'read'],
    ] as const) {
      const { userId } = await by(name);
      await addMember(t.app, SYSTEM, org.id, userId, 'member');
      const team = await world.team(org.id, `for-${name}`, { unitCaps: { issues } });
      await world.teamMember(team, userId);
      await world.teamRepository(team, engine.repository.id, 'write');
    }
    const [cara, wim] = [await t.as('cara'), await t.as('wim')];
    const paths = ['/mills/engine/activity', '/mills/engine/activity.atom', '/orgs/mills/activity'];
    for (const path of [...paths, '/mills.atom', '/ada', '/ada.atom']) {
      expect(await page(wim, path)).toContain('Sack the weavers');
      const text = await page(cara, path);
      expect(text).not.toContain('weavers');
      expect(text).toContain('mills/engine');
    }
    for (const path of ['/orgs/mills/activity', '/mills.atom'])
      expect((await t.anonymous.get(path)).status).toBe(404);
    await changeRepository(t.app, owner, engine, { disabledUnits: 'issues' });
    expect(await page(wim, '/mills.atom')).not.toContain('weavers');
  });

  it('the existence of organizations and accounts: hidden ones answer as missing ones do', async () => {
    const answers = await Promise.all(
      ['/mills.atom', '/nobody-there.atom'].map(async (path) => (await bob.get(path)).text()),
    );
    const bare = answers.map((text) => text.replaceAll('mills', 'x').replaceAll('nobody-there', 'x'));
    const body = (text = '') => /<main.*<\/main>/s.exec(text)?.[0];
    expect(body(bare[0])).toBe(body(bare[1]));
    const { suspendUser } = await import('../../../src/features/users/standing.service.ts');
    await suspendUser(t.app, SYSTEM, (await by('gone')).userId);
    expect((await bob.get('/gone.atom')).status).toBe(404);
  });
});

describe('feeds for programs', () => {
  it('are read with a token that may, and with no other', async () => {
    const good = await t.token('reader', 'read:repository,read:issue');
    const partial = await t.token('reader', 'read:repository');
    const poor = await t.token('reader', 'read:user');
    for (const path of ['/reader.atom', '/ada/plans/activity.atom']) {
      const answer = await t.anonymous.get(path, basic('reader', good));
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('Buy the rival');
      expect((await t.anonymous.get(path, basic('reader', poor))).status).toBe(403);
      const less = await t.anonymous.get(path, basic('reader', partial));
      expect(less.status).toBe(200);
      expect(await less.text()).not.toContain('rival');
      expect((await t.anonymous.get(path, basic('reader', 'wrong'))).status).toBe(401);
    }
  });

  it('are tagged, named by their pages, and of as much as a page', async () => {
    const first = await t.anonymous.get('/ada.atom');
    expect(first.headers.get('content-type')).toBe('application/atom+xml; charset=utf-8');
    const tag = first.headers.get('etag') ?? '';
    expect((await t.anonymous.get('/ada.atom', { 'if-none-match': tag })).status).toBe(304);
    expect(first.headers.get('cache-control')).toContain('private');
    for (const [path, feed] of [
      ['/ada', '/ada.atom'],
      ['/ada/looms/activity', '/ada/looms/activity.atom'],
    ] as const) {
      const text = await page(t.anonymous, path);
      expect(text).toMatch(
        new RegExp(`<link rel="alternate" type="application/atom.xml"[^>]*href="${feed}"`),
      );
    }
    expect(await page(ada, '/')).not.toContain('rel="alternate"');
  });

  it('survive characters that XML cannot hold', async () => {
    await issueIn(open, 'ada', 'Bell \u0007 ]]> \ud800 &amp; \u202e');
    const { entries } = await atom(t.anonymous, '/ada.atom');
    expect(entries[0]?.title).toContain(']]>');
  });
});

it('pages lead on to what is older, each event once', async () => {
  const wide = await makeRepository(t, 'ada', 'wide', []);
  for (let n = 1; n <= 45; n++) await issueIn(wide, 'ada', `Number ${n}.`);
  const seen: string[] = [];
  let address: string | undefined = '/ada/wide/activity';
  while (address !== undefined && seen.length < 100) {
    const text: string = await page(t.anonymous, address);
    seen.push(...[...text.matchAll(/>(Number \d+\.)</g)].map(([, title = '']) => title));
    address = /href="(\/ada\/wide\/activity\?before=\d+)"/.exec(text)?.[1];
  }
  expect(seen).toEqual(Array.from({ length: 45 }, (_, n) => `Number ${45 - n}.`));
  expect((await t.anonymous.get('/ada/wide/activity?before=x')).status).toBe(422);
});

function again({ repository }: OpenRepository): Promise<OpenRepository> {
  return import('../../../src/features/repos/access.service.ts').then(({ openRepositoryById }) =>
    openRepositoryById(t.app, SYSTEM, repository.id, 'repository:see'),
  );
}
