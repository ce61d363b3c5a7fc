// Administering accounts, schedules and jobs by the REST API.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { mountedRoutes } from '../../../src/platform/web/routes.ts';
import { HOST, PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { addressOf } from '../matrix/personas.ts';

let t: TestApp;
const tokens = new Map<string, string>();
beforeEach(async () => {
  t = await testApp();
  tokens.clear();
  await t.actor('boss', { isAdmin: true });
  await t.actor('ada');
});
afterEach(() => t.close());

async function call(name: string, method: string, path: string, body?: unknown, scopes = 'all') {
  const key = `${name} ${scopes}`;
  const token = tokens.get(key) ?? (await t.token(name, scopes));
  tokens.set(key, token);
  return send(`token ${token}`, method, path, body);
}

async function send(authorization: string, method: string, path: string, body?: unknown) {
  const answer = await t.web.request(
    `${HOST}/api/v1${path}`,
    {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    { incoming: { socket: { remoteAddress: '127.0.0.1' }, headers: {} }, outgoing: {} },
  );
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? {} : JSON.parse(text), headers: answer.headers };
}

const basic = (name: string, password: string) =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
const kinds = async () => (await t.app.events.recent({ limit: 20 })).map(({ kind }) => kind);
const logins = (json: unknown) => (json as { login: string }[]).map(({ login }) => login);
const NEW = { username: 'grace', email: 'grace@example.org', password: 'nanoseconds are short wires' };

describe('administration by the API', () => {
  it('does not exist for anybody but administrators, nor for a token without the scope', async () => {
    const routes = mountedRoutes().filter(({ path }) => path.startsWith('/api/v1/admin/'));
    expect(routes.length).toBeGreaterThan(15);
    for (const { method, path } of routes) {
      const address = addressOf(path, { owner: 'ada', repo: 'x' }).slice('/api/v1'.length);
      const asked = method.toUpperCase();
      expect((await call('ada', asked, address)).status, `${asked} ${address}`).toBe(404);
      expect((await call('boss', asked, address, undefined, 'write:user')).status, address).toBe(404);
      if (asked !== 'GET')
        expect((await call('boss', asked, address, undefined, 'read:admin')).status, address).toBe(403);
    }
  });
});

describe('accounts', () => {
  it('are listed with their addresses in pages, and found by name', async () => {
    const { json, headers } = await call(
      'boss',
      'GET',
      '/admin/users?limit=1&page=2',
      undefined,
      'read:admin',
    );
    expect([logins(json), headers.get('x-total-count')]).toEqual([['boss'], '2']);
    const [ada] = (await call('boss', 'GET', '/admin/users?login_name=ADA')).json;
    expect(ada).toMatchObject({ login: 'ada', email: 'ada@example.org', is_admin: false, active: true });
    expect(logins((await call('boss', 'GET', '/admin/users?q=os')).json)).toEqual(['boss']);
    expect(logins((await call('boss', 'GET', '/admin/users?q=%25')).json)).toEqual([]);
    expect((await call('boss', 'GET', '/admin/users?source_id=3')).json).toEqual([]);
  });

  it('are made with a first password that their person changes before anything else', async () => {
    const { status, json } = await call('boss', 'POST', '/admin/users', {
      ...NEW,
      full_name: 'Grace Hopper',
      restricted: true,
    });
    expect([status, json.login, json.full_name, json.restricted]).toEqual([
      201,
      'grace',
      'Grace Hopper',
      true,
    ]);
    expect((await send(basic('grace', NEW.password), 'GET', '/user')).status).toBe(403);
    expect(await kinds()).toEqual(
      expect.arrayContaining(['user.created', 'user.restricted', 'user.updated']),
    );
    const kept = { ...NEW, username: 'mary', email: 'mary@example.org', must_change_password: false };
    expect((await call('boss', 'POST', '/admin/users', kept)).status).toBe(201);
    expect((await send(basic('mary', NEW.password), 'GET', '/user')).status).toBe(200);
    const bot = await call('boss', 'POST', '/admin/users', { username: 'robot', bot: true });
    expect([bot.status, bot.json.email]).toEqual([201, expect.stringContaining('robot@users.noreply')]);
  });

  it.each([
    [{ ...NEW, username: 'ada' }, 'username'],
    [{ ...NEW, email: 'ada@example.org' }, 'email'],
    [{ ...NEW, email: undefined }, 'email'],
    [{ ...NEW, password: 'short' }, 'password'],
    [{ ...NEW, visibility: 'private' }, 'visibility'],
    [{ ...NEW, source_id: 2 }, 'source_id'],
    [{ email: 'x@example.org' }, 'username'],
  ])('are not made as %j', async (body, field) => {
    const { status, json } = await call('boss', 'POST', '/admin/users', body);
    expect([status, json.errors?.[0]?.split(':')[0]]).toEqual([422, field]);
    expect(await kinds()).not.toContain('mail.sent');
  });

  it('are changed field by field', async () => {
    const change = (body: Record<string, unknown>) => call('boss', 'PATCH', '/admin/users/ada', body);
    const { status, json } = await change({
      login_name: 'ada',
      source_id: 0,
      full_name: 'Ada L.',
      location: 'London',
      website: 'https://example.org',
      description: 'Counts',
      email: 'ada@lovelace.example',
      admin: true,
      restricted: false,
      active: true,
      prohibit_login: false,
      allow_git_hook: true,
      max_repo_creation: -1,
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      full_name: 'Ada L.',
      location: 'London',
      description: 'Counts',
      email: 'ada@lovelace.example',
      is_admin: true,
    });
    expect((await change({ prohibit_login: true })).json).toMatchObject({ prohibit_login: true });
    expect((await call('ada', 'GET', '/user')).status).toBe(401);
    expect((await change({ active: true, admin: false })).json).toMatchObject({
      prohibit_login: false,
      is_admin: false,
    });
    expect(await kinds()).toEqual(
      expect.arrayContaining([
        'email.primary_changed',
        'user.admin_granted',
        'user.suspended',
        'user.unsuspended',
      ]),
    );
    expect((await change({ max_repo_creation: 3 })).status).toBe(422);
    expect((await change({ full_name: 'a<b' })).json.errors[0]).toMatch(/^full_name/);
    expect((await change({ email: 'boss@example.org' })).json.errors[0]).toMatch(/^email/);
  });

  it('get a new password that ends their sessions and is changed first; ones own is not', async () => {
    const ada = await t.as('ada');
    const next = { password: 'engines of analysis' };
    expect((await call('boss', 'PATCH', '/admin/users/boss', next)).status).toBe(403);
    expect((await call('boss', 'PATCH', '/admin/users/ada', { password: 'ada' })).json.errors[0]).toMatch(
      /^password/,
    );
    expect((await call('boss', 'PATCH', '/admin/users/ada', next)).status).toBe(200);
    expect((await ada.get('/settings/profile')).status).toBe(303);
    expect((await send(basic('ada', next.password), 'GET', '/user')).status).toBe(403);
    expect((await send(basic('ada', PASSWORD), 'GET', '/user')).status).toBe(401);
    await call('boss', 'PATCH', '/admin/users/ada', {
      password: 'difference engines',
      must_change_password: false,
    });
    expect((await send(basic('ada', 'difference engines'), 'GET', '/user')).status).toBe(200);
  });

  it('keep an administrator, whoever takes that away', async () => {
    expect((await call('boss', 'PATCH', '/admin/users/boss', { admin: false })).status).toBe(409);
    expect((await call('boss', 'PATCH', '/admin/users/boss', { prohibit_login: true })).status).toBe(409);
    expect((await call('boss', 'DELETE', '/admin/users/boss?purge=true')).status).toBe(422);
  });

  it('are deleted, with what they own only where that is said', async () => {
    expect(
      (await call('boss', 'POST', '/admin/users/ada/repos', { name: 'engine', private: true })).json,
    ).toMatchObject({
      full_name: 'ada/engine',
      private: true,
    });
    expect((await call('boss', 'DELETE', '/admin/users/ada')).status).toBe(422);
    expect((await call('boss', 'DELETE', '/admin/users/ada?purge=true')).status).toBe(204);
    expect((await call('boss', 'DELETE', '/admin/users/ada?purge=true')).status).toBe(404);
    expect((await call('boss', 'GET', '/repos/ada/engine')).status).toBe(404);
  });

  it('are given keys and organizations', async () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMgQ0/cbTfzmAy7rIqGDAEvPyAPY54ixHBeRdKjxCjBT x';
    const made = await call('boss', 'POST', '/admin/users/ada/keys', { title: 'build', key });
    expect([made.status, made.json.title, made.json.user?.login]).toEqual([201, 'build', 'ada']);
    expect((await call('boss', 'POST', '/admin/users/ada/keys', { title: 'again', key })).status).toBe(422);
    expect(
      (await call('boss', 'POST', '/admin/users/ada/keys', { title: 'x', key }, 'write:admin')).status,
    ).toBe(403);
    expect((await call('boss', 'DELETE', `/admin/users/boss/keys/${made.json.id}`)).status).toBe(404);
    expect((await call('boss', 'DELETE', `/admin/users/ada/keys/${made.json.id}`)).status).toBe(204);
    const org = await call('boss', 'POST', '/admin/users/ada/orgs', {
      username: 'hidden',
      visibility: 'private',
    });
    expect([org.status, org.json.visibility]).toEqual([201, 'private']);
    expect((await call('ada', 'GET', '/users/ada/orgs/hidden/permissions')).json.is_owner).toBe(true);
    expect((await call('boss', 'GET', '/admin/orgs', undefined, 'read:admin')).json).toMatchObject([
      { name: 'hidden' },
    ]);
  });

  it('are told with every address, and found by a part of one', async () => {
    const { json } = await call('boss', 'GET', '/admin/emails', undefined, 'read:admin');
    expect(json).toMatchObject([
      { email: 'boss@example.org', primary: true, verified: true, username: 'boss' },
      { email: 'ada@example.org', username: 'ada' },
    ]);
    const found = await call('boss', 'GET', '/admin/emails/search?q=ADA@');
    expect([found.json.length, found.headers.get('x-total-count')]).toEqual([1, '1']);
    expect((await call('boss', 'GET', '/admin/emails/search?q=_da')).json).toEqual([]);
  });
});

