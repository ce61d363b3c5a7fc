// Gitea's own JavaScript client administers the site here: accounts, organizations, repositories, addresses and what runs in the background.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { base64, type Client, type ClientSite, clientSite, idOf, refusal } from './gitea-js-site.ts';

let site: ClientSite;
let boss: Client;
let ada: Client;

beforeAll(async () => {
  site = await clientSite();
  [boss, ada] = [await site.as('boss'), await site.as('ada')];
});
afterAll(() => site.close(import.meta.url));

const logins = (list: readonly { login?: string }[]) => list.map(({ login }) => login);
const NEW = {
  username: 'mary',
  email: 'mary@example.org',
  password: 'calculating with paper',
  full_name: 'Mary',
};

it('accounts are made, changed, suspended and deleted', async () => {
  const made = await boss.admin.adminCreateUser({ ...NEW, must_change_password: false });
  expect([made.status, made.data]).toEqual([
    201,
    expect.objectContaining({ login: 'mary', full_name: 'Mary', email: 'mary@example.org', active: true }),
  ]);
  expect((await refusal(boss.admin.adminCreateUser(NEW))).status).toBe(422);
  expect(
    (await refusal(boss.admin.adminCreateUser({ ...NEW, username: 'x y', email: 'nonsense' }))).status,
  ).toBe(422);
  const basic = { authorization: `Basic ${base64(`mary:${NEW.password}`)}` };
  const signsIn = async () => (await fetch(`${site.url}/api/v1/user`, { headers: basic })).status;
  expect(await signsIn()).toBe(200);
  const same = { source_id: 0, login_name: 'mary' };
  const edited = await boss.admin.adminEditUser('mary', { ...same, prohibit_login: true, location: 'Here' });
  expect(edited.data).toMatchObject({ prohibit_login: true, location: 'Here', full_name: 'Mary' });
  expect([401, 403]).toContain(await signsIn());
  expect(
    (await boss.admin.adminEditUser('mary', { ...same, prohibit_login: false })).data.prohibit_login,
  ).toBe(false);
  expect(await signsIn()).toBe(200);
  expect((await boss.admin.adminEditUser('mary', { ...same, admin: true })).data.is_admin).toBe(true);
  expect((await boss.admin.adminEditUser('mary', { ...same, admin: false })).data.is_admin).toBe(false);
  const page = await boss.admin.adminSearchUsers({ limit: 2, page: 1 });
  expect([page.data.length, page.headers.get('x-total-count')]).toEqual([2, '3']);
  const renamed = await boss.admin.adminRenameUser('mary', { new_username: 'marie' }).catch((error) => error);
  expect([204, 403, 404, 422]).toContain(renamed.status);
  expect((await boss.admin.adminDeleteUser('mary')).status).toBe(204);
  expect((await refusal(boss.users.userGet('mary'))).status).toBe(404);
  expect(await signsIn()).toBe(401);
});

it('things are made in the name of others', async () => {
  const made = await boss.admin.adminCreateOrg('ada', { username: 'forge', visibility: 'limited' });
  expect([made.status, made.data.name, made.data.visibility]).toEqual([201, 'forge', 'limited']);
  expect((await ada.users.orgGetUserPermissions('ada', 'forge')).data.is_owner).toBe(true);
  expect((await boss.admin.adminGetAllOrgs()).data.map(({ name }) => name)).toEqual(['forge']);
  const gift = await boss.admin.adminCreateRepo('ada', { name: 'gift', private: true });
  expect([gift.status, gift.data.full_name]).toEqual([201, 'ada/gift']);
  expect((await ada.repos.repoGet('ada', 'gift')).data.permissions?.admin).toBe(true);
  expect((await refusal(boss.admin.adminCreateRepo('ada', { name: 'gift' }))).status).toBe(409);
  const key = await boss.admin.adminCreatePublicKey('ada', { title: 'given', key: newKey() });
  expect([key.status, key.data.title]).toEqual([201, 'given']);
  expect((await ada.user.userCurrentListKeys()).data.map(({ id }) => id)).toEqual([idOf(key)]);
  expect((await boss.admin.adminDeleteUserPublicKey('ada', idOf(key))).status).toBe(204);
  expect((await ada.user.userCurrentListKeys()).data).toEqual([]);
  const sudo = await site.call('boss', 'GET', '/user', { headers: { sudo: 'ada' } });
  expect([sudo.status, (await sudo.json()).login]).toEqual([200, 'ada']);
  const asked = await site.call('boss', 'GET', '/user?sudo=ada');
  expect((await asked.json()).login).toBe('ada');
  expect((await site.call('ada', 'GET', '/user', { headers: { sudo: 'boss' } })).status).toBe(403);
});

function newKey(): string {
  const { publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const part = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return `ssh-ed25519 ${Buffer.concat([part(Buffer.from('ssh-ed25519')), part(raw)]).toString('base64')} x`;
}

it('addresses are found, and what runs in the background is run', async () => {
  const all = await boss.admin.adminGetAllEmails({ limit: 1 });
  expect([all.data.length, all.headers.get('x-total-count')]).toEqual([1, '2']);
  const { data } = await boss.admin.adminSearchEmails({ q: 'ada@' });
  expect(data).toMatchObject([{ email: 'ada@example.org', username: 'ada', verified: expect.any(Boolean) }]);
  const { data: tasks } = await boss.admin.adminCronList();
  expect(tasks[0]).toMatchObject({
    name: expect.any(String),
    schedule: expect.any(String),
    exec_times: expect.any(Number),
  });
  expect((await boss.admin.adminCronRun(tasks[0]?.name ?? '')).status).toBe(204);
  expect((await refusal(boss.admin.adminCronRun('nothing'))).status).toBe(404);
});

it('nobody else administers, nor does a token without the scope', async () => {
  const weak = await site.as('boss', 'read:admin');
  expect(logins((await weak.admin.adminSearchUsers()).data)).toEqual(['ada', 'boss']);
  expect((await refusal(weak.admin.adminCreateUser(NEW))).status).toBe(403);
  for (const call of [
    () => ada.admin.adminSearchUsers(),
    () => ada.admin.adminCreateUser(NEW),
    () => ada.admin.adminEditUser('boss', { source_id: 0, login_name: 'boss', admin: false }),
    () => ada.admin.adminDeleteUser('boss'),
    () => ada.admin.adminGetAllOrgs(),
    () => ada.admin.adminCronList(),
    () => ada.admin.adminGetAllEmails(),
    () => ada.admin.adminCreateRepo('boss', { name: 'x' }),
  ])
    expect([403, 404]).toContain((await refusal(call())).status);
  expect((await refusal(site.anonymous.admin.adminSearchUsers())).status).toBe(404);
});
