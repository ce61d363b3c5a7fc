// One's own account and keys in the REST API, as Gitea's clients use it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callApi } from '../../support/api-calls.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
let directory: string;
beforeAll(async () => {
  t = await testApp();
  directory = mkdtempSync(join(tmpdir(), 'och-keys-'));
});
afterAll(async () => {
  await t.close();
  rmSync(directory, { recursive: true, force: true });
});

let serial = 0;
function newKey(): string {
  const file = join(directory, `key${serial++}`);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'me', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').trim();
}

const call = (token: string | undefined, method: string, path: string, body?: unknown) =>
  callApi(t, token, method, path, body);

describe('GET /user', () => {
  it('shows the account by token, bearer, and password', async () => {
    const token = await t.token('ada', 'read:user');
    const { userId } = await t.actor('ada');
    const basic = `Basic ${Buffer.from(`ada:${PASSWORD}`).toString('base64')}`;
    for (const authorization of [token, `Bearer ${token}`, basic]) {
      const { status, json } = await call(authorization, 'GET', '/user');
      expect(status).toBe(200);
      expect(json).toMatchObject({
        id: userId,
        login: 'ada',
        username: 'ada',
        email: 'ada@example.org',
        is_admin: false,
        active: true,
      });
      expect(json.html_url).toMatch(/\/ada$/);
      expect(json.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(JSON.stringify(json)).not.toMatch(/argon2|password/i);
    }
  });

  it('refuses no, wrong, and foreign credentials with 401 and a message', async () => {
    for (const token of [undefined, 'nonsense', `och_${'x'.repeat(43)}`, 'Basic !!!', 'Digest x']) {
      const { status, json, headers } = await call(token, 'GET', '/user');
      expect(status).toBe(401);
      expect(json.message).toMatch(/\w/);
      expect(headers.get('www-authenticate')).toMatch(/\w/);
    }
  });

  it('knows no cookies, so nothing can be forged through a browser', async () => {
    const ada = await t.as('ada');
    expect((await ada.get('/api/v1/user')).status).toBe(401);
    expect((await ada.request('/api/v1/user/keys', { method: 'POST', body: '{}' })).status).toBe(401);
  });
});

describe('scopes', () => {
  const cases: [string, Record<string, number>][] = [
    [
      'read:user',
      { 'GET /user': 200, 'GET /user/keys': 200, 'POST /user/keys': 403, 'DELETE /user/keys/1': 403 },
    ],
    [
      'write:user',
      { 'GET /user': 200, 'GET /user/keys': 200, 'POST /user/keys': 422, 'DELETE /user/keys/1': 404 },
    ],
    ['all', { 'GET /user': 200, 'GET /user/keys': 200, 'POST /user/keys': 422, 'DELETE /user/keys/1': 404 }],
    [
      'write:repository',
      { 'GET /user': 403, 'GET /user/keys': 403, 'POST /user/keys': 403, 'DELETE /user/keys/1': 403 },
    ],
    [
      'write:admin',
      { 'GET /user': 403, 'GET /user/keys': 403, 'POST /user/keys': 403, 'DELETE /user/keys/1': 403 },
    ],
  ];
  it.each(cases)('%s reaches what it names and nothing else', async (scope, expected) => {
    const token = await t.token('scoped', scope);
    for (const [request, status] of Object.entries(expected)) {
      const [method = '', path = ''] = request.split(' ');
      expect((await call(token, method, path, method === 'POST' ? {} : undefined)).status, request).toBe(
        status,
      );
    }
  });

  it('say what is missing', async () => {
    const { json } = await call(await t.token('scoped', 'read:user'), 'POST', '/user/keys', {});
    expect(json.message).toContain('write:user');
  });
});

describe('keys', () => {
  it('are added, listed, read and deleted', async () => {
    const token = await t.token('ada', 'write:user,write:repository');
    const key = newKey();
    const made = await call(token, 'POST', '/user/keys', { title: 'laptop', key });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      title: 'laptop',
      key: key.split(' ').slice(0, 2).join(' '),
      key_type: 'user',
      read_only: false,
      user: { login: 'ada' },
    });
    expect(made.json.fingerprint).toMatch(/^SHA256:/);
    expect(made.json.url).toMatch(new RegExp(`/api/v1/user/keys/${made.json.id}$`));
    expect((await call(token, 'GET', `/user/keys/${made.json.id}`)).json).toEqual(made.json);
    expect((await call(token, 'GET', '/user/keys')).json).toEqual([made.json]);
    expect((await call(token, 'DELETE', `/user/keys/${made.json.id}`)).status).toBe(204);
    expect((await call(token, 'GET', `/user/keys/${made.json.id}`)).status).toBe(404);
    expect((await call(token, 'DELETE', `/user/keys/${made.json.id}`)).status).toBe(404);
  });

  it('are not added by a token that could not push by itself', async () => {
    const key = newKey();
    const narrow = await call(await t.token('ada', 'write:user'), 'POST', '/user/keys', { title: 'x', key });
    expect([narrow.status, narrow.json.message]).toEqual([
      403,
      'This access token lacks the scope write:repository. Make one that has it.',
    ]);
    await t.actor('chief', { isAdmin: true });
    const add = async (scopes: string) =>
      (await call(await t.token('chief', scopes), 'POST', '/user/keys', { title: 'x', key })).status;
    // An administrator's key reaches everybody's repositories.
    expect(await add('write:user,write:repository,read:admin')).toBe(403);
    expect(await add('write:user,write:repository,write:admin')).toBe(201);
  });

  it('come in pages, with their number', async () => {
    const token = await t.token('pager', 'write:user,write:repository');
    for (let n = 0; n < 3; n++) await call(token, 'POST', '/user/keys', { title: `k${n}`, key: newKey() });
    const page = await call(token, 'GET', '/user/keys?limit=2&page=2');
    expect(page.json.map((one: { title: string }) => one.title)).toEqual(['k0']);
    expect(page.headers.get('x-total-count')).toBe('3');
    const all = (await call(token, 'GET', '/user/keys')).json;
    const query = new URLSearchParams({ fingerprint: all[1].fingerprint });
    expect((await call(token, 'GET', `/user/keys?${query}`)).json).toEqual([all[1]]);
    expect((await call(token, 'GET', '/user/keys?limit=-1&page=x')).json).toHaveLength(3);
  });

  it('of somebody else are as good as missing', async () => {
    const made = await call(await t.token('ada', 'write:user,write:repository'), 'POST', '/user/keys', {
      title: 'x',
      key: newKey(),
    });
    const eve = await t.token('eve', 'all');
    for (const method of ['GET', 'DELETE']) {
      const theirs = await call(eve, method, `/user/keys/${made.json.id}`);
      const missing = await call(eve, method, '/user/keys/999999');
      expect([theirs.status, theirs.json]).toEqual([404, missing.json]);
    }
    for (const id of ['0', 'x', '1e9', '-1', '%00']) {
      expect((await call(eve, 'DELETE', `/user/keys/${id}`)).status, id).toBe(404);
    }
  });

  it.each([
    [{}, 422],
    [{ title: 'x', key: 'nonsense' }, 422],
    [{ title: 'x', key: 12 }, 422],
    [{ title: 'x'.repeat(101), key: 'KEY' }, 422],
    [{ title: 'x', key: 'KEY', read_only: true }, 422],
    ['[]', 422],
    ['{"title":', 422],
  ])('refuse %j with %i', async (body, status) => {
    const token = await t.token('ada', 'write:user,write:repository');
    const text = (typeof body === 'string' ? body : JSON.stringify(body)).replace('KEY', newKey());
    const answer = await call(token, 'POST', '/user/keys', text);
    expect(answer.status).toBe(status);
    expect(answer.json.message).toMatch(/\w/);
  });
});
