// Reading and changing code with the executable and a real browser: by keyboard, and without JavaScript; what was done
// is checked in a clone.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { buildExecutable, type RunningServer, startExecutable } from '../support/executable.ts';
import { ADMIN, callApi, createAdmin, gitEnvironment, makeKey } from '../support/people.ts';

const LINES = 400;

let server: RunningServer;
let browser: TestBrowser;
let plain: TestBrowser;
let page: Page;
let work: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  buildExecutable();
  work = mkdtempSync(join(tmpdir(), 'och-code-'));
  env = gitEnvironment(makeKey(work).file);
  server = await startExecutable();
  const token = createAdmin(server.data);
  await callApi(server, token, 'POST', '/user/repos', { name: 'engine', private: false });
  seed(token);
  browser = await openBrowser();
  page = await browser.page();
  await signIn(page);
}, 180_000);

afterAll(async () => {
  await plain?.close();
  await browser?.close(/edit\/main\/README\.md: Failed to load resource: .* status of 409/);
  await server?.stop();
  rmSync(work, { recursive: true, force: true });
});

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: tree(), env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

const tree = () => join(work, 'tree');
const fileOf = (name: string) => readFileSync(join(tree(), name), 'utf8');
const home = () => `${server.url}/ada/engine`;

function seed(token: string): void {
  const url = `${server.url.replace('http://', `http://ada:${token}@`)}/ada/engine.git`;
  execFileSync('git', ['init', '-q', '-b', 'main', tree()], { env });
  const lines = Array.from({ length: LINES }, (_, index) => `export const value${index} = ${index};`);
  writeFileSync(join(tree(), 'values.ts'), `${lines.join('\n')}\n`);
  writeFileSync(join(tree(), 'README.md'), '# Engine\n');
  git('add', '.');
  git('commit', '-qm', 'Begin');
  git('remote', 'add', 'origin', url);
  git('push', '-q', 'origin', 'main');
}

function pull(): void {
  git('fetch', '-q', 'origin');
  git('reset', '-q', '--hard', 'origin/main');
}

async function signIn(on: Page): Promise<void> {
  await on.goto(`${server.url}/login`);
  await on.fill('input[name="login"], input[name="username"]', ADMIN.name);
  await on.fill('input[name="password"]', ADMIN.password);
  await on.click('main form[method="post"] button[type="submit"]');
  await on.waitForURL(`${server.url}/`);
}

describe('with the keyboard', () => {
  it('makes a new file by the key of the editor, and commits it', async () => {
    await page.goto(home());
    await page.keyboard.press('.');
    await page.waitForURL(`${home()}/new/main**`);
    await page.locator('.cm-content').waitFor();
    await page.locator('input[name="path"]').fill('src/gear.ts');
    await page.locator('.cm-content').focus();
    await page.keyboard.type('export const teeth = 12;');
    await page.keyboard.press('Control+s');
    await page.locator('#commit-dialog[open]').waitFor();
    await page.locator('#commit-summary').fill('Add a gear');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${home()}/blob/main/src/gear.ts`);
    pull();
    expect(fileOf('src/gear.ts')).toMatch(/^export const teeth = 12;\n?$/);
    expect(git('log', '-1', '--format=%an %s').trim()).toBe('ada Add a gear');
  });

  it('finds a file by some of its letters', async () => {
    await page.goto(home());
    await page.keyboard.press('t');
    await page.waitForURL(`${home()}/find/main**`);
    await page.keyboard.type('srgea');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${home()}/blob/main/src/gear.ts`);
  });
});

