// The pages and the API of imports and mirrors: who sees and does what, and that no credential is ever shown.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findImport } from '../../../src/features/mirrors/imports.service.ts';
import { mirrorsOf } from '../../../src/features/mirrors/mirrors.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { acceptTransfer, transferRepository } from '../../../src/features/repos/transfers.service.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';

let site: TestApp;
let ada: Visitor;
const SECRET = 'hunter2-hunter2';
/** Nobody answers there, and it is asked by a job only. */
const URL = 'https://127.0.0.1:1/far/engine.git';

beforeAll(async () => {
  site = await testApp();
  ada = await site.as('ada');
});
afterAll(() => site.close());

const importing = (name: string, more: Record<string, string> = {}) => ({
  url: URL,
  name,
  visibility: 'public',
  intervalMinutes: '60',
  ...more,
});

async function open(name: string) {
  return openRepository(site.app, await site.actor('ada'), 'ada', name, 'access:read');
}

describe('importing', () => {
  test('begins from the form, shows how far it is, and is cancelled and tried again', async () => {
    expect(await (await ada.get('/new')).text()).toContain('href="/new/import"');
    expect((await ada.get('/new/import')).status).toBe(200);
    const made = await ada.post('/new/import', importing('one', { username: 'me', password: SECRET }));
    expect([made.status, made.headers.get('location')]).toEqual([303, '/ada/one/import']);
    const shown = await (await ada.get('/ada/one/import')).text();
    expect(shown).toContain('Waiting for its turn');
    expect(shown).toContain('<live-fragment');
    expect(shown).not.toContain(SECRET);
    expect((await ada.get('/ada/one')).headers.get('location')).toBe('/ada/one/import');
    expect(await (await ada.get('/ada/one/import/progress')).text()).toContain('<progress');
    const stranger = await site.as('stranger');
    expect(await (await stranger.get('/ada/one/import')).text()).not.toContain('Cancel the import');
    expect((await stranger.post('/ada/one/import/cancellation')).status).toBe(403);
    expect((await site.anonymous.post('/ada/one/import/retry')).status).toBe(401);
    expect((await ada.post('/ada/one/import/cancellation')).status).toBe(303);
    expect(await findImport(site.app, await open('one'))).toMatchObject({
      state: 'cancelled',
      sealedCredentials: null,
    });
    expect(await (await ada.get('/ada/one/import')).text()).toContain('The import was cancelled');
    expect(await (await ada.get('/ada/one')).text()).toContain('Quick setup');
    expect((await ada.post('/ada/one/import/cancellation')).status).toBe(409);
    expect((await ada.post('/ada/one/import/retry', { username: 'me', password: SECRET })).status).toBe(303);
    await site.app.jobs.drain();
    const failed = await (await ada.get('/ada/one/import')).text();
    expect(failed).toContain('not on the public internet');
    expect(await (await stranger.get('/ada/one/import')).text()).not.toContain('not on the public internet');
    expect(await (await stranger.get('/ada/one/import')).text()).toContain('The import failed');
  });

  test('refuses what cannot be imported, beside its field, and forgets what is secret', async () => {
    const cases = [
      [importing('two', { url: 'file:///etc/passwd' }), 'begins with http:// or https://'],
      [importing('two', { url: '--upload-pack=id' }), 'begins with http:// or https://'],
      [importing('one'), 'You already have a repository named one'],
      [importing('', { url: 'https://127.0.0.1/' }), 'Give the repository a name'],
      [importing('two', { isMirror: 'on', intervalMinutes: '1' }), '10 minutes or more'],
      [importing('two', { owner: 'nobody' }), 'Choose yourself or an organization'],
    ] as const;
    for (const [form, message] of cases) {
      const answer = await ada.post('/new/import', { ...form, username: 'me', password: SECRET });
      const html = await answer.text();
      expect([answer.status, html.includes(message)]).toEqual([422, true]);
      expect(html).not.toContain(SECRET);
    }
    const bad = await ada.post(
      '/new/import',
      importing('b/d', { url: `https://me:${SECRET}@127.0.0.1:1/x.git` }),
    );
    expect(bad.status).toBe(422);
    expect(await bad.text()).not.toContain(SECRET);
    expect((await site.anonymous.post('/new/import', importing('x'))).status).toBe(401);
  });

  test('a private import shows itself to nobody else', async () => {
    await ada.post('/new/import', importing('hidden', { visibility: 'private' }));
    const stranger = await site.as('stranger');
    for (const path of ['/ada/hidden/import', '/ada/hidden/import/progress'])
      expect((await stranger.get(path)).status).toBe(404);
    expect((await stranger.post('/ada/hidden/import/cancellation')).status).toBe(404);
  });
});

