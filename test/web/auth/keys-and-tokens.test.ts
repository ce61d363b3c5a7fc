// SSH keys and access tokens: for their own person, and for nobody else.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../../src/base/time.ts';
import { actorOfSshKey, listSshKeys, noteSshKeyUse } from '../../../src/features/auth/ssh-keys.service.ts';
import {
  actorOfToken,
  createAccessToken,
  listAccessTokens,
} from '../../../src/features/auth/tokens.service.ts';
import { updateUser } from '../../../src/features/users/users.store.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { type Browser, eventKinds, movableClock, newBrowser } from './browsers.ts';

const clock = movableClock();
let t: TestApp;
let directory: string;
beforeAll(async () => {
  t = await testApp({ limits: { logins_per_network: 1000 } }, { clock });
  directory = mkdtempSync(join(tmpdir(), 'och-keys-'));
});
afterAll(async () => {
  await t.close();
  rmSync(directory, { recursive: true, force: true });
});

let ada: Browser;
let serial = 0;
let name = '';
let userId = 0;
beforeEach(async () => {
  name = `ada${serial++}`;
  userId = (await t.actor(name)).userId;
  ada = await signedIn(name);
});

async function signedIn(login: string): Promise<Browser> {
  const browser = newBrowser(t);
  expect((await browser.post('/login', { login, password: PASSWORD })).status).toBe(303);
  return browser;
}

function newKey(): string {
  const file = join(directory, `key${serial++}`);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'ada@laptop', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8');
}

