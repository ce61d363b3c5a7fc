// Making accounts: by registration, and the first one by the setup link.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { setupLinkToken } from '../../../src/features/auth/setup.service.ts';
import { inviteToOrganization } from '../../../src/features/orgs/invitations.service.ts';
import { createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import {
  countUsers,
  createUser,
  findUserByName,
  listUsers,
} from '../../../src/features/users/users.service.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { eventKinds, newBrowser } from './browsers.ts';

let t: TestApp;
afterEach(() => t.close());

const form = (name: string, more: Record<string, string> = {}) => ({
  name,
  email: `${name}@example.net`,
  password: PASSWORD,
  ...more,
});

describe('registration', () => {
  beforeEach(async () => {
    t = await testApp();
    await t.actor('ada');
  });

  it('makes a plain account, signs it in, and records both', async () => {
    const browser = newBrowser(t);
    const answer = await browser.post(
      '/register',
      form('Bob-1', { isAdmin: 'true', is_admin: '1', return_to: '/explore' }),
    );
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/explore']);
    expect((await browser.get('/settings/profile')).status).toBe(200);
    expect(await findUserByName(t.app, 'BOB-1')).toMatchObject({
      name: 'Bob-1',
      isAdmin: false,
      kind: 'user',
    });
    expect((await eventKinds(t)).slice(-2)).toEqual(['user.created', 'user.signed_in']);
  });

  it('stores no password as it was typed', async () => {
    await newBrowser(t).post('/register', form('bob'));
    const bob = await findUserByName(t.app, 'bob');
    expect(bob?.passwordHash).toMatch(/^\$argon2id\$/);
    expect(JSON.stringify(bob)).not.toContain(PASSWORD);
  });

  it.each([
    ['name', { name: 'ADA' }, 'is taken'],
    ['name', { name: 'settings' }, 'reserved'],
    ['name', { name: '\u212Aelvin' }, 'letters, digits'],
    ['name', { name: '' }, 'Choose a username'],
    ['email', { email: 'ADA@Example.org' }, 'exists already'],
    ['email', { email: 'nonsense' }, 'not an e-mail address'],
    ['password', { password: 'short' }, 'at least 8'],
    ['password', { password: 'bobby-tables', name: 'bobby-tables' }, 'must not be your username'],
    ['password', { password: '' }, 'at least 8'],
  ])('shows what is wrong with the %s beside it: %j', async (field, more, message) => {
    const sent = form('bob', { password: 'Keep me off the page', ...more });
    const answer = await newBrowser(t).post('/register', sent);
    expect(answer.status).toBe(422);
    const text = await answer.text();
    const beside = new RegExp(`id="field-${field}-error">.*?${message}`, 's');
    expect(text).toMatch(beside);
    expect(text).toContain(`aria-describedby="field-${field}-error`);
    expect(text).toContain(`autocomplete="new-password"`);
    expect(text).not.toContain('Keep me off the page');
    expect(await countUsers(t.app)).toBe(1);
  });

  it('keeps what was typed, escaped', async () => {
    const answer = await newBrowser(t).post('/register', form('x', { name: '"><script>alert(1)</script>' }));
    const text = await answer.text();
    expect(text).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
    expect(text).toContain('value="x@example.net"');
  });

  it('of many at once for one name makes one account, and tells the others', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        newBrowser(t, `10.0.${n}.1`).post(
          '/register',
          form(n % 2 ? 'Bob' : 'bob', { email: `bob${n}@example.net` }),
        ),
      ),
    );
    expect(answers.filter((answer) => answer.status === 303)).toHaveLength(1);
    const losers = answers.filter((answer) => answer.status === 422);
    expect(losers).toHaveLength(5);
    for (const loser of losers) expect(await loser.text()).toContain('is taken');
    expect(await countUsers(t.app)).toBe(2);
  });
});

