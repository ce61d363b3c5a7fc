// Uploads in a real browser and by curl, over real sockets: with progress, across a reload, without script.
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openSession } from '../../../src/features/auth/sessions.service.ts';
import { openBrowser, type TestBrowser } from '../../support/browser.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { runGit } from '../code/import-commits.ts';
import { ensureAssets } from '../http/assets.ts';
import { makeScenario, type Scenario, sendForm } from './scenario.ts';

const run = promisify(execFile);
const SIZE = 20 * 1024 * 1024;

let t: TestApp;
let s: Scenario;
let server: Server;
let origin: string;
let file: string;
const data = randomBytes(SIZE);

beforeAll(async () => {
  await ensureAssets();
  t = await testApp();
  server = createServer(getRequestListener(t.web.fetch, { overrideGlobalObjects: false }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  file = join(t.directory, 'disk.img');
  writeFileSync(file, data);
}, 300_000);
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await t.close();
});
beforeEach(async () => {
  s = await makeScenario(t);
  runGit(s.open.dir, 'tag', 'v1', 'main');
});

async function signedIn(options = {}): Promise<TestBrowser> {
  const browser = await openBrowser(options);
  const { userId } = await t.actor('writer');
  const { token } = await openSession(t.app, userId, { address: '127.0.0.1', userAgent: 'test' });
  await browser.context.addCookies([{ name: 'session', value: token, url: origin }]);
  return browser;
}

async function requireDownload(tag: string): Promise<void> {
  const answer = await fetch(`${origin}${s.open.path}/releases/download/${tag}/disk.img`);
  expect(Buffer.from(await answer.arrayBuffer()).equals(data)).toBe(true);
}

it('shows progress, goes on after a pause and a reload, and publishes what arrived', async () => {
  const browser = await signedIn();
  const page = await browser.page();
  const patches: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PATCH') patches.push(request.headers()['upload-offset'] ?? '');
  });
  await page.goto(`${origin}${s.open.path}/releases/new?tag=v1`);
  await page.route('**/uploads/*', async (route) => {
    if (route.request().method() === 'PATCH') await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  await page.setInputFiles('input[type=file]', file);
  await page.locator('progress').waitFor();
  await expect.poll(() => patches.length, { timeout: 30_000 }).toBeGreaterThan(1);
  await page.getByRole('button', { name: 'Pause disk.img' }).click();
  await page.getByText('paused').waitFor();
  await page.reload();
  await page.setInputFiles('input[type=file]', file);
  await page.getByText('20.0 MiB, uploaded').waitFor({ timeout: 60_000 });
  // The first part was sent once: what had arrived was not sent again.
  expect(patches.filter((offset) => offset === '0')).toHaveLength(1);
  await page.getByLabel('Title').fill('By browser');
  await page.getByRole('button', { name: 'Publish release' }).click();
  await page.getByRole('heading', { name: 'By browser' }).waitFor();
  await requireDownload('v1');
  await browser.close();
}, 120_000);