describe('what runs in the background', () => {
  it('is listed with its times and started by hand', async () => {
    const { json } = await call('boss', 'GET', '/admin/cron?limit=50', undefined, 'read:admin');
    const purge = (list: { name: string }[]) => list.find(({ name }) => name === 'jobs.purge');
    expect(purge(json)).toMatchObject({ schedule: '17 * * * *', exec_times: 0 });
    expect((await call('boss', 'POST', '/admin/cron/nothing')).status).toBe(404);
    expect((await call('boss', 'POST', '/admin/cron/jobs.purge')).status).toBe(204);
    expect(purge((await call('boss', 'GET', '/admin/cron?limit=50')).json)).toMatchObject({ exec_times: 1 });
    expect(await kinds()).toContain('schedule.started');
    const waiting = await call('boss', 'GET', '/admin/jobs?state=waiting&queue=maintenance');
    expect(waiting.json).toMatchObject([{ kind: 'jobs.purge', state: 'waiting', attempts: 0, error: null }]);
    expect(waiting.headers.get('x-total-count')).toBe('1');
    expect(JSON.stringify(waiting.json)).not.toContain('payload');
    const [{ id }] = waiting.json;
    expect((await call('boss', 'POST', `/admin/jobs/${id}/retry`)).status).toBe(204);
    expect((await call('boss', 'DELETE', `/admin/jobs/${id}`)).status).toBe(204);
    expect((await call('boss', 'DELETE', `/admin/jobs/${id}`)).status).toBe(404);
  });

  it('is seen by the program itself too', async () => {
    const { listSchedules } = await import('../../../src/features/admin/queues.service.ts');
    expect((await listSchedules(t.app, SYSTEM)).length).toBeGreaterThan(5);
  });
});
