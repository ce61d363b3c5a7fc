// Webhooks by the REST API: Gitea's shape for each kind of owner, what is refused, what is never shown, and who may.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { eventKinds } from '../auth/browsers.ts';

let t: TestApp;
const tokens = new Map<string, string>();

beforeAll(async () => {
  t = await testApp({ webhooks: { most_per_owner: 8 } });
  const ada = await t.actor('ada', { isAdmin: false });
  await t.actor('boss', { isAdmin: true });
  for (const name of ['engine', 'full', 'old'])
    await createRepository(t.app, ada, parseNewRepository({ name, visibility: 'public' }));
  await createOrganization(t.app, ada, { name: 'mill', displayName: '', visibility: 'public' });
});
afterAll(() => t.close());

async function call(name: string | undefined, method: string, path: string, body?: unknown) {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (name !== undefined) {
    const token = tokens.get(name) ?? (await t.token(name));
    tokens.set(name, token);
    headers.authorization = `token ${token}`;
  }
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const answer = await t.anonymous.request(`/api/v1${path}`, init);
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text), headers: answer.headers };
}

const HOOKS = '/repos/ada/engine/hooks';
const NEW = {
  type: 'gitea',
  config: { url: 'https://ci.example.com/hook?a=b#part', content_type: 'json', secret: 'very secret' },
  events: ['push', 'pull_request_review'],
  branch_filter: 'release/*',
  authorization_header: 'Bearer hidden-token',
  active: true,
};

