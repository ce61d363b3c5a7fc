// Webhooks in a real browser: nothing sticks out on a wide or a narrow screen, the form shows events where one chooses
// them, and a delivery appears in the log by itself. SCREENSHOTS=<folder> keeps pictures.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { UserActor } from '../../../src/base/actor.ts';
import { HOUR } from '../../../src/base/time.ts';
import { openSession } from '../../../src/features/auth/sessions.service.ts';
import { createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { insertDelivery, insertMessage } from '../../../src/features/webhooks/deliveries.store.ts';
import { parseNewHook } from '../../../src/features/webhooks/hooks.input.ts';
import { createHook } from '../../../src/features/webhooks/hooks.service.ts';
import { updateHook } from '../../../src/features/webhooks/hooks.store.ts';
import type { HookOwner } from '../../../src/features/webhooks/hooks.types.ts';
import { openBrowser } from '../../support/browser.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { ensureAssets } from '../http/assets.ts';

let t: TestApp;
let ada: UserActor;
let server: Server;
let origin: string;
let session: string;
const paths: string[] = [];
/** The log of the webhook with deliveries. */
let log: string;
let hookId: number;

const FAR =
  'https://ci.example.org/a-rather-long-path/that-goes-on-and-on/and-does-not-end-before-the-line-does/hook';

beforeAll(async () => {
  await ensureAssets();
  t = await testApp();
  ada = await t.actor('ada', { isAdmin: true });
  const { id } = await createRepository(
    t.app,
    ada,
    parseNewRepository({ name: 'engine', visibility: 'public' }),
  );
  await createOrganization(t.app, ada, { name: 'mill', displayName: '', visibility: 'public' });
  await fill({ scope: 'repository', repositoryId: id });
  session = (await openSession(t.app, ada.userId, { address: '127.0.0.1', userAgent: 'test' })).token;
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

async function fill(owner: HookOwner): Promise<void> {
  const make = (raw: Record<string, unknown>) =>
    createHook(t.app, ada, owner, parseNewHook({ sendsAll: true, ...raw }));
  const at = Date.now();
  const hook = await make({
    format: 'gitea',
    url: FAR,
    secret: 'x',
    authorization: 'Bearer x',
    branchFilter: '{main,release/*}',
  });
  const failing = await make({
    format: 'slack',
    url: 'https://hooks.slack.com/services/T0/B0/x',
    verifiesTls: false,
  });
  const given = await make({
    format: 'matrix',
    url: 'https://matrix.example.org',
    token: 'x',
    options: { room_id: '!a:example.org' },
  });
  hookId = hook.id;
  await t.app.db.write(async (tx) => {
    await updateHook(tx, hook.id, { lastState: 'delivered', lastTriedAt: at });
    await updateHook(tx, failing.id, { failingSince: at - HOUR, failures: 3, lastTriedAt: at });
    await updateHook(tx, given.id, { failingSince: at - 30 * HOUR, suspendedAt: at, lastState: 'failed' });
  });
  await deliver({
    state: 'failed',
    status: null,
    error: 'ci.example.org refuses connections.',
    attempts: 14,
  });
  await deliver({ state: 'refused', status: 404, isTest: true });
  const last = await deliver({});
  const base = '/ada/engine/settings/hooks';
  log = `${base}/${hook.id}/deliveries`;
  paths.push(
    base,
    `${base}/${hook.id}`,
    `${base}/${failing.id}`,
    `${base}/${given.id}`,
    log,
    `${log}/${last}`,
  );
  for (const format of ['gitea', 'slack', 'matrix', 'telegram']) paths.push(`${base}/new?format=${format}`);
  paths.push('/settings/hooks', '/orgs/mill/settings/hooks', '/admin/hooks', '/admin/hooks/new');
}

async function deliver(more: object): Promise<number> {
  const uuid = crypto.randomUUID();
  const at = Date.now();
  const row = {
    webhookId: hookId,
    uuid,
    cause: uuid,
    event: 'issues',
    action: 'opened',
    state: 'delivered' as const,
  };
  const result = { attempts: 1, status: 200, error: null, duration: 1234, triedAt: at, endedAt: at };
  const payload = {
    action: 'opened',
    number: 7,
    issue: { title: 'x'.repeat(300), body: '\u202e<b>'.repeat(9) },
  };
  return t.app.db.write(async (tx) => {
    const { id } = await insertDelivery(tx, {
      ...row,
      ...result,
      repeatsId: null,
      isTest: false,
      createdAt: at,
      ...more,
    });
    await insertMessage(tx, {
      deliveryId: id,
      requestHeaders: {
        'Content-Type': 'application/json',
        'X-Gitea-Delivery': uuid,
        'X-Hub-Signature-256': `sha256=${'ab'.repeat(32)}`,
      },
      requestBody: Buffer.from(JSON.stringify(payload)),
      responseHeaders: { server: 'sink', 'content-type': 'text/plain' },
      responseBody: 'thank you',
    });
    return id;
  });
}

const SCREENS = [
  { name: 'wide-light', viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  { name: 'narrow-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const;

for (const { name, ...screen } of SCREENS) {
  it(`every page fits a ${name} screen`, async () => {
    const { page, close } = await open(screen);
    for (const path of paths) {
      const answer = await page.goto(origin + path);
      expect(answer?.status(), path).toBe(200);
      expect(await overflow(page), path).toBeLessThanOrEqual(0);
      await keepPicture(page, path, name);
    }
    await page.goto(`${origin}/admin/hooks/new`);
    expect(await page.getByLabel('Team', { exact: true }).isVisible()).toBe(false);
    await page.getByLabel('Events that I choose').check();
    expect(await page.getByLabel('Team', { exact: true }).isVisible()).toBe(true);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await keepPicture(page, '/events', name);
    await page.goto(`${origin}/ada/engine/settings/hooks`);
    await page.getByText('Add webhook').click();
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await keepPicture(page, '/menu', name);
    await close();
  });
}

it('the form works without scripts, by the keyboard', async () => {
  const { page, close } = await open({ javaScriptEnabled: false });
  await page.goto(`${origin}/settings/hooks/new?format=github`);
  await page.getByLabel('Payload URL').fill('https://ci.example.org/mine');
  await page.getByLabel('Just pushes').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.getByLabel('Release', { exact: true }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Add webhook' }).press('Enter');
  await page.getByText('The webhook was added').waitFor();
  expect(await page.getByLabel('Events that I choose').isChecked()).toBe(true);
  expect(await page.getByLabel('Release', { exact: true }).isChecked()).toBe(true);
  expect(await page.getByLabel('Payload URL').inputValue()).toBe('https://ci.example.org/mine');
  await close();
});

it('what is on its way arrives in the log by itself', async () => {
  const id = await deliver({ state: 'waiting', status: null, duration: null, triedAt: null, endedAt: null });
  const { page, close } = await open({});
  await page.goto(origin + log);
  await page.getByText('Waiting').first().waitFor();
  const { webhookDeliveries } = await import('../../../src/platform/db/tables/webhooks.ts');
  const { eq } = await import('drizzle-orm');
  await t.app.db.write((tx) =>
    tx.update(webhookDeliveries).set({ state: 'refused', status: 418 }).where(eq(webhookDeliveries.id, id)),
  );
  await page.getByText('418').first().waitFor();
  await close();
});

async function open(options: Parameters<typeof openBrowser>[0]) {
  const browser = await openBrowser(options);
  await browser.context.addCookies([{ name: 'session', value: session, url: origin }]);
  return { page: await browser.page(), close: () => browser.close() };
}

function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

async function keepPicture(page: Page, path: string, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  const file = `${path.replace(/[^a-z0-9]+/g, '-').slice(1)}-${name}.png`;
  await page.screenshot({ path: join(folder, file), fullPage: true });
}
