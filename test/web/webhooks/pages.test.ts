// The pages of webhooks: what they take, show and refuse, for each kind of owner; and texts from outside that mean harm.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/time.ts';
import { createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository, setArchived } from '../../../src/features/repos/repos.service.ts';
import { insertDelivery, insertMessage } from '../../../src/features/webhooks/deliveries.store.ts';
import { openHook } from '../../../src/features/webhooks/hooks.service.ts';
import { findHook, listHooks, updateHook } from '../../../src/features/webhooks/hooks.store.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { eventKinds, movableClock } from '../auth/browsers.ts';

const clock = movableClock();
let t: TestApp;
let repositoryId: number;
beforeAll(async () => {
  t = await testApp({}, { clock });
  const ada = await t.actor('ada');
  await t.actor('boss', { isAdmin: true });
  repositoryId = (
    await createRepository(t.app, ada, parseNewRepository({ name: 'engine', visibility: 'private' }))
  ).id;
  await createOrganization(t.app, ada, { name: 'mill', displayName: '', visibility: 'public' });
});
afterAll(() => t.close());

const PAGE = '/ada/engine/settings/hooks';
const FORM = {
  format: 'gitea',
  url: 'https://ci.example.com/hook',
  content_type: 'form',
  secret: 'very secret',
  authorization: 'Bearer hidden-token',
  which: 'push',
  branch_filter: 'main',
  verify_tls: 'on',
  active: 'on',
};

async function newest() {
  const rows = await listHooks(
    t.app.db.read,
    { scope: 'repository', repositoryId },
    { limit: 50, offset: 0 },
  );
  const row = rows.at(-1);
  if (!row) throw new Error('There is no webhook.');
  return openHook(t.app, row);
}

async function sent(hookId: number, more: object = {}) {
  const uuid = crypto.randomUUID();
  const at = clock.now();
  const row = {
    webhookId: hookId,
    uuid,
    cause: uuid,
    event: 'push',
    action: '',
    state: 'delivered' as const,
  };
  const result = { attempts: 1, status: 200, error: null, duration: 12, triedAt: at, endedAt: at };
  const kind = { repeatsId: null, isTest: false, createdAt: at };
  return t.app.db.write((tx) => insertDelivery(tx, { ...row, ...result, ...kind, ...more }));
}

