// Accounts that must have a second factor, or choose a new password, and what they reach before they did: nothing.
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMAND_LINE, SYSTEM } from '../../../src/base/actor.ts';
import { isAppError } from '../../../src/base/errors.ts';
import { SECOND } from '../../../src/base/time.ts';
import { actorOfBasic } from '../../../src/features/auth/basic.service.ts';
import { insertPasskey } from '../../../src/features/auth/passkeys.store.ts';
import { requirePasswordChange } from '../../../src/features/auth/passwords.service.ts';
import {
  resetSecondFactors,
  secondFactorsOf,
  settleSecondFactors,
} from '../../../src/features/auth/second-factors.service.ts';
import { setupLinkToken } from '../../../src/features/auth/setup.service.ts';
import { actorOfSshKey, addSshKey } from '../../../src/features/auth/ssh-keys.service.ts';
import { actorOfToken } from '../../../src/features/auth/tokens.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { openTransport } from '../../../src/features/repos/transport.service.ts';
import { findUserById } from '../../../src/features/users/users.service.ts';
import { organizationMembers, organizations } from '../../../src/platform/db/tables/orgs.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { codeAt, enrolTotp } from '../../support/totp.ts';
import { type Browser, eventKinds, movableClock, newBrowser } from './browsers.ts';

const clock = movableClock();
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJQ48NfS8zOcurdS7a9IwLvXQsKNsHze8uyXs3Ea1o7O ada@laptop';

let t: TestApp;
beforeEach(async () => {
  t = await testApp({ accounts: { two_factor: 'administrators' } }, { clock });
});
afterEach(() => t.close());

async function signedIn(name: string, password = PASSWORD): Promise<Browser> {
  const browser = newBrowser(t);
  await browser.post('/login', { login: name, password });
  return browser;
}

async function setUp(browser: Browser): Promise<Response> {
  const page = await (await browser.get('/settings/two-factor/totp')).text();
  const offer = /name="offer" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const secret = /<code>([A-Z2-7 ]{32,})<\/code>/.exec(page)?.[1] ?? '';
  return browser.post('/settings/two-factor/totp', { offer, code: codeAt(secret, clock.now()) });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'granted';
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
}

describe('a session opened by the password alone', () => {
  it('is not let in by the second factor that another session sets up', async () => {
    await t.actor('chief', { isAdmin: true });
    const thief = await signedIn('chief');
    const chief = await signedIn('chief');
    expect((await setUp(chief)).status).toBe(201);
    expect((await thief.get('/admin/users')).headers.get('location')).toMatch(/^\/login/);
    expect((await chief.get('/admin/users')).status).toBe(200);
    // Another factor ends nothing of one that gave the first.
    clock.move(30 * SECOND);
    expect((await setUp(chief)).status).toBe(303);
    expect((await chief.get('/admin/users')).status).toBe(200);
  });
});

