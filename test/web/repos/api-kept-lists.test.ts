// Stars and watched repositories in the REST API: what is hidden is in no list and in no number.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { watchRepository } from '../../../src/features/repos/watches.service.ts';
import { events } from '../../../src/platform/db/tables/platform.ts';
import { callApi } from '../../support/api-calls.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
  const ada = await t.actor('ada');
  for (const name of ['bob', 'eve']) await t.actor(name);
  for (const [name, visibility] of [
    ['tools', 'public'],
    ['engine', 'public'],
    ['diary', 'private'],
  ] as const)
    await createRepository(t.app, ada, parseNewRepository({ name, visibility }));
});
afterAll(() => t.close());

async function call(token: string | undefined, method: string, path: string) {
  const answer = await callApi(t, token, method, path);
  return { ...answer, total: answer.headers.get('x-total-count') };
}

const names = (json: { full_name: string }[]) => json.map(({ full_name }) => full_name);

describe('stars', () => {
  it('are given and taken back, once each, and say so', async () => {
    const bob = await t.token('bob', 'write:user,read:repository');
    expect((await call(bob, 'GET', '/user/starred/ada/tools')).status).toBe(404);
    for (let n = 0; n < 2; n++) expect((await call(bob, 'PUT', '/user/starred/ada/tools')).status).toBe(204);
    expect((await call(bob, 'GET', '/user/starred/ada/tools')).status).toBe(204);
    expect((await call(bob, 'DELETE', '/user/starred/ada/tools')).status).toBe(204);
    expect((await call(bob, 'GET', '/user/starred/ada/tools')).status).toBe(404);
    const told = await t.app.db.read.select({ kind: events.kind }).from(events);
    expect(told.map(({ kind }) => kind).filter((kind) => kind.endsWith('starred'))).toEqual([
      'repository.starred',
      'repository.unstarred',
    ]);
  });

  it('take a sign-in, the scope, and a repository that may be seen', async () => {
    expect((await call(undefined, 'GET', '/user/starred')).status).toBe(401);
    expect((await call(undefined, 'GET', '/user/starred/ada/tools')).status).toBe(401);
    expect((await call(undefined, 'PUT', '/user/starred/ada/tools')).status).toBe(401);
    const reads = await t.token('bob', 'read:user,read:repository');
    expect((await call(reads, 'PUT', '/user/starred/ada/tools')).status).toBe(403);
    const bob = await t.token('bob', 'all');
    for (const method of ['GET', 'PUT', 'DELETE'])
      expect((await call(bob, method, '/user/starred/ada/diary')).json).toEqual(
        (await call(bob, method, '/user/starred/ada/nothing-there')).json,
      );
    expect((await call(bob, 'PUT', '/user/starred/ada/diary')).status).toBe(404);
  });

  it('are listed newest first in pages with their number, to others without what they may not see', async () => {
    const ada = await t.token('ada', 'all');
    for (const name of ['tools', 'diary', 'engine']) await call(ada, 'PUT', `/user/starred/ada/${name}`);
    const own = await call(ada, 'GET', '/user/starred?limit=2');
    expect([own.json.length, own.total]).toEqual([2, '3']);
    expect(own.headers.get('link')).toContain('rel="next"');
    expect((await call(ada, 'GET', '/user/starred?limit=2&page=2')).json).toHaveLength(1);
    for (const who of [undefined, await t.token('bob', 'all')]) {
      const seen = await call(who, 'GET', '/users/ada/starred');
      expect([names(seen.json).toSorted(), seen.total]).toEqual([['ada/engine', 'ada/tools'], '2']);
      // Not even as a number.
      expect((await call(who, 'GET', '/users/ada')).json.starred_repos_count).toBe(2);
    }
    expect((await call(await t.token('bob', 'read:user'), 'GET', '/users/ada/starred')).status).toBe(403);
    expect((await call(undefined, 'GET', '/users/nobody-here/starred')).status).toBe(404);
  });
});

describe('what somebody watches', () => {
  it('is listed to others as far as they may see it', async () => {
    const ada = await t.actor('ada');
    for (const name of ['tools', 'diary']) {
      const open = await openRepository(t.app, ada, 'ada', name, 'repository:watch');
      await watchRepository(t.app, ada, open, { level: 'all', kinds: [] });
    }
    const engine = await openRepository(t.app, ada, 'ada', 'engine', 'repository:watch');
    await watchRepository(t.app, ada, engine, { level: 'ignore', kinds: [] });
    const own = await call(await t.token('ada', 'all'), 'GET', '/users/ada/subscriptions');
    expect([names(own.json).toSorted(), own.total]).toEqual([['ada/diary', 'ada/tools'], '2']);
    const other = await call(await t.token('eve', 'all'), 'GET', '/users/ada/subscriptions');
    expect([names(other.json), other.total]).toEqual([['ada/tools'], '1']);
  });
});
