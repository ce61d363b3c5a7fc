// The file finder in a real browser, by keyboard alone and without scripts; and pages in which nothing moves when the
// last commits arrive late. The application runs in this process, so that its git can be made slow.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { type TestApp, testApp } from '../support/test-app.ts';
import { importCommits } from '../web/code/import-commits.ts';
import { HEAD, makeRepository } from '../web/code/repositories.ts';

let t: TestApp;
let server: Server;
let url: string;
let dir: Parameters<typeof importCommits>[0];

beforeAll(async () => {
  t = await testApp();
  const files = Array.from({ length: 60 }, (_, n) => ({ path: `dir${n % 12}/file-${n}.ts`, data: `${n}` }));
  const readme = { path: 'README.md', data: `# Engine\n\n${'It runs. '.repeat(200)}` };
  const commits = Array.from({ length: 30 }, (_, n) => ({
    ref: HEAD,
    message: `Change number ${n} with a message of some length`,
    files: n === 0 ? [readme, ...files] : [{ path: `root-${n}.txt`, data: `${n}` }],
  }));
  ({ dir } = await makeRepository(t, 'ada', 'engine', commits));
  server = createServer(getRequestListener(t.web.fetch));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ada/engine`;
}, 60_000);
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await t.close();
});

test('a file is found and opened by keyboard alone', async () => {
  const browser = await openBrowser();
  const page = await browser.page();
  await page.goto(url);
  await page.keyboard.press('t');
  await page.waitForURL(/\/find\/main/);
  const field = page.getByRole('combobox');
  await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.type('f42');
  await expect.poll(() => page.getByRole('option').count()).toBe(1);
  await page.keyboard.press('Backspace');
  await expect.poll(() => page.getByRole('option').count()).toBeGreaterThan(5);
  const chosen = () => page.locator('[role="option"][aria-selected="true"]').getAttribute('id');
  await page.keyboard.press('ArrowDown');
  expect([await chosen(), await field.getAttribute('aria-activedescendant')]).toEqual([
    'finder-item-1',
    'finder-item-1',
  ]);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  expect(await chosen()).toBe(`finder-item-${(await page.getByRole('option').count()) - 1}`);
  await page.keyboard.press('ArrowDown');
  const name = await page.locator('[aria-selected="true"] .finder-path').textContent();
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`/blob/main/${name}$`));
  await page.goBack();
  await expect.poll(() => field.inputValue()).toBe('f4');
  await page.keyboard.press('Escape');
  await page.waitForURL(/\/tree\/main$/);
  await browser.close();
}, 60_000);

test('without scripts the form finds and links', async () => {
  const browser = await openBrowser({ javaScriptEnabled: false });
  const page = await browser.page();
  await page.goto(`${url}/find/main`);
  await page.locator('input[name="q"]').fill('root-7');
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  await page.getByRole('link', { name: 'root-7.txt' }).click();
  expect(new URL(page.url()).pathname).toBe('/ada/engine/blob/main/root-7.txt');
  await browser.close();
}, 60_000);

test('nothing moves when the last commits arrive after the page', async () => {
  const { objects } = t.app.git;
  let held = Promise.resolve();
  const slow: typeof objects = (of) => {
    const reader = objects(of);
    const treeData: typeof reader.treeData = async (oid) => {
      await held;
      return reader.treeData(oid);
    };
    return { ...reader, treeData };
  };
  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 390, height: 800 },
  ]) {
    importCommits(dir, [
      { ref: HEAD, from: HEAD, message: 'Rewrite', files: [{ path: 'new', data: `${viewport.width}` }] },
    ]);
    await t.app.db.write(async (tx) => {
      const { removeHistoriesBefore } = await import('../../src/features/code/directory-histories.store.ts');
      await removeHistoriesBefore(tx, Date.now() + 1e9);
    });
    const browser = await openBrowser({ viewport });
    const page = await browser.page();
    await page.addInitScript(() => {
      const shifts: number[] = [];
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          shifts.push((entry as PerformanceEntry & { value: number }).value);
      }).observe({ type: 'layout-shift', buffered: true });
    });
    let release = () => {};
    held = new Promise((resolve) => {
      release = resolve;
    });
    Object.assign(t.app.git, { objects: slow });
    await page.goto(url);
    expect(await page.locator('late-fragment').count()).toBe(1);
    // What moves while the page itself loads is another matter: see code.test.ts.
    await page.waitForTimeout(500);
    await page.evaluate(() => void (Reflect.get(window, 'shifts') as number[]).splice(0));
    Object.assign(t.app.git, { objects });
    release();
    await expect.poll(() => page.locator('late-fragment').count(), { timeout: 20_000 }).toBe(0);
    await page.waitForTimeout(300);
    // Times that their element words anew move their neighbours by some pixels; a line more or less would be 0.02.
    const shifts = (await page.evaluate(() => Reflect.get(window, 'shifts'))) as number[];
    expect(shifts.reduce((sum, shift) => sum + shift, 0)).toBeLessThan(0.001);
    await browser.close();
  }
}, 90_000);

test('the home of a repository weighs at most 60 KB with assets cached', async () => {
  const answer = await t.anonymous.get('/ada/engine', { 'accept-encoding': 'gzip' });
  expect(answer.headers.get('content-encoding')).toBe('gzip');
  expect((await answer.arrayBuffer()).byteLength).toBeLessThanOrEqual(60 * 1024);
});
