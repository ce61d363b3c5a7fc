// Webhooks against the executable: made on the page, told of a push by git, seen in the log with the answer, sent again.
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { buildExecutable, type RunningServer, startExecutable } from '../support/executable.ts';
import { ADMIN, createAdmin, gitEnvironment } from '../support/people.ts';
import { openSink, type Sink } from '../support/sink.ts';

const SECRET = 'a secret that both sides know';
const ENV = { PATH: '/usr/bin:/bin', OPENCODEHUB_NETWORK_ALLOW_PRIVATE: '127.0.0.1' };

let server: RunningServer;
let browser: TestBrowser;
let page: Page;
let sink: Sink;
let work: string;
let token: string;

beforeAll(async () => {
  buildExecutable();
  work = mkdtempSync(join(tmpdir(), 'och-hooks-'));
  sink = await openSink();
  server = await startExecutable({ env: ENV });
  token = createAdmin(server.data, ENV);
  browser = await openBrowser();
  page = await browser.page();
}, 180_000);

afterAll(async () => {
  // An address that is refused answers so.
  await browser?.close(/status of 422/);
  await server?.stop();
  await sink?.close();
  rmSync(work, { recursive: true, force: true });
});

function git(...args: string[]): string {
  return execFileSync('git', args, {
    cwd: work,
    env: gitEnvironment('/dev/null'),
    encoding: 'utf8',
    stdio: 'pipe',
  });
}

it('makes a webhook on the page', async () => {
  await page.goto(`${server.url}/login`);
  await page.fill('input[name="login"], input[name="username"]', ADMIN.name);
  await page.fill('input[name="password"]', ADMIN.password);
  await page.click('main form[method="post"] button[type="submit"]');
  await page.waitForURL(`${server.url}/`);
  await page.goto(`${server.url}/new`);
  await page.fill('input[name="name"]', 'engine');
  await page.click('main form[method="post"] button[type="submit"]');
  await page.waitForURL(`${server.url}/ada/engine`);
  await page.getByRole('link', { name: 'Settings' }).first().click();
  await page.getByRole('link', { name: 'Webhooks' }).click();
  await page.getByText('Add webhook').click();
  await page.getByRole('link', { name: 'Gitea', exact: true }).click();
  await page.getByLabel('Payload URL').fill(`${sink.url}/hook`);
  await page.getByLabel('Secret', { exact: true }).fill(SECRET);
  await page.getByRole('button', { name: 'Add webhook' }).click();
  await page.getByText('The webhook was added').waitFor();
});

it('tells of a push by git, signed', async () => {
  sink.reply({ status: 200, body: 'built <b>it</b>' });
  git('init', '-q', '-b', 'main');
  writeFileSync(join(work, 'README.md'), '# Engine\n');
  git('add', '.');
  git('commit', '-qm', 'Begin the engine');
  const to = `${server.url.replace('http://', `http://ada:${token}@`)}/ada/engine.git`;
  git('push', '-q', to, 'main');
  await expect.poll(() => sink.received.length, { timeout: 20_000 }).toBe(1);
  const [first] = sink.received;
  expect(first?.path).toBe('/hook');
  expect(first?.headers['x-gitea-event']).toBe('push');
  const signature = createHmac('sha256', SECRET)
    .update(first?.body ?? '')
    .digest('hex');
  expect(first?.headers['x-hub-signature-256']).toBe(`sha256=${signature}`);
  const payload = JSON.parse(first?.body.toString('utf8') ?? '{}');
  expect(payload).toMatchObject({ ref: 'refs/heads/main', after: git('rev-parse', 'HEAD').trim() });
});

it('shows the delivery with what was sent and what came back', async () => {
  await page.getByRole('link', { name: 'Deliveries' }).click();
  await page.getByRole('link', { name: 'push', exact: true }).click();
  await page.getByText('built <b>it</b>').waitFor();
  const text = (await page.textContent('main')) ?? '';
  expect(text).toContain('"ref": "refs/heads/main"');
  expect(text).toContain('X-Gitea-Delivery');
  expect(text).toContain('Delivered');
  expect(text).not.toContain(SECRET);
});

it('sends it again, and a test, and lists both', async () => {
  await page.getByRole('button', { name: 'Redeliver' }).click();
  await page.getByText('The delivery is sent once more').waitFor();
  await expect.poll(() => sink.received.length, { timeout: 20_000 }).toBe(2);
  expect(sink.received[1]?.body).toEqual(sink.received[0]?.body);
  await page.getByText('Redelivery', { exact: true }).waitFor();
  sink.reply({ status: 404 });
  await page.getByRole('button', { name: 'Send a test' }).click();
  await expect.poll(() => sink.received.length, { timeout: 20_000 }).toBe(3);
  await page.getByText('Refused').first().waitFor();
  await page.getByText('Test', { exact: true }).waitFor();
});

it('refuses an address inside that the administrator does not allow', async () => {
  await page.goto(`${server.url}/ada/engine/settings/hooks/new?format=github`);
  await page.getByLabel('Payload URL').fill('http://169.254.169.254/latest/meta-data');
  await page.getByRole('button', { name: 'Add webhook' }).click();
  await page.getByText('is not on the public internet').first().waitFor();
});

it('deletes it, and sends nothing more', async () => {
  await page.goto(`${server.url}/ada/engine/settings/hooks`);
  await page.getByRole('link', { name: `${sink.url}/hook`, exact: true }).click();
  await page.locator('summary', { hasText: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete this webhook' }).click();
  await page.getByText('No webhooks yet').waitFor();
  git('commit', '-qm', 'Go on', '--allow-empty');
  git('push', '-q', `${server.url.replace('http://', `http://ada:${token}@`)}/ada/engine.git`, 'main');
  expect(sink.received).toHaveLength(3);
});