describe('the page of webhooks', () => {
  it('makes, shows, changes and deletes one, and records each of it', async () => {
    const ada = await t.as('ada');
    expect(await (await ada.get(PAGE)).text()).toContain('No webhooks yet');
    const added = await ada.post(PAGE, FORM);
    const hook = await newest();
    expect([added.status, added.headers.get('location')]).toEqual([303, `${PAGE}/${hook.id}`]);
    expect(hook).toMatchObject({
      ...{ scope: 'repository', repositoryId, format: 'gitea', contentType: 'form', events: ['push'] },
      ...{ url: FORM.url, secret: FORM.secret, authorization: FORM.authorization, branchFilter: 'main' },
      ...{ sendsAll: false, verifiesTls: true, isActive: true },
    });
    const shown = await (await ada.get(`${PAGE}/${hook.id}`)).text();
    expect(shown).toContain('https://ci.example.com/hook');
    expect(shown).not.toMatch(/very secret|hidden-token/);
    const changes = {
      ...FORM,
      secret: '',
      authorization: '',
      which: 'some',
      event: 'release',
      verify_tls: '',
    };
    expect((await ada.post(`${PAGE}/${hook.id}/changes`, changes)).status).toBe(303);
    expect(await newest()).toMatchObject({
      ...{ secret: FORM.secret, authorization: FORM.authorization, events: ['release'], verifiesTls: false },
    });
    const bare = { ...changes, remove_secret: 'on', remove_authorization: 'on', which: 'all', active: '' };
    await ada.post(`${PAGE}/${hook.id}/changes`, bare);
    expect(await newest()).toMatchObject({ secret: '', authorization: '', sendsAll: true, isActive: false });
    expect((await ada.post(`${PAGE}/${hook.id}/removal`)).headers.get('location')).toBe(PAGE);
    expect((await ada.get(`${PAGE}/${hook.id}`)).status).toBe(404);
    const kinds = (await eventKinds(t)).filter((kind) => kind.startsWith('webhook.'));
    expect(kinds).toEqual(['webhook.created', 'webhook.updated', 'webhook.updated', 'webhook.deleted']);
  });

  it('keeps what was typed beside what is wrong, but no secret and no address of a chat', async () => {
    const ada = await t.as('ada');
    const typed = { ...FORM, url: 'gopher://user:word@example.org/', branch_filter: '[' };
    const answer = await ada.post(PAGE, typed);
    const text = await answer.text();
    expect(answer.status).toBe(422);
    expect(text).toContain('begins with https://');
    expect(text).not.toMatch(/very secret|hidden-token/);
    const none = await ada.post(PAGE, { ...FORM, which: 'some' });
    expect([none.status, await none.text()]).toEqual([
      422,
      expect.stringContaining('Choose at least one event'),
    ]);
    const chat = {
      ...FORM,
      format: 'slack',
      url: 'https://hooks.slack.com/T0/secret-part',
      option_color: 'red',
    };
    const refused = await (await ada.post(PAGE, chat)).text();
    expect(refused).toContain('Write a colour as');
    expect(refused).not.toContain('secret-part');
    expect((await ada.post(PAGE, { ...FORM, format: 'constructor' })).status).toBe(422);
  });

  it.each(['gitea', 'github', 'slack', 'discord', 'msteams', 'matrix', 'telegram', 'mattermost'])(
    'has a form for %s, and keeps what it holds where nothing is typed',
    async (format) => {
      const ada = await t.as('ada');
      const form = await (await ada.get(`${PAGE}/new?format=${format}`)).text();
      expect(form).toContain(`value="${format}"`);
      const filled = {
        ...{ format, which: 'all', active: 'on', verify_tls: 'on', token: '12:token-part' },
        ...{
          url: format === 'matrix' ? 'https://chat.example.com/' : 'https://chat.example.com/secret-part',
          option_room_id: '!r:example.org',
          option_chat_id: '@here',
        },
      };
      expect((await ada.post(PAGE, filled)).status).toBe(303);
      const hook = await newest();
      const page = await (await ada.get(`${PAGE}/${hook.id}`)).text();
      expect(page).not.toContain('token-part');
      const isChat = !['gitea', 'github'].includes(format);
      expect(page.includes('secret-part')).toBe(!isChat);
      const kept = { ...filled, url: format === 'matrix' ? hook.url : '', token: '', which: 'push' };
      expect((await ada.post(`${PAGE}/${hook.id}/changes`, kept)).status).toBe(303);
      expect(await newest()).toMatchObject({
        url: hook.url,
        authorization: hook.authorization,
        events: ['push'],
      });
      await ada.post(`${PAGE}/${hook.id}/removal`);
    },
  );

  it('asks again who one is after a while, before anything is sent elsewhere', async () => {
    const ada = await t.as('ada');
    clock.move(2 * HOUR);
    const answer = await ada.post(PAGE, FORM);
    expect(answer.headers.get('location')).not.toBe(PAGE);
    expect(
      (await (await t.as('ada')).get(PAGE).then((page) => page.text())).includes('No webhooks yet'),
    ).toBe(true);
  });

  it('of an archived repository shows what it holds, and takes nothing that could not be saved', async () => {
    const ada = await t.as('ada');
    const owner = await t.actor('ada');
    await createRepository(t.app, owner, parseNewRepository({ name: 'shed' }));
    const added = await ada.post('/ada/shed/settings/hooks', FORM);
    const one = added.headers.get('location') ?? '';
    expect(await (await ada.get(one)).text()).not.toMatch(/<fieldset[^>]* disabled/);
    const open = await openRepository(t.app, owner, 'ada', 'shed', 'settings:manage');
    await setArchived(t.app, owner, open, true);
    const shown = await (await ada.get(one)).text();
    expect(shown).toMatch(/<fieldset[^>]* disabled/);
    expect(shown).not.toContain('Save changes');
    expect((await ada.post(`${one}/changes`, FORM)).status).toBe(403);
  });

  it('is there for administrators of the repository only', async () => {
    const owner = await t.actor('ada');
    const open = await openRepository(t.app, owner, 'ada', 'engine', 'access:manage');
    const statuses: Record<string, number[]> = {};
    for (const permission of ['read', 'write', 'maintain', 'admin'] as const) {
      await t.actor(`the-${permission}`);
      await giveAccess(t.app, owner, open, { username: `the-${permission}`, permission });
      const visitor = await t.as(`the-${permission}`);
      const got = await visitor.get(PAGE);
      statuses[permission] = [got.status, (await visitor.post(PAGE, FORM)).status];
    }
    const stranger = await t.as('stranger');
    statuses.stranger = [(await stranger.get(PAGE)).status, (await stranger.post(PAGE, FORM)).status];
    expect(statuses).toEqual({
      read: [403, 403],
      write: [403, 403],
      maintain: [403, 403],
      admin: [200, 303],
      stranger: [404, 404],
    });
    const ada = await t.as('ada');
    await ada.post(`${PAGE}/${(await newest()).id}/removal`);
  });

  it.each([
    ['/orgs/mill/settings/hooks', 'ada', 'boss'],
    ['/settings/hooks', 'ada', ''],
    ['/admin/hooks', 'boss', ''],
  ])('%s does the same for its owner', async (base, name) => {
    const visitor = await t.as(name);
    const added = await visitor.post(base, { ...FORM, which: 'all' });
    const one = added.headers.get('location') ?? '';
    expect([added.status, one]).toEqual([303, expect.stringMatching(`^${base}/\\d+$`)]);
    for (const path of [base, `${base}/new?format=matrix`, one, `${one}/deliveries`])
      expect([path, (await visitor.get(path)).status]).toEqual([path, 200]);
    expect((await visitor.post(`${one}/changes`, FORM)).status).toBe(303);
    const stranger = await t.as('stranger');
    expect((await stranger.get(one)).status).toBeGreaterThanOrEqual(403);
    expect((await stranger.post(`${one}/removal`)).status).toBeGreaterThanOrEqual(403);
    expect((await t.anonymous.get(one)).status).toBe(303);
    expect((await visitor.post(`${one}/removal`)).headers.get('location')).toBe(base);
  });

  it('says what became of the last delivery and since when all fail, and takes a suspended one up again', async () => {
    const ada = await t.as('ada');
    await ada.post(PAGE, FORM);
    const { id } = await newest();
    const at = clock.now();
    await t.app.db.write((tx) => updateHook(tx, id, { failingSince: at, failures: 3, retryAt: at + HOUR }));
    expect(await (await ada.get(`${PAGE}/${id}`)).text()).toContain('Deliveries fail: the first one did');
    const standing = async (state: object) => {
      await t.app.db.write((tx) => updateHook(tx, id, { failingSince: null, lastTriedAt: at, ...state }));
      return (
        /<p class="page-lead[\s\S]*?<\/p>/.exec(await (await ada.get(`${PAGE}/${id}`)).text())?.[0] ?? ''
      );
    };
    expect(await standing({ lastState: 'failed' })).toContain('Last delivery did not get through');
    expect(await standing({ lastState: 'refused' })).toContain('Last delivery was refused');
    expect(await standing({ isActive: false })).not.toContain('<time');
    await standing({ isActive: true, failingSince: at });
    await t.app.db.write((tx) => updateHook(tx, id, { suspendedAt: at }));
    expect(await (await ada.get(PAGE)).text()).toContain('Suspended');
    expect(await (await ada.get(`${PAGE}/${id}`)).text()).toContain('This webhook was suspended');
    expect((await ada.post(`${PAGE}/${id}/resumption`)).status).toBe(303);
    const well = { suspendedAt: null, failingSince: null, failures: 0, retryAt: null };
    expect(await findHook(t.app.db.read, id)).toMatchObject(well);
    await ada.post(`${PAGE}/${id}/removal`);
  });
});