describe('a webhook of a repository', () => {
  it('is made, shown, changed and deleted as Gitea does, and each of it is recorded', async () => {
    const made = await call('ada', 'POST', HOOKS, NEW);
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      type: 'gitea',
      active: true,
      branch_filter: 'release/*',
      config: { url: 'https://ci.example.com/hook?a=b', content_type: 'json', insecure_ssl: '0' },
      events: [
        'push',
        'pull_request_review_approved',
        'pull_request_review_rejected',
        'pull_request_review_comment',
      ],
      has_secret: true,
      has_authorization_header: true,
      sends_all: false,
    });
    const one = `${HOOKS}/${made.json.id}`;
    expect((await call('ada', 'GET', one)).json).toEqual(made.json);
    const changed = await call('ada', 'PATCH', one, {
      active: false,
      events: ['*'],
      config: { insecure_ssl: '1' },
    });
    expect(changed.json).toMatchObject({ active: false, sends_all: true, branch_filter: 'release/*' });
    expect(changed.json.config).toMatchObject({ url: 'https://ci.example.com/hook?a=b', insecure_ssl: '1' });
    expect(changed.json.has_secret).toBe(true);
    const list = await call('ada', 'GET', `${HOOKS}?limit=1`);
    expect([list.headers.get('x-total-count'), list.json.length]).toEqual(['1', 1]);
    expect((await call('ada', 'DELETE', one)).status).toBe(204);
    expect((await call('ada', 'GET', one)).status).toBe(404);
    const kinds = (await eventKinds(t)).filter((kind) => kind.startsWith('webhook.'));
    expect(kinds).toEqual(['webhook.created', 'webhook.updated', 'webhook.deleted']);
  });

  it('never shows a secret, nor keeps one readable', async () => {
    const made = await call('ada', 'POST', HOOKS, NEW);
    const said = JSON.stringify([made.json, (await call('ada', 'GET', HOOKS)).json]);
    expect(said).not.toMatch(/very secret|hidden-token/);
    const rows = await t.app.db.read
      .select()
      .from((await import('../../../src/platform/db/tables/webhooks.ts')).webhooks);
    const kept = rows.map((row) => JSON.stringify(row) + Buffer.from(row.sealed).toString('latin1')).join();
    expect(kept).not.toMatch(/very secret|hidden-token|ci\.example/);
    await call('ada', 'DELETE', `${HOOKS}/${made.json.id}`);
  });

  it('is as Gitea has it where little is said: off, and told of pushes', async () => {
    const made = await call('ada', 'POST', HOOKS, {
      type: 'gogs',
      config: { url: 'https://ci.example.com/' },
    });
    expect(made.json).toMatchObject({ type: 'gitea', active: false, events: ['push'], branch_filter: '' });
    const all = { type: 'gitea', config: NEW.config, events: ['issues', 'wiki'] };
    const issues = await call('ada', 'POST', HOOKS, all);
    expect(issues.json.events).toEqual([
      'issues',
      'issue_assign',
      'issue_label',
      'issue_milestone',
      'issue_comment',
    ]);
    const only = await call('ada', 'PATCH', `${HOOKS}/${issues.json.id}`, { events: ['issues_only'] });
    expect(only.json.events).toEqual(['issues']);
    const none = await call('ada', 'PATCH', `${HOOKS}/${issues.json.id}`, { events: [] });
    expect(none.json.events).toEqual(['push']);
    for (const id of [made.json.id, issues.json.id]) await call('ada', 'DELETE', `${HOOKS}/${id}`);
  });

  it('names the field of what is wrong', async () => {
    const wrong: [object, string][] = [
      [{ ...NEW, type: 'dingtalk' }, 'type'],
      [{ ...NEW, type: 'constructor' }, 'type'],
      [{ ...NEW, config: {} }, 'config.url'],
      [{ ...NEW, config: { url: 'ftp://example.org/' } }, 'config.url'],
      [{ ...NEW, config: { url: 'file:///etc/passwd' } }, 'config.url'],
      [{ ...NEW, config: { url: 'http://exa mple.org/' } }, 'config.url'],
      [{ ...NEW, config: { url: `https://example.org/${'a'.repeat(1995)}` } }, 'config.url'],
      [{ ...NEW, config: { ...NEW.config, content_type: 'xml' } }, 'config.content_type'],
      [{ ...NEW, config: { ...NEW.config, secret: 'a\nb' } }, 'config.secret'],
      [{ ...NEW, authorization_header: 'Bearer a\r\nX-Evil: 1' }, 'authorization_header'],
      [{ ...NEW, branch_filter: '{main' }, 'branch_filter'],
      [{ ...NEW, events: ['push', 'everything'] }, 'events'],
      [{ ...NEW, events: ['constructor'] }, 'events'],
      [{ ...NEW, events: ['team'] }, 'events'],
      [
        { ...NEW, type: 'telegram', config: { url: 'https://api.telegram.org/bot1:a/sendMessage' } },
        'config.chat_id',
      ],
      [
        { ...NEW, type: 'matrix', config: { url: 'https://m.example.org', access_token: 'x' } },
        'config.room_id',
      ],
      [{ ...NEW, type: 'slack', config: { url: 'https://hooks.slack.com/x', color: 'red' } }, 'config.color'],
    ];
    for (const [body, field] of wrong) {
      const { status, json } = await call('ada', 'POST', HOOKS, body);
      expect([status, JSON.stringify(json.errors ?? json)], field).toEqual([
        422,
        expect.stringContaining(field),
      ]);
    }
    expect((await call('ada', 'GET', HOOKS)).json).toEqual([]);
  });

  it('refuses an address inside, in whatever form it is written, before anything is sent', async () => {
    const inside = [
      ...[
        '127.0.0.1',
        '2130706433',
        '0x7f000001',
        '0177.0.0.1',
        '127.1',
        'localhost',
        'a.LOCALHOST.',
        '10.0.0.8',
      ],
      ...[
        '[::1]',
        '[::ffff:127.0.0.1]',
        '[64:ff9b::7f00:1]',
        '169.254.169.254',
        '0',
        '[fe80::1]',
        '[fd00::1]',
      ],
    ];
    for (const host of inside) {
      const body = { ...NEW, config: { ...NEW.config, url: `http://${host}/hook` } };
      expect([host, (await call('ada', 'POST', HOOKS, body)).status]).toEqual([host, 422]);
    }
  });

  it('moves credentials in an address to where secrets lie', async () => {
    const config = { url: 'https://bot:p%40ss@ci.example.com/hook', content_type: 'json' };
    const { json } = await call('ada', 'POST', HOOKS, { ...NEW, config, authorization_header: '' });
    expect(json.config.url).toBe('https://ci.example.com/hook');
    expect(json.has_authorization_header).toBe(true);
    await call('ada', 'DELETE', `${HOOKS}/${json.id}`);
  });

  it('does not carry the Authorization header to another host (whoever changes the address would learn it)', async () => {
    const { json } = await call('ada', 'POST', HOOKS, NEW);
    const one = `${HOOKS}/${json.id}`;
    const moved = await call('ada', 'PATCH', one, { config: { url: 'https://evil.example.net/' } });
    expect([moved.status, Object.keys(moved.json.errors ?? {})]).toEqual([422, expect.anything()]);
    const port = await call('ada', 'PATCH', one, { config: { url: 'https://ci.example.com:444/' } });
    expect(port.status).toBe(422);
    const same = await call('ada', 'PATCH', one, { config: { url: 'https://ci.example.com/other' } });
    expect([same.status, same.json.has_authorization_header]).toEqual([200, true]);
    const given = await call('ada', 'PATCH', one, {
      config: { url: 'https://evil.example.net/' },
      authorization_header: '',
    });
    expect([given.status, given.json.has_authorization_header]).toEqual([200, false]);
    await call('ada', 'DELETE', one);
  });

  it('has no more fellows than the administrator allows', async () => {
    for (let made = 0; made < 8; made++)
      expect((await call('ada', 'POST', '/repos/ada/full/hooks', NEW)).status).toBe(201);
    const more = await call('ada', 'POST', '/repos/ada/full/hooks', NEW);
    expect([more.status, more.json.message]).toEqual([422, expect.stringContaining('8 webhooks')]);
  });
});

