// The page of a file in a real browser: long files while they are scrolled, marks and jumps, definitions, previews and media,
// by keyboard and without scripts. SCREENSHOTS=<folder> keeps pictures.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { advanceSymbolIndex } from '../../../src/features/code/symbol-index.service.ts';
import { openBrowser, type TestBrowser } from '../../support/browser.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { ensureAssets } from '../http/assets.ts';
import { HOSTILE_NOTEBOOK, PDF, PNG, WAV } from './files.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let server: Server;
let origin: string;
let browser: TestBrowser;
let page: Page;

const LINES = 100_000;

beforeAll(async () => {
  await ensureAssets();
  t = await testApp();
  const open = await makeRepository(t, 'ada', 'engine', [
    {
      ref: HEAD,
      files: [
        {
          path: 'src/engine.ts',
          data: `import { Motor } from './motor.ts';\n\nexport class Engine {\n  run(): Motor {\n    return new Motor(); // ${'a long remark '.repeat(30)}\n  }\n}\n${'\n'.repeat(80)}export const LAST = 1;\n`,
        },
        { path: 'src/motor.ts', data: '\nexport class Motor {}\n' },
        {
          path: 'long.txt',
          data: Array.from({ length: LINES }, (_, index) => `const name${index + 1} = ${index + 1};`).join(
            '\n',
          ),
        },
        { path: 'wide.ts', data: 'export const someName = [1, 2, 3];\n'.repeat(16_000) },
        {
          path: 'table.csv',
          data: `name,value,remark\n${'"Ada, ""the"" first",1,<script>alert(1)</script>\n'.repeat(30)}`,
        },
        {
          path: 'data.json',
          data: '{"name": "engine", "parts": [1, 2.50, {"deep": null}], "<script>": true}',
        },
        { path: 'book.ipynb', data: HOSTILE_NOTEBOOK },
        { path: 'doc.pdf', data: PDF },
        { path: 'tone.wav', data: WAV },
        { path: 'pixel.png', data: PNG },
        {
          path: 'drawing.svg',
          data: '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><script>parent.hit = 1</script><rect width="80" height="40" fill="teal"/></svg>',
        },
      ],
    },
  ]);
  expect(await advanceSymbolIndex(t.app, open)).toBe('done');
  server = createServer(getRequestListener(t.web.fetch, { overrideGlobalObjects: false }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await openBrowser();
  await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  page = await browser.page();
}, 120_000);
afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
  await t.close();
});

const at = (path: string) => `${origin}/ada/engine/blob/main/${path}`;
const picture = async (name: string) => {
  const folder = process.env.SCREENSHOTS;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
};
const sticksOut = () =>
  page.evaluate(() =>
    Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth),
  );
const clipboard = () => page.evaluate(() => navigator.clipboard.readText());

it('loads a long file as it is scrolled, and nothing moves', async () => {
  await page.goto(at('long.txt'));
  await page.waitForSelector('.has-lazy-lines');
  const height = () =>
    page.evaluate(() => document.querySelector('table.blob')?.getBoundingClientRect().height);
  expect(await height()).toBe(LINES * 20);
  await picture('long-top');
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
  await page.waitForSelector('#L50000');
  expect(await height()).toBe(LINES * 20);
  const rows = await page.evaluate(() => document.querySelectorAll('.blob tr').length);
  expect(rows).toBeLessThan(14 * 500);
  await picture('long-middle');
  expect(await sticksOut()).toBe(0);
}, 120_000);

it('colours a big file in the background, and puts the colours in', async () => {
  await page.goto(`${at('wide.ts')}#L15500`);
  await page.waitForSelector('#L15500 .hljs-keyword', { timeout: 90_000 });
  await page.reload();
  await page.waitForSelector('#L15500 .hljs-keyword', { timeout: 90_000 });
}, 200_000);

it('jumps to lines that are not there yet, by address, by key and back', async () => {
  await page.goto(`${at('long.txt')}#L87654-L99000`);
  const row = page.locator('#L87654');
  await row.waitFor();
  await expect.poll(() => row.evaluate((one) => one.getBoundingClientRect().top)).toBeGreaterThan(0);
  expect(await row.getAttribute('class')).toBe('is-selected');
  expect(await page.locator('.line-actions-range').textContent()).toBe('Lines 87654–99000');
  await page.keyboard.press('l');
  await page.keyboard.type('12345');
  await page.keyboard.press('Enter');
  await page.locator('#L12345.is-selected').waitFor();
  expect(new URL(page.url()).hash).toBe('#L12345');
  await page.getByRole('button', { name: 'Copy lines' }).click();
  expect(await clipboard()).toBe('const name12345 = 12345;\n');
  await page.getByRole('button', { name: 'Unmark the lines' }).click();
  expect(await page.locator('.is-selected').count()).toBe(0);
}, 60_000);

