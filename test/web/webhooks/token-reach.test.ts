// What an access token learns by way of webhooks: no more than it could read itself.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HOST } from '../../support/test-app.ts';
import { type HookSite, hookSite } from './hook-site.ts';

let site: HookSite;

beforeEach(async () => {
  site = await hookSite();
});
afterEach(() => site.close());

async function call(scopes: string, method: string, path: string, body?: unknown) {
  const answer = await site.web.request(`${HOST}/api/v1${path}`, {
    method,
    headers: {
      authorization: `token ${await site.token('ada', scopes)}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
}

const ISSUE = { title: 'A hidden plan', body: 'It stays between us.' };

it('a token that reads no issues does not read them in the deliveries of a webhook', async () => {
  const { userId: ownerId } = await site.actor('ada');
  const places: [string, string, Parameters<HookSite['hook']>[1]][] = [
    ['/repos/ada/tools/hooks', 'read:repository', { scope: 'repository', repositoryId: site.repositoryId }],
    ['/user/hooks', 'read:user', { scope: 'user', ownerId }],
    ['/admin/hooks', 'read:admin', { scope: 'site' }],
  ];
  for (const [base, scope, owner] of places) {
    const { id } = await site.hook({}, owner);
    expect((await call('all', 'POST', '/repos/ada/tools/issues', ISSUE)).status).toBe(201);
    await site.settle();
    const list = await call(scope, 'GET', `${base}/${id}/deliveries`);
    expect(list.status).toBe(200);
    const one = `${base}/${id}/deliveries/${(JSON.parse(list.text) as { id: number }[])[0]?.id}`;
    const refused = await call(scope, 'GET', one);
    expect([refused.status, refused.text.includes('hidden plan')]).toEqual([403, false]);
    const allowed = await call(`${scope},read:repository,read:issue`, 'GET', one);
    expect([allowed.status, allowed.text.includes('hidden plan')]).toEqual([200, true]);
  }
});

it('a token for the account alone makes no webhook that is told of private repositories', async () => {
  const body = (events: string[]) => ({
    ...{ type: 'gitea', active: true, events },
    config: { url: `${site.sink.url}/elsewhere`, content_type: 'json' },
  });
  expect((await call('write:user', 'POST', '/user/hooks', body(['push']))).status).toBe(403);
  const code = 'write:user,read:repository';
  expect((await call(code, 'POST', '/user/hooks', body(['issues']))).status).toBe(403);
  expect((await call(code, 'POST', '/user/hooks', body(['*']))).status).toBe(403);
  expect((await call(code, 'POST', '/user/hooks', body(['push', 'pull_request_only']))).status).toBe(201);
  expect((await call(`${code},read:issue`, 'POST', '/user/hooks', body(['*']))).status).toBe(201);
});

it('a token for the account alone does not lead what a webhook was told, or waits for it, elsewhere', async () => {
  const { userId: ownerId } = await site.actor('ada');
  const { id } = await site.hook({}, { scope: 'user', ownerId });
  await call('all', 'POST', '/repos/ada/tools/issues', ISSUE);
  await site.settle();
  const elsewhere = { config: { url: `${site.sink.url}/elsewhere` }, events: ['push'] };
  const weak = 'write:user,read:repository';
  expect((await call(weak, 'PATCH', `/user/hooks/${id}`, elsewhere)).status).toBe(403);
  const strong = `${weak},read:issue`;
  expect((await call(strong, 'PATCH', `/user/hooks/${id}`, elsewhere)).status).toBe(200);
  const [first] = JSON.parse((await call(weak, 'GET', `/user/hooks/${id}/deliveries`)).text) as {
    id: number;
  }[];
  const again = `/user/hooks/${id}/deliveries/${first?.id}/attempts`;
  expect((await call(weak, 'POST', again)).status).toBe(403);
  expect((await call(strong, 'POST', again)).status).toBe(202);
});
