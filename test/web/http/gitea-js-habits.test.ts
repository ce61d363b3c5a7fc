// How programs and people call by hand: forms, HEAD, slashes at the end, other cases, old names, tokens as passwords, odd pages.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../support/test-app.ts';
import { base64, type Client, type ClientSite, clientSite } from './gitea-js-site.ts';

let site: ClientSite;
let ada: Client;
let token: string;

beforeAll(async () => {
  site = await clientSite();
  ada = await site.as('ada');
  token = await site.t.token('ada');
  await ada.user.createCurrentUserRepo({ name: 'Tools', auto_init: true });
  for (const title of ['one', 'two', 'three']) await ada.repos.issueCreateIssue('ada', 'Tools', { title });
  await site.t.app.jobs.drain();
});
afterAll(() => site.close(import.meta.url));

const raw = (path: string, init: RequestInit = {}) =>
  fetch(`${site.url}${path}`, { redirect: 'manual', ...init });
const basic = (name: string, password: string) => ({
  authorization: `Basic ${base64(`${name}:${password}`)}`,
});

describe('bodies', () => {
  it('of a form, as curl -d sends them, make an issue', async () => {
    const body = new URLSearchParams({ title: 'By form', body: 'sent by curl -d' });
    const answer = await site.call('ada', 'POST', '/repos/ada/Tools/issues', { body });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ title: 'By form', body: 'sent by curl -d' });
  });

  it('of a form are read as switches, numbers and lists where these are asked for, and refused by name', async () => {
    const post = async (path: string, body: string) =>
      site.call('ada', 'POST', path, {
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    const made = await post('/user/repos', 'name=by-form&private=true&auto_init=false&description=a+b%26c');
    expect([made.status, await made.json()]).toEqual([
      201,
      expect.objectContaining({ name: 'by-form', private: true, empty: true, description: 'a b&c' }),
    ]);
    const issue = await post('/repos/ada/Tools/issues', 'title=Ours&assignees=ada&closed=1');
    expect(await issue.json()).toMatchObject({ state: 'closed', assignees: [{ login: 'ada' }] });
    for (const body of ['name=a&name=b', 'name=x&private=perhaps', 'name=x%00', 'nothing']) {
      const answer = await post('/user/repos', body);
      expect([body, answer.status]).toEqual([body, 422]);
      expect(await answer.json()).toMatchObject({ message: expect.any(String) });
    }
  });

  it('of a form with very many names cost one pass', async () => {
    const many = Array.from({ length: 150_000 }, (_, index) => `n${index}`).join('&');
    const body = new URLSearchParams(`title=Many&${many}`);
    const answer = await site.call('ada', 'POST', '/repos/ada/Tools/issues', { body });
    expect([201, 413]).toContain(answer.status);
  });

  it('of JSON without a content type, or with that of a form, as careless clients send them', async () => {
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain',
      'application/json; charset=utf-8',
    ]) {
      const init = { body: JSON.stringify({ title: `As ${type}` }), headers: { 'content-type': type } };
      const answer = await site.call('ada', 'POST', '/repos/ada/Tools/issues', init);
      expect([type, answer.status]).toEqual([type, 201]);
    }
  });

  it('that are broken or of another kind are refused in JSON', async () => {
    for (const body of ['{"title":', '[]', '"x"', '']) {
      const init = { body, headers: { 'content-type': 'application/json' } };
      const answer = await site.call('ada', 'POST', '/repos/ada/Tools/issues', init);
      expect([400, 422]).toContain(answer.status);
      expect(await answer.json()).toMatchObject({ message: expect.any(String), url: expect.any(String) });
    }
  });
});

describe('addresses', () => {
  it('answer HEAD as GET, without the body', async () => {
    for (const path of ['/repos/ada/Tools', '/repos/ada/Tools/issues?limit=1', '/version']) {
      const [head, get] = [await site.call('ada', 'HEAD', path), await site.call('ada', 'GET', path)];
      expect([path, head.status, await head.text()]).toEqual([path, 200, '']);
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
      expect(head.headers.get('x-total-count')).toBe(get.headers.get('x-total-count'));
    }
    expect((await site.call('ada', 'HEAD', '/repos/ada/nothing')).status).toBe(404);
  });

  it('with a slash at the end lead to the same', async () => {
    for (const path of ['/version/', '/repos/ada/Tools/', '/user/', '/repos/ada/Tools/issues/']) {
      const answer = await fetch(`${site.url}/api/v1${path}`, {
        headers: { authorization: `token ${token}` },
      });
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers.get('content-type')).toContain('application/json');
    }
  });

  it('in another case lead to the same', async () => {
    const { data } = await ada.repos.repoGet('ADA', 'tools');
    expect(data.full_name).toBe('ada/Tools');
    expect((await ada.users.userGet('ADA')).data.login).toBe('ada');
    expect((await ada.repos.issueGetIssue('Ada', 'TOOLS', 1)).data.title).toBe('one');
  });

  it('of the API answer JSON whatever is accepted', async () => {
    for (const accept of ['text/html', 'text/html,application/xhtml+xml', '*/*', 'application/json'])
      for (const path of ['/version', '/repos/ada/nothing', '/nothing/here', '/user']) {
        const answer = await raw(`/api/v1${path}`, { headers: { accept } });
        expect([accept, path, answer.headers.get('content-type')]).toEqual([
          accept,
          path,
          expect.stringContaining('application/json'),
        ]);
      }
  });

  it('that are asked by a method they do not have say so, or answer as missing', async () => {
    const answer = await site.call('ada', 'PUT', '/repos/ada/Tools');
    expect([404, 405]).toContain(answer.status);
    expect(await answer.json()).toMatchObject({ message: expect.any(String) });
  });
});

