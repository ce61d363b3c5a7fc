// The defence against crawlers: expensive pages are made a few at a time, and can be closed to strangers.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { turnstileOf } from '../../../src/platform/web/expensive.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { HEAD, makeRepository } from '../code/repositories.ts';

let t: TestApp;
let slow: OpenRepository | undefined;

beforeAll(async () => {
  t = await testApp({ limits: { expensive_at_once: 1, expensive_waiting: 1, expensive_per_client: 2 } });
  await makeRepository(t, 'ada', 'engine', [
    { ref: HEAD, message: 'First', files: [{ path: 'README.md', data: 'x\n' }] },
  ]);
}, 60_000);
afterAll(() => t.close());

const HISTORY = '/ada/engine/commits/main';

it('answers 503 with the time to come back when too many are waiting, and goes on when they have left', async () => {
  const turnstile = turnstileOf(t.app);
  const leave = await turnstile.enter('crawler');
  const gone = new AbortController();
  const waiting = turnstile.enter('crawler', gone.signal).catch(() => undefined);
  const refused = await t.anonymous.get(HISTORY);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
  expect((await t.anonymous.get('/ada/engine')).status).toBe(200);
  gone.abort();
  await waiting;
  leave();
  expect((await t.anonymous.get(HISTORY)).status).toBe(200);
  expect(turnstile.readings()).toEqual({ inside: 0, waiting: 0 });
});

it('a client that leaves while it waits costs nothing any more', async () => {
  const turnstile = turnstileOf(t.app);
  const leave = await turnstile.enter('crawler');
  const gone = new AbortController();
  const answer = t.anonymous.request(HISTORY, { signal: gone.signal });
  while (turnstile.readings().waiting === 0) await new Promise((done) => setTimeout(done, 5));
  gone.abort();
  while (turnstile.readings().waiting > 0) await new Promise((done) => setTimeout(done, 5));
  leave();
  await Promise.allSettled([answer]);
  expect(turnstile.readings()).toEqual({ inside: 0, waiting: 0 });
});

it('can be closed to people who are not signed in, the cheap pages staying open', async () => {
  t.app.config.limits.anonymous_expensive = false;
  try {
    const turned = await t.anonymous.get(HISTORY);
    expect([turned.status, turned.headers.get('location')]).toEqual([
      303,
      expect.stringContaining('/login') as string,
    ]);
    for (const path of ['/ada/engine', '/ada/engine/blob/main/README.md'])
      expect((await t.anonymous.get(path)).status, path).toBe(200);
    expect((await (await t.as('ada')).get(HISTORY)).status).toBe(200);
  } finally {
    t.app.config.limits.anonymous_expensive = true;
  }
});

/** Every page and answer that has git walk histories, compare or pack on somebody's behalf. */
const COSTLY = [
  '/ada/engine/blame/main/README.md',
  HISTORY,
  `${HISTORY}.atom`,
  `${HISTORY}/README.md`,
  '/ada/engine/graph',
  '/ada/engine/commit/main',
  '/ada/engine/compare/main...main',
  '/ada/engine/compare/main...main.diff',
  '/ada/engine/archive/main.zip',
  '/ada/engine/graphs/contributors',
  '/api/v1/repos/ada/engine/commits',
  '/api/v1/repos/ada/engine/contents/README.md',
  '/api/v1/repos/ada/engine/compare/main...main',
];

it.each(COSTLY)('%s is closed to strangers and waits for its turn, also by the API', async (path) => {
  t.app.config.limits.anonymous_expensive = false;
  const closed = await t.anonymous.get(path);
  t.app.config.limits.anonymous_expensive = true;
  expect([303, 401]).toContain(closed.status);
  const turnstile = turnstileOf(t.app);
  const leave = await turnstile.enter('crawler');
  const gone = new AbortController();
  const waiting = turnstile.enter('crawler', gone.signal).catch(() => undefined);
  try {
    const refused = await t.anonymous.get(path);
    // What is streamed has begun by then; it breaks off instead.
    const text = await refused.text().catch(() => undefined);
    expect(refused.status === 503 || text === undefined || text === '').toBe(true);
  } finally {
    gone.abort();
    await waiting;
    leave();
  }
});

it.each([
  ['a comparison', '/ada/slow/compare/first...main.diff'],
  ['a commit', '/ada/slow/commit/HEAD_OID.diff'],
])('a client that takes nothing more of %s keeps nobody else from their turn', async (_, address) => {
  const lines = (word: string) =>
    Array.from({ length: 4000 }, (_, n) => `${word} ${n} ${'x'.repeat(200)}\n`).join('');
  slow ??= await makeRepository(t, 'ada', 'slow', [
    { ref: HEAD, message: 'First', files: [{ path: 'big.txt', data: 'x\n' }] },
    { ref: 'refs/heads/first', from: HEAD },
    { ref: HEAD, message: 'Second', files: [{ path: 'big.txt', data: lines('one') }] },
  ]);
  const oid = (await t.app.git.ref(slow.dir, HEAD)) ?? '';
  const turnstile = turnstileOf(t.app);
  const answer = await (await t.as('bob')).get(address.replace('HEAD_OID', oid));
  const reader = answer.body?.getReader();
  let text = Buffer.from((await reader?.read())?.value ?? []).toString('latin1');
  // Somebody else is served although the first one neither reads on nor leaves.
  expect((await t.anonymous.get(HISTORY)).status).toBe(200);
  for (;;) {
    const next = await reader?.read();
    if (!next || next.done) break;
    text += Buffer.from(next.value).toString('latin1');
  }
  expect(text).toContain('one 3999');
  expect(turnstile.readings()).toEqual({ inside: 0, waiting: 0 });
});