describe('an administrator without a second factor', () => {
  it('reaches nothing on the web but its set-up, which says why', async () => {
    await t.actor('chief', { isAdmin: true });
    const browser = await signedIn('chief');
    for (const path of ['/', '/explore', '/settings/profile', '/settings/tokens', '/chief']) {
      expect((await browser.get(path)).headers.get('location'), path).toBe('/settings/two-factor');
    }
    expect((await browser.post('/settings/profile', { displayName: 'x' })).status).toBe(403);
    expect((await browser.post('/settings/tokens', { name: 'x' })).status).toBe(403);
    const page = await (await browser.get('/settings/two-factor')).text();
    expect(page).toContain('this site asks its administrators to have one');
    expect((await browser.get('/-/theme')).status).toBe(200);
    expect((await setUp(browser)).status).toBe(201);
    expect((await browser.get('/settings/profile')).status).toBe(200);
    expect((await browser.get('/')).status).toBe(200);
  });

  it('may sign out', async () => {
    await t.actor('chief', { isAdmin: true });
    const browser = await signedIn('chief');
    expect((await browser.post('/logout')).status).toBe(303);
    expect(browser.session()).toBeUndefined();
  });

  it('reaches nothing by API, git, SSH keys or tokens either', async () => {
    const chief = await t.actor('chief', { isAdmin: true });
    const repository = parseNewRepository({ name: 'engine', visibility: 'public', readme: true });
    await createRepository(t.app, chief, repository);
    const token = await t.token('chief');
    const key = await addSshKey(t.app, SYSTEM, chief.userId, { title: 'laptop', key: KEY });
    const api = (authorization: string) =>
      t.web.request('http://x/api/v1/user', { headers: { authorization } });
    expect((await api(`token ${token}`)).status).toBe(403);
    const basic = Buffer.from(`chief:${PASSWORD}`).toString('base64');
    const refused = await api(`Basic ${basic}`);
    expect(refused.status).toBe(401);
    expect(await refused.text()).toContain('use an access token');
    const clone = (actor: Parameters<typeof openTransport>[1]) =>
      codeOf(openTransport(t.app, actor, 'chief/engine.git', 'upload-pack'));
    const byToken = await actorOfToken(t.app, token);
    const byKey = await actorOfSshKey(t.app, key.fingerprint);
    if (!byToken || !byKey) throw new Error('no actor');
    expect(await clone(byToken)).toBe('forbidden');
    expect(await clone(byKey.actor)).toBe('forbidden');
    await enrolTotp(t.app, chief.userId);
    const after = await actorOfToken(t.app, token);
    expect(after && (await clone(after))).toBe('granted');
  });

  it('made by the setup link is led to the set-up', async () => {
    const token = (await setupLinkToken(t.app)) ?? '';
    const browser = newBrowser(t);
    const form = { token, name: 'chief', email: 'chief@example.org', password: PASSWORD };
    const made = await browser.post('/setup', form);
    const next = await browser.get(made.headers.get('location') ?? '');
    expect(next.headers.get('location')).toBe('/settings/two-factor');
    expect((await setUp(browser)).status).toBe(201);
    expect((await browser.get('/')).status).toBe(200);
  });

  it('cannot remove the last one again, and is told why', async () => {
    const chief = await t.actor('chief', { isAdmin: true });
    const browser = await signedIn('chief');
    await setUp(browser);
    await browser.post('/settings/two-factor/totp/removal');
    const page = await (await browser.get('/settings/two-factor')).text();
    expect(page).toContain('This is your last second factor, and this site asks its administrators');
    expect((await findUserById(t.app, chief.userId))?.hasSecondFactor).toBe(true);
    expect((await secondFactorsOf(t.app, SYSTEM, chief.userId)).unusedRecoveryCodes).toBe(12);
    expect((await setUp(browser)).status, 'replacing it works').toBe(303);
  });
});

describe('passkeys', () => {
  async function givePasskey(userId: number, name: string): Promise<number> {
    return t.app.db.write(async (tx) => {
      const row = await insertPasskey(tx, {
        userId,
        name,
        credentialId: name,
        credentialHash: name.padEnd(64, '0'),
        publicKey: Buffer.of(1),
        signCount: 0,
        transports: [],
        isDiscoverable: true,
        isBackedUp: false,
        createdAt: clock.now(),
        lastUsedAt: null,
      });
      await settleSecondFactors(t.app, tx, userId, undefined);
      return row.id;
    });
  }

  it('count as a second factor, and the last one stays where one must be', async () => {
    const chief = await t.actor('chief', { isAdmin: true });
    const one = await givePasskey(chief.userId, 'one');
    const two = await givePasskey(chief.userId, 'two');
    const browser = await t.as('chief');
    const remove = (id: number) => browser.post(`/settings/two-factor/passkeys/${id}/removal`);
    const left = async () =>
      (await secondFactorsOf(t.app, SYSTEM, chief.userId)).passkeys.map(({ id }) => id);
    expect((await browser.get('/explore')).status).toBe(200);
    await remove(one);
    expect(await left()).toEqual([two]);
    await remove(two);
    expect(await left()).toEqual([two]);
    await enrolTotp(t.app, chief.userId);
    await remove(two);
    expect(await left()).toEqual([]);
    expect((await findUserById(t.app, chief.userId))?.hasSecondFactor).toBe(true);
  });

  it('of other people answer as if they did not exist', async () => {
    const bob = await t.actor('bob');
    const id = await givePasskey(bob.userId, 'his');
    const ada = await t.as('ada');
    const missing = await ada.post('/settings/two-factor/passkeys/9999/removal');
    const foreign = await ada.post(`/settings/two-factor/passkeys/${id}/removal`);
    expect([missing.status, foreign.status]).toEqual([404, 404]);
    expect((await ada.post(`/settings/two-factor/passkeys/${id}/name`, { name: 'mine' })).status).toBe(404);
    expect((await secondFactorsOf(t.app, SYSTEM, bob.userId)).passkeys[0]?.name).toBe('his');
    expect(await codeOf(secondFactorsOf(t.app, await t.actor('ada'), bob.userId))).toBe('not_found');
  });
});