describe('mirrors', () => {
  async function repository(name: string) {
    await createRepository(site.app, await site.actor('ada'), {
      ...{
        name,
        description: '',
        visibility: 'public',
        readme: true,
        gitignore: '',
        licence: '',
        defaultBranch: '',
      },
    });
    return open(name);
  }

  const mirror = { url: URL, username: 'me', password: SECRET, intervalMinutes: '60', onPush: 'on' };

  test('are added, changed, run and removed by administrators of the repository, and by nobody else', async () => {
    const made = await repository('pushed');
    const actor = await site.actor('ada');
    await site.actor('mia');
    await giveAccess(site.app, actor, made, { username: 'mia', permission: 'maintain' });
    const mia = await site.as('mia');
    expect((await mia.get('/ada/pushed/settings/mirrors')).status).toBe(403);
    expect((await mia.post('/ada/pushed/settings/mirrors', mirror)).status).toBe(403);
    expect((await site.anonymous.get('/ada/pushed/settings/mirrors')).status).toBe(303);
    const bad = await ada.post('/ada/pushed/settings/mirrors', { ...mirror, url: 'ssh://x/y' });
    const answer = await bad.text();
    expect([bad.status, answer.includes('begins with http://'), answer.includes(SECRET)]).toEqual([
      422,
      true,
      false,
    ]);
    expect((await ada.post('/ada/pushed/settings/mirrors', mirror)).status).toBe(303);
    const [row] = await mirrorsOf(site.app, actor, made);
    const base = `/ada/pushed/settings/mirrors/${row?.id}`;
    await site.app.jobs.drain();
    const shown = await (await ada.get('/ada/pushed/settings/mirrors')).text();
    expect(shown).toContain('not on the public internet');
    expect(shown).not.toContain(SECRET);
    expect((await ada.post(`${base}/sync`)).status).toBe(303);
    expect((await mia.post(`${base}/sync`)).status).toBe(403);
    expect((await ada.post(`${base}/changes`, { intervalMinutes: '120' })).status).toBe(303);
    const [changed] = await mirrorsOf(site.app, actor, made);
    expect(changed).toMatchObject({
      intervalMinutes: 120,
      onPush: false,
      sealedCredentials: expect.anything(),
    });
    await repository('elsewhere');
    expect((await ada.post(`/ada/elsewhere/settings/mirrors/${row?.id}/removal`)).status).toBe(404);
    expect((await ada.post(`${base}/removal`)).status).toBe(303);
    expect(await mirrorsOf(site.app, actor, made)).toEqual([]);
    const kinds = (await site.app.events.recent({ repositoryId: made.repository.id, limit: 9 })).map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual([
      'mirror.removed',
      'mirror.changed',
      'mirror.failed',
      'mirror.added',
      'collaborator.set',
      'repository.created',
    ]);
  });

  test('a mirror is told of in its header, and offers no changes', async () => {
    await ada.post('/new/import', importing('followed', { isMirror: 'on' }));
    const html = await (await ada.get('/ada/followed/settings')).text();
    expect(html).toContain('mirror of');
    expect(html).toContain('127.0.0.1:1/far/engine.git');
  });

  test('a new owner does not get the credentials of the former one', async () => {
    const made = await repository('given');
    const actor = await site.actor('ada');
    await ada.post('/ada/given/settings/mirrors', mirror);
    await site.actor('zoe');
    await transferRepository(site.app, actor, made, 'zoe');
    await acceptTransfer(site.app, await site.actor('zoe'), made.repository.id);
    await site.app.jobs.drain();
    const mine = await openRepository(site.app, await site.actor('zoe'), 'zoe', 'given', 'access:read');
    const [row] = await mirrorsOf(site.app, await site.actor('zoe'), mine);
    expect(row?.sealedCredentials).toBeNull();
  });
});

describe('the API', () => {
  const call = async (method: string, path: string, body?: unknown, scopes = 'all', who = 'ada') =>
    site.anonymous.request(`/api/v1${path}`, {
      method,
      headers: {
        authorization: `token ${await site.token(who, scopes)}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  test('migrates a repository', async () => {
    const body = {
      clone_addr: URL,
      repo_name: 'migrated',
      auth_token: SECRET,
      private: true,
      mirror: true,
      mirror_interval: '8h0m0s',
    };
    const answer = await call('POST', '/repos/migrate', body);
    const text = await answer.text();
    expect(answer.status).toBe(201);
    expect(JSON.parse(text)).toMatchObject({
      full_name: 'ada/migrated',
      mirror: true,
      private: true,
      original_url: URL,
    });
    expect(text).not.toContain(SECRET);
    expect(await findImport(site.app, await open('migrated'))).toMatchObject({ mirrorMinutes: 480 });
    expect(
      (await call('POST', '/repos/migrate', { ...body, repo_name: 'no' }, 'read:repository')).status,
    ).toBe(403);
    expect((await call('POST', '/repos/migrate', { ...body, clone_addr: 'file:///etc' })).status).toBe(422);
    expect((await call('POST', '/repos/migrate', { ...body, clone_addr: 7 })).status).toBe(422);
  });

  test('keeps push mirrors', async () => {
    await createRepository(site.app, await site.actor('ada'), {
      ...{
        name: 'api',
        description: '',
        visibility: 'public',
        readme: true,
        gitignore: '',
        licence: '',
        defaultBranch: '',
      },
    });
    const at = '/repos/ada/api/push_mirrors';
    const body = {
      remote_address: URL,
      remote_username: 'me',
      remote_password: SECRET,
      interval: '1h30m',
      sync_on_commit: true,
    };
    const made = await call('POST', at, body);
    expect(made.status).toBe(200);
    const json = (await made.json()) as { remote_name: string };
    expect(json).toMatchObject({
      repo_name: 'api',
      remote_address: URL,
      interval: '1h30m0s',
      sync_on_commit: true,
    });
    const listed = await (await call('GET', at)).text();
    expect(JSON.parse(listed)).toHaveLength(1);
    expect(listed).not.toContain(SECRET);
    expect((await call('GET', `${at}/${json.remote_name}`, undefined, 'all', 'bob')).status).toBe(403);
    expect((await call('POST', '/repos/ada/api/push_mirrors-sync')).status).toBe(200);
    expect((await call('POST', '/repos/ada/api/mirror-sync')).status).toBe(404);
    expect((await call('DELETE', `${at}/${json.remote_name}`)).status).toBe(204);
    expect((await call('GET', `${at}/${json.remote_name}`)).status).toBe(404);
  });
});
