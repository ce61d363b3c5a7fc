// Who reaches which page of an organization and who changes what: every role against every route.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { makeSite, plain, ROLES, type Role, type Site } from './site.ts';

let open: Site;
let hidden: Site;
const apps: TestApp[] = [];

beforeAll(async () => {
  for (let index = 0; index < 2; index++) apps.push(await testApp());
  const [first, second] = apps;
  if (!first || !second) throw new Error('no applications');
  open = await makeSite(first);
  hidden = await makeSite(second, 'private');
}, 120_000);
afterAll(async () => {
  for (const app of apps) await app.close();
});

type Expected = Record<Role, number>;
const everybody: Expected = {
  anonymous: 200,
  stranger: 200,
  member: 200,
  maintainer: 200,
  owner: 200,
  admin: 200,
};
const inside: Expected = { ...everybody, anonymous: 303, stranger: 403 };
const owners: Expected = { ...inside, member: 403, maintainer: 403 };
const secret: Expected = { ...inside, member: 404, maintainer: 404 };

const PAGES: [string, Expected][] = [
  ['/orgs/acme/people', everybody],
  ['/orgs/acme/people/invitations', owners],
  ['/orgs/acme/teams', inside],
  ['/orgs/acme/teams?q=ENG', inside],
  ['/orgs/acme/teams/new', owners],
  ['/orgs/acme/teams/engine', inside],
  ['/orgs/acme/teams/Engine', inside],
  ['/orgs/acme/teams/engine/teams', inside],
  ['/orgs/acme/teams/engine/settings', owners],
  ['/orgs/acme/teams/engine/repositories', inside],
  ['/orgs/acme/teams/vault', secret],
  ['/orgs/acme/teams/vault/repositories', secret],
  ['/orgs/acme/teams/vault/teams', secret],
  ['/orgs/acme/settings', owners],
  ['/orgs/acme/settings/members', owners],
  ['/orgs/acme/settings/blocks', owners],
];

/** An address that changes something, and the roles that are let through to it. */
const CHANGES: [string, Role[]][] = [
  ['/orgs/acme/people/999/role', ['owner', 'admin']],
  ['/orgs/acme/people/999/removal', ['owner', 'admin']],
  ['/orgs/acme/people/invitations', ['owner', 'admin']],
  ['/orgs/acme/people/invitations/999/revocation', ['owner', 'admin']],
  ['/orgs/acme/teams/new', ['owner', 'admin']],
  ['/orgs/acme/teams/engine/members', ['maintainer', 'owner', 'admin']],
  ['/orgs/acme/teams/engine/members/999/removal', ['maintainer', 'owner', 'admin']],
  ['/orgs/acme/teams/engine/settings', ['owner', 'admin']],
  ['/orgs/acme/teams/engine/deletion', ['owner', 'admin']],
  ['/orgs/acme/teams/engine/repositories', ['owner', 'admin']],
  ['/orgs/acme/teams/engine/repositories/x/removal', ['owner', 'admin']],
  ['/orgs/acme/settings/visibility', ['owner', 'admin']],
  ['/orgs/acme/settings/members', ['owner', 'admin']],
  ['/orgs/acme/settings/blocks', ['owner', 'admin']],
];

describe('pages of a public organization', () => {
  for (const [path, expected] of PAGES)
    it(path, async () => {
      const found: Partial<Expected> = {};
      for (const role of ROLES) found[role] = (await open.as(role).get(path)).status;
      expect(found).toEqual(expected);
    });
});

describe('pages of a private organization', () => {
  for (const [path, expected] of PAGES)
    it(path, async () => {
      const found: Partial<Expected> = {};
      for (const role of ROLES) found[role] = (await hidden.as(role).get(path)).status;
      expect(found).toEqual({ ...expected, anonymous: 404, stranger: 404 });
    });

  it('answer strangers with the page of a missing one, to the letter', async () => {
    for (const role of ['anonymous', 'stranger'] as const) {
      for (const path of ['/acme', '/orgs/acme', '/orgs/acme/nothing', ...PAGES.map(([one]) => one)]) {
        const missing = path.replace('acme', 'nono');
        const [one, other] = [await hidden.as(role).get(path), await hidden.as(role).get(missing)];
        expect(other.status, missing).toBe(one.status);
        expect(plain(await one.text(), 'acme'), path).toBe(plain(await other.text(), 'nono'));
      }
    }
  });

  it('answer a member with the page of a missing team for a secret one', async () => {
    const [one, other] = [
      await hidden.as('member').get('/orgs/acme/teams/vault'),
      await hidden.as('member').get('/orgs/acme/teams/vanes'),
    ];
    expect(plain(await one.text(), 'vault')).toBe(plain(await other.text(), 'vanes'));
  });
});

describe('changes', () => {
  for (const [path, allowed] of CHANGES)
    it(path, async () => {
      for (const role of ROLES) {
        // Nothing that is sent here changes anything: those who are let through are told what is wrong with it.
        const answer = await open.as(role).post(path, {});
        if (allowed.includes(role)) expect([404, 422], role).toContain(answer.status);
        else expect(answer.status, role).toBe(role === 'anonymous' ? 401 : 403);
        const unseen = await hidden.as(role).post(path, {});
        if (role === 'anonymous' || role === 'stranger') expect(unseen.status, role).toBe(404);
      }
    });

  it('refuses a post from another site', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' };
    const answer = await open.as('owner').post('/orgs/acme/settings', { bio: 'x' }, headers);
    expect(answer.status).toBe(403);
  });
});

describe('what is listed', () => {
  it('shows public memberships to visitors, and every one to members', async () => {
    const { userId } = await open.t.actor('the-member');
    const names = async (role: Role, query = '') =>
      [
        ...(await (await open.as(role).get(`/orgs/acme/people${query}`)).text()).matchAll(
          /class="strong" href="\/([\w-]+)"/g,
        ),
      ].map(([, name]) => name);
    expect(await names('stranger')).toEqual([]);
    expect(await names('member')).toEqual(['the-maintainer', 'the-member', 'the-owner']);
    expect(await names('member', '?q=MAIN')).toEqual(['the-maintainer']);
    expect(await names('member', '?after=the-member')).toEqual(['the-owner']);
    await open.as('member').post('/orgs/acme/membership/visibility', { visibility: 'public' });
    expect(await names('stranger')).toEqual(['the-member']);
    expect(await names('anonymous', '?q=owner')).toEqual([]);
    const page = await (await open.as('stranger').get('/orgs/acme/people')).text();
    expect(page).not.toContain('Second factor');
    expect(page).not.toMatch(/label-accent|>Member</);
    expect(page).toMatch(/People<\/span><span class="counter">1</);
    expect(await (await open.as('owner').get('/orgs/acme/people')).text()).toContain(
      `/people/${userId}/removal`,
    );
  });

  it('shows secret teams to owners alone, also in the count', async () => {
    const seen = async (role: Role) => {
      const text = await (await open.as(role).get('/orgs/acme/teams')).text();
      return [text.includes('vault'), /Teams<\/span><span class="counter">(\d+)</.exec(text)?.[1]];
    };
    expect(await seen('owner')).toEqual([true, '2']);
    expect(await seen('admin')).toEqual([true, '2']);
    expect(await seen('member')).toEqual([false, '1']);
    expect(await (await open.as('member').get('/orgs/acme/teams?q=vault')).text()).toContain(
      'No team matches',
    );
  });
});
