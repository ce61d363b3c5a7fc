// The inbox and the Watch menu in a real browser: by keyboard alone, and without scripts.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../src/features/auth/sessions.service.ts';
import { closeIssue } from '../../../src/features/issues/closing.service.ts';
import { openBrowser, type TestBrowser } from '../../support/browser.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { ensureAssets } from '../http/assets.ts';
import { type Site, siteOf } from './site.ts';

let t: TestApp;
let site: Site;
let server: Server;
let origin: string;

beforeAll(async () => {
  await ensureAssets();
  t = await testApp();
  site = siteOf(t);
  server = createServer(getRequestListener(t.web.fetch, { overrideGlobalObjects: false }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await site.makeRepository('ada', 'engine');
  await site.makeRepository('ada', 'loom');
  await t.app.jobs.drain();
}, 300_000);
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await t.close();
});

async function signedIn(name: string, options: BrowserContextOptions = {}): Promise<TestBrowser> {
  const browser = await openBrowser(options);
  const { userId } = await t.actor(name);
  const { token } = await openSession(t.app, userId, { address: '127.0.0.1', userAgent: 'test' });
  await browser.context.addCookies([{ name: 'session', value: token, url: origin }]);
  return browser;
}

async function fill(name: string): Promise<void> {
  for (const repo of ['engine', 'loom']) await site.watch(`ada/${repo}`, name, 'all');
  const ada = await t.actor('ada');
  for (const [repo, title] of [
    ['loom', 'Threads tangle when the shuttle runs backwards'],
    ['engine', 'Cards with <b>four</b> holes are read twice'],
    ['engine', `A title that is long enough to need a second line on a narrow screen, for ${name}`],
    ['loom', 'Describe how to oil it'],
  ] as const) {
    const text = title.startsWith('Cards') ? `What do you think, @${name}?` : 'A text.';
    const issue = await site.issue(`ada/${repo}`, 'ada', title, text);
    if (title.startsWith('Describe'))
      await closeIssue(t.app, ada, await site.open(`ada/${repo}`, ada), issue, { reason: 'completed' });
  }
  await t.app.jobs.drain();
}

const titles = (page: Page) => page.locator('.thread-title').allTextContents();

/** Pictures for whoever looks at the pages. */
async function picture(page: Page, name: string): Promise<void> {
  const directory = process.env.OPENCODEHUB_TEST_PICTURES;
  if (directory) await page.screenshot({ path: `${directory}/${name}.png`, fullPage: true });
}

async function requireNoOverflow(page: Page): Promise<void> {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wider).toBeLessThanOrEqual(0);
}

it('is worked through by keyboard: from the bell to done, read, saved and unsubscribed', async () => {
  await fill('bob');
  const browser = await signedIn('bob');
  const page = await browser.page();
  await page.goto(`${origin}/explore`);
  expect(await page.locator('.bell-dot').count()).toBe(1);
  await page.keyboard.press('g');
  await page.keyboard.press('n');
  await page.waitForURL('**/notifications');
  expect(await titles(page)).toHaveLength(4);
  await picture(page, 'inbox-1280-light');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('A title that is long');
  await page.keyboard.press('k');
  await page.keyboard.press('e');
  await page.waitForSelector('.flash');
  expect(await titles(page)).toHaveLength(3);
  await page.keyboard.press('j');
  await page.keyboard.press('Shift+I');
  await page.waitForFunction(() => document.querySelectorAll('.thread-unread').length === 2);
  await page.keyboard.press('j');
  await page.keyboard.press('s');
  await page.waitForSelector('.thread-saved');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Shift+M');
  await page.waitForFunction(() => document.querySelectorAll('.thread').length === 2);
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  expect(await page.locator('[data-selected-count]').textContent()).toBe('1 selected');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/ada/**/issues/*');
  await page.goto(`${origin}/notifications`);
  expect(await page.locator('.thread-unread').count()).toBe(0);
  expect(await page.locator('.bell-dot').count()).toBe(0);
  await browser.close();
}, 120_000);

it('works without scripts, at 390 pixels and in the dark too', async () => {
  await fill('cora');
  const narrow = { viewport: { width: 390, height: 844 }, colorScheme: 'dark' as const };
  const browser = await signedIn('cora', { ...narrow, javaScriptEnabled: false });
  const page = await browser.page();
  await page.goto(`${origin}/notifications?group=repository`);
  await picture(page, 'inbox-390-dark');
  expect(await titles(page)).toHaveLength(4);
  await page.locator('.thread-check').nth(0).check();
  await page.locator('.thread-check').nth(1).check();
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  expect(await titles(page)).toHaveLength(2);
  await page.getByRole('button', { name: 'Mark all as done' }).click();
  expect(await page.getByText('All caught up').count()).toBe(1);
  await picture(page, 'inbox-empty-390-dark');
  await page.goto(`${origin}/ada/engine/watchers`);
  await page
    .locator('.watch-menu')
    .evaluate(() => undefined)
    .catch(() => undefined);
  await page.locator('summary', { hasText: 'Unwatch' }).click();
  await picture(page, 'watch-menu-390-dark');
  await page.getByRole('button', { name: /Participating and @mentions/ }).click();
  expect(await page.locator('summary', { hasText: /^ *Watch/ }).count()).toBe(1);
  await browser.close();
}, 120_000);

it('fits the window on every page of it', async () => {
  await fill('dora');
  for (const width of [1280, 390]) {
    const colorScheme = width === 390 ? ('dark' as const) : ('light' as const);
    const browser = await signedIn('dora', { viewport: { width, height: 900 }, colorScheme });
    const page = await browser.page();
    for (const [name, path] of [
      ['inbox', '/notifications'],
      ['watching', '/watching'],
      ['settings', '/settings/notifications'],
      ['watchers', '/ada/engine/watchers'],
      ['issue', '/ada/engine/issues/1'],
    ] as const) {
      await page.goto(origin + path);
      await requireNoOverflow(page);
      await picture(page, `${name}-${width}`);
    }
    await page.getByTitle('Choose what you are told of').click();
    await requireNoOverflow(page);
    await picture(page, `watch-menu-${width}`);
    await browser.close();
  }
}, 120_000);
