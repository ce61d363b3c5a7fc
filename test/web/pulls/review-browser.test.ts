// Reviews in a real browser: by keyboard alone, by pointer, and without scripts.
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { threadsOf, withComments } from '../../../src/features/pulls/threads.service.ts';
import { openBrowser, type TestBrowser } from '../../support/browser.ts';
import { type ServedApp, serveApp } from '../../support/serve-app.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { ensureAssets } from '../http/assets.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';

let t: TestApp;
let served: ServedApp;
let shop: Workshop;
let pull: Pull;
let href: string;

const LINES = Array.from({ length: 40 }, (_, index) => `const line${index + 1} = ${index + 1};`);

beforeAll(async () => {
  await ensureAssets();
  t = await testApp();
  served = await serveApp(t);
  shop = await makeWorkshop(t, { files: { 'README.md': '# Workshop\n', 'a.ts': `${LINES.join('\n')}\n` } });
  const changed = LINES.with(4, 'const five = 5;').with(5, 'const six = 6;').with(30, 'const last = 31;');
  await shop.commit('feature', { 'a.ts': `${changed.join('\n')}\n`, 'b.txt': 'one\ntwo\nthree\n' });
  pull = await shop.propose('feature');
  href = `${served.url}${shop.open.path}/pull/${pull.issue.number}`;
}, 300_000);
afterAll(async () => {
  await served.close();
  await t.close();
});

async function signedIn(name: string, options: BrowserContextOptions = {}): Promise<TestBrowser> {
  const browser = await openBrowser(options);
  await served.signIn(browser.context, name);
  return browser;
}

async function threads() {
  return withComments(t.app, await threadsOf(t.app, pull));
}

