// Issues on a telephone: long titles, labels and many people leave each other room. And where one goes on typing.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLabel } from '../../../src/features/issues/labels.service.ts';
import { setMetadata } from '../../../src/features/issues/metadata.service.ts';
import { openBrowser, type TestBrowser } from '../../support/browser.ts';
import { type ServedApp, serveApp } from '../../support/serve-app.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { ensureAssets } from '../http/assets.ts';
import { makeTracker } from './tracker.ts';

const TITLE = 'Add a second column of numbers to the printing apparatus when the store overflows';

let t: TestApp;
let site: ServedApp;
let browser: TestBrowser;
let page: Page;
let path: string;

beforeAll(async () => {
  await ensureAssets();
  t = await testApp();
  site = await serveApp(t);
  const { open, issue } = await makeTracker(t);
  path = `${site.url}${open.path}/issues`;
  const ada = await t.actor('ada');
  const scoped = { name: 'priority/of-the-greatest-importance-to-all-of-us', color: 'b60205' };
  const { id } = await createLabel(t.app, ada, open, scoped);
  const assigned = await Promise.all(['ada', 'reader', 'triager', 'writer'].map((name) => t.actor(name)));
  const assigneeIds = assigned.map(({ userId }) => userId);
  await setMetadata(t.app, ada, open, await issue(TITLE), { labelIds: [id], assigneeIds });
  browser = await openBrowser({ viewport: { width: 390, height: 800 } });
  await site.signIn(browser.context, 'ada');
  page = await browser.page();
}, 300_000);
afterAll(async () => {
  await browser.close();
  await site.close();
  await t.close();
});

it('faces beside a row leave its title most of the width, and a label keeps its scope', async () => {
  await page.goto(path);
  const width = (part: string) =>
    page.locator(part).evaluate((element) => element.getBoundingClientRect().width);
  expect(await width('.issue-main')).toBeGreaterThan(220);
  const scope = page.locator('.issue-row .issue-label-scope');
  expect(await scope.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThan(8);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

it('renaming begins in the title, and can be left again', async () => {
  await page.goto(`${path}/1`);
  await page.locator('.issue-rename > summary').press('Enter');
  await page.waitForFunction(() => document.activeElement?.id === 'field-title');
  await page.locator('.issue-rename > summary', { hasText: 'Cancel' }).click();
  await page.locator('.issue-heading', { hasText: TITLE }).waitFor();
});