it('marks lines by clicks, copies their permanent link, and wraps long lines for good', async () => {
  await page.goto(at('src/engine.ts'));
  await page.locator('#L3 a').click();
  await page.locator('#L3.is-selected').waitFor();
  await page.locator('#L5 a').click({ modifiers: ['Shift'] });
  await page.waitForURL(/#L3-L5$/);
  await page.getByRole('button', { name: 'Copy permalink' }).click();
  expect(await clipboard()).toMatch(/\/ada\/engine\/blob\/[0-9a-f]{40}\/src\/engine\.ts#L3-L5$/);
  await page.getByRole('button', { name: 'Copy the file' }).click();
  await expect.poll(clipboard).toContain('export class Engine {\n  run(): Motor {');
  await page.getByLabel('More file actions').click();
  await page.getByRole('button', { name: 'Wrap lines' }).click();
  expect(await page.locator('.blob-wrap').count()).toBe(1);
  await page.reload();
  expect(await page.locator('.blob-wrap').count()).toBe(1);
  await page.keyboard.press('y');
  await page.waitForURL(/\/blob\/[0-9a-f]{40}\/src\/engine\.ts#L3-L5$/);
}, 60_000);

it('leads from a name to its definition, and to the symbols beside the file', async () => {
  await page.goto(at('src/engine.ts'));
  const name = await page.evaluate(() => {
    const walker = document.createTreeWalker(
      document.querySelector('#L5 .blob-code') as Node,
      NodeFilter.SHOW_TEXT,
    );
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const found = (node as Text).data.indexOf('Motor');
      if (found < 0) continue;
      const range = document.createRange();
      range.setStart(node, found);
      range.setEnd(node, found + 5);
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    }
    throw new Error('no such name');
  });
  await page.mouse.click(name.x, name.y);
  const panel = page.getByRole('dialog', { name: 'Definitions of Motor' });
  await panel.getByRole('link', { name: /src\/motor\.ts:2/ }).waitFor();
  await picture('definitions');
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  await page.mouse.click(name.x, name.y);
  await panel.getByRole('link', { name: /src\/motor\.ts:2/ }).click();
  await page.waitForURL(/src\/motor\.ts#L2$/);
  await page.goto(at('src/engine.ts'));
  await page.locator('.outline-summary').click();
  await page.getByRole('link', { name: 'LAST' }).waitFor();
  await picture('outline');
  await page.getByLabel('Filter symbols').fill('las');
  expect(await page.locator('.outline-list li:visible').count()).toBe(1);
  await page.getByRole('link', { name: 'LAST' }).click();
  await page.locator('tr:target, tr.is-selected').waitFor();
  await page.reload();
  expect(await page.locator('.outline[open]').count()).toBe(1);
  await page.getByPlaceholder('Find a definition').fill('Motor');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/symbols\?q=Motor$/);
  await page.getByRole('link', { name: /src\/motor\.ts:2/ }).waitFor();
  await picture('symbols');
}, 60_000);

it('shows tables, JSON and notebooks, and nothing of them runs', async () => {
  await page.goto(at('table.csv'));
  expect(await page.locator('.value-table thead th').allTextContents()).toEqual([
    'Row',
    'name',
    'value',
    'remark',
  ]);
  expect(await page.locator('.value-table tbody tr').first().locator('td').allTextContents()).toEqual([
    'Ada, "the" first',
    '1',
    '<script>alert(1)</script>',
  ]);
  await picture('table');
  await page.goto(`${at('data.json')}?preview=1`);
  expect(await page.locator('.json-tree').textContent()).toContain('2.50');
  await picture('json');
  await page.goto(at('book.ipynb'));
  expect(await page.locator('.notebook-cell h1').textContent()).toContain('Study');
  expect(
    await page.locator('.notebook-output img').evaluate((image) => (image as HTMLImageElement).naturalWidth),
  ).toBe(1);
  expect(await page.locator('.notebook script, .notebook iframe, .notebook [onclick]').count()).toBe(0);
  expect(await page.evaluate(() => Reflect.get(window, 'hit'))).toBeUndefined();
  await picture('notebook');
}, 60_000);

it('shows pictures, plays sound and opens documents', async () => {
  await page.goto(at('pixel.png'));
  await page.getByText('1 × 1 pixels').waitFor();
  await page.getByRole('button', { name: '200%' }).click();
  expect(await page.locator('.blob-image img').evaluate((image) => image.getBoundingClientRect().width)).toBe(
    2,
  );
  await page.goto(at('drawing.svg'));
  await page.getByText('80 × 40 pixels').waitFor();
  await picture('drawing');
  expect(await page.evaluate(() => Reflect.get(window, 'hit'))).toBeUndefined();
  await page.goto(at('tone.wav'));
  await expect
    .poll(() => page.locator('audio').evaluate((one) => (one as HTMLAudioElement).duration))
    .toBeGreaterThan(0.9);
  await page.goto(at('doc.pdf'));
  await page.waitForTimeout(1500);
  await picture('pdf');
}, 60_000);

it.each([
  ['light', 1280],
  ['dark', 390],
] as const)(
  'nothing sticks out: %s, %i pixels',
  async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    for (const path of [
      'src/engine.ts',
      'long.txt',
      'table.csv',
      'data.json?preview=1',
      'book.ipynb',
      'pixel.png',
      'tone.wav',
      'doc.pdf',
    ]) {
      await page.goto(at(path));
      await picture(`${colorScheme}-${path.replace(/\W/g, '-')}`);
      expect([path, await sticksOut()]).toEqual([path, 0]);
    }
  },
  120_000,
);

it('works without scripts', async () => {
  const plain = await openBrowser({ javaScriptEnabled: false });
  const tab = await plain.page();
  await tab.goto(at('long.txt'));
  expect(await tab.locator('#L2000').count()).toBe(1);
  await tab.getByRole('link', { name: 'Further lines' }).click();
  expect(await tab.locator('#L2001').count()).toBe(1);
  expect(await tab.locator('#L4000').count()).toBe(1);
  await tab.getByRole('link', { name: 'Earlier lines' }).click();
  expect(await tab.locator('#L1').count()).toBe(1);
  await tab.goto(at('src/engine.ts'));
  await tab.locator('.outline-summary').click();
  await tab.getByRole('link', { name: 'Engine', exact: false }).first().waitFor();
  await tab.getByPlaceholder('Find a definition').fill('Motor');
  await tab.keyboard.press('Enter');
  await tab.getByRole('link', { name: /src\/motor\.ts:2/ }).waitFor();
  await plain.close();
}, 60_000);