describe('proposing', () => {
  it('changes a line on a new branch, and leads to what differs', async () => {
    await page.goto(`${home()}/edit/main/values.ts`);
    await page.locator('.cm-content').focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('// first\n');
    await page.keyboard.press('Control+s');
    await page.locator('#commit-dialog[open]').waitFor();
    await page.locator('input[name="target"][value="new-branch"]').check();
    await page.locator('input[name="newBranch"]').fill('ada/first');
    await page.locator('#commit-dialog button[type="submit"]').click();
    await page.waitForURL(/\/compare\/main\.\.\.ada(?:\/|%2F)first$/);
    await page.locator('tr.diff-add', { hasText: '// first' }).waitFor();
    await page.goto(`${page.url()}?diff=split`);
    await page.getByText('// first').first().waitFor();
    git('fetch', '-q', 'origin');
    expect(git('show', 'origin/ada/first:values.ts').startsWith('// first\n')).toBe(true);
    expect(git('show', 'origin/main:values.ts').startsWith('// first')).toBe(false);
  });

  it('loses nothing that was typed when the branch has moved meanwhile', async () => {
    await page.goto(`${home()}/edit/main/README.md`);
    await page.locator('.cm-content').focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('typed in the browser');
    writeFileSync(join(tree(), 'README.md'), '# Engine\n\npushed by git\n');
    git('commit', '-qam', 'Push in between');
    git('push', '-q', 'origin', 'HEAD:main');
    await page.keyboard.press('Control+s');
    await page.locator('#commit-dialog[open] button[type="submit"]').click();
    await page.getByText('Nothing you typed is lost').waitFor();
    await page.keyboard.press('Control+s');
    await page.locator('input[name="newBranch"]').fill('ada/kept');
    await page.locator('#commit-dialog[open] button[type="submit"]').click();
    await page.waitForURL(/compare/);
    git('fetch', '-q', 'origin');
    expect(git('show', 'origin/ada/kept:README.md')).toContain('typed in the browser');
    expect(git('show', 'origin/main:README.md')).toBe('# Engine\n\npushed by git\n');
  });
});

it('uploads several files at once', async () => {
  await page.goto(`${home()}/upload/main/assets`);
  const bytes = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 256));
  await page.locator('input[name="files"]').setInputFiles([
    { name: 'a.bin', mimeType: 'application/octet-stream', buffer: bytes },
    { name: 'b.txt', mimeType: 'text/plain', buffer: Buffer.from('b\n') },
  ]);
  await page.getByText('a.bin').first().waitFor();
  await page.locator('main form[data-upload] button[type="submit"]').last().click();
  await page.waitForURL(`${home()}/tree/main/assets`);
  pull();
  expect(readFileSync(join(tree(), 'assets/a.bin')).equals(bytes)).toBe(true);
  expect(fileOf('assets/b.txt')).toBe('b\n');
});

it('blames a file, and goes back to before a change', async () => {
  writeFileSync(join(tree(), 'values.ts'), fileOf('values.ts').replace('value7 = 7;', 'value7 = 77;'));
  git('commit', '-qam', 'Change the seventh');
  git('push', '-q', 'origin', 'HEAD:main');
  await page.goto(`${home()}/blame/main/values.ts`);
  await page.getByText('Change the seventh').first().waitFor();
  await page.locator('a[href*="/blame/"][title*="rior"], a[aria-label*="rior"]').first().click();
  await page.getByText('value7 = 7;').first().waitFor();
});

it('leaves the page of a repository still while what comes late arrives', async () => {
  await page.goto(home());
  const shift = await page.evaluate(
    () =>
      new Promise<number>((done) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value;
        }).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => done(sum), 1500);
      }),
  );
  expect(shift).toBeLessThan(0.01);
});

describe('without JavaScript', () => {
  it('edits, finds, compares and blames', async () => {
    plain = await openBrowser({ javaScriptEnabled: false });
    const bare = await plain.page();
    await signIn(bare);
    await bare.goto(`${home()}/edit/main/src/gear.ts`);
    await bare.locator('textarea[name="content"]').fill('export const teeth = 24;\n');
    await bare.locator('button[name="view"][value="changes"]').click();
    await bare.locator('tr.diff-add', { hasText: '24' }).waitFor();
    await bare.locator('input[name="summary"]').fill('Twice the teeth');
    await bare.locator('button[name="view"][value="commit"]').click();
    await bare.waitForURL(`${home()}/blob/main/src/gear.ts`);
    pull();
    expect(fileOf('src/gear.ts')).toBe('export const teeth = 24;\n');
    await bare.goto(`${home()}/find/main?q=gear`);
    await bare.getByText('gear.ts').first().click();
    await bare.waitForURL(`${home()}/blob/main/src/gear.ts`);
    await bare.goto(`${home()}/compare/ada/first...main`);
    await bare.getByText('Twice the teeth').first().waitFor();
    await bare.goto(`${home()}/blame/main/src/gear.ts`);
    await bare.getByText('Twice the teeth').first().waitFor();
  });
});

it('keeps every repository sound', () => {
  for (const path of execFileSync(
    'find',
    [join(server.data, 'repositories'), '-name', '*.git', '-maxdepth', '3'],
    {
      encoding: 'utf8',
    },
  )
    .trim()
    .split('\n')) {
    expect(existsSync(path)).toBe(true);
    execFileSync('git', ['-C', path, 'fsck', '--strict', '--no-dangling'], { env, stdio: 'pipe' });
  }
});