describe('the log', () => {
  it('lists what was sent in pages, and shows one with its answer', async () => {
    const ada = await t.as('ada');
    await ada.post(PAGE, FORM);
    const { id } = await newest();
    for (let n = 0; n < 52; n++) await sent(id);
    const refused = await sent(id, {
      event: 'issues',
      action: 'opened',
      state: 'refused',
      status: 404,
      attempts: 2,
    });
    const log = await (await ada.get(`${PAGE}/${id}/deliveries`)).text();
    expect(log).toContain('issues.opened');
    expect(log).toContain('2 tries');
    const older = /href="([^"]*before=\d+)"/.exec(log)?.[1] ?? '';
    const second = await (await ada.get(older.replaceAll('&amp;', '&'))).text();
    expect(second.match(/12 ms/g)).toHaveLength(3);
    expect((await ada.get(`${PAGE}/${id}/deliveries?before=x`)).status).toBe(404);
    await t.app.db.write((tx) =>
      insertMessage(tx, {
        deliveryId: refused.id,
        requestHeaders: { 'content-type': 'application/x-www-form-urlencoded', 'X-Gitea-Event': 'issues' },
        requestBody: Buffer.from(new URLSearchParams({ payload: '{"number":7}' }).toString()),
        responseHeaders: { server: 'sink' },
        responseBody: 'no such hook',
      }),
    );
    const one = await (await ada.get(`${PAGE}/${id}/deliveries/${refused.id}`)).text();
    for (const text of ['&quot;number&quot;: 7', 'no such hook', 'X-Gitea-Event', 'Refused', '404'])
      expect(one).toContain(text);
    await ada.post(`${PAGE}/${id}/removal`);
    expect((await ada.get(`${PAGE}/${id}/deliveries/${refused.id}`)).status).toBe(404);
  });

  it('shows deliveries of no other webhook', async () => {
    const ada = await t.as('ada');
    await ada.post(PAGE, FORM);
    const first = await newest();
    await ada.post(PAGE, FORM);
    const second = await newest();
    const { id } = await sent(first.id);
    expect((await ada.get(`${PAGE}/${first.id}/deliveries/${id}`)).status).toBe(200);
    expect((await ada.get(`${PAGE}/${second.id}/deliveries/${id}`)).status).toBe(404);
    await ada.post('/settings/hooks', FORM);
    expect((await ada.get(`/settings/hooks/${first.id}`)).status).toBe(404);
    expect((await ada.get(`/settings/hooks/${first.id}/deliveries`)).status).toBe(404);
    for (const { id: each } of [first, second]) await ada.post(`${PAGE}/${each}/removal`);
  });

  it('runs nothing that somebody wrote into it (markup in payloads, headers and answers)', async () => {
    const ada = await t.as('ada');
    await ada.post(PAGE, { ...FORM, url: 'https://ci.example.com/"><script>alert(1)</script>' });
    const { id } = await newest();
    const evil = '</pre><script>alert(1)</script><img src=x onerror=alert(1)>"\'';
    const { id: deliveryId } = await sent(id, {
      event: '<b>push',
      action: '"><i>',
      state: 'failed',
      error: evil,
    });
    await t.app.db.write((tx) =>
      insertMessage(tx, {
        deliveryId,
        requestHeaders: { '<x>': evil },
        requestBody: Buffer.from(JSON.stringify({ title: evil, rtl: '\u202egpj.exe' })),
        responseHeaders: { [evil]: evil },
        responseBody: evil,
      }),
    );
    for (const path of [
      '',
      `/${id}`,
      `/${id}/deliveries`,
      `/${id}/deliveries?part=1`,
      `/${id}/deliveries/${deliveryId}`,
    ]) {
      const text = await (await ada.get(PAGE + path)).text();
      expect(text, path).not.toMatch(/<script>|<img|<b>push|<i>/);
    }
  });
});