it('takes a dropped file in a known release, by keyboard alone for the rest', async () => {
  await sendForm(s.writer, `${s.open.path}/releases`, { action: 'publish', tag: 'v1' });
  const browser = await signedIn();
  const page = await browser.page();
  await page.goto(`${origin}${s.open.path}/releases/edit/v1`);
  await page.waitForSelector('[data-ready]');
  const transfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['dropped'], 'drop.txt'));
    return transfer;
  })()`);
  await page.dispatchEvent('[data-uploads]', 'drop', { dataTransfer: transfer });
  await page.getByText('7 B, uploaded').waitFor();
  await page.getByLabel('Title').focus();
  await page.keyboard.type('Typed');
  for (let n = 0; n < 40; n++) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate('document.activeElement.textContent')) === 'Update release') break;
  }
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Typed' }).waitFor();
  await page.getByRole('link', { name: 'drop.txt' }).waitFor();
  await browser.close();
}, 60_000);

it('works by the form alone where scripts are off', async () => {
  const browser = await signedIn({ javaScriptEnabled: false });
  const page = await browser.page();
  await page.goto(`${origin}${s.open.path}/releases/new?tag=v1`);
  const small = join(t.directory, 'small.txt');
  writeFileSync(small, 'small');
  await page.setInputFiles('input[type=file]', small);
  await page.getByLabel('Notes').fill('# By hand');
  await page.getByRole('button', { name: 'Publish release' }).click();
  await page.getByRole('link', { name: 'small.txt' }).waitFor();
  await browser.close();
}, 60_000);

it('is open to curl: a file of any size at once, and one continued after it broke off', async () => {
  const token = await t.token('writer', 'write:repository');
  const auth = ['-sS', '-H', `Authorization: token ${token}`];
  const api = `${origin}/api/v1/repos${s.open.path}`;
  const json = ['-H', 'Content-Type: application/json', '-d', '{"tag_name":"v1"}'];
  const made = await run('curl', [...auth, ...json, `${api}/releases`]);
  const { id } = JSON.parse(made.stdout) as { id: number };
  const whole = ['-H', 'Content-Type: application/octet-stream', '--data-binary', `@${file}`];
  const sent = await run('curl', [...auth, ...whole, `${api}/releases/${id}/assets?name=once.img`]);
  const sha256 = createHash('sha256').update(data).digest('hex');
  expect(JSON.parse(sent.stdout)).toMatchObject({ name: 'once.img', size: SIZE, digest: `sha256:${sha256}` });
  const metadata = `Upload-Metadata: filename ${Buffer.from('disk.img').toString('base64')}`;
  const begun = await run('curl', [
    ...auth,
    '-i',
    '-X',
    'POST',
    '-H',
    `Upload-Length: ${SIZE}`,
    '-H',
    metadata,
    `${api}/releases/${id}/uploads`,
  ]);
  const at = `${origin}${/location: (\S+)/i.exec(begun.stdout)?.[1]}`;
  const type = ['-H', 'Content-Type: application/offset+octet-stream'];
  const patch = (offset: number, source: string, more: string[] = []) =>
    run('curl', [
      ...auth,
      ...more,
      '-X',
      'PATCH',
      ...type,
      '-H',
      `Upload-Offset: ${offset}`,
      '-T',
      source,
      at,
    ]);
  // Slow, and given up after two seconds.
  await expect(patch(0, file, ['--limit-rate', '2M', '--max-time', '2'])).rejects.toThrow();
  const offset = async () =>
    Number(/upload-offset: (\d+)/i.exec((await run('curl', [...auth, '-I', at])).stdout)?.[1]);
  await expect.poll(offset, { timeout: 10_000 }).toBeGreaterThan(0);
  const from = await offset();
  expect(from).toBeLessThan(SIZE);
  const rest = join(t.directory, 'rest.img');
  writeFileSync(rest, data.subarray(from));
  await patch(from, rest);
  await requireDownload('v1');
}, 120_000);

it.each([
  ['wide and light', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' as const }],
  ['narrow and dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' as const }],
])(
  'pages fit the window and raise no complaint: %s',
  async (name, options) => {
    await sendForm(
      s.writer,
      `${s.open.path}/releases`,
      { action: 'publish', tag: 'v1', title: 'First light', body: '## New\n\n* looms\n* `threads`' },
      {
        'engine-linux-x64.tar.gz': 'x',
        'engine-with-a-very-long-name-that-does-not-end-on-a-phone-screen.zip': 'y',
      },
    );
    await sendForm(s.writer, `${s.open.path}/releases`, {
      action: 'draft',
      tag: 'v2',
      target: 'main',
      title: 'Next',
    });
    await s.writer.post(`${s.open.path}/branches`, {
      name: 'a-branch/with-a-long-name-that-goes-on-and-on-for-ever',
      from: 'main',
    });
    await s.writer.post(`${s.open.path}/branches`, { name: 'gone', from: 'main' });
    await s.writer.post(`${s.open.path}/branches/deletion`, { name: 'gone' });
    const browser = await signedIn(options);
    const page = await browser.page();
    const paths = [
      '',
      '/releases',
      '/releases/tag/v1',
      '/releases/new',
      '/releases/edit/v1',
      '/tags',
      '/tags/new',
      '/branches',
      '/branches/all',
      '/branches/deleted',
      '/branches/new',
    ];
    for (const path of paths) {
      await page.goto(origin + s.open.path + path, { waitUntil: 'networkidle' });
      const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(over, path).toBeLessThanOrEqual(0);
      expect(await page.locator('h1').count(), path).toBe(1);
      const shots = process.env.OPENCODEHUB_SHOTS;
      if (shots)
        await page.screenshot({
          path: join(shots, `${name}-${path.replaceAll('/', '_') || 'home'}.png`),
          fullPage: true,
        });
    }
    await browser.close();
  },
  120_000,
);
