// Pages of changes in a real browser: layouts, hidden lines, viewed marks, the tree, pictures, keys, and without scripts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wideChange } from '../../scripts/corpus/wide-change.ts';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { buildExecutable } from '../support/executable.ts';
import { png } from '../support/images.ts';
import { type ServedApp, serveApp } from '../support/serve-app.ts';
import { type TestApp, testApp } from '../support/test-app.ts';
import { HEAD, makeRepository } from '../web/code/repositories.ts';

let t: TestApp;
let served: ServedApp;
let browser: TestBrowser;
let page: Page;

const COMPARE = '/ada/engine/compare/main...topic';

beforeAll(async () => {
  buildExecutable();
  t = await testApp();
  const lines = (change: (index: number) => string) =>
    Array.from({ length: 300 }, (_, index) => `${change(index)}\n`).join('');
  await makeRepository(t, 'ada', 'engine', [
    {
      ref: HEAD,
      files: [
        { path: 'src/deep/code.ts', data: lines((index) => `const line${index} = ${index};`) },
        { path: 'src/space.ts', data: 'let  a = 1;\n' },
        { path: 'logo.png', data: png(80, 60) },
        { path: 'other.txt', data: 'old\n' },
      ],
    },
    {
      ref: 'refs/heads/topic',
      from: HEAD,
      files: [
        {
          path: 'src/deep/code.ts',
          data: lines((index) =>
            index === 100 || index === 200 ? `const changed${index} = 0;` : `const line${index} = ${index};`,
          ),
        },
        { path: 'src/space.ts', data: 'let a = 1;\n' },
        { path: 'logo.png', data: png(80, 60, () => [0, 80, 200, 255]) },
        { path: 'other.txt', data: 'new\n' },
      ],
    },
  ]);
  const wide = await makeRepository(t, 'ada', 'wide', []);
  const child = spawn('git', ['--git-dir', wide.dir, 'fast-import', '--quiet'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  for (const chunk of wideChange({ files: 600, lines: 12_000, seed: 3 })) child.stdin.write(chunk);
  child.stdin.end();
  await once(child, 'exit');
  served = await serveApp(t);
  browser = await openBrowser();
  await served.signIn(browser.context, 'ada');
  page = await browser.page();
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await served?.close();
  await t?.close();
});

const open = (path: string) => page.goto(served.url + path);
const file = (path: string) => page.locator(`.diff-file[data-path="${path}"]`);

describe('with scripts', () => {
  it('changes the layout, and remembers it', async () => {
    await open(COMPARE);
    await page.getByRole('link', { name: 'Split' }).click();
    await page.locator('table.diff-split').first().waitFor();
    await open(COMPARE);
    expect(await page.locator('table.diff-split').count()).toBe(3);
    await page.getByRole('link', { name: 'Unified' }).click();
    await page.locator('table.diff:not(.diff-split)').first().waitFor();
  });

  it('leaves out white space', async () => {
    await page.getByRole('link', { name: 'Hide whitespace changes' }).click();
    await page.getByText('Only white space changed.').waitFor();
    await page.getByRole('link', { name: 'Show whitespace changes' }).click();
    await page.getByText('let a = 1;').first().waitFor();
  });

  it('shows hidden lines in both directions, and all of them', async () => {
    const code = file('src/deep/code.ts');
    const numbers = () =>
      code
        .locator('td:nth-child(2)[data-line]')
        .evaluateAll((cells) => cells.map((cell) => Number((cell as HTMLElement).dataset.line)));
    await expect.poll(async () => (await numbers())[0]).toBe(98);
    await code.locator('[data-expands="up"]').first().click();
    await code.locator('[id$="R78"]').waitFor();
    await code.locator('[data-expands="down"]').first().click();
    await code.locator('[id$="R124"]').waitFor();
    await code.locator('[data-expands="all"]').first().click();
    await code.locator('[id$="R1"]').waitFor();
    await code.locator('[data-expands="all"]').first().click();
    await code.locator('[id$="R150"]').waitFor();
    for (const last of [224, 244, 264, 284]) {
      await code.locator('[data-expands="down"]').last().click();
      await code.locator(`[id$="R${last}"]`).waitFor();
    }
    await code.locator('[data-expands="down"]').last().click();
    await code.locator('[id$="R300"]').waitFor();
    expect(await numbers()).toEqual(
      [...Array.from({ length: 300 }, (_, index) => index + 1)].flatMap((number) =>
        number === 101 || number === 201 ? [number] : [number],
      ),
    );
    expect(await code.locator('[data-expands]').count()).toBe(0);
    expect(await code.locator('.hljs-keyword').count()).toBeGreaterThan(250);
  });

  it('links to lines and ranges of them', async () => {
    const code = file('src/deep/code.ts');
    await code.locator('[id$="R150"]').click();
    await code.locator('[id$="R152"]').click({ modifiers: ['Shift'] });
    expect(new URL(page.url()).hash).toMatch(/^#diff-[0-9a-f]{16}R150-R152$/);
    expect(await page.locator('.diff .is-selected').count()).toBe(3);
    const { hash } = new URL(page.url());
    await open('/');
    await open(`${COMPARE}${hash.replace('R150-R152', 'R99-R101')}`);
    await page.locator('.diff .is-selected').first().waitFor();
    expect(await page.locator('.diff .is-selected').count()).toBe(3);
  });

  it('marks files as viewed, folds them, and goes on counting', async () => {
    await open(COMPARE);
    await file('other.txt').getByRole('button', { name: 'Viewed' }).click();
    await page.locator('[data-viewed-count]').filter({ hasText: '1' }).waitFor();
    expect(await file('other.txt').locator('details').getAttribute('open')).toBeNull();
    await open(COMPARE);
    expect(await page.locator('.diff-progress').textContent()).toContain('1 / 4 files viewed');
    expect(await file('other.txt').locator('details').getAttribute('open')).toBeNull();
  });

  it('goes from file to file by keys, and marks the one it is at', async () => {
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-path'))).toBe('other.txt');
    await page.keyboard.press('x');
    await page.locator('[data-viewed-count]').filter({ hasText: '0' }).waitFor();
    await page.keyboard.press('k');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-path'))).toBe('logo.png');
  });

  it('filters the tree, goes to a file from it, and remembers that it was folded away', async () => {
    await page.keyboard.press('f');
    await page.keyboard.type('CODE');
    expect(await page.locator('.diff-tree a:visible').allTextContents()).toEqual(['code.ts']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      () => document.activeElement?.getAttribute('data-path') === 'src/deep/code.ts',
    );
    await page.locator('label[for="diff-tree-switch"]').click();
    expect(await page.locator('.diff-side').isVisible()).toBe(false);
    await open(COMPARE);
    expect(await page.locator('.diff-side').isVisible()).toBe(false);
    await page.locator('label[for="diff-tree-switch"]').click();
    expect(await page.locator('.diff-side').isVisible()).toBe(true);
  });

  it('compares pictures side by side, wiped and shining through', async () => {
    const logo = file('logo.png');
    await logo.scrollIntoViewIfNeeded();
    await logo.getByText('80 × 60').first().waitFor();
    await logo.getByRole('button', { name: 'Swipe' }).click();
    await logo.locator('.diff-image-slider').fill('30');
    expect(await logo.locator('.is-after').evaluate((image) => (image as HTMLElement).style.clipPath)).toBe(
      'inset(0px 0px 0px 70%)',
    );
    await logo.getByRole('button', { name: 'Onion skin' }).click();
    expect(await logo.locator('.is-after').evaluate((image) => (image as HTMLElement).style.opacity)).toBe(
      '0.3',
    );
  });

  it('loads many files as they come near, and gives up those far away', async () => {
    await open('/ada/wide/compare/main...wide');
    expect(await page.locator('.diff-file').count()).toBe(50);
    await page.getByText('600 changed files').waitFor();
    await page.locator('.diff-tree a').nth(599).waitFor({ state: 'attached' });
    for (let step = 0; step < 12; step++) {
      await page.locator('.diff-part').nth(step).scrollIntoViewIfNeeded();
      await page.locator('.diff-part').nth(step).locator('.diff-file').first().waitFor();
    }
    expect(await page.locator('.diff-file').count()).toBeLessThanOrEqual(350);
    await page.locator('.diff-tree a', { hasText: 'module-00000.ts' }).click();
    await page.locator('.diff-file[data-path$="module-00000.ts"]').waitFor();
  }, 120_000);
});

describe('on a phone', () => {
  it('nothing is wider than the window, and the tree is a menu', async () => {
    const phone = await openBrowser({ viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
    const small = await phone.page();
    for (const query of ['?diff=split', '?diff=unified']) {
      await small.goto(`${served.url}${COMPARE}${query}`);
      const width = await small.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(390);
      expect(await small.locator('.diff-side').isVisible()).toBe(false);
      await small.locator('label[for="diff-tree-switch"]').click();
      await small.locator('.diff-tree a', { hasText: 'code.ts' }).click();
      await small.waitForFunction(
        () => document.activeElement?.getAttribute('data-path') === 'src/deep/code.ts',
      );
      expect(await small.locator('.diff-side').isVisible()).toBe(false);
    }
    await phone.close();
  });
});

describe('without scripts', () => {
  it('links and forms do the same', async () => {
    const plain = await openBrowser({ javaScriptEnabled: false });
    await served.signIn(plain.context, 'ada');
    const still = await plain.page();
    await still.goto(`${served.url}${COMPARE}`);
    await still.locator('.diff-file[data-path="other.txt"]').getByRole('button', { name: 'Viewed' }).click();
    await still.getByText('1 / 4 files viewed').waitFor();
    await still.locator('.diff-file[data-path="src/deep/code.ts"] [data-expands]').first().click();
    expect(await still.locator('[id$="R76"]').count()).toBe(1);
    await still.getByRole('link', { name: 'Show all files' }).click();
    await still.getByRole('link', { name: 'Split' }).click();
    expect(await still.locator('table.diff-split').count()).toBeGreaterThan(0);
    await still.goto(`${served.url}/ada/wide/compare/main...wide`);
    await still.getByRole('link', { name: 'Next files' }).click();
    // The page comes in parts, and a click waits for its beginning alone.
    await expect.poll(() => still.locator('.diff-file').count()).toBe(50);
    await still.locator('summary', { hasText: 'base:' }).click();
    await still.locator('input[name="base"]').first().fill('wide');
    await still.getByRole('button', { name: 'Go' }).first().click();
    expect(new URL(still.url()).pathname).toBe('/ada/wide/compare/wide...wide');
    await plain.close();
  }, 60_000);
});
