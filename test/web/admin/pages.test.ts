// The pages of the administration, by role, and what administrators do on them.
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mountedRoutes } from '../../../src/platform/web/routes.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';

let t: TestApp;
let olga: Visitor;
let mallory: Visitor;

beforeAll(async () => {
  t = await testApp({ metrics: { token: 'sesame-open' }, mail: { password: 'hush-hush' } });
  olga = await t.as('olga', { isAdmin: true });
  mallory = await t.as('mallory');
  await makeHook();
});

/** Where a webhook of the server and something that it sent have their pages. */
const hook = { id: '', delivery: '' };

async function makeHook(): Promise<void> {
  const { createHook } = await import('../../../src/features/webhooks/hooks.service.ts');
  const { parseNewHook } = await import('../../../src/features/webhooks/hooks.input.ts');
  const { testHook } = await import('../../../src/features/webhooks/delivering.service.ts');
  const actor = await t.actor('olga');
  const input = parseNewHook({ format: 'gitea', url: 'https://ci.example.com/', events: ['fork'] });
  const made = await createHook(t.app, actor, { scope: 'site' }, input);
  hook.id = String(made.id);
  hook.delivery = String((await testHook(t.app, actor, made)).id);
}
afterAll(() => t.close());

const pages = () =>
  mountedRoutes()
    .filter(({ method, path }) => method === 'get' && /^\/admin(\/|$)/.test(path))
    .map(({ path }) => path.replace(':user', 'mallory'))
    .map((path) => path.replace(':id', hook.id).replace(':delivery', hook.delivery));

const latest = async () => (await t.app.events.recent({ limit: 1 }))[0];
const users = () => import('../../../src/features/users/users.service.ts');
const row = async (name: string) => (await users()).requireUserByName(t.app, name);

test('an address that could not be proved counts when an administrator vouches for it, unless it is somebody’s', async () => {
  const { holdUnproved } = await import('../../../src/features/users/addresses.service.ts');
  const { verifiedEmailsOf } = await import('../../../src/features/users/emails.service.ts');
  const { userId } = await t.actor('vera');
  await t.app.db.write((tx) => holdUnproved(t.app, tx, userId, 'vera@work.example'));
  expect(await (await olga.get('/admin/users/vera')).text()).toContain('Vouch for vera@work.example');
  const vouch = (email: string) => olga.post('/admin/users/vera/emails/verification', { email });
  expect((await vouch('vera@work.example')).headers.get('location')).toBe('/admin/users/vera');
  expect((await latest())?.kind).toBe('email.verified');
  expect(await verifiedEmailsOf(t.app, userId)).toContain('vera@work.example');
  expect(await (await olga.get('/admin/users/vera')).text()).not.toContain('Vouch for');
  for (const refused of ['mallory@example.org', 'nonsense', '']) {
    expect((await vouch(refused)).status).toBe(303);
    expect(await verifiedEmailsOf(t.app, userId)).toHaveLength(2);
  }
});

describe('who sees the administration', () => {
  test('administrators see every page, and nobody else knows of one', async () => {
    const token = await t.token('olga');
    expect(pages().length).toBeGreaterThan(9);
    for (const path of pages()) {
      const seen = await olga.get(path);
      expect([path, seen.status]).toEqual([path, 200]);
      const hidden = await mallory.get(path);
      const missing = await mallory.get(`${path}-x`);
      expect([path, hidden.status, missing.status]).toEqual([path, 404, 404]);
      const anonymous = await t.anonymous.get(path);
      expect(anonymous.headers.get('location')).toMatch(/^\/login\?return_to=/);
      const byToken = await t.anonymous.get(path, { authorization: `token ${token}` });
      // Whoever brings credentials is told that pages take none, and led nowhere.
      expect([path, byToken.status]).toEqual([path, 401]);
    }
  });

  test('every change of an administrator asks for a recent proof', () => {
    const changes = mountedRoutes().filter(
      ({ method, path }) => method !== 'get' && path.startsWith('/admin'),
    );
    expect(changes.length).toBeGreaterThan(9);
    expect(changes.filter(({ sudo, access }) => !sudo || access !== 'admin')).toEqual([]);
  });

  test('no change is possible for strangers', async () => {
    const changes = mountedRoutes().filter(
      ({ method, path }) => method === 'post' && path.startsWith('/admin'),
    );
    for (const { path } of changes) {
      const address = path.replace(':user', 'olga').replaceAll(/:\w+/g, '1');
      expect([path, (await mallory.post(address)).status]).toEqual([path, 404]);
    }
    expect(await row('olga')).toMatchObject({ isAdmin: true, isSuspended: false });
  });
});

