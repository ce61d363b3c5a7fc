// Every page of repositories made to break them, as their owner sees them: the pages come from the program's own table
// of routes, the repositories from scripts/corpus/hostile.ts.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { HOSTILE, makeHostile } from '../../../scripts/corpus/hostile.ts';
import { updateRepository } from '../../../src/features/repos/repos.store.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { mountedRoutes } from '../../../src/platform/web/routes.ts';
import { eventually, processesOn } from '../../git/support/transport-server.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { liveParts } from './live-parts.ts';
import { makeRepository } from './repositories.ts';

const PATIENCE = 240_000;
/** A page may hold this much more memory than before it was asked for, all in all, and not one of what strangers push. */
const MOST_MEMORY = 700 * 1024 * 1024;

let t: TestApp;
let eve: Visitor;

beforeAll(async () => {
  t = await testApp({ limits: { expensive_per_client: 100, expensive_waiting: 1000 } });
  eve = await t.as('eve');
});
afterAll(() => t.close());
beforeEach(() => {
  vi.spyOn(t.app.log, 'error');
});
afterEach(() => vi.restoreAllMocks());

/** How addresses write raw bytes. */
function encoded(name: Buffer): string {
  return [...name].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

async function pathsOf(open: OpenRepository): Promise<string[]> {
  const commit = await t.app.git.objects(open.dir).commit('refs/heads/main');
  const root = commit ? await t.app.git.objects(open.dir).tree(commit.tree) : [];
  const names = root.map(({ nameBytes }) => encoded(nameBytes));
  const deep = Array.from({ length: 3000 }, () => 'd').join('/');
  return [
    ...new Set(['', ...names, ...names.slice(0, 3).map((name) => `${name}/x`), `${deep}/bottom.txt`, deep]),
  ];
}

const LETTERS = new Set(['blob', 'raw']);

/** Addresses of one route: path routes with every path where content is shown, with some of them elsewhere. */
function addressesOf(route: string, base: string, commit: string, paths: readonly string[]): string[] {
  const [, , , page = ''] = route.split('/');
  const own = route
    .replace('/:owner/:repo', base)
    .replace(/:(commit|sha|oid)(?=\/|$)/g, commit)
    .replace(/:(?!rest|path)\w+(\{[^}]*\})?(?=\/|$)/g, 'main');
  const rest = /:\w+\{.*\}$|\*$/.exec(own);
  if (!rest) return [own];
  const before = own.slice(0, rest.index);
  if (page === 'compare') return [`${before}deep...main`, `${before}main...main`, `${before}${commit}..main`];
  if (page === 'archive') return [`${before}main.zip`, `${before}main.tar.gz`];
  const wanted = LETTERS.has(page) ? paths : paths.filter((_, index) => index % 3 === 0);
  return wanted.map((path) => `${before}main${path === '' ? '' : `/${path}`}`);
}

const pageRoutes = () =>
  mountedRoutes().filter(({ method, path }) => method === 'get' && path.startsWith('/:owner/:repo'));

/** Git itself fails on these: nobody can show them, but they must not take anything else along. */
const DAMAGED = ['missing objects', 'broken trees'];
/** 301 is the answer to dots in the address itself. */
const FINE = [200, 301, 302, 303, 304, 400, 403, 404, 409, 413, 415, 422];
/** Characters of an answer that are looked at; whoever has seen enough leaves. */
const ENOUGH = 8 * 1024 * 1024;

async function beginningOf(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > ENOUGH) break;
    }
  } catch (error) {
    return text + String(error);
  }
  return text;
}

async function show(address: string, kind: string): Promise<void> {
  const answer = await eve.get(address);
  const label = `${address.slice(0, 300)} answered ${answer.status}`;
  expect(DAMAGED.includes(kind) ? [...FINE, 500, 503] : FINE, label).toContain(answer.status);
  const text = await beginningOf(answer);
  expect(text, label).not.toContain(t.directory);
  const isPage = answer.headers.get('content-type')?.startsWith('text/html') ?? false;
  if (isPage) expect(liveParts(text), label).toEqual([]);
  else expect(answer.headers.get('x-content-type-options'), label).toBe('nosniff');
}

describe.each(Object.keys(HOSTILE))('a repository of %s', (kind) => {
  it('breaks no page, runs nothing, and leaves no process', { timeout: PATIENCE }, async () => {
    const open = await makeRepository(t, 'eve', kind.replaceAll(/[^\w]+/g, '-').slice(0, 40), []);
    await makeHostile(open.dir, kind);
    await t.app.db.write((tx) => updateRepository(tx, open.repository.id, { isEmpty: false }));
    const commit = (await t.app.git.ref(open.dir, 'refs/heads/main')) ?? '';
    const before = process.memoryUsage().rss;
    const paths = await pathsOf(open);
    for (const { path } of pageRoutes())
      for (const address of addressesOf(path, open.path, commit, paths)) await show(address, kind);
    expect(process.memoryUsage().rss - before).toBeLessThan(MOST_MEMORY);
    await t.app.git.forget(open.dir);
    await eventually(async () => (await processesOn(open.dir)).length === 0, 'no process is left');
  });
});
