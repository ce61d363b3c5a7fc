// Pins are put in order by dragging in a real browser; the buttons, which need no script, have their test elsewhere.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { expect, test } from 'vitest';
import { openSession } from '../../../src/features/auth/sessions.service.ts';
import { openBrowser } from '../../support/browser.ts';
import { testApp } from '../../support/test-app.ts';
import { makeRepository } from '../code/repositories.ts';
import { ensureAssets } from '../http/assets.ts';

test('pins are put in order by dragging', async () => {
  await ensureAssets();
  const t = await testApp();
  const ada = await t.as('ada');
  for (let n = 0; n < 3; n++) {
    await makeRepository(t, 'ada', `p${n}`, []);
    await ada.post('/settings/pins', { repository: `ada/p${n}` });
  }
  const server = createServer(getRequestListener(t.web.fetch, { overrideGlobalObjects: false }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { token } = await openSession(t.app, (await t.actor('ada')).userId, {
    address: '127.0.0.1',
    userAgent: 'x',
  });
  const browser = await openBrowser({ viewport: { width: 1280, height: 800 } });
  const page = await browser.page();
  await page.context().addCookies([{ name: 'session', value: token, url: origin }]);
  await page.goto(`${origin}/settings/pins`, { waitUntil: 'networkidle' });
  const items = page.locator('[data-sorts] > li');
  await Promise.all([
    page.waitForNavigation(),
    items
      .nth(2)
      .locator('svg')
      .first()
      .dragTo(items.nth(0), { targetPosition: { x: 100, y: 5 } }),
  ]);
  expect(await page.locator('[data-sorts] > li strong').allTextContents()).toEqual(['p2', 'p0', 'p1']);
  await browser.close();
  server.closeAllConnections();
  server.close();
  await t.close();
}, 120_000);
