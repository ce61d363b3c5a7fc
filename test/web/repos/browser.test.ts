// The settings of repositories and the pages of transfers and deletions in a real browser: nothing sticks out on a wide
// or a narrow screen, nothing complains. SCREENSHOTS=<folder> keeps pictures.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { openSession } from '../../../src/features/auth/sessions.service.ts';
import { addMember } from '../../../src/features/orgs/members.service.ts';
import { createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import {
  changeRepository,
  createRepository,
  setArchived,
} from '../../../src/features/repos/repos.service.ts';
import { giveTeamAccess } from '../../../src/features/repos/team-access.service.ts';
import { transferRepository } from '../../../src/features/repos/transfers.service.ts';
import { openBrowser } from '../../support/browser.ts';
import { worldIn } from '../../support/standing.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { ensureAssets } from '../http/assets.ts';

let t: TestApp;
let server: Server;
let origin: string;
let session: string;

beforeAll(async () => {
  await ensureAssets();
  t = await testApp();
  await fill();
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

async function fill(): Promise<void> {
  const [ada, grace] = [await t.actor('ada'), await t.actor('grace')];
  const organization = await createOrganization(t.app, ada, { name: 'analytical', visibility: 'public' });
  await addMember(t.app, SYSTEM, organization.id, grace.userId, 'member');
  const make = async (name: string, more: Record<string, unknown> = {}, actor = ada) => {
    const input = parseNewRepository({ name, readme: true, ...more });
    await createRepository(t.app, actor, input);
    return openRepository(t.app, actor, input.owner || actor.name, name, 'repository:see');
  };
  const engine = await make('engine', { owner: 'analytical', visibility: 'internal' });
  await giveAccess(t.app, ada, engine, { username: 'grace', permission: 'maintain' });
  const world = worldIn(t.app.db);
  const team = await world.team(organization.id, 'compiler-writers');
  await world.team(organization.id, 'night-shift');
  await giveTeamAccess(t.app, ada, engine, { teamId: team, permission: 'write' });
  await setArchived(t.app, ada, await make('attic', { visibility: 'public' }), true);
  await changeRepository(t.app, ada, await make('silent'), { disabledUnits: 'code' });
  await transferRepository(t.app, ada, await make('leaving'), 'grace');
  const offered = await make('a-rather-long-name-of-a-repository-that-is-offered', {}, grace);
  await transferRepository(t.app, grace, offered, 'ada');
}

const PATHS = [
  ...['/analytical/engine/settings', '/analytical/engine/settings/access'],
  ...['/analytical/engine/settings/features', '/ada/leaving/settings', '/ada/leaving/settings/access'],
  ...['/ada/attic', '/ada/attic/settings', '/ada/silent', '/settings/transfers', '/new'],
  ...['/settings/account/deletion', '/orgs/analytical/settings/deletion', '/ada?tab=repositories'],
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
    await browser.close();
  });
}

it('a menu of the danger zone opens within the page and its button acts', async () => {
  const browser = await openBrowser({ viewport: { width: 390, height: 844 } });
  await browser.context.addCookies([{ name: 'session', value: session, url: origin }]);
  const page = await browser.page();
  await page.goto(`${origin}/analytical/engine/settings`);
  await page.locator('summary', { hasText: 'Change visibility' }).click();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await keepPicture(page, '/menu', 'narrow');
  await page.getByRole('button', { name: 'Make private' }).click();
  await page.waitForLoadState();
  expect(await page.content()).toContain('The repository is now private.');
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
