// Addresses, tokens, settings, GPG keys and the site's key in the REST API: for their own person, by the right means.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR, systemClock } from '../../../src/base/time.ts';
import { callApi } from '../../support/api-calls.ts';
import { type Gnupg, openGnupg } from '../../support/gnupg.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
let gpg: Gnupg;
let directory: string;
let ahead = 0;
beforeAll(async () => {
  t = await testApp({}, { clock: { now: () => systemClock.now() + ahead } });
  gpg = openGnupg();
  directory = mkdtempSync(join(tmpdir(), 'och-site-key-'));
  for (const name of ['ada', 'bob']) await t.actor(name);
  await t.actor('chief', { isAdmin: true });
});
afterAll(async () => {
  await t.close();
  gpg.close();
  rmSync(directory, { recursive: true, force: true });
});

const basic = (name: string, password = PASSWORD) =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

const call = (token: string | undefined, method: string, path: string, body?: unknown) =>
  callApi(t, token, method, path, body);

describe('access tokens', () => {
  it('are made, listed without their secret, used, and removed by id and name, with the password', async () => {
    const made = await call(basic('ada'), 'POST', '/users/ada/tokens', {
      name: 'ci',
      scopes: ['read:user', 'write:issue', 'read:misc'],
    });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ name: 'ci', scopes: ['write:issue', 'read:user'], expires_at: null });
    expect(made.json.sha1.slice(-8)).toBe(made.json.token_last_eight);
    expect((await call(made.json.sha1, 'GET', '/user')).json.login).toBe('ada');
    const listed = await call(basic('ada'), 'GET', '/users/ada/tokens');
    expect(listed.json).toMatchObject([{ id: made.json.id, name: 'ci', sha1: '' }]);
    expect(listed.text).not.toContain(made.json.sha1);
    expect((await call(basic('ada'), 'DELETE', `/users/ada/tokens/${made.json.id}`)).status).toBe(204);
    expect((await call(made.json.sha1, 'GET', '/user')).status).toBe(401);
    await call(basic('ada'), 'POST', '/users/ada/tokens', { name: 'by name', scopes: ['all'] });
    expect((await call(basic('ada'), 'DELETE', '/users/ada/tokens/by%20name')).status).toBe(204);
    expect((await call(basic('ada'), 'DELETE', '/users/ada/tokens/by%20name')).status).toBe(404);
  });

  it('are never made, seen or removed by a token, nor by somebody else, an administrator included', async () => {
    const all = await t.token('ada', 'all');
    const body = { name: 'more', scopes: ['all'] };
    for (const credentials of [all, await t.token('chief', 'all'), basic('bob'), basic('chief')]) {
      for (const [method, path] of [
        ['GET', '/users/ada/tokens'],
        ['POST', '/users/ada/tokens'],
        ['DELETE', '/users/ada/tokens/1'],
      ] as const) {
        const sent = method === 'POST' ? body : undefined;
        expect((await call(credentials, method, path, sent)).status, `${method} ${credentials}`).toBe(403);
      }
    }
    expect((await call(undefined, 'GET', '/users/ada/tokens')).status).toBe(401);
    expect((await call(basic('ada', 'wrong'), 'GET', '/users/ada/tokens')).status).toBe(401);
    expect((await call(basic('ada'), 'GET', '/users/nobody-here/tokens')).status).toBe(404);
  });

  it.each([
    {},
    { name: '', scopes: ['all'] },
    { name: 'x' },
    { name: 'x', scopes: ['public-only'] },
    { name: 'x', scopes: ['read:misc'] },
    { name: 'x', scopes: 'all' },
    { name: 'x', scopes: ['write:admin'] },
    { name: 'x', scopes: ['all'], expires_at: '2001-01-01T00:00:00Z' },
    { name: 'x', scopes: ['all'], expires_at: 'soon' },
  ])('are refused for %j, naming the field', async (body) => {
    const answer = await call(basic('ada'), 'POST', '/users/ada/tokens', body);
    expect(answer.status).toBe(422);
    expect(answer.json.message).toMatch(/\w/);
  });
});

