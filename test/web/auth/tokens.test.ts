// What an access token may be given: a day to end on, areas, and repositories it is limited to.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { HOUR } from '../../../src/base/time.ts';
import {
  actorOfToken,
  createAccessToken,
  listAccessTokens,
} from '../../../src/features/auth/tokens.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository, deleteRepository } from '../../../src/features/repos/repos.service.ts';
import { gitHttpHandler } from '../../../src/surfaces/githttp/git-http.ts';
import { HOST, type TestApp, testApp } from '../../support/test-app.ts';
import { movableClock } from './browsers.ts';

const clock = movableClock();
let t: TestApp;
const ids: Record<string, number> = {};
beforeAll(async () => {
  t = await testApp({}, { clock });
  for (const [owner, name, visibility] of [
    ['ada', 'engine', 'private'],
    ['ada', 'mill', 'private'],
    ['ada', 'open', 'public'],
    ['bob', 'hidden', 'private'],
  ] as const) {
    const input = parseNewRepository({ name, visibility, readme: true });
    ids[name] = (await createRepository(t.app, await t.actor(owner), input)).id;
  }
});
afterAll(() => t.close());

let serial = 0;
const form = (more: Record<string, string> = {}) => ({
  name: `token ${serial++}`,
  lifetime: '30',
  'scope-repository': 'write',
  ...more,
});

async function make(who: string, more: Record<string, string>): Promise<{ status: number; text: string }> {
  const answer = await (await t.as(who)).post('/settings/tokens', form(more));
  return { status: answer.status, text: await answer.text() };
}

async function newest(who: string) {
  const actor = await t.actor(who);
  return (await listAccessTokens(t.app, actor, actor.userId))[0];
}

async function callApi(token: string, method: string, path: string, body?: object) {
  const headers = { authorization: `token ${token}`, 'content-type': 'application/json' };
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  return t.anonymous.request(`/api/v1${path}`, { method, headers, ...text });
}

describe('the form of a new token', () => {
  it('takes a last day', async () => {
    const lastDay = new Date(clock.now() + 24 * HOUR).toISOString().slice(0, 10);
    expect((await make('ada', { lifetime: 'date', expires_on: lastDay })).status).toBe(201);
    expect((await newest('ada'))?.expiresAt).toBe(Date.parse(`${lastDay}T00:00:00Z`) + 24 * HOUR);
    const past = await make('ada', { lifetime: 'date', expires_on: '2001-01-01' });
    expect([past.status, past.text]).toEqual([422, expect.stringContaining('Choose today or a later day')]);
    expect(past.text).toContain('value="2001-01-01"');
  });

  it('offers administration to administrators, and to nobody else', async () => {
    const shown = async (who: string, isAdmin: boolean) =>
      (await (await t.as(who, { isAdmin })).get('/settings/tokens')).text();
    expect(await shown('chief', true)).toContain('name="scope-admin"');
    expect(await shown('ada', false)).not.toContain('name="scope-admin"');
    expect((await make('chief', { 'scope-admin': 'read' })).status).toBe(201);
    const refused = await make('ada', { 'scope-admin': 'read' });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('Only administrators')]);
  });

  it('takes repositories one sees, by name, and tells missing from hidden ones in no way', async () => {
    const names = 'ada/engine\nADA/Open\nada/engine';
    expect((await make('ada', { reach: 'selected', repositories: names })).status).toBe(201);
    expect((await newest('ada'))?.repositoryIds).toEqual([ids.engine, ids.open]);
    const refused = async (name: string) => {
      const answer = await make('ada', { reach: 'selected', repositories: `ada/engine\n${name}` });
      return [answer.status, /There is no repository [^<]*/.exec(answer.text)?.[0].replace(name, '*')];
    };
    expect(await refused('bob/hidden')).toEqual(await refused('bob/nothing'));
    expect(await refused('bob/hidden')).toEqual([422, expect.stringContaining('There is no repository *')]);
    const kept = await make('ada', { name: '', reach: 'selected', repositories: 'ada/engine' });
    expect(kept.text).toMatch(/value="selected" checked/);
    expect(kept.text).toContain('ada/engine</textarea>');
  });

  it('limits to repositories nothing that reaches further', async () => {
    for (const wider of [{ all: 'on' }, { 'scope-user': 'read' }, { 'scope-organization': 'write' }]) {
      const answer = await make('ada', { ...wider, reach: 'selected', repositories: 'ada/engine' });
      expect([answer.status, answer.text]).toEqual([422, expect.stringContaining('cannot have the scope')]);
    }
  });

  it('asks again who one is after a while', async () => {
    const ada = await t.as('ada');
    const before = await newest('ada');
    clock.move(2 * HOUR);
    expect((await ada.post('/settings/tokens', form())).status).not.toBe(201);
    await ada.post(`/settings/tokens/${before?.id}/removal`);
    expect(await newest('ada')).toEqual(before);
  });

  it('says nothing of a selected repository that its person sees no more', async () => {
    const bob = await t.actor('bob');
    const input = parseNewRepository({ name: 'fleeting', visibility: 'public' });
    await createRepository(t.app, bob, input);
    await make('carol', { reach: 'selected', repositories: 'bob/fleeting\nada/open' });
    const page = async () => (await (await t.as('carol')).get('/settings/tokens')).text();
    expect(await page()).toContain('bob/fleeting');
    await deleteRepository(t.app, bob, await openRepository(t.app, bob, 'bob', 'fleeting', 'repository:own'));
    expect(await page()).not.toContain('bob/fleeting');
    expect(await page()).toMatch(/ada\/open[\s\S]*1 repository you no longer see/);
  });
});

