// Every route of the program, with what its gate asks: what is open to anyone is on this list and nowhere else.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mountedRoutes } from '../../src/platform/web/routes.ts';
import { type TestApp, testApp } from '../support/test-app.ts';

let t: TestApp;

/** Routes that change something and are open to anyone, with the reason. */
const OPEN_CHANGES = new Map([
  ['post /-/theme', 'a cookie of this browser only'],
  ['post /-/notices/:notice/dismissal', 'a cookie of this browser only'],
  ['post /login', 'signing in'],
  ['post /login/passkey', 'signing in'],
  ['post /login/passkey/challenge', 'what a passkey signs to sign in, rate limited'],
  ['post /login/two-factor/challenge', 'what a passkey signs for the sign-in that a right password began'],
  ['post /login/two-factor', 'asks for the sign-in that a right password began'],
  ['post /logout', 'signing out'],
  ['post /email-change', 'asks for the one-time token of a mail'],
  ['post /password-reset', 'asks for a mail, rate limited'],
  ['post /password-reset/new', 'asks for the one-time token of a mail'],
  ['post /verify-email', 'asks for the one-time token of a mail'],
  ['post /verify-email/mail', 'asks for a mail, rate limited'],
  ['post /verify-email/refusal', 'asks for the one-time token of a mail'],
  ['post /notifications/unsubscribe/:token', 'asks for the signed address of a mail (RFC 8058)'],
  ['post /register', 'signing up, rate limited, can be closed'],
  ['post /setup', 'asks for the one-time token that the server printed'],
]);

beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

describe('routes', () => {
  it('are all mounted through the table, so that a gate stands before each handler', () => {
    const known = new Set(mountedRoutes().map(({ method, path }) => `${method.toUpperCase()} ${path}`));
    const stray = t.web.routes.filter(
      ({ method, path }) => method !== 'ALL' && !known.has(`${method} ${path}`),
    );
    expect(stray.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    const around = t.web.routes.filter(({ method }) => method === 'ALL').map(({ path }) => path);
    expect(around).toEqual(['/*']);
    expect(known.size).toBeGreaterThan(30);
  });

  it('name their access', () => {
    for (const { path, access } of mountedRoutes()) expect(access, path).toMatch(/^[a-z]+(?:[-:][a-z]+)*$/);
  });

  it('that change something ask for more than anyone', () => {
    const open = mountedRoutes()
      .filter(({ method, access }) => method !== 'get' && access === 'anyone')
      .map(({ method, path }) => `${method} ${path}`);
    expect(open.filter((route) => !OPEN_CHANGES.has(route))).toEqual([]);
  });

  it('exist once', () => {
    const names = mountedRoutes().map(({ method, path }) => `${method} ${path}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('turn strangers away where they ask for an account', async () => {
    const closed = mountedRoutes().filter(({ access }) => access === 'signed-in' || access === 'admin');
    expect(closed.length).toBeGreaterThan(5);
    for (const { method, path } of closed) {
      const address = path.replaceAll(/:\w+(?:\{[^}]*\})?/g, '1');
      const answer = await t.anonymous.request(address, { method: method.toUpperCase() });
      expect([303, 401], `${method} ${path}`).toContain(answer.status);
      if (answer.status === 303) expect(answer.headers.get('location')).toMatch(/^\/login/);
    }
  });
});