describe('SSH keys', () => {
  it('are added, shown with their fingerprint, used and removed', async () => {
    const key = newKey();
    expect((await ada.post('/settings/keys', { title: '', key })).status).toBe(303);
    const [row] = await listSshKeys(t.app, await t.actor(name), userId);
    expect(row).toMatchObject({ title: 'ada@laptop', keyType: 'ssh-ed25519', lastUsedAt: null });
    const found = await actorOfSshKey(t.app, row?.fingerprint ?? '');
    expect(found).toEqual({
      actor: {
        ...{ kind: 'user', userId, name, isAdmin: false, via: 'ssh' },
        credential: { kind: 'ssh-key', id: row?.id },
      },
      keyId: row?.id,
    });
    await noteSshKeyUse(t.app, row?.id ?? 0);
    const text = await (await ada.get('/settings/keys')).text();
    expect(text).toContain(row?.fingerprint);
    expect(text).toContain('last used');
    expect((await ada.post(`/settings/keys/${row?.id}/removal`)).status).toBe(303);
    expect(await actorOfSshKey(t.app, row?.fingerprint ?? '')).toBeUndefined();
    expect((await eventKinds(t)).slice(-2)).toEqual(['ssh_key.added', 'ssh_key.removed']);
  });

  it('belong to one account', async () => {
    const key = newKey();
    await ada.post('/settings/keys', { title: 'laptop', key });
    expect(await (await ada.post('/settings/keys', { title: 'again', key })).text()).toContain(
      'You have this key already, as “laptop”',
    );
    const eve = await t.as('eve');
    const answer = await eve.post('/settings/keys', { title: 'mine', key });
    expect(answer.status).toBe(422);
    const text = await answer.text();
    expect(text).toContain('An account uses this key');
    expect(text).not.toContain(name);
    expect(text).toContain('value="mine"');
  });

  it('added by two accounts at the same moment go to one', async () => {
    const key = newKey();
    const eve = await t.as('eve');
    const answers = await Promise.all(
      [ada, eve, ada, eve].map((who) => who.post('/settings/keys', { title: 'x', key })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([303, 422, 422, 422]);
  });

  it('pasted as private ones are refused and not sent back', async () => {
    const file = join(directory, 'private');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    const key = readFileSync(file, 'utf8');
    const answer = await ada.post('/settings/keys', { title: 'oops', key });
    expect(answer.status).toBe(422);
    const text = await answer.text();
    expect(text).toContain('This is a private key');
    expect(text).not.toContain(key.split('\n')[2]);
    expect(text).not.toContain('BEGIN OPENSSH');
  });

  it('of somebody else can be neither listed nor removed', async () => {
    await ada.post('/settings/keys', { title: 'x', key: newKey() });
    const [row] = await listSshKeys(t.app, await t.actor(name), userId);
    const chief = await t.actor('chief', { isAdmin: true });
    await expect(listSshKeys(t.app, chief, userId)).rejects.toMatchObject({ code: 'not_found' });
    const browser = await t.as('chief');
    expect((await browser.post(`/settings/keys/${row?.id}/removal`)).status).toBe(404);
    expect(await listSshKeys(t.app, await t.actor(name), userId)).toHaveLength(1);
  });

  it('stand for nobody while their person is suspended', async () => {
    await ada.post('/settings/keys', { title: 'x', key: newKey() });
    const [row] = await listSshKeys(t.app, await t.actor(name), userId);
    await t.app.db.write((tx) => updateUser(tx, userId, { isSuspended: true }));
    expect(await actorOfSshKey(t.app, row?.fingerprint ?? '')).toBeUndefined();
  });

  it('are public as text, without titles and comments', async () => {
    const key = newKey();
    await ada.post('/settings/keys', { title: 'secret-title', key });
    const answer = await newBrowser(t).get(`/${name.toUpperCase()}.keys`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await answer.text()).toBe(`${key.split(' ').slice(0, 2).join(' ')}\n`);
    for (const path of ['/nobody.keys', '/.keys', '/a%2Fb.keys', '/\u212A.keys']) {
      expect((await newBrowser(t).get(path)).status, path).toBe(404);
    }
  });
});

describe('access tokens', () => {
  const form = (more: Record<string, string> = {}) => ({
    name: 'ci',
    lifetime: '30',
    'scope-repository': 'read',
    ...more,
  });

  it('are shown once, in an answer nobody keeps', async () => {
    const answer = await ada.post('/settings/tokens', form());
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const token = /och_[0-9A-Za-z]{49}/.exec(await answer.text())?.[0] ?? '';
    expect(await actorOfToken(t.app, token)).toEqual({
      kind: 'user',
      userId,
      name,
      isAdmin: false,
      via: 'token',
      scopes: ['read:repository'],
      credential: { kind: 'token', id: expect.any(Number) },
    });
    const later = await (await ada.get('/settings/tokens')).text();
    expect(later).not.toContain(token);
    expect(later).toContain(token.slice(-8));
    const [row] = await listAccessTokens(t.app, await t.actor(name), userId);
    expect(JSON.stringify(row)).not.toContain(token);
  });

  it('take several scopes, one for each area', async () => {
    const more = {
      'scope-user': 'write',
      'scope-issue': 'none',
      'scope-root': 'write',
      'scope-package': 'x',
    };
    expect((await ada.post('/settings/tokens', form(more))).status).toBe(201);
    const [row] = await listAccessTokens(t.app, await t.actor(name), userId);
    expect(row?.scopes).toBe('read:repository,write:user');
  });

  it('of everything need no table', async () => {
    expect((await ada.post('/settings/tokens', form({ all: 'on' }))).status).toBe(201);
    const [row] = await listAccessTokens(t.app, await t.actor(name), userId);
    expect(row?.scopes).toBe('all');
  });

  it('need a name of their own, a scope and a lifetime; all mistakes at once, what was typed kept', async () => {
    await ada.post('/settings/tokens', form());
    const taken = await ada.post('/settings/tokens', form({ 'scope-user': 'write' }));
    expect(taken.status).toBe(422);
    expect(await taken.text()).toMatch(/name="scope-user" value="write" checked/);
    const wrong = { name: '', lifetime: '9999', reach: 'selected', repositories: '' };
    const text = await (await ada.post('/settings/tokens', wrong)).text();
    for (const message of [
      'Give the token a name',
      'Choose at least one scope',
      'how long the token lasts',
      'Name at least one repository',
    ]) {
      expect(text).toContain(message);
    }
    expect(await listAccessTokens(t.app, await t.actor(name), userId)).toHaveLength(1);
  });

  it('end with their time, with their removal, and with their person', async () => {
    const actor = await t.actor(name);
    const expiresAt = clock.now() + DAY;
    const made = await createAccessToken(t.app, actor, userId, { name: 'a', scopes: ['all'], expiresAt });
    expect(await actorOfToken(t.app, made.token)).toBeDefined();
    clock.move(DAY);
    expect(await actorOfToken(t.app, made.token)).toBeUndefined();
    ada = await signedIn(name);
    expect(await (await ada.get('/settings/tokens')).text()).toContain('Expired');
    const other = await createAccessToken(t.app, actor, userId, { name: 'b', scopes: ['all'] });
    expect((await ada.post(`/settings/tokens/${other.row.id}/removal`)).status).toBe(303);
    expect(await actorOfToken(t.app, other.token)).toBeUndefined();
    const third = await createAccessToken(t.app, actor, userId, { name: 'c', scopes: ['all'] });
    await t.app.db.write((tx) => updateUser(tx, userId, { isSuspended: true }));
    expect(await actorOfToken(t.app, third.token)).toBeUndefined();
    expect((await eventKinds(t)).filter((kind) => kind === 'access_token.removed').length).toBeGreaterThan(0);
  });

  it('of somebody else can be neither listed nor removed nor made', async () => {
    const { row } = await createAccessToken(t.app, await t.actor(name), userId, {
      name: 'a',
      scopes: ['all'],
    });
    const chief = await t.actor('chief', { isAdmin: true });
    await expect(listAccessTokens(t.app, chief, userId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      createAccessToken(t.app, chief, userId, { name: 'x', scopes: ['all'] }),
    ).rejects.toMatchObject({ code: 'not_found' });
    expect((await (await t.as('chief')).post(`/settings/tokens/${row.id}/removal`)).status).toBe(404);
  });

  it('note their last use at most every few minutes', async () => {
    const { token } = await createAccessToken(t.app, await t.actor(name), userId, {
      name: 'a',
      scopes: ['all'],
    });
    const lastUsed = async () => (await listAccessTokens(t.app, await t.actor(name), userId))[0]?.lastUsedAt;
    const first = clock.now();
    await actorOfToken(t.app, token);
    clock.move(4 * MINUTE);
    await actorOfToken(t.app, token);
    expect(await lastUsed()).toBe(first);
    clock.move(2 * MINUTE);
    await actorOfToken(t.app, token);
    expect(await lastUsed()).toBe(clock.now());
  });
});