describe('pages', () => {
  it('begin with the first for zero, nothing and nonsense', async () => {
    for (const page of ['0', '', '-1', 'x', '1']) {
      const answer = await site.call('ada', 'GET', `/repos/ada/Tools/issues?limit=1&page=${page}&q=one`);
      expect([page, answer.status]).toEqual([page, 200]);
      expect((await answer.json()).map(({ title }: { title: string }) => title)).toEqual(['one']);
    }
  });

  it('have a size that is held to the most there is, and the usual one for nonsense', async () => {
    for (const limit of ['1000000', '0', '-1', 'x', '']) {
      const answer = await site.call('ada', 'GET', `/repos/ada/Tools/issues?limit=${limit}`);
      expect([limit, answer.status]).toEqual([limit, 200]);
      expect((await answer.json()).length).toBeGreaterThan(3);
    }
  });

  it('after the last are empty and still count', async () => {
    const answer = await ada.repos.issueListIssues('ada', 'Tools', { q: 'one', page: 99 });
    expect([answer.data, answer.headers.get('x-total-count')]).toEqual([[], '1']);
  });
});

describe('renamed repositories', () => {
  beforeAll(async () => {
    await ada.user.createCurrentUserRepo({ name: 'before', auto_init: true });
    await ada.repos.repoEdit('ada', 'before', { name: 'after' });
  });

  it('lead from the old name to the new one, with the rest of the address and the query', async () => {
    const answer = await site.call('ada', 'GET', '/repos/ada/before/issues?state=all');
    expect([301, 307, 308]).toContain(answer.status);
    expect(answer.headers.get('location')).toMatch(/\/api\/v1\/repos\/ada\/after\/issues\?state=all$/);
  });

  it('keep method and body', async () => {
    const issue = await ada.repos.issueCreateIssue('ada', 'before', { title: 'By the old name' });
    expect([issue.status, issue.data.title]).toEqual([201, 'By the old name']);
    expect((await ada.repos.issueGetIssue('ada', 'after', 1)).data.title).toBe('By the old name');
    expect((await ada.repos.repoEdit('ada', 'before', { description: 'x' })).data).toMatchObject({
      name: 'after',
    });
    expect((await ada.repos.repoUpdateTopics('ada', 'before', { topics: ['old'] })).status).toBe(204);
  });
});

describe('who asks', () => {
  it('by a token as the password, as the name, and by a password', async () => {
    const ways: Record<string, string>[] = [
      basic('ada', token),
      basic(token, ''),
      basic(token, 'x-oauth-basic'),
      basic('ada', PASSWORD),
      { authorization: `token ${token}` },
      { authorization: `Bearer ${token}` },
      { authorization: `bearer ${token}` },
      { Authorization: `Token ${token}` },
    ];
    for (const headers of ways) {
      const answer = await raw('/api/v1/user', { headers });
      expect([headers, answer.status]).toEqual([headers, 200]);
      expect((await answer.json()).login).toBe('ada');
    }
  });

  it('is refused with a token of nobody, and never read from the address', async () => {
    for (const headers of [
      basic('ada', 'wrong'),
      { authorization: 'token 0123456789012345678901234567890123456789' },
    ]) {
      expect((await raw('/api/v1/user', { headers })).status).toBe(401);
      expect((await raw('/api/v1/repos/ada/Tools', { headers })).status).toBe(401);
    }
    for (const name of ['token', 'access_token']) {
      const answer = await raw(`/api/v1/user?${name}=${token}`);
      expect([400, 401]).toContain(answer.status);
    }
  });

  it('is told which scope is missing', async () => {
    const reader = await site.as('ada', 'read:repository');
    const answer = await reader.repos.repoEdit('ada', 'Tools', { description: 'x' }).catch((error) => error);
    expect([answer.status, answer.error.message]).toEqual([403, expect.stringContaining('write:repository')]);
  });
});