describe('a token limited to a repository', () => {
  async function limited(...scopes: ('write:repository' | 'all' | 'write:admin' | 'write:user')[]) {
    const { userId } = await t.actor('ada');
    const made = await createAccessToken(t.app, SYSTEM, userId, {
      name: `limited ${serial++}`,
      scopes: scopes.length === 0 ? ['write:repository'] : scopes,
      repositoryIds: [ids.engine ?? 0],
    });
    return made.token;
  }

  it('reaches it, and of others what anybody may', async () => {
    const token = await limited();
    expect((await callApi(token, 'GET', '/repos/ada/engine')).status).toBe(200);
    expect((await callApi(token, 'PATCH', '/repos/ada/engine', { description: 'x' })).status).toBe(200);
    expect((await callApi(token, 'GET', '/repos/ada/open')).status).toBe(200);
    expect((await callApi(token, 'PATCH', '/repos/ada/open', { description: 'x' })).status).toBe(403);
    const hidden = await callApi(token, 'GET', '/repos/ada/mill');
    const missing = await callApi(token, 'GET', '/repos/ada/nothing');
    expect([hidden.status, await hidden.text()]).toEqual([404, await missing.text()]);
  });

  it('creates no repositories and does not act on its account', async () => {
    const token = await limited();
    const created = await callApi(token, 'POST', '/user/repos', { name: 'more' });
    expect([created.status, await created.text()]).toEqual([
      403,
      expect.stringContaining('is limited to some'),
    ]);
    for (const path of ['/user', '/user/keys'])
      expect((await callApi(token, 'GET', path)).status, path).toBe(403);
  });

  it('is refused wider scopes, and would have no use of them', async () => {
    for (const scope of ['all', 'write:user', 'write:admin'] as const)
      await expect(limited(scope)).rejects.toMatchObject({ code: 'invalid' });
    const { hasAdminPower, requireMeans } = await import('../../../src/base/judgement.ts');
    const actor = await actorOfToken(t.app, await limited());
    if (!actor) throw new Error('the token is not found');
    const forged = { ...actor, isAdmin: true, scopes: ['all'] as const };
    expect(hasAdminPower(forged)).toBe(false);
    for (const ability of [
      'repositories:create',
      'organizations:create',
      'stars:write',
      'follows:write',
      'keys:read',
    ] as const)
      expect(() => requireMeans(forged, ability), ability).toThrow('is limited to some');
    for (const ability of ['repositories:list', 'profile:read', 'organization:see', 'code:write'] as const)
      expect(() => requireMeans(forged, ability), ability).not.toThrow();
  });

  it('reaches nothing more when its repository is gone', async () => {
    const ada = await t.actor('ada');
    const made = await createRepository(t.app, ada, parseNewRepository({ name: 'brief' }));
    const { token } = await createAccessToken(t.app, SYSTEM, ada.userId, {
      name: 'brief',
      scopes: ['write:repository'],
      repositoryIds: [made.id],
    });
    await deleteRepository(t.app, ada, await openRepository(t.app, ada, 'ada', 'brief', 'repository:own'));
    for (const path of ['/repos/ada/brief', '/repos/ada/engine'])
      expect((await callApi(token, 'GET', path)).status, path).toBe(404);
  });
});

describe('token in URL', () => {
  it('is not believed by pages, the API or git, and is in no line of the log', async () => {
    const token = await t.token('ada');
    const lines: string[] = [];
    for (const level of ['debug', 'info', 'warn', 'error'] as const)
      vi.spyOn(t.app.log, level).mockImplementation(
        (...args: unknown[]) => void lines.push(JSON.stringify(args)),
      );
    vi.spyOn(t.app.log, 'isLevelEnabled').mockReturnValue(true);
    for (const name of ['token', 'access_token', 'private_token', 'api_key']) {
      const query = `?${name}=${token}`;
      expect((await t.anonymous.get(`/api/v1/user${query}`)).status).toBe(401);
      // The API says at once that tokens do not belong there, where it knows the word for one.
      const refusal = name === 'api_key' ? 404 : 401;
      expect((await t.anonymous.get(`/api/v1/repos/ada/engine${query}`)).status).toBe(refusal);
      expect((await t.anonymous.get(`/ada/engine${query}`)).status).toBe(404);
      expect((await t.anonymous.get(`/settings/tokens${query}`)).status).not.toBe(200);
      expect(await gitStatus(`/ada/engine.git/info/refs?service=git-upload-pack&${name}=${token}`)).toBe(401);
    }
    expect(lines.length).toBeGreaterThan(8);
    expect(lines.filter((line) => line.includes(token) || line.includes(token.slice(4)))).toEqual([]);
  });
});

/** What a git client is answered: by a real server, since git's requests do not pass through the pages. */
async function gitStatus(path: string): Promise<number> {
  const { createServer } = await import('node:http');
  const handler = gitHttpHandler(t.app);
  const server = createServer((request, response) => {
    if (!handler(request, response)) response.writeHead(400).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const { status } = await fetch(new URL(path, `${HOST.replace(/:\d+$/, '')}:${port}`));
  await new Promise((resolve) => server.close(resolve));
  return status;
}
