// Bytes and numbers that no page leads to: databases differ in which of them they fail on, and none may fail a request.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ANONYMOUS } from '../../src/base/actor.ts';
import { openTransport } from '../../src/features/repos/transport.service.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { type TestApp, testApp } from '../support/test-app.ts';
import { makeSite, type Site } from '../web/orgs/site.ts';

let place: TestDatabase;
let t: TestApp;
let site: Site;
beforeAll(async () => {
  place = await openTestDb();
  t = await testApp({ database: place.config });
  site = await makeSite(t, 'private');
}, 60_000);
afterAll(async () => {
  await t.close();
  await place.close();
});

const ADMIN = ['users', 'organizations', 'repositories', 'jobs', 'audit', 'audit/export', 'invitations'];
const LISTS: Record<'admin' | 'owner', string[]> = {
  admin: ADMIN.map((name) => `/admin/${name}`),
  owner: [
    ...['/', '/explore', '/acme', '/the-owner', '/the-owner?tab=stars', '/settings/pins', '/settings/blocks'],
    ...[
      'people',
      'teams',
      'settings/audit',
      'settings/blocks',
      'teams/engine',
      'teams/engine/repositories',
    ].map((name) => `/orgs/acme/${name}`),
  ],
};
const QUERIES = [
  ...['Infinity', '-1', '1.5', '1e21', '1e400', '99999999999999999999'].flatMap((number) => [
    `before=${number}`,
    `after=${number}`,
  ]),
  ...['q', 'before', 'after', 'person', 'kind', 'address', 'organization'].map((name) => `${name}=%00`),
  ...['q=%ED%A0%80', 'person=%ff'],
];

test.for(['admin', 'owner'] as const)('no query of a list fails: %s', async (role) => {
  for (const list of LISTS[role])
    for (const query of QUERIES) {
      const path = `${list}${list.includes('?') ? '&' : '?'}${query}`;
      expect((await site.as(role).get(path)).status, path).toBeLessThan(500);
    }
});

test('no name in an address fails, of git and the API as well', async () => {
  const paths = [
    '/X',
    '/X/X',
    '/orgs/X',
    '/orgs/acme/teams/X',
    '/users/X',
    '/invitations/X',
    '/admin/users/X',
  ];
  for (const path of [...paths, '/api/v1/repos/X/X', '/avatars/X/X'])
    for (const odd of ['%00', 'a%00b', '%ff', '%ED%A0%80'])
      expect((await site.as('admin').get(path.replaceAll('X', odd))).status, path).toBeLessThan(500);
  for (const path of ['/a\0b/c.git', '/a/c\0.git'])
    await expect(openTransport(t.app, ANONYMOUS, path, 'upload-pack')).rejects.toMatchObject({
      code: 'not_found',
    });
});

test('no field of a form or of JSON fails by the NUL it holds', async () => {
  const forms: [string, string][] = [
    ['/settings/pins', 'repository'],
    ['/settings/profile', 'bio'],
    ['/orgs/acme/settings', 'location'],
    ['/new', 'description'],
    ['/login', 'login'],
  ];
  for (const [path, field] of forms) {
    const answer = await site.as('owner').post(path, { name: 'fine', [field]: 'a\0b' });
    expect(answer.status, path).toBe(422);
  }
  const authorization = `token ${await t.token('the-owner')}`;
  const create = (name: string, description: string) =>
    t.anonymous.request('/api/v1/user/repos', {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ name, description }),
    });
  expect((await create('by-json', 'a\0b')).status).toBe(422);
  expect((await create('by-json', 'the text \\u0000 is harmless')).status).toBe(201);
});
