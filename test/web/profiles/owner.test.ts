// A person's page: what it shows to whom, and what it tells nobody of.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { DAY } from '../../../src/base/time.ts';
import { addMember } from '../../../src/features/orgs/members.service.ts';
import { createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { contributionsOf, countPush } from '../../../src/features/profiles/contributions.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { starRepository } from '../../../src/features/repos/stars.service.ts';
import { noReplyAddressOf } from '../../../src/features/users/emails.service.ts';
import { suspendUser } from '../../../src/features/users/standing.service.ts';
import { findUserByName } from '../../../src/features/users/users.service.ts';
import { updateUser } from '../../../src/features/users/users.store.ts';
import type { RecordedEvent } from '../../../src/platform/events/events.types.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { type ImportedCommit, runGit } from '../code/import-commits.ts';
import { HEAD, makeRepository } from '../code/repositories.ts';

let t: TestApp;
let ada: Visitor;
let bob: Visitor;
let hidden: OpenRepository;

const README: ImportedCommit[] = [
  {
    ref: HEAD,
    files: [{ path: 'README.md', data: '# Hello\n\nI am *Ada*.\n\n<script>alert(1)</script>\n' }],
  },
];
const ZERO = '0'.repeat(40);

beforeAll(async () => {
  t = await testApp();
  [ada, bob] = [await t.as('ada'), await t.as('bob')];
  const seconds = Math.floor(Date.now() / 1000);
  hidden = await makeRepository(
    t,
    'ada',
    'secret-plan',
    [{ ref: HEAD, time: seconds - 86_400, files: [{ path: 'a', data: 'a' }] }],
    { visibility: 'private' },
  );
  await makeRepository(t, 'ada', 'ada', README);
}, 60_000);
afterAll(() => t.close());

const textOf = async (visitor: Visitor, path: string) => (await visitor.get(path)).text();

/** The push of a repository's whole default branch, as its event would say it. */
function pushOf(open: OpenRepository, oldOid = ZERO): RecordedEvent & { kind: 'push' } {
  const newOid = runGit(open.dir, 'rev-parse', HEAD);
  const repositoryId = open.repository.id;
  return { kind: 'push', id: 1, createdAt: 0, repositoryId, updates: [{ ref: HEAD, oldOid, newOid }] };
}

describe('the page of a person', () => {
  it('shows the README of the public repository of their name, rendered and harmless', async () => {
    const text = await textOf(t.anonymous, '/ada');
    expect(text).toContain('I am <em>Ada</em>');
    expect(text).not.toContain('alert(1)</script>');
  });

  it('does not show the README of a private repository of that name, not even to its owner', async () => {
    await makeRepository(t, 'bob', 'bob', README, { visibility: 'private' });
    for (const visitor of [t.anonymous, bob])
      expect(await textOf(visitor, '/bob')).not.toContain('I am <em>');
  });

  it('says where they are and links their website only if a browser may go there', async () => {
    const form = { displayName: 'Ada', bio: 'Counts.', location: 'London', website: 'https://example.org/x' };
    expect((await ada.post('/settings/profile', form)).status).toBe(303);
    const text = await textOf(t.anonymous, '/ada');
    for (const part of ['Counts.', 'London', 'href="https://example.org/x" rel="nofollow']) {
      expect(text).toContain(part);
    }
    const bad = await ada.post('/settings/profile', { ...form, website: 'javascript:alert(1)' });
    expect(bad.status).toBe(422);
    expect(await bad.text()).toContain('id="field-website-error"');
  });

  it('shows an address to people who are signed in, if its person chose so, and to nobody else', async () => {
    expect(await textOf(bob, '/ada')).not.toContain('ada@example.org');
    const { userId } = await t.actor('ada');
    await t.app.db.write((tx) => updateUser(tx, userId, { hidesEmail: false }));
    expect(await textOf(bob, '/ada')).toContain('ada@example.org');
    expect(await textOf(t.anonymous, '/ada')).not.toContain('ada@example.org');
  });

  it('has a tab for each list, and another word for a tab leads to the first', async () => {
    for (const tab of ['repositories', 'stars', 'followers', 'following', 'nonsense', '']) {
      expect((await t.anonymous.get(`/ada?tab=${tab}`)).status).toBe(200);
    }
    await bob.post('/users/ada/follow');
    expect(await textOf(t.anonymous, '/ada?tab=followers')).toContain('href="/bob"');
    expect(await textOf(t.anonymous, '/bob?tab=following')).toContain('href="/ada"');
    expect((await t.anonymous.get('/ada?tab=followers&after=x')).status).toBe(422);
  });

  it('names the tab in its title, so that bookmarks and histories tell the lists apart', async () => {
    const titleAt = async (path: string) => /<title>(.*?) · /s.exec(await (await bob.get(path)).text())?.[1];
    expect(await titleAt('/ada')).toBe('ada (Ada)');
    expect(await titleAt('/ada?tab=stars')).toBe('Stars');
  });

  it('of a suspended account is there for administrators alone', async () => {
    const { userId } = await t.actor('gone');
    await suspendUser(t.app, SYSTEM, userId);
    const chief = await t.as('chief', { isAdmin: true });
    expect([(await t.anonymous.get('/gone')).status, (await bob.get('/gone')).status]).toEqual([404, 404]);
    expect((await chief.get('/gone')).status).toBe(200);
    for (const name of ['ghost', 'nobody-here']) expect((await bob.get(`/${name}`)).status).toBe(404);
  });

  it('leaks nothing of a private repository to strangers: list, stars, pins, activity, graph', async () => {
    await starRepository(t.app, await t.actor('ada'), hidden);
    expect((await ada.post('/settings/pins', { repository: 'ada/secret-plan' })).status).toBe(303);
    await countPush(t.app, pushOf(hidden));
    expect(await textOf(ada, '/ada')).toContain('secret-plan');
    for (const visitor of [t.anonymous, bob]) {
      for (const path of [
        '/ada',
        '/ada?tab=repositories',
        '/ada?tab=stars',
        '/ada?q=secret&tab=repositories',
      ]) {
        expect(await textOf(visitor, path), path).not.toContain('secret-plan');
      }
      expect(await textOf(visitor, '/ada')).toContain('0 contributions in the last year');
    }
    const owner = await t.actor('ada');
    await giveAccess(
      t.app,
      owner,
      await openRepository(t.app, owner, 'ada', 'secret-plan', 'access:manage'),
      {
        username: 'bob',
        permission: 'read',
      },
    );
    expect(await textOf(bob, '/ada')).toContain('1 contribution in the last year');
  });
});

describe('contributions', () => {
  it('are commits of verified and private addresses on the default branch, once each, never in days to come', async () => {
    const cyd = await t.actor('cyd');
    const user = await findUserByName(t.app, 'cyd');
    if (!user) throw new Error('no cyd');
    const now = Math.floor(Date.now() / 1000);
    const from = (author: string, time: number, path: string): ImportedCommit => ({
      ref: HEAD,
      author,
      time,
      files: [{ path, data: path }],
    });
    const open = await makeRepository(t, 'cyd', 'work', [
      from('C <CYD@Example.org>', now - 3 * 86_400, 'a'),
      from(`C <${noReplyAddressOf(t.app, user)}>`, now - 3 * 86_400, 'b'),
      from('C <cyd@elsewhere.example>', now, 'c'),
      from('C <cyd@example.org>', now + 90 * 86_400, 'd'),
      from('B <bob@example.org>', now, 'e'),
    ]);
    for (let times = 0; times < 2; times++) await countPush(t.app, pushOf(open));
    const { last, counts } = await contributionsOf(t.app, cyd, cyd.userId, 30);
    expect(last).toBe(Math.floor(Date.now() / DAY));
    expect([...counts].sort((one, other) => one[0] - other[0])).toEqual([
      [last - 3, 2],
      [last, 1],
    ]);
    const text = await textOf(t.anonymous, '/cyd');
    expect(text).toContain('3 contributions in the last year');
    expect(text).toContain('Show as a table');
  });

  it('of a push that moved from a commit that is gone are counted all the same', async () => {
    const open = await openRepository(t.app, await t.actor('cyd'), 'cyd', 'work', 'code:read');
    await expect(countPush(t.app, pushOf(open, 'd'.repeat(40)))).resolves.toBeUndefined();
    await expect(countPush(t.app, { ...pushOf(open), repositoryId: 999_999 })).resolves.toBeUndefined();
  });
});

describe('the page of an organization', () => {
  it('shows what it is, its repositories and its public members; hidden ones answer as missing', async () => {
    const open = await createOrganization(t.app, await t.actor('ada'), {
      name: 'crew',
      visibility: 'public',
    });
    await addMember(t.app, SYSTEM, open.id, (await t.actor('bob')).userId, 'member');
    await createOrganization(t.app, await t.actor('ada'), { name: 'cabal', visibility: 'private' });
    const text = await textOf(t.anonymous, '/crew');
    expect(text).toContain('crew has no repositories to show');
    expect(text).not.toContain('href="/bob"');
    expect(await textOf(bob, '/crew')).toContain('href="/bob"');
    expect([(await t.anonymous.get('/cabal')).status, (await bob.get('/cabal')).status]).toEqual([404, 404]);
    expect((await ada.get('/cabal')).status).toBe(200);
    expect(await textOf(bob, '/ada')).not.toContain('cabal');
    expect(await textOf(t.anonymous, '/bob')).not.toContain('href="/crew"');
  });
});