describe('who else must have one', () => {
  it('nobody but administrators by default', async () => {
    await t.actor('ada');
    expect((await (await signedIn('ada')).get('/settings/profile')).status).toBe(200);
    expect((await actorOfBasic(t.app, 'ada', PASSWORD, '127.0.0.1')).name).toBe('ada');
  });

  it('members of an organization that asks for it', async () => {
    const { userId } = await t.actor('ada');
    const { userId: organizationId } = await t.actor('acme');
    const browser = await signedIn('ada');
    await t.app.db.write(async (tx) => {
      await tx.insert(organizations).values({
        userId: organizationId,
        visibility: 'public',
        basePermission: 'read',
        memberCreation: 'all',
        requiresTwoFactor: true,
      });
      await tx.insert(organizationMembers).values({
        organizationId,
        userId,
        role: 'member',
        isPublic: false,
        createdAt: clock.now(),
      });
    });
    expect((await browser.get('/explore')).headers.get('location')).toBe('/settings/two-factor');
    expect(await (await browser.get('/settings/two-factor')).text()).toContain(
      'an organization you belong to',
    );
    expect(await codeOf(actorOfBasic(t.app, 'ada', PASSWORD, '127.0.0.1'))).toBe('unauthenticated');
  });
});

describe('whom only an organization holds back', () => {
  async function demanding(name: string, owner: string, member: string): Promise<void> {
    const { createOrganization } = await import('../../../src/features/orgs/orgs.service.ts');
    const { addMember } = await import('../../../src/features/orgs/members.service.ts');
    const { id } = await createOrganization(t.app, await t.actor(owner), { name, visibility: 'public' });
    await addMember(t.app, SYSTEM, id, (await t.actor(member)).userId, 'member');
    await t.app.db.write((tx) =>
      tx.update(organizations).set({ requiresTwoFactor: true }).where(eq(organizations.userId, id)),
    );
  }

  it('may leave it instead, and is free with the last one left', async () => {
    for (const name of ['acme', 'apex']) await demanding(name, 'olga', 'ada');
    const browser = await signedIn('ada');
    const page = await (await browser.get('/settings/two-factor')).text();
    for (const name of ['acme', 'apex']) expect(page).toContain(`action="/orgs/${name}/membership/removal"`);
    expect((await browser.post('/orgs/acme/membership/visibility', { visibility: 'public' })).status).toBe(
      403,
    );
    expect((await browser.post('/orgs/acme/membership/removal')).status).toBe(303);
    expect((await browser.get('/explore')).headers.get('location')).toBe('/settings/two-factor');
    expect((await browser.post('/orgs/apex/membership/removal')).status).toBe(303);
    expect((await browser.get('/explore')).status).toBe(200);
    expect(await (await browser.get('/settings/two-factor')).text()).not.toContain('you may leave');
  });

  it('does not by a token, and its last owner not at all', async () => {
    await demanding('acme', 'olga', 'ada');
    const { leaveOrganization } = await import('../../../src/features/orgs/members.service.ts');
    const { requireOrganization } = await import('../../../src/features/orgs/orgs.service.ts');
    const { id } = await requireOrganization(t.app, SYSTEM, 'acme');
    const token = { ...(await t.actor('ada')), via: 'token', scopes: ['all'], mustEnrol: true } as const;
    expect(await codeOf(leaveOrganization(t.app, token, id))).toBe('forbidden');
    const olga = await signedIn('olga');
    await olga.post('/orgs/acme/membership/removal');
    expect(await (await olga.get('/settings/two-factor')).text()).toContain('This is the last owner');
  });
});