describe('a webhook of a chat', () => {
  it('shows of its address the host alone, and takes what it showed for no change', async () => {
    const config = {
      url: 'https://hooks.slack.com/services/T0/B0/secret-part',
      channel: '#dev',
      username: 'forge',
    };
    const { json } = await call('ada', 'POST', HOOKS, { type: 'slack', config, active: true });
    expect(json.config).toMatchObject({
      url: 'https://hooks.slack.com/…',
      channel: '#dev',
      username: 'forge',
    });
    const again = await call('ada', 'PATCH', `${HOOKS}/${json.id}`, {
      config: { ...json.config, channel: '#ops' },
    });
    expect([again.status, again.json.config.channel]).toEqual([200, '#ops']);
    const { openHook } = await import('../../../src/features/webhooks/hooks.service.ts');
    const { findHook } = await import('../../../src/features/webhooks/hooks.store.ts');
    const row = await findHook(t.app.db.read, json.id);
    expect(row && openHook(t.app, row).url).toBe(config.url);
    await call('ada', 'DELETE', `${HOOKS}/${json.id}`);
  });

  it('keeps tokens out of what is shown', async () => {
    const chats = [
      { type: 'telegram', config: { bot_token: '12:tok-en', chat_id: '-100' } },
      { type: 'telegram', config: { url: 'https://api.telegram.org/bot12:tok-en/sendMessage?chat_id=-100' } },
      {
        type: 'matrix',
        config: { url: 'https://m.example.org/', access_token: 'tok-en', room_id: '!a:m.org' },
      },
      {
        type: 'matrix',
        config: { url: 'https://m.example.org/_matrix/client/v3/rooms/!a%3Am.org/send/m.room.message' },
        authorization_header: 'Bearer tok-en',
      },
    ];
    const shown: object[] = [];
    for (const chat of chats) {
      const { status, json } = await call('ada', 'POST', HOOKS, { ...chat, active: true });
      expect([chat.type, status]).toEqual([chat.type, 201]);
      shown.push(json.config);
      await call('ada', 'DELETE', `${HOOKS}/${json.id}`);
    }
    expect(JSON.stringify(shown)).not.toContain('tok-en');
    expect(shown[0]).toEqual(shown[1]);
    expect(shown[2]).toEqual(shown[3]);
    expect(shown[2]).toMatchObject({
      url: 'https://m.example.org',
      room_id: '!a:m.org',
      message_type: 'm.notice',
    });
  });
});

describe('other owners', () => {
  it.each([
    ['/orgs/mill/hooks', 'ada'],
    ['/user/hooks', 'ada'],
    ['/admin/hooks', 'boss'],
  ])('%s does the same', async (base, who) => {
    const made = await call(who, 'POST', base, NEW);
    expect(made.status).toBe(201);
    expect((await call(who, 'GET', base)).json).toEqual([made.json]);
    expect((await call(who, 'PATCH', `${base}/${made.json.id}`, { active: false })).json.active).toBe(false);
    expect((await call(who, 'GET', `${base}/${made.json.id}/deliveries`)).json).toEqual([]);
    expect((await call(who, 'GET', `${base}/${made.json.id}/deliveries/1`)).status).toBe(404);
    for (const other of ['/repos/ada/engine/hooks', '/orgs/mill/hooks', '/user/hooks'].filter(
      (one) => one !== base,
    ))
      expect([other, (await call('ada', 'GET', `${other}/${made.json.id}`)).status]).toEqual([other, 404]);
    expect((await call(who, 'DELETE', `${base}/${made.json.id}`)).status).toBe(204);
  });

  it('lists those of the server as Gitea’s system webhooks, of which no other kind is here', async () => {
    const made = await call('boss', 'POST', '/admin/hooks', NEW);
    const listed = async (type: string) =>
      (await call('boss', 'GET', `/admin/hooks?type=${type}`)).json.length;
    expect([await listed('system'), await listed('all'), await listed('default')]).toEqual([1, 1, 0]);
    expect((await call('boss', 'GET', '/admin/hooks?type=other')).status).toBe(422);
    await call('boss', 'DELETE', `/admin/hooks/${made.json.id}`);
  });

  it('takes events of the whole only where there is a whole', async () => {
    const wide = { ...NEW, events: ['team', 'organization'] };
    expect((await call('ada', 'POST', '/user/hooks', wide)).status).toBe(422);
    expect((await call('ada', 'POST', '/orgs/mill/hooks', wide)).status).toBe(201);
  });
});

