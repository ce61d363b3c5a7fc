// Addresses as people and other programs write them: percent-encoded in any way, ending like a clone address, stale.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeRepository } from '../../../src/features/repos/repos.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;

beforeAll(async () => {
  t = await testApp();
  const files = [
    { path: 'fixtures/bare.git/HEAD', data: 'ref: refs/heads/main\n' },
    { path: 'notes.git', data: 'a file, not a repository\n' },
  ];
  await makeRepository(t, 'ada', 'engine', [{ ref: HEAD, message: 'Begin\n', files }]);
}, 60_000);
afterAll(() => t.close());

async function locationOf(path: string): Promise<string | null> {
  return (await t.anonymous.get(path)).headers.get('location');
}

describe('what ends in .git', () => {
  it('leads from the clone address to the page', async () => {
    expect(await locationOf('/ada/engine.git')).toBe('/ada/engine');
  });

  it.each(['blob/main/notes.git', 'tree/main/fixtures/bare.git', 'raw/main/notes.git'])(
    'is shown below a repository: %s',
    async (path) => {
      expect((await t.anonymous.get(`/ada/engine/${path}`)).status).toBe(200);
    },
  );
});

describe('a renamed repository', () => {
  beforeAll(async () => {
    const old = await makeRepository(t, 'ada', 'old', []);
    await changeRepository(t.app, await t.actor('ada'), old, { name: 'new' });
  });

  it.each([
    ['/ada/%6Fld', '/ada/new'],
    ['/%61da/OLD/commits/main?after=3', '/ada/new/commits/main?after=3'],
    ['/ada/old/blob/main/ada/old%2Fx', '/ada/new/blob/main/ada/old%2Fx'],
    ['/api/v1/repos/ada/%6fld/branches?page=2', '/api/v1/repos/ada/new/branches?page=2'],
  ])('is found from %s', async (asked, target) => {
    expect(await locationOf(asked)).toBe(target);
  });
});

describe('addresses with special characters', () => {
  it('come back after signing in', async () => {
    const page = await (await t.anonymous.get('/ada/engine/tree/main/no%20such%5Cname%C3%A9?page=2')).text();
    const back = encodeURIComponent('/ada/engine/tree/main/no%20such%5Cname%C3%A9?page=2');
    expect(page).toContain(`/login?return_to=${back}`);
  });

  it.each([
    ['/ada/engine/', '/ada/engine'],
    ['/caf%C3%A9%E2%82%AC%25/?q=1', '/caf%C3%A9%E2%82%AC%25?q=1'],
    ['/line%0Abreak/', '/line%0Abreak'],
  ])('lose a final slash and nothing else: %s', async (asked, target) => {
    expect(await locationOf(asked)).toBe(target);
  });
});