describe('passwords of accounts with a second factor', () => {
  it('open nothing by Basic, and say so only to whoever knows them', async () => {
    const { userId } = await t.actor('ada');
    await enrolTotp(t.app, userId);
    const told = async (password: string) => {
      try {
        await actorOfBasic(t.app, 'ada', password, '127.0.0.1');
        return 'granted';
      } catch (error) {
        return String((error as Error).message);
      }
    };
    expect(await told(PASSWORD)).toContain('use an access token');
    expect(await told(PASSWORD), 'remembered or not').toContain('use an access token');
    expect(await told('wrong')).toBe('Wrong username, password or access token.');
    const token = await t.token('ada');
    expect((await actorOfBasic(t.app, 'ada', token, '127.0.0.1')).via).toBe('token');
  });
});

describe('starting over', () => {
  it('an administrator takes lost factors away, which ends the sessions', async () => {
    const chief = await t.actor('chief', { isAdmin: true });
    await enrolTotp(t.app, chief.userId);
    const ada = await t.actor('ada');
    const { secret } = await enrolTotp(t.app, ada.userId);
    clock.move(30 * SECOND);
    const browser = await signedIn('ada');
    await browser.post('/login/two-factor', { code: codeAt(secret, clock.now()) });
    await resetSecondFactors(t.app, chief, ada.userId);
    expect((await browser.get('/settings/profile')).status).toBe(303);
    expect((await (await signedIn('ada')).get('/settings/profile')).status).toBe(200);
    expect((await eventKinds(t)).filter((kind) => kind === 'second_factors.reset')).toHaveLength(1);
    expect(await secondFactorsOf(t.app, SYSTEM, ada.userId)).toMatchObject({
      totpSince: undefined,
      passkeys: [],
      unusedRecoveryCodes: 0,
    });
  });

  it('nobody else does, and nobody their own', async () => {
    const chief = await t.actor('chief', { isAdmin: true });
    const ada = await t.actor('ada');
    expect(await codeOf(resetSecondFactors(t.app, ada, chief.userId))).toBe('not_found');
    expect(await codeOf(resetSecondFactors(t.app, ada, ada.userId))).toBe('not_found');
    expect(await codeOf(resetSecondFactors(t.app, chief, chief.userId))).toBe('forbidden');
    expect(await codeOf(resetSecondFactors(t.app, COMMAND_LINE, chief.userId))).toBe('granted');
    expect(await codeOf(resetSecondFactors(t.app, COMMAND_LINE, 9999))).toBe('not_found');
  });
});

describe('an account that must change its password', () => {
  it('reaches nothing else until it has', async () => {
    const ada = await t.actor('ada');
    const browser = await signedIn('ada');
    const token = await t.token('ada');
    await requirePasswordChange(t.app, COMMAND_LINE, ada.userId);
    for (const path of ['/', '/explore', '/settings/account']) {
      expect((await browser.get(path)).headers.get('location'), path).toBe('/settings/password');
    }
    const api = await t.web.request('http://x/api/v1/user', { headers: { authorization: `token ${token}` } });
    expect(api.status).toBe(403);
    expect(await (await browser.get('/settings/password')).text()).toContain('An administrator asks you');
    const change = (current: string, next: string) => browser.post('/settings/password', { current, next });
    expect((await change('wrong', 'a wholly new phrase')).status).toBe(422);
    expect((await change(PASSWORD, PASSWORD)).status).toBe(422);
    expect((await change(PASSWORD, 'a wholly new phrase')).status).toBe(303);
    expect((await browser.get('/explore')).status).toBe(200);
    expect((await browser.get('/settings/password')).headers.get('location')).toBe('/settings/account');
    expect((await findUserById(t.app, ada.userId))?.mustChangePassword).toBe(false);
  });

  it('is asked by administrators only', async () => {
    const ada = await t.actor('ada');
    const bob = await t.actor('bob');
    expect(await codeOf(requirePasswordChange(t.app, bob, ada.userId))).toBe('not_found');
    const chief = await t.actor('chief', { isAdmin: true });
    expect(await codeOf(requirePasswordChange(t.app, chief, ada.userId))).toBe('granted');
  });
});
