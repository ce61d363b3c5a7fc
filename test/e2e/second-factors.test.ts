// The executable under its default policy: the first administrator sets up an application and a passkey, signs in with
// each, and git takes no password any more.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import {
  buildExecutable,
  type RunningServer,
  runExecutable,
  startExecutable,
} from '../support/executable.ts';
import { ADMIN, gitEnvironment } from '../support/people.ts';
import { codeAt } from '../support/totp.ts';

const env = { PATH: '/usr/bin:/bin', OPENCODEHUB_ACCOUNTS_TWO_FACTOR: 'administrators' };

let server: RunningServer;
let browser: TestBrowser;
let page: Page;
let work: string;
let origin: string;
let secret: string;

beforeAll(async () => {
  buildExecutable();
  work = mkdtempSync(join(tmpdir(), 'och-factors-'));
  server = await startExecutable({ env });
  origin = server.url.replace('127.0.0.1', 'localhost');
  browser = await openBrowser();
  page = await browser.page();
  page.setDefaultTimeout(20_000);
  const cdp = await browser.context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function signInByPassword(): Promise<void> {
  await page.context().clearCookies();
  await page.goto(`${origin}/login`);
  await page.fill('input[name="login"]', ADMIN.name);
  await page.fill('input[name="password"]', ADMIN.password);
  await page.click('form[action="/login"] button[type="submit"]');
}

it('the setup link leads to the set-up of a second factor', async () => {
  const link = /https?:\/\/\S+\/setup\?token=\S+/.exec(server.output())?.[0] ?? '';
  await page.goto(link.replace('127.0.0.1', 'localhost'));
  await page.fill('input[name="name"]', ADMIN.name);
  await page.fill('input[name="email"]', ADMIN.email);
  await page.fill('input[name="password"]', ADMIN.password);
  await page.click('main form[method="post"] button[type="submit"]');
  await page.waitForURL(`${origin}/settings/two-factor`);
  await page.getByText('this site asks its administrators to have one').waitFor();
});

it('an application is set up, and what was held back opens', async () => {
  await page.getByRole('link', { name: 'Set up' }).click();
  await page.locator('svg.qr-code').waitFor();
  secret = (await page.locator('.command code').textContent()) ?? '';
  await page.fill('input[name="code"]', codeAt(secret, Date.now()));
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
  await page.goto(`${origin}/settings/tokens`);
  expect(page.url()).toBe(`${origin}/settings/tokens`);
});

it('a passkey is added and signs in alone', async () => {
  await page.goto(`${origin}/settings/two-factor/passkeys/new`);
  await page.fill('input[name="name"]', 'Laptop');
  await page.keyboard.press('Enter');
  await page.getByText('Your passkey was added.').waitFor();
  await page.context().clearCookies();
  await page.goto(`${origin}/login?return_to=/settings/sessions`);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL(`${origin}/settings/sessions`);
});

it('after the password, the passkey or the next code signs in', async () => {
  await signInByPassword();
  await page.waitForURL(`${origin}/login/two-factor`);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.waitForURL(`${origin}/`);
  await signInByPassword();
  await page.waitForURL(`${origin}/login/two-factor`);
  // The code of the moment was taken by the set-up, if that was just now.
  await page.fill('input[name="code"]', codeAt(secret, Date.now() + 30_000));
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.waitForURL(`${origin}/`);
});

it('git says that a token is wanted in place of the password, and takes one', () => {
  const clone = (user: string, password: string) => {
    const url = server.url.replace('http://', `http://${user}:${encodeURIComponent(password)}@`);
    try {
      const args = ['ls-remote', `${url}/${ADMIN.name}/nothing.git`];
      execFileSync('git', args, { cwd: work, env: gitEnvironment(), stdio: 'pipe' });
      return 'served';
    } catch (error) {
      return String((error as { stderr: Buffer }).stderr);
    }
  };
  expect(clone(ADMIN.name, ADMIN.password)).toContain('use an access token');
  const made = runExecutable(
    [
      ...['admin', 'user', 'generate-access-token', '--username', ADMIN.name, '--name', 'e2e'],
      ...['--scopes', 'all', '--raw', '--data', server.data],
    ],
    { env },
  );
  expect(clone(ADMIN.name, made.stdout.trim())).toContain('not found');
});

it('nothing complains, neither the browser nor the server', () => {
  expect(browser.complaints()).toEqual([]);
  expect(server.output()).not.toMatch(/Warning|"level":(?:50|60)/);
});