describe('users', () => {
  test('are found by a part of their name or any address, and filtered', async () => {
    await t.actor('needle-one');
    await t.actor('needle-two');
    const { suspendUser } = await import('../../../src/features/users/standing.service.ts');
    await suspendUser(t.app, { kind: 'system' }, (await row('needle-two')).id);
    const all = await (await olga.get('/admin/users?q=NEEDLE')).text();
    expect(all).toContain('/admin/users/needle-one');
    expect(all).toContain('/admin/users/needle-two');
    expect(all).not.toContain('/admin/users/mallory');
    const suspended = await (await olga.get('/admin/users?q=needle&show=suspended')).text();
    expect(suspended).not.toContain('/admin/users/needle-one');
    expect(suspended).toContain('/admin/users/needle-two');
    expect(await (await olga.get('/admin/users?q=needle-two@example')).text()).toContain('needle-two');
    // Wildcards of the database are plain text.
    expect(await (await olga.get('/admin/users?q=n%25e')).text()).toContain('No such account');
    expect(await (await olga.get('/admin/users?q=needle_one')).text()).toContain('No such account');
  });

  test('are listed page by page', async () => {
    for (let number = 0; number < 55; number += 1) {
      await (await users()).createUser(
        t.app,
        { kind: 'system' },
        { name: `many-${number}`, email: '', kind: 'bot' },
      );
    }
    const first = await (await olga.get('/admin/users?q=many-')).text();
    expect(first.match(/href="\/admin\/users\/many-/g)).toHaveLength(50);
    const next =
      /href="(\/admin\/users\?[^"]*before=[^"]*)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = await (await olga.get(next)).text();
    expect(second.match(/href="\/admin\/users\/many-/g)).toHaveLength(5);
    expect(second).not.toContain('Older');
  });

  test('whoever is given a password by an administrator chooses another one before anything else', async () => {
    const password = 'known to two people';
    await olga.post('/admin/users', { name: 'nora', email: 'nora@example.org', kind: 'user', password });
    expect((await row('nora')).mustChangePassword).toBe(true);
    const nora = await t.as('nora');
    expect((await nora.get('/settings/tokens')).headers.get('location')).toBe('/settings/password');
    await olga.post('/admin/users', { name: 'nell', email: 'nell@example.org', kind: 'user' });
    expect((await row('nell')).mustChangePassword).toBe(false);
  });

  test('lost password: who one is is asked before the form with one is filled in', async () => {
    const { sessions } = await import('../../../src/platform/db/tables/users.ts');
    const late = await t.as('late', { isAdmin: true });
    const { id } = await row('late');
    await t.app.db.write((tx) => tx.update(sessions).set({ provenAt: 0 }).where(eq(sessions.userId, id)));
    const asked = await late.get('/admin/users/new');
    expect([asked.status, await asked.text()]).toEqual([403, expect.stringContaining('prove_password')]);
  });

  test('are created, people and bots', async () => {
    const wrong = await olga.post('/admin/users', {
      name: 'no spaces',
      email: 'nothing',
      password: 'secret-x',
    });
    expect(wrong.status).toBe(422);
    const again = await wrong.text();
    expect(again).toContain('value="no spaces"');
    expect(again).not.toContain('secret-x');
    const made = await olga.post('/admin/users', {
      name: 'grace',
      email: 'grace@example.org',
      password: 'a long enough passphrase',
    });
    expect(made.headers.get('location')).toBe('/admin/users/grace');
    expect(await row('grace')).toMatchObject({ kind: 'user', isAdmin: false });
    await olga.post('/admin/users', { name: 'robot', kind: 'bot' });
    expect(await row('robot')).toMatchObject({ kind: 'bot', email: '' });
    const shown = await (await olga.get('/admin/users/grace')).text();
    expect(shown).toContain('grace@example.org');
    expect(shown).not.toMatch(/argon2|och_/);
  });

  test.each([
    ['suspension', { isSuspended: true }, 'user.suspended'],
    ['suspension/removal', { isSuspended: false }, 'user.unsuspended'],
    ['restriction', { isRestricted: true }, 'user.restricted'],
    ['restriction/removal', { isRestricted: false }, 'user.unrestricted'],
    ['administrator', { isAdmin: true }, 'user.admin_granted'],
    ['administrator/removal', { isAdmin: false }, 'user.admin_revoked'],
  ])('%s', async (path, expected, kind) => {
    const { userId } = await t.actor('frank');
    expect((await olga.post(`/admin/users/frank/${path}`)).status).toBe(303);
    expect(await row('frank')).toMatchObject(expected);
    expect(await latest()).toMatchObject({ kind, userId, actorId: (await row('olga')).id });
  });

  test('the last administrator cannot be locked out, and the page says why', async () => {
    const answer = await olga.post('/admin/users/olga/suspension');
    expect(answer.status).toBe(303);
    expect(answer.headers.get('set-cookie')).toContain('flash=error');
    expect(await row('olga')).toMatchObject({ isSuspended: false });
  });

  test('all sessions of an account end', async () => {
    const heidi = await t.as('heidi');
    expect((await heidi.get('/settings/profile')).status).toBe(200);
    await olga.post('/admin/users/heidi/sessions/removal');
    expect((await heidi.get('/settings/profile')).status).toBe(303);
  });

  test('organizations and what does not exist are no accounts', async () => {
    expect((await olga.get('/admin/users/nobody-here')).status).toBe(404);
    expect((await olga.post('/admin/users/nobody-here/suspension')).status).toBe(404);
  });
});

describe('the overview', () => {
  test('shows readings of this moment', async () => {
    const text = await (await olga.get('/admin')).text();
    for (const part of [
      'SQLite 3.',
      t.app.git.version.join('.'),
      'free of',
      'Mails cannot be sent',
      'waiting',
    ]) {
      expect(text).toContain(part);
    }
  });
});

describe('jobs', () => {
  test('show their kind and failure but never what they were given', async () => {
    t.app.jobs.define({
      kind: 'test.fails',
      queue: 'default',
      maxAttempts: 1,
      run: () => Promise.reject(new Error('the mail server was away')),
    });
    await t.app.db.write((tx) => t.app.jobs.enqueue(tx, 'test.fails', { token: 'very-secret-payload' }));
    await t.app.jobs.drain();
    const text = await (await olga.get('/admin/jobs?state=dead')).text();
    expect(text).toContain('test.fails');
    expect(text).toContain('the mail server was away');
    expect(text).not.toContain('very-secret-payload');
    const [dead] = await t.app.jobs.list({ state: 'dead', limit: 1 });
    expect((await olga.post(`/admin/jobs/${dead?.id}/retry`)).status).toBe(303);
    expect(await latest()).toMatchObject({ kind: 'job.retried', jobId: dead?.id });
    expect(await t.app.jobs.list({ state: 'waiting', kind: 'test.fails', limit: 5 })).toHaveLength(1);
    await olga.post(`/admin/jobs/${dead?.id}/removal`);
    expect(await latest()).toMatchObject({ kind: 'job.removed', jobId: dead?.id });
    expect(await t.app.jobs.list({ kind: 'test.fails', limit: 5 })).toEqual([]);
    expect((await olga.post(`/admin/jobs/${dead?.id}/removal`)).status).toBe(404);
    expect((await olga.post('/admin/jobs/1e9/removal')).status).toBe(404);
  });
});

describe('configuration and mail', () => {
  test('secrets are hidden', async () => {
    for (const path of ['/admin/configuration', '/admin/mail']) {
      const text = await (await olga.get(path)).text();
      expect(text).toContain('********');
      expect(text).not.toMatch(/sesame-open|hush-hush/);
    }
  });

  test('a mail that cannot be sent says so beside the field', async () => {
    const answer = await olga.post('/admin/mail', { to: 'olga@example.org' });
    expect(answer.status).toBe(503);
    expect((await olga.post('/admin/mail', { to: 'nobody' })).status).toBe(422);
  });
});

describe('repositories', () => {
  test('are listed with their size, maintained and deleted', async () => {
    const { createRepository } = await import('../../../src/features/repos/repos.service.ts');
    const { parseNewRepository } = await import('../../../src/features/repos/repos.input.ts');
    const owner = await t.actor('ivan');
    const made = await createRepository(
      t.app,
      owner,
      parseNewRepository({ name: 'hidden', visibility: 'private' }),
    );
    const list = await (await olga.get('/admin/repositories?q=ivan/hid&sort=size')).text();
    expect(list).toContain('ivan/hidden');
    await olga.post(`/admin/repositories/${made.id}/maintenance`);
    expect(await t.app.jobs.list({ kind: 'repos.repack', state: 'waiting', limit: 5 })).toHaveLength(1);
    await olga.post(`/admin/repositories/${made.id}/deletion`, { confirmation: 'ivan/other' });
    expect(await (await olga.get('/admin/repositories?q=hidden')).text()).toContain('ivan/hidden');
    await olga.post(`/admin/repositories/${made.id}/deletion`, { confirmation: 'ivan/hidden' });
    expect(await (await olga.get('/admin/repositories?q=hidden')).text()).toContain('No such repository');
    expect(await latest()).toMatchObject({ kind: 'repository.deleted', repositoryId: made.id });
    expect((await olga.post('/admin/repositories/999999/maintenance')).status).toBe(404);
  });
});

describe('ways of signing in', () => {
  test('a new password is asked for, second factors are reset', async () => {
    const { userId } = await t.actor('pia');
    await olga.post('/admin/users/pia/password-change');
    expect(await row('pia')).toMatchObject({ mustChangePassword: true });
    await olga.post('/admin/users/pia/second-factors/removal');
    expect(await latest()).toMatchObject({ kind: 'second_factors.reset', userId });
    const answer = await olga.post('/admin/users/pia/password-reset');
    expect(answer.headers.get('set-cookie')).toContain('flash=error');
  });
});

describe('deleting an account', () => {
  test('asks for its name, and says why it cannot be', async () => {
    await t.actor('tess');
    expect((await olga.post('/admin/users/tess/deletion', { confirmation: 'bob' })).status).toBe(422);
    expect((await row('tess')).kind).toBe('user');
    const answer = await olga.post('/admin/users/tess/deletion', { confirmation: 'tess' });
    expect(answer.headers.get('location')).toBe('/admin/users');
    expect((await olga.get('/admin/users/tess')).status).toBe(404);
  });
});

describe('invitations to register', () => {
  test('are made, shown once, and taken back', async () => {
    const made = await olga.post('/admin/invitations', { email: 'quinn@example.org' });
    expect([made.status, made.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(await made.text()).toMatch(/\/register\?invitation=[\w-]{43}/);
    const listed = await (await olga.get('/admin/invitations')).text();
    expect(listed).toContain('quinn@example.org');
    expect(listed).not.toMatch(/invitation=/);
    const action = /\/admin\/invitations\/\d+\/removal/.exec(listed)?.[0] ?? '';
    await olga.post(action);
    expect(await (await olga.get('/admin/invitations')).text()).not.toContain('quinn@example.org');
    expect((await olga.post('/admin/invitations', { email: 'nobody' })).status).toBe(422);
    expect((await olga.post('/admin/invitations/999/removal')).status).toBe(404);
  });
});

describe('organizations', () => {
  test('are listed, hidden ones included', async () => {
    const { createOrganization } = await import('../../../src/features/orgs/orgs.service.ts');
    const owner = await t.actor('rita');
    await createOrganization(t.app, owner, { name: 'secret-lab', visibility: 'private' });
    const text = await (await olga.get('/admin/organizations?q=LAB')).text();
    expect(text).toContain('/orgs/secret-lab/settings');
    expect(text).toContain('1 member');
    expect(await (await olga.get('/admin/organizations?q=%25')).text()).toContain('No such organization');
  });
});