describe('e-mail addresses', () => {
  it('are listed to their person, added and removed with the password only', async () => {
    const token = await t.token('ada', 'all');
    expect((await call(token, 'GET', '/user/emails')).json).toMatchObject([
      { email: 'ada@example.org', primary: true, verified: true, username: 'ada' },
    ]);
    const emails = ['ada@work.example', 'Ada@Home.example'];
    expect((await call(token, 'POST', '/user/emails', { emails })).status).toBe(403);
    const added = await call(basic('ada'), 'POST', '/user/emails', { emails });
    expect(added.status).toBe(201);
    expect(added.json).toMatchObject([
      { email: 'ada@work.example', primary: false, verified: false },
      { email: 'Ada@Home.example', primary: false, verified: false },
    ]);
    expect((await call(token, 'DELETE', '/user/emails', { emails })).status).toBe(403);
    expect((await call(basic('ada'), 'DELETE', '/user/emails', { emails })).status).toBe(204);
    expect((await call(basic('ada'), 'DELETE', '/user/emails', { emails })).status).toBe(404);
    const primary = await call(basic('ada'), 'DELETE', '/user/emails', { emails: ['ada@example.org'] });
    expect(primary.status).toBe(422);
  });

  it.each([
    {},
    { emails: [] },
    { emails: 'x' },
    { emails: ['no address'] },
    { emails: Array(21).fill('a@b.c') },
  ])('are refused for %j', async (body) => {
    expect((await call(basic('ada'), 'POST', '/user/emails', body)).status).toBe(422);
  });
});

describe('settings', () => {
  it('are read and changed in part; the address is shown only with the password', async () => {
    const token = await t.token('ada', 'write:user');
    const changed = await call(token, 'PATCH', '/user/settings', {
      full_name: 'Ada Lovelace',
      website: 'https://example.org',
      description: null,
      hide_email: true,
    });
    expect(changed.json).toMatchObject({
      full_name: 'Ada Lovelace',
      website: 'https://example.org',
      description: '',
      hide_email: true,
      hide_activity: false,
    });
    expect((await call(token, 'PATCH', '/user/settings', { hide_email: false })).status).toBe(403);
    const shown = await call(basic('ada'), 'PATCH', '/user/settings', { hide_email: false });
    expect(shown.json).toMatchObject({ hide_email: false, full_name: 'Ada Lovelace' });
    expect((await call(token, 'GET', '/user/settings')).json).toEqual(shown.json);
    const reads = await t.token('ada', 'read:user');
    expect((await call(reads, 'PATCH', '/user/settings', { full_name: 'x' })).status).toBe(403);
  });

  it.each([
    [{ website: 'javascript:alert(1)' }, 'website'],
    [{ full_name: '<b>' }, 'full_name'],
    [{ description: 'x'.repeat(251) }, 'description'],
    [{ hide_activity: true }, 'hide_activity'],
    [{ theme: 'arc-green' }, 'theme'],
    [{ hide_email: 'yes' }, 'hide_email'],
  ])('refuse %j on the field %s', async (body, field) => {
    const { status, json } = await call(await t.token('ada', 'write:user'), 'PATCH', '/user/settings', body);
    expect(status).toBe(422);
    expect(JSON.stringify(json)).toContain(field);
  });
});

