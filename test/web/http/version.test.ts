// The version that API clients ask for before anything else.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VERSION } from '../../../src/platform/runtime/version.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
}, 60_000);
afterAll(() => t.close());

it('tells anybody a Gitea level and our own version', async () => {
  const answer = await t.anonymous.get('/api/v1/version');
  expect(answer.status).toBe(200);
  const { version } = (await answer.json()) as { version: string };
  expect(version).toMatch(/^1\.24\.\d+\+opencodehub-/);
  expect(version.endsWith(VERSION)).toBe(true);
});
