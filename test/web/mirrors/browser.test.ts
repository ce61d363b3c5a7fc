// Imports and mirrors in a real browser: nothing sticks out on a wide or a narrow screen, progress moves by itself and
// without scripts by reloading. SCREENSHOTS=<folder> keeps pictures.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../src/features/auth/sessions.service.ts';
import { importRepository } from '../../../src/features/mirrors/imports.service.ts';
import { updateImport } from '../../../src/features/mirrors/imports.store.ts';
import { parseNewImport, parseNewPushMirror } from '../../../src/features/mirrors/mirrors.input.ts';
import { addPushMirror } from '../../../src/features/mirrors/mirrors.service.ts';
import { insertMirror } from '../../../src/features/mirrors/mirrors.store.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { openBrowser } from '../../support/browser.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { ensureAssets } from '../http/assets.ts';

let t: TestApp;
let server: Server;
let origin: string;
let session: string;
let running: number;

const FAR = 'https://code.example.org/a-rather-long-owner/and-a-rather-long-repository-name-as-well.git';

beforeAll(async () => {
  await ensureAssets();
  t = await testApp();
  running = await imported('running', { visibility: 'public' });
  await setState(running, { state: 'running', stage: 'Receiving objects', percent: 37 });
  await setState(await imported('failed'), {
    state: 'failed',
    error: 'The server asks for credentials: give a user name and a password or token.',
  });
  const followed = await imported('followed', { isMirror: true });
  await setState(followed, { state: 'done' });
  await fillMirrors(followed);
  const { userId } = await t.actor('ada');
  session = (await openSession(t.app, userId, { address: '127.0.0.1', userAgent: 'test' })).token;
  server = createServer(getRequestListener(t.web.fetch, { overrideGlobalObjects: false }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await t.close();
});

async function imported(name: string, more: Record<string, unknown> = {}): Promise<number> {
  const input = parseNewImport({ url: FAR, name, username: 'ada', password: 'secret', ...more });
  return (await importRepository(t.app, await t.actor('ada'), input)).id;
}

async function setState(id: number, changes: Parameters<typeof updateImport>[3]): Promise<void> {
  await t.app.db.write((tx) => updateImport(tx, id, ['waiting', 'running'], changes));
}

async function fillMirrors(repositoryId: number): Promise<void> {
  const ada = await t.actor('ada');
  const at = Date.now() - 3_600_000;
  await t.app.db.write((tx) =>
    insertMirror(tx, {
      ...{ repositoryId, direction: 'pull', url: FAR, sealedCredentials: Buffer.from('x'), lfs: true },
      ...{ intervalMinutes: 480, onPush: false, nextRunAt: at + 7_200_000, lastRunAt: at, lastSuccessAt: at },
      ...{ lastError: null, failures: 0, createdAt: at },
    }),
  );
  const open = await openRepository(t.app, ada, 'ada', 'followed', 'settings:manage');
  await addPushMirror(t.app, ada, open, parseNewPushMirror({ url: FAR, onPush: true }));
  const broken = 'https://127.0.0.1:1/x.git';
  const failing = await addPushMirror(
    t.app,
    ada,
    open,
    parseNewPushMirror({ url: broken, intervalMinutes: 0 }),
  );
  const { updateMirror } = await import('../../../src/features/mirrors/mirrors.store.ts');
  await t.app.db.write((tx) =>
    updateMirror(tx, failing.id, {
      failures: 2,
      lastRunAt: at,
      lastError: 'The server does not accept these credentials.',
    }),
  );
}

const PATHS = [
  '/new/import',
  '/ada/running/import',
  '/ada/failed/import',
  '/ada/followed/settings/mirrors',
  '/ada/followed',
  '/new',
];

const SCREENS = [
  { name: 'wide-light', viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  { name: 'narrow-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const;

for (const { name, ...screen } of SCREENS) {
  it(`every page fits a ${name} screen`, async () => {
    const browser = await openBrowser(screen);
    await browser.context.addCookies([{ name: 'session', value: session, url: origin }]);
    const page = await browser.page();
    for (const path of PATHS) {
      const answer = await page.goto(origin + path);
      expect(answer?.status(), path).toBe(200);
      expect(await overflow(page), path).toBeLessThanOrEqual(0);
      await keepPicture(page, path, name);
    }
    await page.goto(`${origin}/ada/followed/settings/mirrors`);
    for (const summary of await page.locator('.mirror-change summary').all()) await summary.click();
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await keepPicture(page, '/mirrors-open', name);
    await browser.close();
  });
}

it('progress moves without reloading, and the page changes when the import is over', async () => {
  const browser = await openBrowser();
  await browser.context.addCookies([{ name: 'session', value: session, url: origin }]);
  const page = await browser.page();
  await page.goto(`${origin}/ada/running/import`);
  await setState(running, { stage: 'Resolving deltas', percent: 81 });
  await page.getByText('Resolving deltas').waitFor();
  expect(await page.locator('progress').getAttribute('value')).toBe('81');
  await page.getByRole('button', { name: 'Cancel the import' }).click();
  await page.getByText('The import was cancelled').first().waitFor();
  await browser.close();
});

it('without scripts the page offers to be loaded again', async () => {
  const id = await imported('plain');
  await setState(id, { state: 'running', stage: 'Receiving objects', percent: 5 });
  const browser = await openBrowser({ javaScriptEnabled: false });
  await browser.context.addCookies([{ name: 'session', value: session, url: origin }]);
  const page = await browser.page();
  await page.goto(`${origin}/ada/plain/import`);
  await setState(id, { percent: 60 });
  await page.getByRole('link', { name: 'Reload' }).click();
  expect(await page.locator('progress').getAttribute('value')).toBe('60');
  await browser.close();
});

function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

async function keepPicture(page: Page, path: string, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  const file = `${path.replace(/[^a-z]+/g, '-').slice(1)}-${name}.png`;
  await page.screenshot({ path: join(folder, file), fullPage: true });
}