describe('GPG keys', () => {
  it('are added with a proof, shown whole to anybody, proved again, and removed', async () => {
    const token = await t.token('ada', 'write:user');
    const fingerprint = gpg.makeKey('Ada <ada@example.org>');
    const asked = await call(token, 'GET', '/user/gpg_key_token');
    expect(asked.headers.get('content-type')).toMatch(/^text\/plain/);
    const armored_public_key = gpg.exported(fingerprint);
    const armored_signature = gpg.sign(fingerprint, asked.text);
    const made = await call(token, 'POST', '/user/gpg_keys', { armored_public_key, armored_signature });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      key_id: fingerprint.slice(-16),
      primary_key_id: '',
      verified: true,
      can_sign: true,
      can_certify: true,
      can_encrypt_comms: false,
      expires_at: null,
      emails: [{ email: 'ada@example.org', verified: true }],
    });
    // The packet alone is the key without what was signed about it.
    expect(Buffer.from(made.json.public_key, 'base64').length).toBeGreaterThan(40);
    expect((await call(undefined, 'GET', '/users/ada/gpg_keys')).json).toEqual([made.json]);
    expect((await call(token, 'GET', `/user/gpg_keys/${made.json.id}`)).json).toEqual(made.json);
    const again = { key_id: made.json.key_id, armored_signature };
    expect((await call(token, 'POST', '/user/gpg_key_verify', again)).json).toEqual(made.json);
    const theirs = await t.token('bob', 'all');
    for (const method of ['GET', 'DELETE'])
      expect((await call(theirs, method, `/user/gpg_keys/${made.json.id}`)).status).toBe(404);
    expect((await call(theirs, 'POST', '/user/gpg_key_verify', again)).status).toBe(404);
    expect((await call(token, 'DELETE', `/user/gpg_keys/${made.json.id}`)).status).toBe(204);
    expect((await call(token, 'GET', '/user/gpg_keys')).json).toEqual([]);
  });

  it('are not taken without a proof, with that of another account or key, or with an old one', async () => {
    const token = await t.token('ada', 'write:user');
    const [own, other] = [gpg.makeKey('Own <own@example.org>'), gpg.makeKey('Other <other@example.org>')];
    const { text } = await call(token, 'GET', '/user/gpg_key_token');
    const forBob = (await call(await t.token('bob', 'read:user'), 'GET', '/user/gpg_key_token')).text;
    expect(forBob).not.toBe(text);
    const add = async (armored_signature?: string) =>
      (
        await call(token, 'POST', '/user/gpg_keys', {
          armored_public_key: gpg.exported(own),
          armored_signature,
        })
      ).status;
    expect(await add()).toBe(422);
    expect(await add('nonsense')).toBe(422);
    expect(await add(gpg.sign(other, text))).toBe(422);
    expect(await add(gpg.sign(own, forBob))).toBe(422);
    const signature = gpg.sign(own, text);
    ahead = 2 * HOUR;
    expect(await add(signature)).toBe(422);
    ahead = 0;
    expect(await add(signature)).toBe(201);
    const reads = await t.token('ada', 'read:user');
    expect((await call(reads, 'POST', '/user/gpg_keys', {})).status).toBe(403);
  });
});

describe('SSH keys of others', () => {
  it('are public, but not what they are called nor when they were used', async () => {
    const file = join(directory, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'me', '-f', file]);
    const key = readFileSync(`${file}.pub`, 'utf8').trim();
    const token = await t.token('ada', 'write:user,write:repository');
    await call(token, 'POST', '/user/keys', { title: 'secret project laptop', key });
    const own = await call(token, 'GET', '/users/ada/keys');
    expect(own.json).toMatchObject([{ title: 'secret project laptop', user: { login: 'ada' } }]);
    for (const who of [undefined, await t.token('bob', 'all')]) {
      const { json, text } = await call(who, 'GET', '/users/ada/keys');
      expect(json).toMatchObject([{ key: key.split(' ').slice(0, 2).join(' '), title: '' }]);
      expect(text).not.toMatch(/secret|last_used_at/);
    }
    expect((await call(undefined, 'GET', '/users/nobody-here/keys')).status).toBe(404);
  });
});

describe('the key of the site', () => {
  it('is missing where there is none, and is the public half where merges are signed', async () => {
    for (const kind of ['gpg', 'pub'])
      expect((await call(undefined, 'GET', `/signing-key.${kind}`)).status).toBe(404);
    const file = join(directory, 'site');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'site', '-f', file]);
    t.app.config.git.signing_key = file;
    const { status, text } = await call(undefined, 'GET', '/signing-key.pub');
    expect([status, text.trim()]).toEqual([
      200,
      readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' '),
    ]);
    expect((await call(undefined, 'GET', '/signing-key.gpg')).json.message).toContain('signing-key.pub');
    t.app.config.git.signing_key = '';
  });
});
