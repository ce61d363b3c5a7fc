// The reference of the API as people read it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

it('names no area that is empty, and leads from each to its operations', async () => {
  const overview = await (await t.anonymous.get('/api/reference')).text();
  const areas = [...overview.matchAll(/href="(\/api\/reference\/\w+)"/g)].map(([, path = '']) => path);
  expect(new Set(areas).size).toBeGreaterThan(5);
  expect(overview).not.toContain(' 0 operations');
  for (const path of new Set(areas)) {
    const page = await t.anonymous.get(path);
    expect([path, page.status, (await page.text()).includes('class="api-operation"')]).toEqual([
      path,
      200,
      true,
    ]);
  }
});

it('says of what is sent whether it is required, and of what comes back whether it may be missing', async () => {
  const issues = await (await t.anonymous.get('/api/reference/issue')).text();
  expect(issues).toContain('required');
  expect(issues).not.toContain('may be missing');
  expect(await (await t.anonymous.get('/api/reference/shapes')).text()).toContain('may be missing');
});
