// A whole application on temporary data for web scenarios: real database, real git, no sockets.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SYSTEM, type UserActor } from '../../src/base/actor.ts';
import type { Clock } from '../../src/base/time.ts';
import type { App } from '../../src/platform/app.types.ts';
import { type Config, configSchema } from '../../src/platform/config/config.schema.ts';
import { silentLog } from '../../src/platform/observability/log.ts';
import type { WebApp } from '../../src/platform/web/web.types.ts';
import { watchApiAnswers } from './api-answers.ts';

export const PASSWORD = 'correct horse battery staple';
export const HOST = 'http://127.0.0.1:3000';

/** A signed-in (or anonymous) browser: requests carry its cookie and look same-origin. */
export interface Visitor {
  name: string | undefined;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, form?: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
  request(path: string, init?: RequestInit): Promise<Response>;
}

export interface TestApp {
  app: App;
  web: WebApp;
  directory: string;
  /** Somebody with no account. */
  anonymous: Visitor;
  /** Creates the account on first use and signs it in by a session of its own. */
  as(name: string, options?: { isAdmin?: boolean }): Promise<Visitor>;
  /** The actor of an account, creating the account on first use. */
  actor(name: string, options?: { isAdmin?: boolean }): Promise<UserActor>;
  /** Calls the API with a fresh token of an account. */
  token(name: string, scopes?: string): Promise<string>;
  close(): Promise<void>;
}

/** Opens an application on an empty data directory (or on `directory`); `close` removes it. Its clock may be a test's own. */
export async function testApp(
  settings: Record<string, unknown> = {},
  { directory: given, ...options }: { clock?: Clock; directory?: string } = {},
): Promise<TestApp> {
  const directory = given ?? (await mkdtemp(join(tmpdir(), 'och-test-')));
  // Most tests are about something else than the second factor that administrators need by default.
  const accounts = { two_factor: 'off', ...(settings.accounts as Record<string, unknown> | undefined) };
  // Most ask more often than clients may.
  const api = { requests_per_minute: 0, anonymous_per_minute: 0, ...(settings.api as object | undefined) };
  const config: Config = configSchema.parse({ ...settings, accounts, api, data: { directory } });
  const { openApp } = await import('../../src/app.ts');
  const { createWeb } = await import('../../src/surfaces/http/web.ts');
  const { app, close } = await openApp(config, { log: silentLog(), ...options });
  const web = createWeb(app);
  watchApiAnswers();

  async function actor(name: string, options: { isAdmin?: boolean } = {}): Promise<UserActor> {
    const users = await import('../../src/features/users/users.service.ts');
    const known = await users.findUserByName(app, name);
    const user =
      known ??
      (await users.createUser(app, SYSTEM, {
        name,
        email: `${name}@example.org`,
        password: PASSWORD,
        isAdmin: options.isAdmin ?? false,
      }));
    return { kind: 'user', userId: user.id, name: user.name, isAdmin: user.isAdmin, via: 'session' };
  }

  async function as(name: string, options: { isAdmin?: boolean } = {}): Promise<Visitor> {
    const { userId } = await actor(name, options);
    const { openSession } = await import('../../src/features/auth/sessions.service.ts');
    const { token } = await openSession(app, userId, { address: '127.0.0.1', userAgent: 'test' });
    return visitor(web, name, `session=${token}`);
  }

  async function token(name: string, scopes = 'all'): Promise<string> {
    const { userId } = await actor(name);
    const { createAccessToken } = await import('../../src/features/auth/tokens.service.ts');
    const { parseScopes } = await import('../../src/base/actor.ts');
    const made = await createAccessToken(app, SYSTEM, userId, {
      name: `test ${Math.random()}`,
      scopes: parseScopes(scopes),
    });
    return made.token;
  }

  return {
    app,
    web,
    directory,
    anonymous: visitor(web, undefined, ''),
    as,
    actor,
    token,
    close: async () => {
      await close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function visitor(web: WebApp, name: string | undefined, cookie: string): Visitor {
  async function request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (cookie) headers.set('cookie', cookie);
    headers.set('sec-fetch-site', headers.get('sec-fetch-site') ?? 'same-origin');
    const incoming = { socket: { remoteAddress: '127.0.0.1', encrypted: false }, headers: {} };
    return web.request(`${HOST}${path}`, { ...init, headers }, { incoming, outgoing: {} });
  }
  return {
    name,
    request,
    get: (path, headers = {}) => request(path, { headers }),
    post: (path, form = {}, headers = {}) =>
      request(path, { method: 'POST', headers, body: new URLSearchParams(form) }),
  };
}
