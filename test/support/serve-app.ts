// A test application behind a real socket, for browsers, with people who are signed in by a cookie.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { BrowserContext } from 'playwright-core';
import { openSession } from '../../src/features/auth/sessions.service.ts';
import type { TestApp } from './test-app.ts';

export interface ServedApp {
  url: string;
  /** Signs a browser in as somebody, creating the account on first use. */
  signIn(context: BrowserContext, name: string): Promise<void>;
  close(): Promise<void>;
}

/** Serves an application on a free port. */
export async function serveApp(t: TestApp): Promise<ServedApp> {
  const server = createServer(getRequestListener(t.web.fetch));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async signIn(context, name) {
      const { userId } = await t.actor(name);
      const { token } = await openSession(t.app, userId, { address: '127.0.0.1', userAgent: 'test' });
      await context.addCookies([{ name: 'session', value: token, url }]);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
