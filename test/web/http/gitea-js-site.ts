// An application behind a real socket with Gitea's own JavaScript client for everybody in it, which remembers what was called.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import { Api, giteaApi } from 'gitea-js';
import { expect } from 'vitest';
import { gitHttpHandler } from '../../../src/surfaces/githttp/git-http.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';

export type Client = ReturnType<typeof giteaApi>;

export interface ClientSite {
  t: TestApp;
  url: string;
  /** The client of somebody, who gets an account on first use. */
  as(name: string, scopes?: string): Promise<Client>;
  /** The client of nobody. */
  anonymous: Client;
  /** Calls by hand, below /api/v1, as somebody or nobody. */
  call(name: string | undefined, method: string, path: string, init?: RequestInit): Promise<Response>;
  /** Ends the server, after a look whether everything that a test file names was called. */
  close(file: string): Promise<void>;
}

/** Serves an application, an open one by default, whose `boss` administers it. */
export async function clientSite(opened: TestApp | Record<string, unknown> = {}): Promise<ClientSite> {
  const t = 'app' in opened ? (opened as TestApp) : await testApp(opened);
  if (!('app' in opened)) await t.actor('boss', { isAdmin: true });
  const served = await serve(t);
  const called = new Set<string>();
  const tokens = new Map<string, string>();
  const tokenOf = async (name: string) => {
    const token = tokens.get(name) ?? (await t.token(name));
    tokens.set(name, token);
    return token;
  };
  return {
    t,
    url: served.url,
    async as(name, scopes) {
      const token = scopes === undefined ? await tokenOf(name) : await t.token(name, scopes);
      return watched(giteaApi(served.url, { token }), called);
    },
    anonymous: watched(giteaApi(served.url), called),
    async call(name, method, path, init = {}) {
      const headers = new Headers(init.headers);
      if (name !== undefined) headers.set('authorization', `token ${await tokenOf(name)}`);
      return fetch(`${served.url}/api/v1${path}`, { redirect: 'manual', ...init, method, headers });
    },
    async close(file) {
      await served.close();
      await t.close();
      const named = methodsNamedIn(readFileSync(fileURLToPath(file), 'utf8'));
      expect([...named].filter((name) => !called.has(name))).toEqual([]);
    },
  };
}

/** Pages, API and git on one port, as the executable has them. */
async function serve(t: TestApp) {
  const git = gitHttpHandler(t.app);
  const web = getRequestListener(t.web.fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => {
    if (!git(request, response)) void web(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The methods of the client, as `group.method`. */
export function methodsOfClient(): string[] {
  const client = new Api();
  const groups = Object.entries(client).filter(([, group]) => isGroup(group));
  return groups.flatMap(([group, methods]) => Object.keys(methods).map((method) => `${group}.${method}`));
}

/** Those of them that the text of a test calls. */
export function methodsNamedIn(text: string): Set<string> {
  const known = new Set(methodsOfClient());
  const found = [...text.matchAll(/\.(\w+)\s*\.(\w+)\(/g)].map(([, group, method]) => `${group}.${method}`);
  return new Set(found.filter((name) => known.has(name)));
}

const isGroup = (value: unknown) =>
  typeof value === 'object' &&
  value !== null &&
  !(value instanceof Map) &&
  Object.values(value).every((method) => typeof method === 'function') &&
  Object.keys(value).length > 0 &&
  !('application/json' in value);

function watched(client: Client, called: Set<string>): Client {
  for (const name of methodsOfClient()) {
    const [group = '', method = ''] = name.split('.');
    const methods = client[group as keyof Client] as unknown as Record<
      string,
      (...args: unknown[]) => unknown
    >;
    const original = methods[method];
    if (!original) continue;
    methods[method] = (...args) => {
      called.add(name);
      return original(...args);
    };
  }
  return client;
}

/** The status and message that a call was refused with. */
export async function refusal(call: Promise<unknown>): Promise<{ status: number; message: unknown }> {
  try {
    await call;
  } catch (error) {
    const { status, error: body } = error as { status: number; error: { message?: unknown } | null };
    return { status, message: body?.message };
  }
  throw new Error('was not refused');
}

/** The id of what was made. */
export const idOf = ({ data }: { data: { id?: number } }): number => data.id ?? 0;

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A picture of one pixel. */
export const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