test('a whole review by keyboard alone', async () => {
  const browser = await signedIn('writer');
  const page = await browser.page();
  await page.goto(`${href}/files`);
  await page.waitForSelector('.diff-file');
  await page.waitForLoadState('networkidle');
  await page.keyboard.press('?');
  await page.getByText('Comment on the marked lines, or on the file').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press(']');
  await page.keyboard.press(']');
  await page.keyboard.press(']');
  await page.keyboard.press('}');
  await page.keyboard.press('c');
  await page.locator('[data-line-comment] textarea').waitFor();
  await page.keyboard.type('These two *belong* together');
  await page.keyboard.press('Control+Enter');
  await page.locator('.thread-new').getByText('Pending').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('c');
  await page.locator('.diff-above textarea').waitFor();
  await page.keyboard.type('A file of its own');
  await page.keyboard.press('Control+Enter');
  await page.locator('.diff-above .thread-new').waitFor();
  expect(await page.locator('[data-pending-count]').textContent()).toBe('2');
  expect(await threads()).toHaveLength(0);
  await page.keyboard.press('x');
  await page.locator('.diff-progress').getByText('1').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  await page.keyboard.type('Please mend');
  await page.getByLabel('Request changes').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await page.waitForURL(/#review-\d+$/);
  const made = await threads();
  expect(made.map(({ thread }) => [thread.path, thread.side, thread.startLine, thread.line])).toEqual([
    ['a.ts', 'head', 5, 6],
    ['b.txt', 'head', 0, 0],
  ]);
  await browser.close();
}, 120_000);

test('answers, resolves and goes through threads in place', async () => {
  const browser = await signedIn('ada', { viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
  const page = await browser.page();
  await page.goto(`${href}/files`);
  await page.waitForLoadState('networkidle');
  await page.keyboard.press('n');
  const thread = page.locator('.thread').first();
  await thread.locator('summary', { hasText: 'Reply' }).click();
  await thread.locator('markdown-composer textarea').fill('Done in the next commit');
  await thread.getByRole('button', { name: 'Comment now' }).click();
  await page.locator('.thread').first().getByText('Done in the next commit').waitFor();
  await page.locator('.thread').first().getByRole('button', { name: 'Resolve conversation' }).click();
  await page.locator('.thread.is-resolved').waitFor();
  expect((await threads())[0]?.thread.resolvedAt).not.toBeNull();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await browser.close();
}, 120_000);

test('a range is pulled with the pointer, in two columns', async () => {
  const browser = await signedIn('reader');
  const page = await browser.page();
  await page.goto(`${href}/files?diff=split`);
  await page.waitForLoadState('networkidle');
  const row = page.locator('tr', { has: page.locator('td.diff-num[data-line="31"]') }).first();
  await row.locator('td').nth(1).hover();
  await page.locator('.diff-plus').click();
  await page.locator('[data-line-comment] textarea').fill('What was wrong before?');
  await page.getByRole('button', { name: 'Add single comment' }).click();
  await page.locator('.diff-notes .thread').getByText('What was wrong before?').waitFor();
  const last = (await threads()).at(-1);
  expect(last?.thread).toMatchObject({ side: 'base', line: 31, path: 'a.ts' });
  await browser.close();
}, 120_000);

test('reads, comments and approves without scripts', async () => {
  const browser = await signedIn('maintainer', { javaScriptEnabled: false });
  const page = await browser.page();
  await page.goto(`${href}/files`);
  await page.getByText('A file of its own').waitFor();
  await page.locator('a[data-comments]').first().click();
  await page.getByLabel('From line').fill('5');
  await page.getByLabel('To line').fill('6');
  await page.getByLabel('On', { exact: true }).selectOption('line');
  await page.locator('.line-comment textarea').fill('Without a script');
  await page.getByRole('button', { name: 'Add single comment' }).click();
  await page.waitForURL(/#thread-\d+$/);
  await page.getByText('Without a script').waitFor();
  await page.goto(`${href}/files`);
  await page.locator('.review-menu > summary').click();
  await page.getByLabel('Approve').check();
  await page.getByRole('button', { name: 'Submit review' }).click();
  await page.waitForURL(/#review-\d+$/);
  expect((await shop.again(pull)).pull.decision).toBe('changes_requested');
  await browser.close();
}, 120_000);

if (process.env.SHOTS)
  test('pictures', async () => {
    for (const [name, options] of [
      ['light', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
      ['dark', { viewport: { width: 390, height: 800 }, colorScheme: 'dark' }],
    ] as const) {
      const browser = await signedIn('writer', options);
      const page = await browser.page();
      for (const [what, address] of [
        ['files', '/files'],
        ['split', '/files?diff=split'],
        ['conversation', ''],
        ['form', '/files/comment?path=a.ts'],
        ['review', '/reviews/new'],
      ]) {
        await page.goto(href + address);
        await page.waitForLoadState('networkidle');
        if (what === 'files') await page.keyboard.press('r');
        if (what === 'files') await page.screenshot({ path: `${process.env.SHOTS}/menu-${name}.png` });
        if (what === 'files') await page.keyboard.press('Escape');
        if (what === 'split') await page.keyboard.press('k');
        await page.goto(href + address);
        await page.waitForLoadState('networkidle');
        await page.screenshot({ path: `${process.env.SHOTS}/${what}-${name}.png`, fullPage: true });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) console.log(name, what, 'is too wide by', wide);
      }
      await browser.close();
    }
  }, 120_000);

test('a suggestion begins with the marked lines, by the toolbar and by a key', async () => {
  const browser = await signedIn('triager');
  const page = await browser.page();
  await page.goto(`${href}/files#${await fileId(page, `${href}/files`, 'b.txt')}R2-R3`);
  await page.waitForLoadState('networkidle');
  await page.keyboard.press('c');
  const field = page.locator('[data-line-comment] textarea');
  await field.waitFor();
  await page.keyboard.type('Rather');
  await page.keyboard.press('Control+g');
  await page.keyboard.type('two and a half');
  expect(await field.inputValue()).toBe('Rather\n\n```suggestion\ntwo and a half\n```\n');
  await field.fill('');
  await page.getByRole('button', { name: 'Suggest a change' }).click();
  expect(await field.inputValue()).toBe('```suggestion\ntwo\nthree\n```\n');
  await page.getByRole('button', { name: 'Add single comment' }).click();
  await page.locator('.thread .suggested').waitFor();
  // An answer to it may say it otherwise.
  const thread = page.locator('.thread', { has: page.locator('.suggested') });
  await thread.locator('summary', { hasText: 'Reply' }).click();
  await thread.getByRole('button', { name: 'Suggest a change' }).click();
  expect(await thread.locator('textarea').last().inputValue()).toContain('```suggestion\ntwo\nthree\n```');
  await browser.close();
}, 120_000);

async function fileId(page: Page, address: string, path: string): Promise<string> {
  await page.goto(address);
  return (await page.locator(`section.diff-file[data-path="${path}"]`).first().getAttribute('id')) ?? '';
}
