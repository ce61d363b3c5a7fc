// What every call of the API has in common: who it is from, for whom it acts, how often, and for which web pages.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { send } from './requests.ts';

let t: TestApp;

beforeAll(async () => {
  t = await testApp({ api: { requests_per_minute: 0, anonymous_per_minute: 0 } });
  await t.actor('ada', { isAdmin: true });
  await t.actor('bob');
});
afterAll(() => t.close());

const call = (path: string, headers: Record<string, string>, more: { method?: string; body?: string } = {}) =>
  send(t, `/api/v1${path}`, { headers, ...more });
const by = (token: string) => ({ authorization: `token ${token}` });
const basic = (name: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`,
});

describe('credentials', () => {
  it('are a token behind token or Bearer, a token as a password, or a password', async () => {
    const token = await t.token('bob', 'read:user');
    const ways = [
      by(token),
      { authorization: `bearer ${token}` },
      basic('bob', token),
      basic('bob', PASSWORD),
    ];
    for (const way of ways) {
      const answer = await call('/user', way);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ login: 'bob' });
    }
  });

  it.each(['token', 'access_token', 'private_token'])(
    'in the address (?%s=) are refused, right or wrong',
    async (name) => {
      const token = await t.token('bob');
      for (const value of [token, 'wrong', '']) {
        const answer = await call(`/user?${name}=${value}`, {});
        const { message } = (await answer.json()) as { message: string };
        expect(answer.status).toBe(401);
        expect(message).toContain('Authorization: token');
        expect(message).not.toContain(token);
      }
    },
  );

  it('that are wrong are refused, not taken for nobody’s', async () => {
    const answer = await call('/version', by('och_0123456789012345678901234567890123456789'));
    expect(answer.status).toBe(401);
  });
});

describe('sudo', () => {
  it('lets an administrator’s token for administration act as somebody, by header or query', async () => {
    const token = await t.token('ada', 'write:admin,write:user');
    for (const answer of [
      await call('/user', { ...by(token), sudo: 'bob' }),
      await call('/user?sudo=BOB', by(token)),
    ]) {
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ login: 'bob', is_admin: false });
    }
  });

  it('is refused to everybody else, and to tokens without the scope', async () => {
    const asked = (headers: Record<string, string>) => call('/user', { ...headers, sudo: 'ada' });
    expect((await asked(by(await t.token('bob')))).status).toBe(403);
    expect((await asked(by(await t.token('ada', 'read:admin,write:user')))).status).toBe(403);
    expect((await asked(by(await t.token('ada', 'write:user')))).status).toBe(403);
    expect((await asked(basic('bob', PASSWORD))).status).toBe(403);
    expect((await asked({})).status).toBe(401);
  });

  it('gives no more scopes than the token has, and nothing that asks for somebody in person', async () => {
    const token = await t.token('ada', 'write:admin,read:user');
    const key = { method: 'POST', body: JSON.stringify({ title: 'k', key: 'ssh-ed25519 AAAA' }) };
    expect((await call('/user/keys', { ...by(token), sudo: 'bob' }, key)).status).toBe(403);
    const { actAs } = await import('../../../src/features/auth/sudo.service.ts');
    const { createAccessToken } = await import('../../../src/features/auth/tokens.service.ts');
    const ada = await t.actor('ada', { isAdmin: true });
    const bob = await actAs(t.app, ada, 'bob');
    const making = createAccessToken(t.app, bob, bob.userId, { name: 'stolen', scopes: ['all'] });
    await expect(making).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('of nobody, of organizations and of suspended accounts answers 404', async () => {
    const token = await t.token('ada');
    const { suspendUser } = await import('../../../src/features/users/standing.service.ts');
    const { SYSTEM } = await import('../../../src/base/actor.ts');
    await suspendUser(t.app, SYSTEM, (await t.actor('mallory')).userId);
    for (const name of ['nobody-here', 'mallory', 'a/../b', '%']) {
      const answer = await call('/user', { ...by(token), sudo: name });
      expect(answer.status, name).toBe(404);
    }
  });

  it('is named in the audit log: who acted, and as whom', async () => {
    const token = await t.token('ada');
    const body = JSON.stringify({ name: 'made-by-sudo', private: true });
    const answer = await call('/user/repos', { ...by(token), sudo: 'bob' }, { method: 'POST', body });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ full_name: 'bob/made-by-sudo' });
    const { listAudit } = await auditOf();
    const entries = await listAudit();
    expect(entries.find(({ kind }) => kind === 'repository.created')?.actorName).toBe('bob (by ada)');
  });
});

async function auditOf() {
  const { entriesAfter } = await import('../../../src/platform/events/audit.store.ts');
  return { listAudit: () => entriesAfter(t.app.db.read, 0, 1000) };
}

describe('other web pages', () => {
  const from = (origin: string) => ({ origin, 'sec-fetch-site': 'cross-site' });

  it('may not call the API unless the configuration names them', async () => {
    const plain = await call('/version', from('https://app.example.org'));
    expect(plain.headers.get('access-control-allow-origin')).toBeNull();
    t.app.config.api.cors_origins.push('https://app.example.org');
    try {
      const named = await call('/version', from('https://app.example.org'));
      expect(named.headers.get('access-control-allow-origin')).toBe('https://app.example.org');
      expect(named.headers.get('vary')).toContain('Origin');
      expect(named.headers.get('access-control-allow-credentials')).toBeNull();
      const other = await call('/version', from('https://evil.example.org'));
      expect(other.headers.get('access-control-allow-origin')).toBeNull();
    } finally {
      t.app.config.api.cors_origins.length = 0;
    }
  });

  it('ask beforehand, and are told of failures too', async () => {
    t.app.config.api.cors_origins.push('*');
    try {
      const before = await call('/user/repos', from('https://x.example'), { method: 'OPTIONS' });
      expect(before.status).toBe(204);
      expect(before.headers.get('access-control-allow-methods')).toContain('DELETE');
      expect(before.headers.get('access-control-allow-headers')).toContain('Authorization');
      const refused = await call('/user', from('https://x.example'));
      expect(refused.status).toBe(401);
      expect(refused.headers.get('access-control-allow-origin')).toBe('*');
      expect(refused.headers.get('access-control-expose-headers')).toContain('X-Total-Count');
      const page = await send(t, '/bob', { headers: from('https://x.example') });
      expect(page.headers.get('access-control-allow-origin')).toBeNull();
    } finally {
      t.app.config.api.cors_origins.length = 0;
    }
  });
});

describe('limits', () => {
  it('are told with every answer, and stop an account or an address that calls too often', async () => {
    Object.assign(t.app.config.api, { requests_per_minute: 3, anonymous_per_minute: 2 });
    try {
      const token = await t.token('carol');
      const answers: Response[] = [];
      for (let round = 0; round < 4; round++) answers.push(await call('/user', by(token)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
      expect(answers[0]?.headers.get('x-ratelimit-limit')).toBe('3');
      expect(answers[0]?.headers.get('x-ratelimit-remaining')).toBe('2');
      expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(Number(answers[3]?.headers.get('x-ratelimit-reset'))).toBeGreaterThan(t.app.clock.now() / 1000);
      // An administrator who acts as somebody uses up none of their calls.
      const admin = { ...by(await t.token('ada')), sudo: 'erin' };
      await t.actor('erin');
      for (let round = 0; round < 4; round++) await call('/user', admin);
      expect((await call('/user', admin)).status).toBe(429);
      expect((await call('/user', by(await t.token('erin')))).status).toBe(200);
      // Others are not held up by it, and wrong credentials count as nobody's.
      expect((await call('/user', by(await t.token('dave')))).status).toBe(200);
      const wrong = [1, 2, 3].map(() => call('/version', by('och_wrong')));
      expect((await Promise.all(wrong)).map(({ status }) => status)).toEqual([401, 401, 429]);
    } finally {
      Object.assign(t.app.config.api, { requests_per_minute: 0, anonymous_per_minute: 0 });
    }
  });
});

describe('answers', () => {
  it('that have not changed are not sent again', async () => {
    const headers = by(await t.token('bob'));
    const first = await call('/user', headers);
    const tag = first.headers.get('etag') ?? 'none';
    const again = await call('/user', { ...headers, 'if-none-match': tag });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    const other = await call('/user', { ...by(await t.token('dave')), 'if-none-match': tag });
    expect(other.status).toBe(200);
  });

  it('of failures say what to do and where the API is explained', async () => {
    const headers = by(await t.token('bob'));
    const odd = await call('/user/repos', headers, { method: 'POST', body: '{"name":"a","name":"b"}' });
    expect(odd.status).toBe(422);
    expect(await odd.json()).toEqual({
      message: 'The body names "name" twice.',
      url: `${t.app.publicUrl()}/api/reference`,
    });
    const wrong = await call('/user/repos', headers, { method: 'POST', body: '{"name":"no spaces"}' });
    const { errors } = (await wrong.json()) as { errors: string[] };
    expect(wrong.status).toBe(422);
    expect(errors[0]).toMatch(/^name: /);
  });

  it('name the field in the message, which is all that many clients show', async () => {
    const headers = by(await t.token('bob'));
    const messageOf = async (path: string, body: object) => {
      const answer = await call(path, headers, { method: 'POST', body: JSON.stringify(body) });
      expect(answer.status).toBe(422);
      return ((await answer.json()) as { message: string }).message;
    };
    expect(await messageOf('/user/repos', {})).toBe('name is missing.');
    expect(await messageOf('/user/repos', { name: 5 })).toBe('name must be a text.');
    expect(await messageOf('/orgs', { username: 'x', description: [] })).toBe('description must be a text.');
  });
});

describe('addresses with a slash too many', () => {
  it.each([
    ['GET', '/api/v1//user', 301, '/api/v1/user'],
    ['GET', '//api/v1/user?page=2', 301, '/api/v1/user?page=2'],
    ['POST', '/api/v1/user/repos/', 308, '/api/v1/user/repos'],
    ['POST', '//api/v1//user/repos', 308, '/api/v1/user/repos'],
    ['POST', '/api/v1//evil.example/x', 308, '/api/v1/evil.example/x'],
    ['GET', '//evil.example/api/v1/', 404, null],
    ['POST', '/api/v1/nosuch', 404, null],
  ])('lead on to what is meant: %s %s', async (method, path, status, target) => {
    const answer = await t.anonymous.request(path, { method });
    expect([answer.status, answer.headers.get('location')]).toEqual([status, target]);
  });
});
