// Issue forms in a real browser: filled in with the keyboard alone, and without scripts, on narrow pages too.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../src/features/auth/sessions.service.ts';
import { requireIssue } from '../../../src/features/issues/issues.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { openBrowser, type TestBrowser } from '../../support/browser.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { ensureAssets } from '../http/assets.ts';
import { BUG_FORM, CONFIG, QUESTION } from './template-files.ts';
import { AT, file, repositoryWith } from './template-site.ts';

let t: TestApp;
let open: OpenRepository;
let server: Server;
let origin: string;

beforeAll(async () => {
  await ensureAssets();
  t = await testApp();
  open = await repositoryWith(t, [
    file(`${AT}/bug.yml`, BUG_FORM),
    file(`${AT}/question.md`, QUESTION),
    file(`${AT}/config.yml`, CONFIG),
  ]);
  server = createServer(getRequestListener(t.web.fetch, { overrideGlobalObjects: false }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 600_000);
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await t.close();
});

async function visit(options: BrowserContextOptions): Promise<{ browser: TestBrowser; page: Page }> {
  const browser = await openBrowser(options);
  const { userId } = await t.actor('eve');
  const { token } = await openSession(t.app, userId, { address: '127.0.0.1', userAgent: 'x' });
  await browser.context.addCookies([{ name: 'session', value: token, url: origin }]);
  return { browser, page: await browser.page() };
}

/** Presses Tab until the element that has the focus is the one meant. */
async function reach(page: Page, selector: string): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
  }
  throw new Error(`${selector} was never reached.`);
}

async function bodyAt(page: Page): Promise<string> {
  await page.waitForURL(/\/issues\/\d+$/);
  return (await requireIssue(t.app, open, Number(page.url().split('/').at(-1)))).body;
}

const widthOver = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

it('is chosen and filled in with the keyboard alone', async () => {
  const { browser, page } = await visit({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${origin}${open.path}/issues/new`, { waitUntil: 'networkidle' });
  expect(page.url()).toContain('/issues/new/choose');
  await reach(page, 'a[href*="template=bug.yml"]');
  await page.keyboard.press('Enter');
  await page.waitForURL(/template=bug\.yml/);
  await reach(page, '#field-title');
  await page.keyboard.press('End');
  await page.keyboard.type('The shuttle sticks');
  for (const box of [
    '#field-id-checks-0',
    '#field-id-checks-1',
    '#field-id-browsers-2',
    '#field-id-terms-0',
  ]) {
    await reach(page, box);
    await page.keyboard.press('Space');
  }
  await reach(page, '.issue-form button.btn-primary');
  await page.keyboard.press('Enter');
  const body = await bodyAt(page);
  expect(body).toContain('- [x] I searched [the existing issues](../issues)');
  expect(body).toContain('### Where do you see it?\n\nSafari\n');
  await browser.close();
}, 120_000);

it('needs no script, and fits a narrow page', async () => {
  const { browser, page } = await visit({
    javaScriptEnabled: false,
    viewport: { width: 390, height: 800 },
    colorScheme: 'dark',
  });
  for (const path of ['/issues/new/choose', '/issues/new?template=bug.yml', '/activity']) {
    await page.goto(origin + open.path + path);
    expect(await widthOver(page)).toBeLessThanOrEqual(0);
  }
  await page.goto(`${origin}${open.path}/issues/new?template=bug.yml&title=By+hand`);
  for (const box of ['checks-0', 'checks-1', 'terms-0']) await page.check(`#field-id-${box}`);
  await page.selectOption('#field-id-version', '2');
  await page.fill('#field-id-logs', '```\nout');
  const buffer = Buffer.from('a trace');
  await page.setInputFiles('input[name="files-id-steps"]', { name: 't.txt', mimeType: 'text/plain', buffer });
  await page.click('.issue-form button.btn-primary');
  const body = await bodyAt(page);
  expect(body).toContain('### Version\n\n2\n');
  expect(body).toContain('````shell\n```\nout\n````');
  expect(body).toMatch(/2\. See the error\n\n\[t\.txt\]\(/);
  await browser.close();
}, 120_000);
