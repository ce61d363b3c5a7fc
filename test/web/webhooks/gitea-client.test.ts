// Gitea's own JavaScript client manages webhooks here, for each kind of owner, without knowing that this is another server.
import { giteaApi } from 'gitea-js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { HOST } from '../../support/test-app.ts';
import { type HookSite, hookSite } from './hook-site.ts';

let site: HookSite;
let client: ReturnType<typeof giteaApi>;

beforeAll(async () => {
  site = await hookSite();
  const ada = await site.actor('ada');
  await createOrganization(site.app, ada, { name: 'mill', displayName: '', visibility: 'public' });
  const customFetch = async (input: unknown, init?: RequestInit) => site.web.request(String(input), init);
  client = giteaApi(HOST, { token: await site.token('ada'), customFetch: customFetch as typeof fetch });
});
afterAll(() => site.close());

const NEW = {
  type: 'gitea' as const,
  config: { url: 'https://ci.example.com/hook', content_type: 'json', secret: 'x' },
  events: ['push', 'release'],
  active: true,
};

it('of a repository, with a test that arrives', async () => {
  const config = { ...NEW.config, url: `${site.sink.url}/hook` };
  const { data: made, status } = await client.repos.repoCreateHook('ada', 'tools', { ...NEW, config });
  expect([status, made.events, made.config?.url]).toEqual([201, NEW.events, config.url]);
  const id = made.id ?? 0;
  expect((await client.repos.repoTestHook('ada', 'tools', id)).status).toBe(204);
  await site.settle();
  expect(site.sink.received).toHaveLength(1);
  const { data: edited } = await client.repos.repoEditHook('ada', 'tools', id, { active: false });
  expect(edited).toMatchObject({ active: false, events: NEW.events });
  expect((await client.repos.repoListHooks('ada', 'tools')).data.map((hook) => hook.id)).toEqual([id]);
  expect((await client.repos.repoGetHook('ada', 'tools', id)).data).toMatchObject({ id, type: 'gitea' });
  expect((await client.repos.repoDeleteHook('ada', 'tools', id)).status).toBe(204);
  await expect(client.repos.repoGetHook('ada', 'tools', id)).rejects.toMatchObject({ status: 404 });
});

it('of an organization, of an account and of the server', async () => {
  const made = [
    (await client.orgs.orgCreateHook('mill', NEW)).data,
    (await client.user.userCreateHook(NEW)).data,
    (await client.admin.adminCreateHook(NEW)).data,
  ];
  const [ofMill = 0, own = 0, ofSite = 0] = made.map(({ id }) => id ?? 0);
  expect((await client.orgs.orgListHooks('mill')).data.map(({ id }) => id)).toEqual([ofMill]);
  expect((await client.user.userListHooks()).data.map(({ id }) => id)).toEqual([own]);
  expect((await client.admin.adminListHooks()).data.map(({ id }) => id)).toEqual([ofSite]);
  expect((await client.orgs.orgEditHook('mill', ofMill, { events: ['fork'] })).data.events).toEqual(['fork']);
  expect((await client.user.userEditHook(own, { branch_filter: 'main' })).data.branch_filter).toBe('main');
  expect((await client.admin.adminEditHook(ofSite, { active: false })).data.active).toBe(false);
  expect((await client.orgs.orgDeleteHook('mill', ofMill)).status).toBe(204);
  expect((await client.user.userDeleteHook(own)).status).toBe(204);
  expect((await client.admin.adminDeleteHook(ofSite)).status).toBe(204);
});
