// Names of accounts that would be mistaken for pages of the product.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isName, isReservedName } from '../../../src/features/users/users.input.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

test('nobody takes the first word of an address that the product has, read off its routes', () => {
  const words = new Set(t.web.routes.map(({ path }) => path.split('/')[1] ?? '').filter(isName));
  expect(words.size).toBeGreaterThan(20);
  expect([...words].filter((word) => !isReservedName(word))).toEqual([]);
});
