// Conflicts, suggestions and compared heads in a real browser, with and without script, by mouse and by keyboard.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anchorAt } from '../../../src/features/pulls/anchors.service.ts';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { submitReview } from '../../../src/features/pulls/reviews.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { openBrowser } from '../../support/browser.ts';
import { type ServedApp, serveApp } from '../../support/serve-app.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { ensureAssets } from '../http/assets.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';

const LOOKS = [
  { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const;

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let t: TestApp;
let site: ServedApp;
let shop: Workshop;
let made = 0;

const LINES = Array.from({ length: 14 }, (_, n) => `export const value${n + 1} = ${n + 1};`);

function text(changed: Record<number, string> = {}): string {
  return `${LINES.map((line, n) => changed[n + 1] ?? line).join('\n')}\n`;
}

beforeAll(async () => {
  await ensureAssets();
  t = await testApp();
  site = await serveApp(t);
  shop = await makeWorkshop(t, { files: { 'src/values.ts': text() } });
}, 120_000);
afterAll(async () => {
  await site?.close();
  await t?.close();
});

/** A pull request with two places in conflict in one file, and a file that the base removed. */
async function conflicting(): Promise<{ pull: Pull; address: string; branch: string }> {
  made += 1;
  const branch = `topic-${made}`;
  const file = `src/file-${made}.ts`;
  await shop.commit('main', { [file]: text(), [`old-${made}.txt`]: 'old\n' });
  const ours = text({ 3: 'export const value3 = "ours";', 10: 'export const value10 = "ours";' });
  await shop.commit(branch, { [file]: ours, [`old-${made}.txt`]: 'old, and changed\n' });
  const theirs = text({ 3: 'export const value3 = "theirs";', 10: 'export const value10 = "theirs";' });
  await shop.commit('main', { [file]: theirs, [`old-${made}.txt`]: null });
  const pull = await shop.propose(branch);
  return { pull, branch, address: `${site.url}${shop.open.path}/pull/${pull.issue.number}` };
}

async function show(branch: string, path: string): Promise<string> {
  const args = ['show', `refs/heads/${branch}:${path}`];
  return (await t.app.git.run(args, { dir: shop.open.dir })).stdout.toString('utf8');
}

/** Nothing is wider than the window. */
async function expectFits(page: Page): Promise<void> {
  const { scroll, inner } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    inner: window.innerWidth,
  }));
  expect(scroll).toBeLessThanOrEqual(inner);
}

/** Nothing stands against WCAG 2.2 in what the room's own part of the page has. */
async function expectAccessible(page: Page, part: string): Promise<void> {
  await page.evaluate(AXE);
  const results: AxeResults = await page.evaluate(
    ([within, only]) =>
      Reflect.get(window, 'axe').run(within, { runOnly: only, resultTypes: ['violations'] }),
    [part, TAGS] as const,
  );
  expect(results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id} ${html}`))).toEqual([]);
}

async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

test('conflicts are resolved by buttons, place by place', { timeout: 120_000 }, async () => {
  for (const look of LOOKS) {
    const { address, branch } = await conflicting();
    const browser = await openBrowser(look);
    await site.signIn(browser.context, 'ada');
    const page = await browser.page();
    await page.goto(`${address}/conflicts`);
    const editor = page.locator('conflict-editor').first();
    await editor.locator('.conflict-said').waitFor();
    expect(await editor.locator('.conflict-said').textContent()).toBe('Conflict 1 of 2');
    await expectFits(page);
    await expectAccessible(page, '.conflicts');
    await shoot(page, `conflicts-${look.colorScheme}`);
    await editor.getByRole('button', { name: `Use ${branch}` }).click();
    expect(await editor.locator('.conflict-said').textContent()).toBe('Conflict 1 of 1');
    await editor.getByRole('button', { name: 'Use both' }).click();
    expect(await editor.locator('.conflict-said').textContent()).toBe('Nothing is left in conflict here');
    await page.getByLabel('Remove the file').first().check();
    await page.getByText('Everything is resolved.').waitFor();
    await shoot(page, `conflicts-done-${look.colorScheme}`);
    await page.getByRole('button', { name: 'Commit merge' }).click();
    await page.waitForURL(address);
    const file = await show(branch, `src/file-${made}.ts`);
    expect(file).toBe(
      text({
        3: 'export const value3 = "ours";',
        10: 'export const value10 = "ours";\nexport const value10 = "theirs";',
      }),
    );
    await browser.close();
  }
});

test('conflicts are resolved without script', { timeout: 120_000 }, async () => {
  const { address, branch } = await conflicting();
  const browser = await openBrowser({ ...LOOKS[1], javaScriptEnabled: false });
  await site.signIn(browser.context, 'ada');
  const page = await browser.page();
  await page.goto(`${address}/conflicts`);
  await page.locator('textarea.conflict-text').fill(text({ 3: 'by hand' }));
  await page.getByLabel(`Use the file of ${branch}`).first().check();
  await page.getByRole('button', { name: 'Commit merge' }).click();
  await page.waitForURL(address);
  expect(await show(branch, `src/file-${made}.ts`)).toBe(text({ 3: 'by hand' }));
  expect(await show(branch, `old-${made}.txt`)).toBe('old, and changed\n');
  await browser.close();
});

async function suggesting(): Promise<{ pull: Pull; address: string }> {
  made += 1;
  const branch = `suggested-${made}`;
  await shop.commit(branch, { 'src/values.ts': text({ 5: 'fife', 9: 'nein' }) });
  const pull = await shop.propose(branch);
  const actor = await t.actor('reader');
  const open = await openRepository(t.app, actor, 'ada', shop.open.repository.name, 'pulls:comment');
  const place = (line: number) => anchorAt(t.app, open, pull, { path: 'src/values.ts', line });
  const body = (line: string) => `Better so:\n\n\`\`\`suggestion\n${line}\n\`\`\`\n\nas <elsewhere>`;
  const drafts = [
    { body: body('five'), place: await place(5) },
    { body: body('nine'), place: await place(9) },
  ];
  await submitReview(t.app, actor, open, pull, { state: 'commented', body: '', drafts });
  return { pull, address: `${site.url}${shop.open.path}/pull/${pull.issue.number}` };
}

test('suggestions are chosen and committed together without script, and compared afterwards', {
  timeout: 120_000,
}, async () => {
  for (const look of LOOKS) {
    const { address, pull } = await suggesting();
    const browser = await openBrowser({ ...look, javaScriptEnabled: false });
    await site.signIn(browser.context, 'ada');
    const page = await browser.page();
    await page.goto(`${address}/files`);
    for (const box of await page.getByLabel('Add to batch').all()) await box.check();
    await expectFits(page);
    await shoot(page, `suggestions-${look.colorScheme}`);
    await page.getByRole('button', { name: 'Commit chosen suggestions' }).click();
    await page.waitForURL(address);
    expect(await show(pull.pull.headBranch, 'src/values.ts')).toBe(text({ 5: 'five', 9: 'nine' }));
    await page.goto(`${address}/revisions/1..2`);
    await expectFits(page);
    await shoot(page, `revisions-${look.colorScheme}`);
    await page.getByRole('link', { name: 'Commits', exact: true }).last().click();
    await page.waitForURL(`${address}/revisions/1..2/commits`);
    await expectFits(page);
    await shoot(page, `range-diff-${look.colorScheme}`);
    await browser.close();
  }
});
