// Changing code in a real browser: the editor, drafts, uploads by drag and drop, proposals, conflicts, keyboard only, no scripts.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { buildExecutable, type RunningServer, startExecutable } from '../support/executable.ts';
import { ADMIN, callApi, createAdmin } from '../support/people.ts';

let server: RunningServer;
let browser: TestBrowser;
let page: Page;
let base: string;
let git: (...args: string[]) => string;

beforeAll(async () => {
  buildExecutable();
  const data = join(mkdtempSync(join(tmpdir(), 'och-editing-')), 'data');
  const token = createAdmin(data);
  server = await startExecutable({ data });
  await callApi(server, token, 'POST', '/user/repos', { name: 'engine' });
  base = `${server.url}/ada/engine`;
  const dir = repositoryIn(data);
  const env = { PATH: process.env.PATH, GIT_DIR: dir };
  git = (...args) => execFileSync('git', args, { env, encoding: 'utf8' });
  browser = await openBrowser();
  page = await browser.page();
  await signIn(page);
}, 180_000);

afterAll(async () => {
  // Throws when the console held an error, such as one of the content security policy.
  await browser?.close();
  await server?.stop();
  if (server) rmSync(join(server.data, '..'), { recursive: true, force: true });
});

function repositoryIn(data: string): string {
  const found = readdirSync(join(data, 'repositories'), { recursive: true, encoding: 'utf8' }).find((name) =>
    /^[^/]+\/[^/]+\/[^/]+\.git$/.test(name),
  );
  return join(data, 'repositories', found ?? '');
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${server.url}/login`);
  await page.fill('input[name="login"], input[name="username"]', ADMIN.name);
  await page.fill('input[name="password"]', ADMIN.password);
  await page.click('main form[method="post"] button[type="submit"]');
  await page.waitForURL(`${server.url}/`);
}

const editor = (on: Page = page) => on.locator('code-editor .cm-content');
const commit = () => page.click('#commit-dialog button[type="submit"]');

it('creates the first file of an empty repository', async () => {
  await page.goto(base);
  await page.click('a:has-text("creating a new file")');
  await editor().waitFor();
  await page.fill('input[name="path"]', 'docs/guide.md');
  await editor().click();
  await page.keyboard.type('# Guide\n\nSee [it](other.md).');
  await page.click('button:has-text("Commit changes…")');
  await commit();
  await page.waitForURL(`${base}/blob/main/docs/guide.md`);
  expect(git('show', 'main:docs/guide.md')).toBe('# Guide\n\nSee [it](other.md).');
  expect(git('log', '-1', '--format=%s', 'main').trim()).toBe('Create guide.md');
});

it('edits by keyboard alone, from `.` to the commit', async () => {
  await page.goto(`${base}/blob/main/docs/guide.md?plain=1`);
  await page.keyboard.press('.');
  await page.waitForURL(`${base}/edit/main/docs/guide.md`);
  await editor().waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === 'CODE-EDITOR');
  await page.keyboard.press('Control+End');
  await page.keyboard.type('\nBy keyboard.\n');
  await page.keyboard.press('Control+s');
  await page.locator('#commit-dialog[open]').waitFor();
  await page.keyboard.type('Typed & <b>committed</b>');
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(`${base}/blob/main/docs/guide.md`);
  expect(git('show', 'main:docs/guide.md')).toContain('\nBy keyboard.\n');
  expect(git('log', '-1', '--format=%s', 'main').trim()).toBe('Typed & <b>committed</b>');
});

it('previews Markdown and the changes in place, and comes back to the text', async () => {
  await page.goto(`${base}/edit/main/docs/guide.md`);
  await editor().click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('New **bold** line\n');
  await page.click('[data-view="preview"]');
  await page.locator('#editor-view strong:has-text("bold")').waitFor();
  expect(await page.locator('#editor-view a:has-text("it")').getAttribute('href')).toBe(
    '/ada/engine/blob/main/docs/other.md',
  );
  await page.click('[data-view="changes"]');
  await page.locator('#editor-view :text("New **bold** line")').first().waitFor();
  await page.click('[data-view="edit"]');
  expect(await editor().textContent()).toContain('New **bold** line');
});

it('warns before typed text is left, and offers the draft afterwards', async () => {
  page.once('dialog', (dialog) => void dialog.accept());
  await page.goto(base);
  await page.goto(`${base}/edit/main/docs/guide.md`);
  await page.click('button:has-text("Restore it")');
  expect(await editor().textContent()).toContain('New **bold** line');
  await page.click('a:has-text("Cancel changes")');
  await page.waitForURL(`${base}/blob/main/docs/guide.md`);
  await page.goto(`${base}/edit/main/docs/guide.md`);
  await editor().waitFor();
  expect(await page.locator('.editor-draft').count()).toBe(0);
});

it('renames a file and proposes it on a new branch', async () => {
  await page.goto(`${base}/edit/main/docs/guide.md`);
  await page.fill('input[name="path"]', 'manual/start.md');
  await page.click('button:has-text("Commit changes…")');
  await page.click('#commit-dialog label:has-text("Create a new branch")');
  await commit();
  await page.waitForURL(`${base}/compare/main...ada-patch-1`);
  expect(git('ls-tree', '-r', '--name-only', 'ada-patch-1').trim()).toBe('manual/start.md');
  expect(git('ls-tree', '-r', '--name-only', 'main').trim()).toBe('docs/guide.md');
});

it('uploads dropped files and folders, without those taken out again', async () => {
  await page.goto(`${base}/upload/main/docs`);
  const data = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['one'], 'one.txt'));
    transfer.items.add(new File(['two'], 'tw"o &.txt'));
    transfer.items.add(new File(['no'], 'unwanted.txt'));
    return transfer;
  });
  await page.dispatchEvent('file-drop', 'drop', { dataTransfer: data });
  await page.locator('.upload-list li').nth(2).waitFor();
  await page.click('button[aria-label="Remove unwanted.txt"]');
  expect(await page.locator('.upload-list li').count()).toBe(2);
  await page.click('button:has-text("Commit changes")');
  await page.waitForURL(`${base}/tree/main/docs`);
  expect(git('ls-tree', '--name-only', '-z', 'main', 'docs/')).toBe(
    'docs/guide.md\0docs/one.txt\0docs/tw"o &.txt\0',
  );
  expect(git('show', 'main:docs/one.txt')).toBe('one');
});

it('deletes a file', async () => {
  await page.goto(`${base}/blob/main/docs/one.txt`);
  await page.click('summary[aria-label="More file actions"]');
  await page.click('a:has-text("Delete file")');
  await page.click('button:has-text("Delete")');
  await page.waitForURL(`${base}/tree/main/docs`);
  expect(git('ls-tree', '-r', '--name-only', 'main')).not.toContain('one.txt');
});

it('keeps all that was typed when two tabs edit the same file', async () => {
  const other = await openBrowser();
  const [one, two] = [await other.page(), await other.page()];
  await signIn(one);
  for (const [tab, text] of [
    [one, 'first'],
    [two, 'second'],
  ] as const) {
    await tab.goto(`${base}/edit/main/docs/guide.md`);
    await editor(tab).click();
    await tab.keyboard.press('Control+Home');
    await tab.keyboard.type(`${text} tab\n`);
  }
  const send = async (tab: Page) => {
    await tab.keyboard.press('Control+s');
    await tab.click('#commit-dialog button[type="submit"]');
  };
  await send(one);
  await one.waitForURL(`${base}/blob/main/docs/guide.md`);
  await send(two);
  await two.locator('text=Nothing you typed is lost').waitFor();
  expect(await two.locator('textarea[name="content"]').inputValue()).toContain('second tab');
  await two.keyboard.press('Escape');
  await two.click('button:has-text("Commit changes…")');
  await two.fill('input[name="newBranch"]', 'second');
  await two.click('#commit-dialog button[type="submit"]');
  await two.waitForURL(`${base}/compare/main...second`);
  expect(git('show', 'second:docs/guide.md')).toContain('second tab');
  expect(git('show', 'main:docs/guide.md')).toContain('first tab');
  // The browser itself notes the answer 409 in its console, and nothing else.
  const complaints = other.complaints();
  await other.close().catch(() => {});
  expect(complaints.filter((text) => !text.includes('409'))).toEqual([]);
}, 60_000);

it('does all of it without scripts', async () => {
  const plain = await openBrowser({ javaScriptEnabled: false });
  const tab = await plain.page();
  await signIn(tab);
  await tab.goto(`${base}/new/main`);
  // Not the few lines of an ordinary field.
  const field = await tab.locator('textarea[name="content"]').boundingBox();
  expect(field?.height).toBeGreaterThan(400);
  await tab.fill('input[name="path"]', 'plain.md');
  await tab.fill('textarea[name="content"]', '# Plain\n');
  await tab.click('button[value="changes"]');
  await tab.locator('#editor-view :text("# Plain")').first().waitFor();
  await tab.fill('input[name="summary"]', 'Without scripts');
  await tab.click('button[value="commit"]');
  await tab.waitForURL(`${base}/blob/main/plain.md`);
  expect(git('show', 'main:plain.md')).toBe('# Plain\n');
  expect(git('log', '-1', '--format=%s', 'main').trim()).toBe('Without scripts');
  await tab.goto(`${base}/upload/main`);
  await tab.setInputFiles('input[name="files"]', [
    { name: 'x.bin', mimeType: 'application/octet-stream', buffer: Buffer.from([0, 255]) },
    { name: 'y.txt', mimeType: 'text/plain', buffer: Buffer.from('y') },
  ]);
  await tab.click('button:has-text("Commit changes")');
  await tab.waitForURL(`${base}/tree/main`);
  expect(git('ls-tree', '--name-only', 'main')).toContain('x.bin\ny.txt');
  await tab.goto(`${base}/delete/main/y.txt`);
  await tab.click('button:has-text("Delete")');
  await tab.waitForURL(`${base}/tree/main`);
  const oid = git('rev-parse', 'main').trim();
  await tab.goto(`${base}/commit/${oid}/revert`);
  await tab.check('input[value="direct"]');
  await tab.click('button:has-text("Revert")');
  await tab.waitForURL(`${base}/commit/*`);
  expect(git('show', 'main:y.txt')).toBe('y');
  await plain.close();
}, 60_000);

it('leaves a repository that git finds sound, also when it is killed in the middle', async () => {
  const tips = git('for-each-ref');
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  await page.goto(`${base}/new/main`);
  const fields = await page.evaluate(() =>
    [...new FormData(document.querySelector('form[data-commit-form]') as HTMLFormElement)].map(
      ([name, value]) => [name, String(value)],
    ),
  );
  const body = new URLSearchParams([
    ...fields.filter(([name]) => name !== 'path' && name !== 'content'),
    ['path', 'killed.txt'],
    ['content', 'x'.repeat(500_000)],
  ]);
  const sent = fetch(`${base}/new/main`, {
    method: 'POST',
    body,
    headers: { cookie: cookies, 'sec-fetch-site': 'same-origin' },
    redirect: 'manual',
  }).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 15));
  server.process.kill('SIGKILL');
  await sent;
  const again = await startExecutable({ data: server.data });
  const now = git('for-each-ref');
  // The whole commit or nothing of it.
  if (now !== tips) expect(git('show', 'main:killed.txt')).toHaveLength(500_000);
  expect(git('fsck', '--strict', '--no-dangling').trim()).toBe('');
  await page.goto('about:blank');
  await again.stop();
}, 90_000);
