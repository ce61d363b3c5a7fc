// Gitea's own JavaScript client keeps webhooks here, for each kind of owner, and what they are told arrives.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HookSite, hookSite } from '../webhooks/hook-site.ts';
import { base64, type Client, type ClientSite, clientSite, idOf, refusal } from './gitea-js-site.ts';

let hooks: HookSite;
let site: ClientSite;
let ada: Client;
let ben: Client;
const AT = ['ada', 'tools'] as const;

beforeAll(async () => {
  hooks = await hookSite();
  site = await clientSite(hooks);
  [ada, ben] = [await site.as('ada'), await site.as('ben')];
});
afterAll(() => site.close(import.meta.url));

const NEW = {
  type: 'gitea' as const,
  config: { url: 'https://ci.example.com/hook', content_type: 'json' },
  events: ['push', 'release'],
  active: true,
};
const ids = (list: readonly { id?: number }[]) => list.map(({ id }) => id);

it('of a repository: made, told, tested, changed and deleted', async () => {
  const config = { url: `${hooks.sink.url}/ci`, content_type: 'json', secret: 'hush' };
  const option = {
    ...NEW,
    config,
    events: ['issues', 'push'],
    branch_filter: 'main',
    authorization_header: 'Bearer x',
  };
  const made = await ada.repos.repoCreateHook(...AT, option);
  expect([made.status, made.data]).toEqual([
    201,
    expect.objectContaining({
      type: 'gitea',
      active: true,
      branch_filter: 'main',
      events: expect.arrayContaining(['push']),
    }),
  ]);
  expect(JSON.stringify(made.data)).not.toContain('hush');
  const id = idOf(made);
  await ada.repos.issueCreateIssue(...AT, { title: 'Told' });
  await hooks.settle();
  const [told] = hooks.sink.received;
  expect(told?.headers).toMatchObject({ 'x-gitea-event': 'issues', authorization: 'Bearer x' });
  expect(told?.headers['x-gitea-signature']).toBe(
    createHmac('sha256', 'hush')
      .update(told?.body ?? '')
      .digest('hex'),
  );
  expect(JSON.parse(String(told?.body))).toMatchObject({
    action: 'opened',
    issue: { title: 'Told' },
    repository: { full_name: 'ada/tools' },
  });
  await ada.repos.repoCreateFile(...AT, 'a.txt', { content: base64('a') });
  await hooks.settle();
  expect((await ada.repos.repoTestHook(...AT, id)).status).toBe(204);
  await hooks.settle();
  expect(
    hooks.sink.received.filter(({ headers }) => headers['x-gitea-event'] === 'push').length,
  ).toBeGreaterThanOrEqual(2);
  expect(ids((await ada.repos.repoListHooks(...AT)).data)).toEqual([id]);
  const elsewhere = { active: false, config: { url: 'https://other.example/x' } };
  // What was given for one host is not sent to another by whoever cannot read it.
  expect((await refusal(ada.repos.repoEditHook(...AT, id, elsewhere))).status).toBe(422);
  const again = {
    ...elsewhere,
    authorization_header: 'Bearer y',
    config: { ...elsewhere.config, secret: 'new' },
  };
  const edited = await ada.repos.repoEditHook(...AT, id, again);
  expect(edited.data).toMatchObject({
    active: false,
    config: { url: 'https://other.example/x', content_type: 'json' },
  });
  expect((await ada.repos.repoGetHook(...AT, id)).data.active).toBe(false);
  expect((await ada.repos.repoDeleteHook(...AT, id)).status).toBe(204);
  expect((await refusal(ada.repos.repoGetHook(...AT, id))).status).toBe(404);
});

it('of a repository: refused to others, and without an address or a known kind', async () => {
  expect((await refusal(ben.repos.repoListHooks(...AT))).status).toBe(404);
  expect(
    (await refusal(ada.repos.repoCreateHook(...AT, { ...NEW, config: { url: '', content_type: 'json' } })))
      .status,
  ).toBe(422);
  expect((await refusal(ada.repos.repoCreateHook(...AT, { ...NEW, type: 'pigeon' as 'gitea' }))).status).toBe(
    422,
  );
});

it('of a repository: programs on the server are not to be had', async () => {
  for (const call of [
    () => ada.repos.repoListGitHooks(...AT),
    () => ada.repos.repoGetGitHook(...AT, 'update'),
    () => ada.repos.repoEditGitHook(...AT, 'update', { content: '#!/bin/sh\nid' }),
    () => ada.repos.repoDeleteGitHook(...AT, 'update'),
  ])
    expect((await refusal(call())).status).toBe(403);
});

it('of an organization, of an account and of the site', async () => {
  await ada.orgs.orgCreate({ username: 'mill' });
  const org = idOf(await ada.orgs.orgCreateHook('mill', NEW));
  const own = idOf(await ada.user.userCreateHook(NEW));
  const all = idOf(await ada.admin.adminCreateHook(NEW));
  expect(ids((await ada.orgs.orgListHooks('mill')).data)).toEqual([org]);
  expect(ids((await ada.user.userListHooks()).data)).toEqual([own]);
  expect(ids((await ada.admin.adminListHooks()).data)).toEqual([all]);
  expect((await ada.orgs.orgGetHook('mill', org)).data.events).toEqual(NEW.events);
  expect((await ada.user.userGetHook(own)).data.config?.url).toBe(NEW.config.url);
  expect((await ada.admin.adminGetHook(all)).data.type).toBe('gitea');
  expect((await ada.orgs.orgEditHook('mill', org, { events: ['fork'] })).data.events).toEqual(['fork']);
  expect((await ada.user.userEditHook(own, { active: false })).data.active).toBe(false);
  expect((await ada.admin.adminEditHook(all, { active: false })).data.active).toBe(false);
  expect((await refusal(ben.orgs.orgListHooks('mill'))).status).toBe(403);
  expect((await refusal(ben.user.userGetHook(own))).status).toBe(404);
  expect([403, 404]).toContain((await refusal(ben.admin.adminListHooks())).status);
  expect((await refusal(ada.user.userGetHook(org))).status).toBe(404);
  expect((await ada.orgs.orgDeleteHook('mill', org)).status).toBe(204);
  expect((await ada.user.userDeleteHook(own)).status).toBe(204);
  expect((await ada.admin.adminDeleteHook(all)).status).toBe(204);
  for (const list of [ada.orgs.orgListHooks('mill'), ada.user.userListHooks(), ada.admin.adminListHooks()])
    expect((await list).data).toEqual([]);
});
