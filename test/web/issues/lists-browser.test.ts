// Lists of issues in a real browser: by keyboard, with menus and completion, and without scripts.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../src/features/auth/sessions.service.ts';
import { createLabel } from '../../../src/features/issues/labels.service.ts';
import { openBrowser, type TestBrowser } from '../../support/browser.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { ensureAssets } from '../http/assets.ts';
import { makeTracker, type Tracker } from './tracker.ts';

let t: TestApp;
let s: Tracker;
let server: Server;
let origin: string;

beforeAll(async () => {
  await ensureAssets();
  t = await testApp();
  server = createServer(getRequestListener(t.web.fetch, { overrideGlobalObjects: false }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  s = await makeTracker(t);
  await createLabel(t.app, await t.actor('ada'), s.open, {
    name: 'needs oil',
    color: '00ff00',
    description: '',
  });
  for (const title of ['First', 'Second', 'Third']) await s.issue(title);
}, 300_000);
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await t.close();
});

async function signedIn(options: BrowserContextOptions = {}): Promise<TestBrowser> {
  const browser = await openBrowser(options);
  const { userId } = await t.actor('triager');
  const { token } = await openSession(t.app, userId, { address: '127.0.0.1', userAgent: 'test' });
  await browser.context.addCookies([{ name: 'session', value: token, url: origin }]);
  return browser;
}

it('moves over rows, selects and changes them by keys alone', async () => {
  const browser = await signedIn();
  const page = await browser.page();
  await page.goto(`${origin}${s.open.path}/issues`);
  await page.waitForSelector('issue-list:defined');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('x');
  await page.getByText('2 selected').waitFor();
  await page.getByRole('button', { name: 'Label', exact: true }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Label' });
  await dialog.getByRole('checkbox', { name: 'needs oil' }).press('Space');
  await dialog.getByRole('button', { name: 'Apply' }).press('Enter');
  await page.getByText('2 issues were changed.').waitFor();
  expect(await page.locator('.issue-row', { hasText: 'needs oil' }).count()).toBe(2);
  await page.keyboard.press('j');
  await page.keyboard.press('o');
  await page.waitForURL(`**${s.open.path}/issues/3`);
  await browser.close();
}, 60_000);

it('goes to the issues of a repository and lists its keys', async () => {
  const browser = await signedIn();
  const page = await browser.page();
  await page.goto(`${origin}${s.open.path}`);
  await page.waitForFunction(() => customElements.get('relative-time') !== undefined);
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await page.waitForURL(`**${s.open.path}/issues`);
  await page.waitForSelector('issue-list');
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  for (const line of [
    'Go to Issues',
    'New issue',
    'Move to the next issue',
    'Select the issue',
    'Open the issue',
  ])
    await help.getByText(line).waitFor();
  await browser.close();
}, 60_000);

it('completes a query while it is typed, by keyboard', async () => {
  const browser = await signedIn();
  const page = await browser.page();
  await page.goto(`${origin}${s.open.path}/issues`);
  await page.waitForSelector('query-field:defined');
  const field = page.getByRole('combobox', { name: 'Search issues' });
  await field.press('End');
  await field.pressSequentially('lab');
  await page.getByRole('option', { name: 'label:' }).waitFor();
  await field.press('ArrowDown');
  await field.press('Enter');
  await page.getByRole('option', { name: 'label:bug' }).waitFor();
  await field.pressSequentially('oil');
  const option = page.getByRole('option', { name: 'label:"needs oil"' });
  await option.waitFor();
  await expect.poll(() => page.getByRole('option').count()).toBe(1);
  await field.press('ArrowDown');
  expect(await option.getAttribute('aria-selected')).toBe('true');
  expect(await field.getAttribute('aria-activedescendant')).toBe(await option.getAttribute('id'));
  await field.press('Tab');
  expect(await field.inputValue()).toBe('is:issue is:open label:"needs oil" ');
  await field.pressSequentially('is:');
  await page.getByRole('option', { name: 'is:closed' }).waitFor();
  await field.press('Escape');
  expect(await field.getAttribute('aria-expanded')).toBe('false');
  expect(await field.inputValue()).toBe('is:issue is:open label:"needs oil" is:');
  for (let n = 0; n < 3; n++) await field.press('Backspace');
  await field.press('Enter');
  await page.waitForURL('**q=is%3Aissue+is%3Aopen+label%3A%22needs+oil%22**');
  await browser.close();
}, 60_000);

it('opens a filter menu with its content, filters it and follows a link by keys', async () => {
  const browser = await signedIn();
  const page = await browser.page();
  await page.goto(`${origin}${s.open.path}/issues`);
  await page.waitForFunction(() => customElements.get('issue-list') !== undefined);
  await page.locator('summary', { hasText: 'Labels' }).press('Enter');
  const search = page.getByRole('searchbox', { name: 'Find a label' });
  await search.waitFor();
  await expect
    .poll(() => search.evaluate('document.activeElement.getAttribute("aria-label")'))
    .toBe('Find a label');
  await search.fill('oil');
  await expect.poll(() => page.locator('#filter-label a').count()).toBe(1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL('**q=**needs+oil**');
  await browser.close();
}, 60_000);

it('works without scripts: filters, selects, changes and saves', async () => {
  const browser = await signedIn({ javaScriptEnabled: false });
  const page = await browser.page();
  await page.goto(`${origin}${s.open.path}/issues`);
  await page.locator('summary', { hasText: 'Milestones' }).click();
  await page.getByRole('link', { name: 'Filter by milestones' }).click();
  await page.getByRole('link', { name: 'No milestone' }).click();
  await page.locator('.issue-title').first().waitFor();
  await page.getByRole('checkbox', { name: 'Select issue 1' }).check();
  await page.getByRole('checkbox', { name: 'Select issue 2' }).check();
  await page.getByRole('button', { name: 'Assign', exact: true }).click();
  await page.getByRole('checkbox', { name: 'writer' }).check();
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('2 issues were changed.').waitFor();
  expect(page.url()).toContain('no%3Amilestone');
  await page.getByRole('checkbox', { name: 'Select issue 1' }).check();
  await page.locator('summary', { hasText: 'Mark as' }).click();
  await page.getByRole('button', { name: 'Not planned' }).click();
  await page.getByText('1 issue was changed.').waitFor();
  await page.locator('summary', { hasText: 'Views' }).click();
  await page.getByLabel('Save this query as').fill('Without a milestone');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('summary', { hasText: 'Views' }).click();
  await page.getByRole('link', { name: 'Without a milestone' }).waitFor();
  await browser.close();
}, 60_000);