describe('who may', () => {
  it('is whoever administers the repository; to others it is as if there were none, or they are told no', async () => {
    const ada = await t.actor('ada');
    const open = await openRepository(t.app, ada, 'ada', 'engine', 'access:manage');
    const { json } = await call('ada', 'POST', HOOKS, NEW);
    const statuses: Record<string, number[]> = {};
    for (const permission of ['read', 'write', 'maintain', 'admin'] as const) {
      await t.actor(`the-${permission}`);
      await giveAccess(t.app, ada, open, { username: `the-${permission}`, permission });
    }
    for (const name of [undefined, 'stranger', 'the-read', 'the-write', 'the-maintain', 'the-admin']) {
      if (name) await t.actor(name);
      statuses[name ?? 'anonymous'] = [
        (await call(name, 'GET', HOOKS)).status,
        (await call(name, 'GET', `${HOOKS}/${json.id}/deliveries`)).status,
        (await call(name, 'PATCH', `${HOOKS}/${json.id}`, { active: true })).status,
        (await call(name, 'POST', `/user/hooks`, { ...NEW, events: ['no'] })).status,
        (await call(name, 'GET', '/admin/hooks')).status,
        (await call(name, 'GET', '/orgs/mill/hooks')).status,
      ];
    }
    expect(statuses).toEqual({
      anonymous: [401, 401, 401, 401, 404, 401],
      stranger: [403, 403, 403, 422, 404, 403],
      'the-read': [403, 403, 403, 422, 404, 403],
      'the-write': [403, 403, 403, 422, 404, 403],
      'the-maintain': [403, 403, 403, 422, 404, 403],
      'the-admin': [200, 200, 200, 422, 404, 403],
    });
  });

  it('holds tokens to their scopes', async () => {
    const reading = await t.token('ada', 'read:repository');
    const ask = (method: string, path: string) =>
      t.anonymous.request(`/api/v1${path}`, {
        method,
        headers: { authorization: `token ${reading}`, 'content-type': 'application/json' },
        ...(method === 'GET' ? {} : { body: JSON.stringify(NEW) }),
      });
    expect((await ask('GET', HOOKS)).status).toBe(200);
    expect((await ask('POST', HOOKS)).status).toBe(403);
    expect((await ask('GET', '/user/hooks')).status).toBe(403);
    expect((await ask('GET', '/orgs/mill/hooks')).status).toBe(403);
    const boss = await t.token('boss', 'read:admin');
    const asBoss = (method: string) =>
      t.anonymous.request('/api/v1/admin/hooks', {
        method,
        headers: { authorization: `token ${boss}`, 'content-type': 'application/json' },
        ...(method === 'GET' ? {} : { body: JSON.stringify(NEW) }),
      });
    expect((await asBoss('GET')).status).toBe(200);
    expect([403, 404]).toContain((await asBoss('POST')).status);
  });

  it('reads but changes nothing in an archived repository', async () => {
    const base = '/repos/ada/old/hooks';
    const { json } = await call('ada', 'POST', base, NEW);
    const { setArchived } = await import('../../../src/features/repos/repos.service.ts');
    const open = await openRepository(t.app, await t.actor('ada'), 'ada', 'old', 'settings:manage');
    await setArchived(t.app, await t.actor('ada'), open, true);
    expect((await call('ada', 'GET', base)).json).toHaveLength(1);
    expect((await call('ada', 'POST', base, NEW)).status).toBe(403);
    expect((await call('ada', 'DELETE', `${base}/${json.id}`)).status).toBe(403);
  });
});
