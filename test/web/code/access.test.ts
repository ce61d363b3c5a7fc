// Who may read code: private repositories do not exist for strangers, on no page and in no cache.
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { collaboratorsOf, giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { mountedRoutes } from '../../../src/platform/web/routes.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let oid: string;
const people: Record<string, Visitor> = {};
/** The API knows tokens, not cookies. */
const tokens: Record<string, Record<string, string>> = {};

const FILES = [
  { path: 'README.md', data: '# Same words\n' },
  { path: 'dir/a.ts', data: 'let same = 1;\n' },
];
const SECRET = [...FILES, { path: 'secret.txt', data: 'the plan\n' }];

beforeAll(async () => {
  t = await testApp();
  const commit = { ref: HEAD, message: 'Same commit', time: 1_700_000_000 };
  const hidden: OpenRepository = await makeRepository(t, 'olga', 'hidden', [{ ...commit, files: SECRET }], {
    visibility: 'private',
  });
  await makeRepository(t, 'olga', 'open', [{ ...commit, files: FILES }]);
  await makeRepository(t, 'sven', 'own', [{ ...commit, files: FILES }]);
  oid = runGit(hidden.dir, 'rev-parse', 'refs/heads/main');
  await t.actor('rita');
  await giveAccess(t.app, await t.actor('olga'), hidden, { username: 'rita', permission: 'read' });
  expect((await collaboratorsOf(t.app, await t.actor('olga'), hidden)).length).toBe(1);
  people.anonymous = t.anonymous;
  for (const name of ['olga', 'rita', 'sven']) people[name] = await t.as(name);
  people.admin = await t.as('anna', { isAdmin: true });
  for (const [name, account] of [
    ['olga', 'olga'],
    ['rita', 'rita'],
    ['sven', 'sven'],
    ['admin', 'anna'],
  ] as const)
    tokens[name] = { authorization: `token ${await t.token(account)}` };
}, 60_000);
afterAll(() => t.close());

const PATHS = [
  '',
  '/tree/main',
  '/tree/main/dir',
  '/tree-commits/main/dir',
  '/blob/main/README.md',
  '/blob/main/secret.txt',
  '/raw/main/secret.txt',
  '/raw/main/README.md',
  '/commits',
  '/commits/main/secret.txt',
  '/commit/OID',
  '/blame/main/README.md',
  '/blame/main/secret.txt',
  '/graph',
  '/graph/main',
  '/commits/main?author=olga',
  '/commit/OID.diff',
  '/branch_commits/OID',
  '/commit/OID.patch',
  '/branches',
  '/tags',
  '/archive/main.zip',
  '/archive/main.tar.gz',
];
const API = [
  '/branches',
  '/branches/main',
  '/commits',
  '/contents',
  '/contents/secret.txt',
  '/raw/secret.txt',
];

const addresses = () => [
  ...PATHS.map((path) => `/olga/hidden${path.replace('OID', oid)}`),
  ...API.map((path) => `/api/v1/repos/olga/hidden${path}`),
];

describe.each([
  ['olga', 200],
  ['rita', 200],
  ['admin', 200],
  ['anonymous', 404],
  ['sven', 404],
  // Once more after others have filled every cache.
  ['anonymous', 404],
])('%s', (name, status) => {
  it(`gets ${status} everywhere`, async () => {
    for (const address of addresses()) {
      const answer = await people[name]?.get(
        address,
        address.startsWith('/api/') ? (tokens[name] ?? {}) : {},
      );
      expect([address, answer?.status]).toEqual([address, status]);
      const body = await answer?.text();
      if (status === 404) expect(body, address).not.toMatch(/the plan|Same commit|secret\.txt<|let same/);
    }
  });

  it('is not told by an entity tag either', async () => {
    const blob = await people.olga?.get('/olga/hidden/raw/main/secret.txt');
    const etag = blob?.headers.get('etag') ?? 'none';
    const answer = await people[name]?.get('/olga/hidden/raw/main/secret.txt', { 'if-none-match': etag });
    expect(answer?.status).toBe(status === 200 ? 304 : 404);
  });
});

test('an object of another repository is not found through an own one', async () => {
  const stranger = people.sven;
  expect((await stranger?.get(`/sven/own/commit/${oid}`))?.status).toBe(404);
  expect((await stranger?.get(`/sven/own/blob/${oid}/secret.txt`))?.status).toBe(404);
  expect((await stranger?.get(`/api/v1/repos/sven/own/contents/secret.txt?ref=${oid}`))?.status).toBe(404);
});

test('the same document in two repositories links to each one itself', async () => {
  const one = await (await t.anonymous.get('/olga/open')).text();
  const other = await (await t.anonymous.get('/sven/own')).text();
  expect(one).toContain('Same words');
  expect(other).toContain('Same words');
  expect(other).not.toContain('/olga/open/');
});

test('a token needs the scope to read repositories', async () => {
  const get = async (scopes: string) => {
    const authorization = `token ${await t.token('olga', scopes)}`;
    return (await t.anonymous.get('/api/v1/repos/olga/hidden/contents', { authorization })).status;
  };
  expect(await get('read:repository')).toBe(200);
  expect(await get('read:user')).toBe(403);
});

test('every route of the code room asks for code:read, but those that show none of it', () => {
  const mine = mountedRoutes().filter(
    ({ path }) =>
      /^(\/api\/v1\/repos)?\/:owner\/:repo(?:$|[{]|\/(?:tree|blob|raw|commit|branches|tags|archive|compare|contents))/.test(
        path,
      ) && !/settings/.test(path),
  );
  const open = mine.filter(({ access, method }) => method === 'get' && access !== 'code:read');
  expect(mine.length).toBeGreaterThan(15);
  expect(open.map(({ path }) => path)).toEqual([
    // What is known of a repository besides its code.
    '/api/v1/repos/:owner/:repo',
    // Asks for pulls:read, which is never more open than code:read; its room is `pulls`.
    '/api/v1/repos/:owner/:repo/commits/:sha{[0-9a-fA-F]+}/pull',
    // Feeds of what happened ask what each entry needs: see test/web/profiles.
    '/:owner/:repo{[^/]+\\.(?:atom|rss)}',
    // The form for those who may write; its room is `releases`.
    '/:owner/:repo/tags/new',
    // The redirect tells nothing.
    '/:owner/:repo{[^/]+\\.git}',
    // Forms for those who may write.
    '/:owner/:repo/commit/:commit/cherry-pick',
    '/:owner/:repo/commit/:commit/revert',
    // Says that there is no code where it is switched off: see test/web/repos/settings.test.ts.
    '/:owner/:repo',
    // Forms and lists for those who may write.
    '/:owner/:repo/branches/new',
    '/:owner/:repo/branches/name',
    '/:owner/:repo/branches/deleted',
  ]);
});
