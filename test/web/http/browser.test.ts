// A real browser on real pages: a clean console under the strict policy, with and without scripts, wide and narrow.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSession } from '../../../src/features/auth/sessions.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { openBrowser } from '../../support/browser.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { runGit } from '../code/import-commits.ts';
import { ensureAssets } from './assets.ts';

let t: TestApp;
let server: Server;
let origin: string;
const PAGES = ['/', '/explore', '/login', '/register', '/-/theme', '/-/design', '/ada'];

beforeAll(async () => {
  await ensureAssets();
  t = await testApp();
  const ada = await t.actor('ada');
  await createRepository(
    t.app,
    ada,
    parseNewRepository({ name: 'engine', visibility: 'public', readme: true }),
  );
  const { dir } = await openRepository(t.app, ada, 'ada', 'engine', 'code:read');
  runGit(dir, 'tag', 'v1.0', 'main');
  server = createServer(getRequestListener(t.web.fetch, { overrideGlobalObjects: false }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await t.close();
});

describe.each([
  ['wide and light', { viewport: { width: 1280, height: 800 }, colorScheme: 'light' as const }],
  ['narrow and dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' as const }],
])('%s', (_name, options) => {
  it('pages fit the window and raise no complaint', async () => {
    vi.stubEnv('OPENCODEHUB_DEV', '1');
    const browser = await openBrowser(options);
    const page = await browser.page();
    for (const path of PAGES) {
      await page.goto(origin + path, { waitUntil: 'networkidle' });
      const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(over, path).toBeLessThanOrEqual(0);
      if (path !== '/-/design') expect(await page.locator('h1').count(), path).toBe(1);
    }
    await browser.close();
  });
});

describe('with scripts', () => {
  it('the browser goes from page to page without loading anew, and lists its keys', async () => {
    const browser = await openBrowser();
    const page = await browser.page();
    await page.goto(`${origin}/-/theme`, { waitUntil: 'networkidle' });
    await page.evaluate('window.stayed = true');
    await page.getByRole('link', { name: 'Explore' }).click();
    await page.waitForURL(`${origin}/explore`);
    expect(await page.evaluate('window.stayed')).toBe(true);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await browser.close();
  });

  it('a filtered menu keeps only headings of what is left, and an odd hash does no harm', async () => {
    const browser = await openBrowser();
    const page = await browser.page();
    await page.goto(`${origin}/ada/engine#%`, { waitUntil: 'networkidle' });
    const menu = page.locator('.ref-menu');
    await menu.locator('summary').click();
    const shown = () => menu.locator('li:visible').allInnerTexts();
    expect(await shown()).toEqual(['Branches', 'main', 'Tags', 'v1.0']);
    await page.getByPlaceholder('Find a branch or tag').fill('mai');
    expect(await shown()).toEqual(['Branches', 'main']);
    await page.getByPlaceholder('Find a branch or tag').fill('');
    expect(await shown()).toHaveLength(4);
    await browser.close();
  });

  it('the header of somebody signed in fits 320 pixels within its padding', async () => {
    const { userId } = await t.actor('ada');
    const { token } = await openSession(t.app, userId, { address: '127.0.0.1', userAgent: 'test' });
    const browser = await openBrowser({ viewport: { width: 320, height: 640 } });
    await browser.context.addCookies([{ name: 'session', value: token, url: origin }]);
    const page = await browser.page();
    await page.goto(origin);
    const right = (selector: string) =>
      page.locator(selector).evaluate((element) => element.getBoundingClientRect().right);
    expect((await right('.app-header')) - (await right('.user-button'))).toBe(16);
    await browser.close();
  });

  it('times are relative, and menus close by Escape and give the focus back', async () => {
    vi.stubEnv('OPENCODEHUB_DEV', '1');
    const browser = await openBrowser();
    const page = await browser.page();
    await page.goto(`${origin}/-/design`, { waitUntil: 'networkidle' });
    const time = page.locator('relative-time').first();
    expect(await time.evaluate((element) => element.shadowRoot?.textContent)).toContain('ago');
    const menu = page.locator('details.menu', { hasText: 'Switch branches' });
    await menu.locator('summary').click();
    await page.getByPlaceholder('Filter branches').fill('quick');
    await expect.poll(() => menu.locator('li:visible').count()).toBe(1);
    await page.keyboard.press('Escape');
    expect(await menu.getAttribute('open')).toBeNull();
    expect(await menu.locator('summary').evaluate((element) => element === document.activeElement)).toBe(
      true,
    );
    await browser.close();
  });
});

describe('without scripts', () => {
  it('the theme can be chosen, and nothing is offered that needs them', async () => {
    const browser = await openBrowser({ javaScriptEnabled: false, colorScheme: 'light' });
    const page = await browser.page();
    await page.goto(`${origin}/-/theme`);
    expect(await page.getByRole('button', { name: 'Keyboard shortcuts' }).isVisible()).toBe(false);
    await page.locator('input[value=dark]').check();
    await page.locator('input[value=high-contrast]').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Appearance saved in this browser.').waitFor();
    expect(await page.locator('html').getAttribute('data-color-mode')).toBe('dark');
    const colour = await page
      .locator('body')
      .evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(colour).toBe('rgb(1, 4, 9)');
    await page.reload();
    expect(await page.getByText('Appearance saved').count()).toBe(0);
    await browser.close();
  });
});
