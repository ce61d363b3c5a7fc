// The main story against the executable: the one-time link, a repository, pushes over HTTP and SSH, reading, cloning.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { buildExecutable, type RunningServer, startExecutable } from '../support/executable.ts';
import { ADMIN, gitEnvironment, makeKey, sshPortOf } from '../support/people.ts';

let server: RunningServer;
let browser: TestBrowser;
let page: Page;
let work: string;
let env: NodeJS.ProcessEnv;
let key: { file: string; publicKey: string };

beforeAll(async () => {
  buildExecutable();
  work = mkdtempSync(join(tmpdir(), 'och-story-'));
  key = makeKey(work);
  env = gitEnvironment(key.file);
  server = await startExecutable();
  browser = await openBrowser();
  page = await browser.page();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(work, { recursive: true, force: true });
});

function git(directory: string, ...args: string[]): string {
  return execFileSync('git', args, {
    cwd: directory,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const httpUrl = () =>
  server.url.replace('http://', `http://${ADMIN.name}:${encodeURIComponent(ADMIN.password)}@`);
const sshUrl = () => `ssh://git@127.0.0.1:${sshPortOf(server)}`;
const source = () => join(work, 'source');

describe('the main story', () => {
  it('creates the administrator by the one-time link', async () => {
    const link = /https?:\/\/\S+\/setup\?token=\S+/.exec(server.output())?.[0];
    expect(link).toBeDefined();
    await page.goto(link ?? '');
    await page.fill('input[name="name"]', ADMIN.name);
    await page.fill('input[name="email"]', ADMIN.email);
    await page.fill('input[name="password"]', ADMIN.password);
    await page.click('main form[method="post"] button[type="submit"]');
    await page.waitForURL(`${server.url}/`);
    expect((await fetch(link ?? '', { redirect: 'manual' })).status).toBe(404);
  });

  it('signs out and in again', async () => {
    await page.context().clearCookies();
    await page.goto(`${server.url}/login`);
    await page.fill('input[name="login"], input[name="username"]', ADMIN.name);
    await page.fill('input[name="password"]', ADMIN.password);
    await page.click('main form[method="post"] button[type="submit"]');
    await page.waitForURL(`${server.url}/`);
  });

  it('adds an SSH key and creates a repository', async () => {
    await page.goto(`${server.url}/settings/keys`);
    await page.fill('textarea[name="key"]', key.publicKey);
    await page.click('main form[method="post"]:has(textarea[name="key"]) button[type="submit"]');
    await page.getByText('SHA256:').first().waitFor();
    await page.goto(`${server.url}/new`);
    await page.fill('input[name="name"]', 'engine');
    await page.check('input[name="visibility"][value="public"]');
    await page.click('main form[method="post"] button[type="submit"]');
    await page.waitForURL(`${server.url}/ada/engine`);
    await page.getByText('git remote add origin').first().waitFor();
  });

  it('takes a push over HTTP', async () => {
    git(work, 'init', '-q', '-b', 'main', source());
    writeFileSync(join(source(), 'README.md'), '# Analytical Engine\n\nWeaves *algebraic* patterns.\n');
    writeFileSync(join(source(), 'engine.ts'), 'export const cards: number = 1;\n');
    git(source(), 'add', '.');
    git(source(), 'commit', '-qm', 'Begin the engine');
    git(source(), 'push', '-q', `${httpUrl()}/ada/engine.git`, 'main');
    await page.goto(`${server.url}/ada/engine`);
    await page.getByRole('heading', { name: 'Analytical Engine' }).waitFor();
    await page.getByText('Begin the engine').first().waitFor();
  });

  it('takes a push over SSH', async () => {
    writeFileSync(join(source(), 'engine.ts'), 'export const cards: number = 2;\n');
    git(source(), 'commit', '-qam', 'Count the cards');
    git(source(), 'push', '-q', `${sshUrl()}/ada/engine.git`, 'main', 'main:refs/heads/feature/loop');
    const oid = git(source(), 'rev-parse', 'HEAD').trim();
    await page.goto(`${server.url}/ada/engine/commit/${oid}`);
    await page.getByText('Count the cards').first().waitFor();
    expect(await page.textContent('main')).toContain('cards: number = 2');
  });

  it('shows trees, blobs and history', async () => {
    await page.goto(`${server.url}/ada/engine/blob/feature/loop/engine.ts`);
    expect(await page.textContent('main')).toContain('export const cards');
    await page.goto(`${server.url}/ada/engine/commits/main`);
    expect(await page.textContent('main')).toContain('Begin the engine');
    await page.goto(`${server.url}/ada/engine/tree/feature/loop`);
    await page.getByRole('link', { name: 'README.md', exact: true }).first().waitFor();
  });

  it('finds the symbols of files and leads to definitions', async () => {
    await page.goto(`${server.url}/ada/engine/blob/main/engine.ts`);
    await page.locator('.outline-summary').click();
    await page.locator('.outline-list').getByRole('link', { name: 'cards' }).waitFor();
    await expect
      .poll(
        async () => {
          await page.goto(`${server.url}/ada/engine/symbols?q=cards`);
          return page.textContent('main');
        },
        { timeout: 30_000 },
      )
      .toContain('engine.ts:1');
  });

  it('gives clones over HTTP and SSH with the same object ids', () => {
    git(work, 'clone', '-q', `${server.url}/ada/engine.git`, join(work, 'http'));
    git(work, 'clone', '-q', `${sshUrl()}/ada/engine.git`, join(work, 'ssh'));
    const ids = (directory: string) =>
      git(directory, 'rev-list', '--objects', '--all', '--no-object-names').split('\n').toSorted();
    expect(ids(join(work, 'http'))).toEqual(ids(source()));
    expect(ids(join(work, 'ssh'))).toEqual(ids(source()));
  });
});