describe('closed registration', () => {
  beforeEach(async () => {
    t = await testApp({ accounts: { registration: 'closed' } });
    await t.actor('ada');
  });

  it('refuses the form and the post, and is offered nowhere', async () => {
    expect((await newBrowser(t).get('/register')).status).toBe(403);
    const answer = await newBrowser(t).post('/register', form('bob'));
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('Registration is closed');
    expect(await countUsers(t.app)).toBe(1);
    expect(await (await newBrowser(t).get('/login')).text()).not.toContain('/register');
  });

  it('leaves administrators able to make accounts, and nobody else', async () => {
    const chief = await t.actor('chief', { isAdmin: true });
    await createUser(t.app, chief, form('bob'));
    expect((await listUsers(t.app, chief)).map((user) => user.name)).toEqual(['ada', 'chief', 'bob']);
    const ada = await t.actor('ada');
    await expect(createUser(t.app, ada, form('cyd'))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(listUsers(t.app, ada)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('registration by invitation', () => {
  beforeEach(async () => {
    t = await testApp({ accounts: { registration: 'invitation' } });
  });

  it('of an organization makes no account but that of the invited address', async () => {
    const ada = await t.actor('ada');
    const { id } = await createOrganization(t.app, ada, {
      name: 'acme',
      displayName: 'Acme',
      visibility: 'public',
    });
    const { link } = await inviteToOrganization(t.app, ada, id, { who: 'bob@example.net', role: 'member' });
    const invitation = link?.split('/').at(-1) ?? '';
    const other = await newBrowser(t).post('/register', form('eve', { invitation }));
    expect([other.status, await other.text()]).toEqual([422, expect.stringContaining('was invited')]);
    expect((await newBrowser(t).post('/register', form('bob', { invitation }))).status).toBe(303);
    expect((await newBrowser(t).post('/register', form('bob', { name: 'bob2', invitation }))).status).toBe(
      422,
    );
  });
});

describe('the setup link', () => {
  beforeEach(async () => {
    t = await testApp();
  });

  it('is asked for on the start page until somebody has an account', async () => {
    const browser = newBrowser(t);
    expect(await (await browser.get('/')).text()).toContain('Open the setup link that the server printed');
    await t.actor('ada');
    expect(await (await browser.get('/')).text()).not.toContain('setup link');
  });

  it('makes the first administrator and signs them in', async () => {
    const token = await setupLinkToken(t.app);
    const browser = newBrowser(t);
    const page = await browser.get(`/setup?token=${token}`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain(`name="token" value="${token}"`);
    const answer = await browser.post('/setup', form('chief', { token: token ?? '' }));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    expect((await browser.get('/settings/profile')).status).toBe(200);
    expect(await findUserByName(t.app, 'chief')).toMatchObject({ isAdmin: true });
    expect(await eventKinds(t)).toEqual(['user.created', 'user.signed_in']);
  });

  it('is gone afterwards', async () => {
    const token = (await setupLinkToken(t.app)) ?? '';
    await newBrowser(t).post('/setup', form('chief', { token }));
    expect((await newBrowser(t).get(`/setup?token=${token}`)).status).toBe(404);
    expect((await newBrowser(t).post('/setup', form('other', { token }))).status).toBe(404);
    expect(await setupLinkToken(t.app)).toBeUndefined();
    expect(await countUsers(t.app)).toBe(1);
  });

  it('is also gone once an account was made by the command line', async () => {
    const token = (await setupLinkToken(t.app)) ?? '';
    await createUser(t.app, SYSTEM, form('ada'));
    expect((await newBrowser(t).get(`/setup?token=${token}`)).status).toBe(404);
    expect((await newBrowser(t).post('/setup', form('chief', { token }))).status).toBe(404);
  });

  it('opens for its token only, and only for the last one made', async () => {
    const old = (await setupLinkToken(t.app)) ?? '';
    const token = (await setupLinkToken(t.app)) ?? '';
    for (const wrong of ['', 'x', old, `${token}x`]) {
      expect((await newBrowser(t).get(`/setup?token=${wrong}`)).status).toBe(403);
      expect((await newBrowser(t).post('/setup', form('chief', { token: wrong }))).status).toBe(403);
    }
    expect(await countUsers(t.app)).toBe(0);
    expect((await newBrowser(t).get(`/setup?token=${token}`)).status).toBe(200);
  });

  it('shows mistakes and can be tried again', async () => {
    const token = (await setupLinkToken(t.app)) ?? '';
    const answer = await newBrowser(t).post('/setup', form('admin', { token, password: 'short' }));
    expect(answer.status).toBe(422);
    expect(await answer.text()).toMatch(/id="field-name-error">.*reserved.*id="field-password-error">/s);
    expect((await newBrowser(t).post('/setup', form('chief', { token }))).status).toBe(303);
  });

  it('makes one administrator however many use it at once', async () => {
    const token = (await setupLinkToken(t.app)) ?? '';
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) => newBrowser(t).post('/setup', form(`chief${n}`, { token }))),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([303, 404, 404, 404, 404, 404]);
    expect(await countUsers(t.app)).toBe(1);
  });

  it('cannot be closed by somebody who registers first', async () => {
    await setupLinkToken(t.app);
    const refused = await newBrowser(t).get('/register');
    expect(refused.status).toBe(403);
    const text = await refused.text();
    expect(text).toContain('Open the setup link that the server printed');
    expect(text).not.toContain('try again');
    expect((await newBrowser(t).post('/register', form('eve'))).status).toBe(403);
    expect(await countUsers(t.app)).toBe(0);
    expect(await (await newBrowser(t).get('/login')).text()).toContain('setup link');
  });
});
