// Who may see and change repositories: every role against every page and route of the room.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';

let t: TestApp;
const visitors = new Map<string, Visitor>();
const ROLES = ['anonymous', 'stranger', 'reader', 'writer', 'maintainer', 'owner', 'admin'] as const;
type Role = (typeof ROLES)[number];

beforeAll(async () => {
  t = await testApp();
  const owner = await t.actor('the-owner');
  for (const visibility of ['public', 'private']) {
    await createRepository(t.app, owner, parseNewRepository({ name: visibility, visibility, readme: true }));
    const open = await openRepository(t.app, owner, 'the-owner', visibility, 'access:manage');
    for (const [username, permission] of [
      ['the-reader', 'read'],
      ['the-writer', 'write'],
      ['the-maintainer', 'admin'],
    ] as const) {
      await t.actor(username);
      await giveAccess(t.app, owner, open, { username, permission });
    }
  }
  visitors.set('anonymous', t.anonymous);
  for (const role of ROLES.slice(1))
    visitors.set(role, await t.as(`the-${role}`, { isAdmin: role === 'admin' }));
}, 60_000);
afterAll(() => t.close());

function as(role: Role): Visitor {
  const visitor = visitors.get(role);
  if (!visitor) throw new Error(`no visitor for ${role}`);
  return visitor;
}

type Expected = Record<Role, number>;
const table: [string, Expected][] = [
  [
    '/the-owner/public',
    { anonymous: 200, stranger: 200, reader: 200, writer: 200, maintainer: 200, owner: 200, admin: 200 },
  ],
  [
    '/the-owner/private',
    { anonymous: 404, stranger: 404, reader: 200, writer: 200, maintainer: 200, owner: 200, admin: 200 },
  ],
  [
    '/the-owner/public/settings',
    { anonymous: 302, stranger: 403, reader: 403, writer: 403, maintainer: 200, owner: 200, admin: 200 },
  ],
  [
    '/the-owner/private/settings',
    { anonymous: 404, stranger: 404, reader: 403, writer: 403, maintainer: 200, owner: 200, admin: 200 },
  ],
  [
    '/the-owner/private/settings/access',
    { anonymous: 404, stranger: 404, reader: 403, writer: 403, maintainer: 200, owner: 200, admin: 200 },
  ],
  [
    '/api/v1/repos/the-owner/private',
    { anonymous: 404, stranger: 404, reader: 404, writer: 404, maintainer: 404, owner: 404, admin: 404 },
  ],
  [
    '/the-owner/missing',
    { anonymous: 404, stranger: 404, reader: 404, writer: 404, maintainer: 404, owner: 404, admin: 404 },
  ],
  [
    '/new',
    { anonymous: 302, stranger: 200, reader: 200, writer: 200, maintainer: 200, owner: 200, admin: 200 },
  ],
];

describe('pages by role', () => {
  for (const [path, expected] of table) {
    for (const role of ROLES) {
      it(`${role} gets ${expected[role]} for ${path}`, async () => {
        const answer = await as(role).get(path);
        expect([answer.status, answer.status === 303 ? 302 : answer.status]).toContain(expected[role]);
      });
    }
  }

  it('answers a private and a missing repository with the same page', async () => {
    const hidden = await as('stranger').get('/the-owner/private');
    const missing = await as('stranger').get('/the-owner/missing');
    const clean = (text: string) =>
      text.replaceAll('the-owner/private', 'X').replaceAll('the-owner/missing', 'X');
    const [one, two] = [clean(await hidden.text()), clean(await missing.text())];
    expect(one.replace(/[0-9a-zA-Z_-]{16,}/g, '')).toBe(two.replace(/[0-9a-zA-Z_-]{16,}/g, ''));
  });

  it('lists a private repository only to those who may see it', async () => {
    for (const role of ROLES) {
      const text = await (await as(role).get('/the-owner')).text();
      expect(text.includes('/the-owner/private'), role).toBe(!['anonymous', 'stranger'].includes(role));
      const explore = await (await as(role).get('/explore?q=PRIV')).text();
      expect(explore.includes('/the-owner/private'), role).toBe(!['anonymous', 'stranger'].includes(role));
    }
  });
});

describe('changes by role', () => {
  const allowed: Record<string, Role[]> = {
    '/the-owner/private/settings': ['maintainer', 'owner', 'admin'],
    '/the-owner/private/settings/name': ['owner', 'admin'],
    '/the-owner/private/settings/visibility': ['owner', 'admin'],
    '/the-owner/private/settings/deletion': ['owner', 'admin'],
    '/the-owner/private/settings/access': ['maintainer', 'owner', 'admin'],
  };
  for (const [path, roles] of Object.entries(allowed)) {
    for (const role of ROLES) {
      it(`${role} ${roles.includes(role) ? 'reaches' : 'is kept from'} POST ${path}`, async () => {
        // An empty form never changes anything: those who are let through see the form again, or are sent on.
        const answer = await as(role).post(path, {});
        if (roles.includes(role)) expect([303, 422]).toContain(answer.status);
        else expect(answer.status).toBe(['anonymous', 'stranger'].includes(role) ? 404 : 403);
      });
    }
  }

  it('refuses a cross-site post of the owner', async () => {
    const answer = await as('owner').post(
      '/the-owner/private/settings',
      { description: 'x' },
      { 'sec-fetch-site': 'cross-site' },
    );
    expect(answer.status).toBe(403);
  });
});
