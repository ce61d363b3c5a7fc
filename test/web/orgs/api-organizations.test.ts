// Organizations, their people and teams in the REST API, as everybody who may come.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOST, type TestApp, testApp } from '../../support/test-app.ts';
import { eventsOf, makeSite } from './site.ts';

let t: TestApp;
beforeEach(async () => {
  t = await testApp();
  tokens.clear();
  await makeSite(t);
});
afterEach(() => t.close());

const tokens = new Map<string, string>();
async function tokenOf(name: string, scopes: string): Promise<string> {
  const token = tokens.get(`${name} ${scopes}`) ?? (await t.token(name, scopes));
  tokens.set(`${name} ${scopes}`, token);
  return token;
}

/** The fields that a refusal names. */
const faulty = (json: { errors?: unknown }) =>
  ((json.errors ?? []) as string[]).map((text) => text.split(':')[0]);

/** Calls the API as somebody by a token of theirs; without a name as nobody. */
async function call(
  name: string | undefined,
  method: string,
  path: string,
  body?: unknown,
  scopes = 'all',
): Promise<{ status: number; json: Record<string, never>; headers: Headers }> {
  const headers: Record<string, string> = {};
  if (name !== undefined) headers.authorization = `token ${await tokenOf(name, scopes)}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  const answer = await t.web.request(
    `${HOST}/api/v1${path}`,
    { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
    { incoming: { socket: { remoteAddress: '127.0.0.1' }, headers: {} }, outgoing: {} },
  );
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? {} : JSON.parse(text), headers: answer.headers };
}

const teamId = async (name: string) => {
  const { json } = await call('the-owner', 'GET', '/orgs/acme/teams');
  const found = (json as unknown as { id: number; name: string }[]).find((one) => one.name === name);
  if (!found) throw new Error(`no team ${name}`);
  return found.id;
};
const named = (json: unknown) =>
  (json as { login?: string; name?: string }[]).map((one) => one.login ?? one.name);

describe('an organization', () => {
  it('is created with all that is said of it, by its first owner', async () => {
    const body = {
      username: 'Valves',
      full_name: 'Valves Ltd',
      description: 'Opens and closes',
      email: 'hello@valves.example',
      location: 'Here',
      website: 'https://valves.example',
      visibility: 'limited',
      repo_admin_change_team_access: false,
    };
    const { status, json } = await call('the-stranger', 'POST', '/orgs', body);
    expect(status).toBe(201);
    expect(json).toMatchObject({ ...body, name: 'Valves', repo_admin_change_team_access: true });
    expect((await call('the-stranger', 'GET', '/orgs/valves')).json).toEqual(json);
    expect((await call(undefined, 'GET', '/orgs/valves')).status).toBe(404);
    expect((await eventsOf(t, 'organization.created')).at(-1)).toMatchObject({ name: 'Valves' });
  });

  it.each([
    [{ username: 'acme' }, 'username'],
    [{ username: 'a b' }, 'username'],
    [{ full_name: 'nameless' }, 'username'],
    [{ username: 'x', visibility: 'internal' }, 'visibility'],
    [{ username: 'x', website: 'javascript:alert(1)' }, 'website'],
    [{ username: 'x', email: 'nobody' }, 'email'],
    [{ username: 'x', description: 'a'.repeat(251) }, 'description'],
    [{ username: 'x', full_name: 'a<b' }, 'full_name'],
  ])('is refused as %j', async (body, field) => {
    const { status, json } = await call('the-stranger', 'POST', '/orgs', body);
    expect([status, faulty(json)]).toEqual([422, [field]]);
  });

  it('is changed by owners alone, and keeps what is left out', async () => {
    const change = { full_name: 'Acme & Sons', website: null };
    expect((await call('the-member', 'PATCH', '/orgs/acme', change)).status).toBe(403);
    expect((await call('the-stranger', 'PATCH', '/orgs/acme', change)).status).toBe(403);
    expect((await call(undefined, 'PATCH', '/orgs/acme', change)).status).toBe(401);
    expect((await call('the-owner', 'PATCH', '/orgs/acme', change, 'read:organization')).status).toBe(403);
    const { status, json } = await call('the-owner', 'PATCH', '/orgs/acme', {
      ...change,
      description: 'Rockets',
    });
    expect([status, json.full_name, json.description]).toEqual([200, 'Acme & Sons', 'Rockets']);
    expect((await eventsOf(t, 'organization.updated')).at(-1)).toMatchObject({
      changes: ['displayName', 'bio'],
    });
  });

  it('that is private is there for its members alone', async () => {
    await call('the-owner', 'PATCH', '/orgs/acme', { visibility: 'private' });
    for (const path of ['', '/members', '/members/the-owner', '/public_members', '/teams']) {
      expect((await call('the-stranger', 'GET', `/orgs/acme${path}`)).status, path).toBe(404);
      expect((await call(undefined, 'GET', `/orgs/acme${path}`)).status, path).toBe(404);
    }
    expect((await call('the-member', 'GET', '/orgs/acme')).status).toBe(200);
    expect(named((await call('the-stranger', 'GET', '/orgs')).json)).toEqual([]);
    expect(named((await call('the-member', 'GET', '/orgs')).json)).toEqual(['acme']);
    expect(named((await call('the-admin', 'GET', '/orgs')).json)).toEqual(['acme']);
  });
});

describe('lists of organizations', () => {
  it('come in pages with the whole number', async () => {
    for (const name of ['one', 'two', 'three'])
      await call('the-stranger', 'POST', '/orgs', { username: name });
    const { json, headers } = await call(undefined, 'GET', '/orgs?limit=2&page=2');
    expect([named(json), headers.get('x-total-count')]).toEqual([['two', 'three'], '4']);
    expect(headers.get('link')).toContain('rel="first"');
  });

  it('of somebody hold what the asker may know of', async () => {
    const path = '/users/the-member/orgs';
    expect(named((await call(undefined, 'GET', path)).json)).toEqual([]);
    expect(named((await call('the-owner', 'GET', path)).json)).toEqual(['acme']);
    expect(named((await call('the-member', 'GET', '/user/orgs')).json)).toEqual(['acme']);
    expect((await call('the-member', 'PUT', '/orgs/acme/public_members/the-member')).status).toBe(204);
    expect(named((await call(undefined, 'GET', path)).json)).toEqual(['acme']);
    expect((await call('the-member', 'GET', '/user/orgs', undefined, 'read:user')).status).toBe(403);
    expect((await call('the-member', 'GET', path, undefined, 'read:user')).status).toBe(403);
  });

  it('say what somebody may do, to themselves and to members', async () => {
    const path = (name: string) => `/users/${name}/orgs/acme/permissions`;
    expect((await call('the-member', 'GET', path('the-owner'))).json).toEqual({
      is_owner: true,
      is_admin: true,
      can_write: true,
      can_read: true,
      can_create_repository: true,
    });
    expect((await call('the-member', 'GET', path('the-member'))).json).toMatchObject({
      is_owner: false,
      can_read: true,
    });
    expect((await call('the-stranger', 'GET', path('the-stranger'))).json).toMatchObject({ can_read: false });
    expect((await call('the-stranger', 'GET', path('the-member'))).status).toBe(404);
    // Who administers the site is nothing that members are told.
    const nobody = (await call('the-member', 'GET', path('the-stranger'))).json;
    expect((await call('the-member', 'GET', path('the-admin'))).json).toEqual(nobody);
    expect((await call('the-admin', 'GET', path('the-admin'))).json).toMatchObject({ is_admin: true });
  });
});

describe('members', () => {
  it('are told to members; strangers are sent to the public ones', async () => {
    expect(named((await call('the-member', 'GET', '/orgs/acme/members')).json)).toEqual([
      'the-maintainer',
      'the-member',
      'the-owner',
    ]);
    expect(named((await call('the-stranger', 'GET', '/orgs/acme/members')).json)).toEqual([]);
    expect((await call('the-member', 'GET', '/orgs/acme/members/the-owner')).status).toBe(204);
    expect((await call('the-member', 'GET', '/orgs/acme/members/the-stranger')).status).toBe(404);
    const sent = await call('the-stranger', 'GET', '/orgs/acme/members/the-owner');
    expect([sent.status, sent.headers.get('location')]).toEqual([
      303,
      '/api/v1/orgs/acme/public_members/the-owner',
    ]);
    expect((await call('the-stranger', 'GET', '/orgs/acme/public_members/the-owner')).status).toBe(404);
  });

  it('show and hide their own membership, and nobody else theirs', async () => {
    const path = '/orgs/acme/public_members/the-member';
    expect((await call('the-owner', 'PUT', path)).status).toBe(403);
    expect((await call('the-stranger', 'PUT', path)).status).toBe(403);
    expect((await call('the-member', 'PUT', path)).status).toBe(204);
    expect((await call(undefined, 'GET', path)).status).toBe(204);
    expect((await call('the-member', 'DELETE', path)).status).toBe(204);
    expect((await call(undefined, 'GET', path)).status).toBe(404);
  });

  it('are removed by owners, leave by themselves, and the last owner stays', async () => {
    const path = '/orgs/acme/members/the-member';
    expect((await call('the-maintainer', 'DELETE', path)).status).toBe(403);
    expect((await call('the-stranger', 'DELETE', path)).status).toBe(403);
    expect((await call('the-owner', 'DELETE', path)).status).toBe(204);
    expect((await call('the-owner', 'DELETE', path)).status).toBe(404);
    expect((await call('the-maintainer', 'DELETE', '/orgs/acme/members/the-maintainer')).status).toBe(204);
    expect((await call('the-owner', 'DELETE', '/orgs/acme/members/the-owner')).status).toBe(409);
    expect((await eventsOf(t, 'member.removed')).length).toBe(2);
  });

  it('become owners by owners', async () => {
    const path = '/orgs/acme/members/the-member';
    expect((await call('the-member', 'PATCH', path, { role: 'owner' })).status).toBe(403);
    expect((await call('the-owner', 'PATCH', path, { role: 'boss' })).status).toBe(422);
    expect((await call('the-owner', 'PATCH', path, { role: 'owner' })).status).toBe(204);
    expect((await call('the-member', 'PATCH', '/orgs/acme', { description: 'mine' })).status).toBe(200);
  });
});

describe('invitations', () => {
  it('are sent, listed, accepted and taken back', async () => {
    const engine = await teamId('engine');
    const { status, json } = await call('the-owner', 'POST', '/orgs/acme/invitations', {
      username: 'the-stranger',
      team_ids: [engine],
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      role: 'member',
      email: null,
      team_ids: [engine],
      user: { login: 'the-stranger' },
    });
    expect((await call('the-member', 'GET', '/orgs/acme/invitations')).status).toBe(403);
    const waiting = (await call('the-stranger', 'GET', '/user/org_invitations')).json as unknown as {
      id: number;
    }[];
    expect(waiting).toMatchObject([{ id: json.id, organization: { name: 'acme' } }]);
    expect((await call('the-member', 'PUT', `/user/org_invitations/${json.id}`)).status).toBe(404);
    expect((await call('the-stranger', 'PUT', `/user/org_invitations/${json.id}`)).status).toBe(204);
    expect((await call('the-stranger', 'GET', `/teams/${engine}/members/the-stranger`)).status).toBe(200);
    const other = await call('the-owner', 'POST', '/orgs/acme/invitations', { email: 'grace@example.org' });
    expect(other.json.link).toMatch(/^http/);
    expect((await call('the-owner', 'DELETE', `/orgs/acme/invitations/${other.json.id}`)).status).toBe(204);
    expect((await call('the-owner', 'GET', '/orgs/acme/invitations')).json).toEqual([]);
  });

  it.each([{}, { username: 'nobody' }, { username: 'the-member' }, { username: 'a', email: 'b@c' }])(
    'are refused as %j',
    async (body) => {
      const { status, json } = await call('the-owner', 'POST', '/orgs/acme/invitations', body);
      expect([status, faulty(json)]).toEqual([422, ['username']]);
    },
  );
});

describe('teams', () => {
  const CREATE = {
    name: 'Valves',
    description: 'Opens',
    permission: 'write',
    units: ['repo.code', 'repo.pulls'],
  };

  it('are made by owners with what Gitea says of them', async () => {
    expect((await call('the-member', 'POST', '/orgs/acme/teams', CREATE)).status).toBe(403);
    const { status, json } = await call('the-owner', 'POST', '/orgs/acme/teams', CREATE);
    expect(status).toBe(201);
    expect(json).toMatchObject({
      ...CREATE,
      can_create_org_repo: false,
      includes_all_repositories: false,
      organization: { name: 'acme' },
      units_map: {
        'repo.code': 'write',
        'repo.issues': 'none',
        'repo.pulls': 'write',
        'repo.projects': 'none',
      },
    });
    expect((await call('the-member', 'GET', `/teams/${json.id}`)).json).toEqual(json);
    expect((await eventsOf(t, 'team.created')).at(-1)).toMatchObject({ teamId: json.id, name: 'Valves' });
  });

  it('reach into parts as a map says, never further than they are given', async () => {
    const body = {
      name: 'mapped',
      permission: 'read',
      units_map: { 'repo.code': 'read', 'repo.issues': 'admin' },
    };
    const { json } = await call('the-owner', 'POST', '/orgs/acme/teams', body);
    expect(json).toMatchObject({
      permission: 'write',
      units_map: { 'repo.code': 'read', 'repo.issues': 'write', 'repo.releases': 'none' },
    });
  });

  it('change what is said, keep the rest, and say what is wrong by the names of the API', async () => {
    const made = (await call('the-owner', 'POST', '/orgs/acme/teams', CREATE)).json;
    const path = `/teams/${made.id}`;
    const { status, json } = await call('the-owner', 'PATCH', path, {
      name: 'valves',
      description: 'Closes',
    });
    expect([status, json]).toEqual([
      200,
      { ...made, name: 'valves', description: 'Closes', html_url: json.html_url },
    ]);
    const vault = await teamId('vault');
    expect((await call('the-owner', 'PATCH', path, { parent_id: vault })).json.errors).toContainEqual(
      expect.stringMatching(/^is_secret/),
    );
    expect((await call('the-owner', 'PATCH', path, { parent_id: 4711 })).json.errors).toContainEqual(
      expect.stringMatching(/^parent_id/),
    );
    expect((await call('the-owner', 'PATCH', path, { name: 'engine' })).json.errors).toContainEqual(
      expect.stringMatching(/^name/),
    );
    const engine = await teamId('engine');
    expect((await call('the-owner', 'PATCH', path, { parent_id: engine })).json.parent_id).toBe(engine);
    expect((await call('the-owner', 'PATCH', path, { parent_id: 0 })).json.parent_id).toBeNull();
    expect((await call('the-maintainer', 'PATCH', path, { name: 'mine' })).status).toBe(403);
    expect((await call('the-owner', 'DELETE', path)).status).toBe(204);
    expect((await call('the-owner', 'GET', path)).status).toBe(404);
  });

  it('that are secret, and all teams for whoever is no member, answer like missing ones', async () => {
    const [engine, vault] = [await teamId('engine'), await teamId('vault')];
    const missing = (await call('the-member', 'GET', '/teams/4711')).json;
    for (const path of ['', '/members', '/members/the-owner']) {
      expect((await call('the-member', 'GET', `/teams/${vault}${path}`)).json, path).toEqual(missing);
      expect((await call('the-stranger', 'GET', `/teams/${engine}${path}`)).json, path).toEqual(missing);
    }
    for (const [method, path] of [
      ['PATCH', ''],
      ['DELETE', ''],
      ['PUT', '/members/the-member'],
      ['DELETE', '/members/the-member'],
    ] as const)
      expect((await call('the-member', method, `/teams/${vault}${path}`)).json, method).toEqual(missing);
    expect((await call(undefined, 'GET', `/teams/${engine}`)).status).toBe(401);
    expect((await call(undefined, 'GET', '/teams/4711')).status).toBe(401);
    expect(named((await call('the-member', 'GET', '/orgs/acme/teams')).json)).toEqual(['engine']);
    expect((await call('the-stranger', 'GET', '/orgs/acme/teams')).status).toBe(403);
  });

  it('are searched by name and by what they say', async () => {
    const search = async (query: string) => {
      const { json } = await call('the-member', 'GET', `/orgs/acme/teams/search?${query}`);
      return [json.ok, named(json.data)];
    };
    expect(await search('q=ENG')).toEqual([true, ['engine']]);
    expect(await search('q=runs')).toEqual([true, ['engine']]);
    expect(await search('q=runs&include_desc=false')).toEqual([true, []]);
    expect(await search('q=vault')).toEqual([true, []]);
    expect(await search('q=%25')).toEqual([true, []]);
  });

  it('list ones own', async () => {
    expect(named((await call('the-maintainer', 'GET', '/user/teams')).json)).toEqual(['engine']);
    expect(named((await call('the-member', 'GET', '/user/teams')).json)).toEqual([]);
  });

  it('take members in; who is none yet is invited, and joins both by accepting', async () => {
    const engine = await teamId('engine');
    const path = `/teams/${engine}/members`;
    expect((await call('the-member', 'PUT', `${path}/the-member`)).status).toBe(403);
    expect((await call('the-maintainer', 'PUT', `${path}/the-member`)).status).toBe(204);
    expect((await call('the-maintainer', 'PUT', `${path}/the-member`)).status).toBe(204);
    expect((await call('the-maintainer', 'PUT', `${path}/the-stranger`)).status).toBe(422);
    expect((await call('the-owner', 'PUT', `${path}/the-stranger`)).status).toBe(204);
    expect(
      (await call('the-owner', 'PUT', `/teams/${await teamId('vault')}/members/the-stranger`)).status,
    ).toBe(204);
    expect((await call('the-owner', 'GET', `${path}/the-stranger`)).status).toBe(404);
    const [waiting] = (await call('the-stranger', 'GET', '/user/org_invitations')).json as unknown as {
      id: number;
    }[];
    expect((await call('the-stranger', 'PUT', `/user/org_invitations/${waiting?.id}`)).status).toBe(204);
    expect(named((await call('the-stranger', 'GET', '/user/teams')).json)).toEqual(['engine', 'vault']);
    expect(named((await call('the-owner', 'GET', path)).json)).toEqual([
      'the-maintainer',
      'the-member',
      'the-stranger',
    ]);
    expect((await call('the-maintainer', 'DELETE', `${path}/the-member`)).status).toBe(204);
    expect((await call('the-stranger', 'DELETE', `${path}/the-stranger`)).status).toBe(204);
  });

  it('take in anybody whom an administrator of the site adds', async () => {
    const path = `/teams/${await teamId('engine')}/members/the-stranger`;
    await t.actor('the-stranger');
    expect((await call('the-admin', 'PUT', path)).status).toBe(204);
    expect((await call('the-admin', 'GET', path)).json).toMatchObject({ login: 'the-stranger' });
  });
});

describe('an organization’s own', () => {
  it('blocks are for owners, and spare members', async () => {
    const path = '/orgs/acme/blocks';
    await t.actor('the-stranger');
    expect((await call('the-member', 'GET', path)).status).toBe(403);
    expect((await call('the-owner', 'PUT', `${path}/the-member`)).status).toBe(422);
    expect((await call('the-owner', 'GET', `${path}/the-stranger`)).status).toBe(404);
    expect((await call('the-owner', 'PUT', `${path}/the-stranger`)).status).toBe(204);
    expect((await call('the-owner', 'GET', `${path}/the-stranger`)).status).toBe(204);
    expect(named((await call('the-owner', 'GET', path)).json)).toEqual(['the-stranger']);
    expect((await call('the-owner', 'DELETE', `${path}/the-stranger`)).status).toBe(204);
    expect(named((await call('the-owner', 'GET', path)).json)).toEqual([]);
    expect((await eventsOf(t, 'user.blocked')).at(-1)).toMatchObject({ organizationId: expect.any(Number) });
  });

  it('picture is changed by owners and shown at once', async () => {
    const path = '/orgs/acme/avatar';
    expect((await call('the-member', 'POST', path, { image: PIXEL })).status).toBe(403);
    expect(faulty((await call('the-owner', 'POST', path, { image: 'bm8=' })).json)).toEqual(['image']);
    expect((await call('the-owner', 'POST', path, { image: `data:image/png;base64,${PIXEL}` })).status).toBe(
      204,
    );
    const { json } = await call(undefined, 'GET', '/orgs/acme');
    const picture = await t.anonymous.get(new URL(String(json.avatar_url)).pathname);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect((await call('the-owner', 'DELETE', path)).status).toBe(204);
    expect((await call(undefined, 'GET', '/orgs/acme')).json.avatar_url).toMatch(/\/avatars\/acme$/);
  });

  it('address and picture are changed on its page too, and the address is shown', async () => {
    const owner = await t.as('the-owner');
    const page = '/orgs/acme/settings';
    const html = await (await owner.get(page)).text();
    const csrf = /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
    expect((await owner.post(page, { csrf, email: 'nobody' })).status).toBe(422);
    expect((await owner.post(page, { csrf, email: 'hello@acme.example' })).status).toBe(303);
    expect(await (await t.anonymous.get('/acme')).text()).toContain('mailto:hello@acme.example');
    const body = new FormData();
    body.set('csrf', csrf);
    body.set('avatar', new File([Buffer.from(PIXEL, 'base64')], 'pixel.png', { type: 'image/png' }));
    expect((await owner.request(`${page}/avatar`, { method: 'POST', body })).status).toBe(303);
    expect((await call(undefined, 'GET', '/orgs/acme')).json.avatar_url).toMatch(
      /\/avatars\/acme\/[0-9a-f]{64}$/,
    );
    const member = await t.as('the-member');
    expect((await member.post(`${page}/avatar/removal`, { csrf })).status).toBe(403);
    expect((await owner.post(`${page}/avatar/removal`, { csrf })).status).toBe(303);
    expect((await call(undefined, 'GET', '/orgs/acme')).json.avatar_url).toMatch(/\/avatars\/acme$/);
  });

  it('end is for its owners, with a token that may write', async () => {
    expect((await call('the-member', 'DELETE', '/orgs/acme')).status).toBe(403);
    expect((await call('the-owner', 'DELETE', '/orgs/acme', undefined, 'read:organization')).status).toBe(
      403,
    );
    expect((await call('the-owner', 'DELETE', '/orgs/acme')).status).toBe(204);
    expect((await call('the-owner', 'GET', '/orgs/acme')).status).toBe(404);
    expect((await eventsOf(t, 'organization.deleted')).length).toBe(1);
  });
});

/** One pixel, as PNG. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
