// Notifications, watching and subscriptions in Gitea's REST API.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import type { IssueRow } from '../../../src/features/issues/issues.types.ts';
import { takeAccess } from '../../../src/features/repos/collaborators.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { type Site, siteOf } from './site.ts';

let t: TestApp;
let site: Site;
let issue: IssueRow;
let token: string;
beforeEach(async () => {
  t = await testApp();
  site = siteOf(t);
  await site.makeRepository('ada', 'open');
  await site.makeRepository('ada', 'secret', 'private');
  await site.give('ada/secret', 'bob', 'write');
  await site.watch('ada/open', 'bob', 'all');
  await t.app.jobs.drain();
  issue = await site.issue('ada/open', 'ada', 'One');
  await site.issue('ada/secret', 'ada', 'Hidden one');
  await t.app.jobs.drain();
  token = await t.token('bob', 'write:notification,write:issue,read:repository');
});
afterEach(() => t.close());

async function call(method: string, path: string, body?: object, by = token): Promise<Response> {
  return t.anonymous.request(`/api/v1${path}`, {
    method,
    headers: { authorization: `token ${by}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

type Thread = {
  id: number;
  unread: boolean;
  pinned: boolean;
  subject: { title: string; type: string; html_url: string };
  repository: { full_name: string };
};
const threads = async (path: string): Promise<Thread[]> =>
  (await (await call('GET', path)).json()) as Thread[];
const titles = async (path: string) => (await threads(path)).map(({ subject }) => subject.title);

test('threads are listed, counted, marked one by one and all together', async () => {
  expect(await titles('/notifications')).toEqual(['Hidden one', 'One']);
  expect(await (await call('GET', '/notifications/new')).json()).toEqual({ new: 2 });
  expect(await titles('/repos/ada/open/notifications')).toEqual(['One']);
  const [, one] = await threads('/notifications');
  expect(one).toMatchObject({
    unread: true,
    pinned: false,
    repository: { full_name: 'ada/open' },
    subject: { type: 'Issue', html_url: `${t.app.publicUrl()}/ada/open/issues/1` },
  });
  expect((await call('PATCH', `/notifications/threads/${one?.id}?to-status=pinned`)).status).toBe(205);
  expect(await titles('/notifications?status-types=pinned')).toEqual(['One']);
  expect((await call('PATCH', `/notifications/threads/${one?.id}`)).status).toBe(205);
  expect(await titles('/notifications')).toEqual(['Hidden one']);
  expect(await titles('/notifications?all=true')).toEqual(['Hidden one', 'One']);
  expect((await call('PUT', '/repos/ada/open/notifications?to-status=unread&status-types=read')).status).toBe(
    205,
  );
  expect(await titles('/notifications')).toEqual(['Hidden one', 'One']);
  await new Promise((resolve) => setTimeout(resolve, 2));
  expect((await call('PUT', '/notifications')).status).toBe(205);
  expect(await titles('/notifications')).toEqual([]);
  expect(await titles('/notifications?all=true&limit=1&page=2')).toEqual(['One']);
  expect(await titles('/notifications?all=true&since=2100-01-01T00:00:00Z')).toEqual([]);
  expect((await call('GET', '/notifications?since=never')).status).toBe(422);
  expect((await call('PUT', '/notifications?to-status=constructor')).status).toBe(422);
});

test('what the token’s person may not read is not there, nor anybody else’s thread, nor without the scope', async () => {
  const [hidden] = await threads('/notifications');
  await takeAccess(t.app, SYSTEM, await site.open('ada/secret'), (await t.actor('bob')).userId);
  expect(await titles('/notifications?all=true')).toEqual(['One']);
  expect(await (await call('GET', '/notifications/new')).json()).toEqual({ new: 1 });
  expect((await call('GET', `/notifications/threads/${hidden?.id}`)).status).toBe(404);
  expect((await call('GET', '/repos/ada/secret/notifications')).status).toBe(404);
  const eve = await t.token('eve');
  expect((await call('GET', `/notifications/threads/${hidden?.id}`, undefined, eve)).status).toBe(404);
  const narrow = await t.token('bob', 'read:notification');
  expect((await call('GET', '/notifications', undefined, narrow)).status).toBe(200);
  expect((await call('PUT', '/notifications', undefined, narrow)).status).toBe(403);
  const other = await t.token('bob', 'write:repository');
  expect((await call('GET', '/notifications', undefined, other)).status).toBe(403);
});

test('watching is a subscription to a repository, and its watchers are its subscribers', async () => {
  const all = await t.token('cora');
  const at = '/repos/ada/open/subscription';
  expect((await call('GET', at, undefined, all)).status).toBe(404);
  expect(await (await call('PUT', at, undefined, all)).json()).toMatchObject({
    subscribed: true,
    ignored: false,
  });
  const subscribers = (await (await call('GET', '/repos/ada/open/subscribers')).json()) as {
    login: string;
  }[];
  expect(subscribers.map(({ login }) => login)).toEqual(['ada', 'bob', 'cora']);
  const own = (await (await call('GET', '/user/subscriptions', undefined, all)).json()) as {
    full_name: string;
  }[];
  expect(own.map(({ full_name: name }) => name)).toEqual(['ada/open']);
  expect(await (await call('PUT', at, { ignored: true }, all)).json()).toMatchObject({ ignored: true });
  expect((await call('DELETE', at, undefined, all)).status).toBe(204);
  expect((await call('GET', at, undefined, all)).status).toBe(404);
  expect((await call('PUT', '/repos/ada/secret/subscription', undefined, all)).status).toBe(404);
});

test('everybody subscribes to issues for themselves', async () => {
  const at = `/repos/ada/open/issues/${issue.number}/subscriptions`;
  expect(await (await call('GET', `${at}/check`)).json()).toMatchObject({ subscribed: true, ignored: false });
  expect((await call('DELETE', `${at}/bob`)).status).toBe(201);
  expect(await (await call('GET', `${at}/check`)).json()).toMatchObject({ subscribed: false, ignored: true });
  expect((await call('PUT', `${at}/bob`)).status).toBe(201);
  expect((await call('PUT', `${at}/ada`)).status).toBe(403);
  const people = (await (await call('GET', at)).json()) as { login: string }[];
  expect(people.map(({ login }) => login).sort()).toEqual(['ada', 'bob']);
});
