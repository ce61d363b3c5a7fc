// Every page and answer about a repository that is read, with addresses as nobody means them: whatever an address says, the
// answer is no failure of the server's, and nothing of it runs in a browser.
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { mountedRoutes } from '../../../src/platform/web/routes.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { liveParts } from './live-parts.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let eve: Visitor;
let open: OpenRepository;
let commit: string;
let authorization: string;

beforeAll(async () => {
  t = await testApp({ limits: { expensive_per_client: 100, expensive_waiting: 1000 } });
  eve = await t.as('eve');
  authorization = `token ${await t.token('eve')}`;
  open = await makeRepository(t, 'eve', 'odd', [
    {
      ref: HEAD,
      files: [
        { path: 'a.ts', data: 'export const a = 1;\n' },
        { path: 't.csv', data: 'a,b\n' },
      ],
    },
    { ref: HEAD, files: [{ path: 'a.ts', data: 'export const a = 2;\n' }] },
    { ref: 'refs/heads/side', from: HEAD, files: [{ path: 'b.ts', data: 'export const b = 2;\n' }] },
    { ref: 'refs/tags/v1', from: HEAD, files: [{ path: 'z', data: 'z' }] },
  ]);
  commit = (await t.app.git.ref(open.dir, HEAD)) ?? '';
});
afterAll(() => t.close());
beforeEach(() => {
  vi.spyOn(t.app.log, 'error').mockClear();
});

/** Everything that some page reads from its address. */
const NAMES =
  'after author base before body branch containing context diff direct draft files filename for from head ignore limit lines name old owner page parent part path plain preview q ref release sha since state tag target title to until value w which'.split(
    ' ',
  );
const ODD = [
  '-1',
  '9'.repeat(30),
  '999999999999999',
  '1e308',
  '__proto__',
  '--all',
  '../../..',
  '%ff%fe%',
  '%0d%0aSet-Cookie:x=y',
  '%22%3E%3Cscript%3Ealert(1)%3C/script%3E',
  '%ED%A0%80%E2%80%AE',
  'a'.repeat(3000),
  'main%5E%7Btree%7D',
  '1-99999999',
  '275761-01-01',
];

function addressOf(route: string): string {
  const own = route
    .replace('/:owner/:repo', open.path)
    .replace(/:(commit|sha|oid)(?=\/|$)/g, commit)
    .replace(/:range(?=\/|$)/g, `none..${commit}`)
    .replace(/:(?!rest|path)\w+(\{[^}]*\})?(?=\/|$)/g, '1');
  const rest = /:\w+\{.*\}$|\*$/.exec(own);
  if (!rest) return own;
  const before = own.slice(0, rest.index);
  if (before.endsWith('/compare/')) return `${before}main...side`;
  if (before.endsWith('/archive/')) return `${before}main.zip`;
  return before + (/\/(?:tag|edit|tags)\/$/.test(before) ? 'v1' : 'main/a.ts');
}

async function ask(address: string): Promise<void> {
  const answer = await eve.get(address, address.startsWith('/api/') ? { authorization } : {});
  const label = `${address.slice(0, 200)} answered ${answer.status}`;
  expect(answer.status, label).toBeLessThan(500);
  expect(answer.headers.get('set-cookie') ?? '', label).not.toContain('x=y');
  const text = await answer.text();
  const isPage = answer.headers.get('content-type')?.startsWith('text/html') ?? false;
  if (isPage) expect(liveParts(text), label).toEqual([]);
}

const routes = () =>
  mountedRoutes().filter(
    ({ method, path }) => method === 'get' && /^(\/api\/v1\/repos)?\/:owner\/:repo(\/|$)/.test(path),
  );

it('odd parameters are no failure of the server', { timeout: 240_000 }, async () => {
  for (const { path } of routes())
    for (const odd of ODD) await ask(`${addressOf(path)}?${NAMES.map((name) => `${name}=${odd}`).join('&')}`);
  expect(t.app.log.error).not.toHaveBeenCalled();
});

it('odd ends of addresses are no failure of the server', { timeout: 240_000 }, async () => {
  for (const { path } of routes()) for (const odd of ODD) await ask(addressOf(path).replace(/[^/]*$/, odd));
  expect(t.app.log.error).not.toHaveBeenCalled();
});
