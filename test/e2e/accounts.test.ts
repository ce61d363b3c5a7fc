// The story of an account against the executable, with a real mail server and a real browser that holds a passkey:
// register, verify, second factors, every way of signing in, recovery; then an organization whose invited member pushes.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import {
  buildExecutable,
  type RunningServer,
  runExecutable,
  startExecutable,
} from '../support/executable.ts';
import { gitEnvironment } from '../support/people.ts';
import { linkIn, openSmtp, type TestSmtp } from '../support/smtp.ts';
import { codeAt } from '../support/totp.ts';

const ADA = { name: 'ada', email: 'ada@example.org', password: 'weaves algebraic patterns' };
const BOB = { name: 'bob', email: 'bob@example.org', password: 'a difference in engines' };

let smtp: TestSmtp;
let server: RunningServer;
let origin: string;
let hers: TestBrowser;
let his: TestBrowser;
let ada: Page;
let work: string;
let secret = '';
let recoveryCodes: string[] = [];

beforeAll(async () => {
  buildExecutable();
  work = mkdtempSync(join(tmpdir(), 'och-accounts-'));
  smtp = await openSmtp();
  const port = await freePort();
  // A name and not an address: passkeys belong to names.
  origin = `http://localhost:${port}`;
  const data = join(work, 'data');
  const made = runExecutable([
    ...['admin', 'user', 'create', '--username', 'keeper', '--email', 'keeper@example.org'],
    ...['--random-password', '--admin', '--data', data],
  ]);
  expect(made.stderr).toBe('');
  server = await startExecutable({
    data,
    args: ['--port', String(port)],
    env: {
      PATH: '/usr/bin:/bin',
      OPENCODEHUB_SERVER_PUBLIC_URL: origin,
      OPENCODEHUB_MAIL_HOST: '127.0.0.1',
      OPENCODEHUB_MAIL_PORT: String(smtp.port),
      OPENCODEHUB_MAIL_SECURITY: 'none',
      OPENCODEHUB_MAIL_FROM: 'OpenCodeHub <code@example.org>',
      OPENCODEHUB_ACCOUNTS_TWO_FACTOR: 'administrators',
    },
  });
  hers = await openBrowser();
  ada = await hers.page();
  his = await openBrowser();
}, 180_000);

afterAll(async () => {
  await hers?.context.close();
  await his?.context.close();
  await server?.stop();
  await smtp?.close();
  rmSync(work, { recursive: true, force: true });
});

function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function register(page: Page, person: typeof ADA): Promise<void> {
  await page.fill('input[name="name"]', person.name);
  await page.fill('input[name="email"]', person.email);
  await page.fill('input[name="password"]', person.password);
  await page.getByRole('button', { name: 'Create account' }).click();
}

async function givePassword(page: Page, person: typeof ADA): Promise<void> {
  await page.goto(`${origin}/login`);
  await page.fill('input[name="login"]', person.name);
  await page.fill('input[name="password"]', person.password);
  await page.locator('form[action="/login"]').getByRole('button', { name: 'Sign in' }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.goto(`${origin}/`);
  await page.locator('summary.user-button').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('You are signed out.').waitFor();
}

const mailTo = (to: string, subject: RegExp) =>
  smtp.waitFor((mail) => mail.to === to && subject.test(mail.subject));

describe('an account', () => {
  it('is registered, and verified by the mail', async () => {
    await ada.goto(`${origin}/register`);
    await register(ada, ADA);
    await ada.getByRole('heading', { name: 'Check your mail' }).waitFor();
    await givePassword(ada, ADA);
    await ada.getByText('Confirm your e-mail address first').waitFor();
    const mail = await smtp.waitFor((one) => one.to === ADA.email);
    expect(mail.html).toContain(linkIn(mail).pathname);
    await ada.goto(linkIn(mail).href);
    await ada.getByRole('button', { name: 'Confirm the address' }).click();
    await ada.waitForURL((url) => !url.pathname.startsWith('/verify-email'));
    if (ada.url().includes('/login')) await givePassword(ada, ADA);
    await ada.locator('summary.user-button').waitFor();
    const again = await fetch(linkIn(mail), { redirect: 'manual' });
    expect(again.status).not.toBe(200);
  });

  it('sets up an authenticator application and keeps its recovery codes', async () => {
    await ada.goto(`${origin}/settings/two-factor/totp`);
    secret = (await ada.locator('.command code').first().textContent())?.trim() ?? '';
    await ada.fill('input[name="code"]', codeAt(secret, Date.now()));
    await ada.getByRole('button', { name: 'Turn on' }).click();
    await ada.getByText('Your recovery codes').waitFor();
    recoveryCodes = ((await ada.locator('.command code').first().textContent()) ?? '').trim().split('\n');
    expect(recoveryCodes.length).toBeGreaterThanOrEqual(8);
  });

  it('adds a passkey', async () => {
    const cdp = await hers.context.newCDPSession(ada);
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
    await ada.goto(`${origin}/settings/two-factor/passkeys/new`);
    await ada.fill('input[name="name"]', 'Difference Engine');
    await ada.click('button[data-passkey="create"]');
    await ada.getByText('Difference Engine').first().waitFor();
    await mailTo(ADA.email, /passkey|second factor|security/i);
  });

  it('signs in by password and application', async () => {
    await signOut(ada);
    await givePassword(ada, ADA);
    await ada.waitForURL(`${origin}/login/two-factor`);
    // The code of now was taken at the set-up, and no code works twice: this is the next one.
    await ada.fill('input[name="code"]', codeAt(secret, Date.now() + 30_000));
    await ada.getByRole('button', { name: 'Verify' }).click();
    await ada.waitForURL(`${origin}/`);
  });

  it('signs in by password and passkey', async () => {
    await signOut(ada);
    await givePassword(ada, ADA);
    await ada.waitForURL(`${origin}/login/two-factor`);
    await ada.getByRole('button', { name: 'Use a passkey or security key' }).click();
    await ada.waitForURL(`${origin}/`);
  });

  it('signs in by the passkey alone', async () => {
    await signOut(ada);
    await ada.goto(`${origin}/login`);
    await ada.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await ada.waitForURL(`${origin}/`);
  });

  it('recovers by a recovery code, once', async () => {
    await signOut(ada);
    await givePassword(ada, ADA);
    await useRecoveryCode();
    await ada.waitForURL(`${origin}/`);
    await signOut(ada);
    await givePassword(ada, ADA);
    await useRecoveryCode();
    await ada.getByText('it was used before').first().waitFor();
    await ada.getByRole('button', { name: 'Use a passkey or security key' }).click();
    await ada.waitForURL(`${origin}/`);
  });

  async function useRecoveryCode(): Promise<void> {
    await ada.waitForURL(`${origin}/login/two-factor`);
    await ada.getByText('Use a recovery code').click();
    await ada.fill('input[name="recovery"]', recoveryCodes[0] ?? '');
    await ada.getByRole('button', { name: 'Use this code' }).click();
  }

  it('cannot push by its password alone', async () => {
    const url = `${origin.replace('://', `://ada:${encodeURIComponent(ADA.password)}@`)}/ada/none.git`;
    const outcome = run('git', ['ls-remote', url]);
    expect(outcome).toContain('access token');
  });
});

describe('an organization', () => {
  it('is made, with a team and a repository that the team may write', async () => {
    await ada.goto(`${origin}/organizations/new`);
    await ada.fill('input[name="name"]', 'guild');
    await ada.getByRole('button', { name: 'Create organization' }).click();
    await ada.waitForURL(/\/guild/);
    await ada.goto(`${origin}/orgs/guild/teams/new`);
    await ada.fill('input[name="name"]', 'builders');
    await ada.getByRole('button', { name: 'Create team' }).click();
    await ada.waitForURL(/\/orgs\/guild\/teams\/builders/);
    await ada.goto(`${origin}/new`);
    await ada.selectOption('select[name="owner"]', 'guild');
    await ada.fill('main input[name="name"]', 'engine');
    await ada.check('input[name="visibility"][value="private"]');
    await ada.check('input[name="readme"]');
    await ada.getByRole('button', { name: 'Create repository' }).click();
    await ada.waitForURL(`${origin}/guild/engine`);
    await ada.goto(`${origin}/orgs/guild/teams/builders/repositories`);
    await ada.fill('input[name="repository"]', 'engine');
    await ada.selectOption('select[name="permission"]', 'write');
    await ada.getByRole('button', { name: 'Give access' }).click();
    await ada.getByRole('link', { name: 'engine' }).first().waitFor();
  });

  it('invites somebody by mail, who registers and joins', async () => {
    await ada.goto(`${origin}/orgs/guild/people/invitations`);
    await ada.fill('input[name="who"]', BOB.email);
    await ada.getByRole('checkbox', { name: 'builders' }).check();
    await ada.getByRole('button', { name: 'Send invitation' }).click();
    const invitation = await mailTo(BOB.email, /guild/);
    const bob = await his.page();
    await bob.goto(linkIn(invitation).href);
    await bob
      .getByRole('link', { name: /Create an account|Register/ })
      .first()
      .click();
    await register(bob, BOB);
    // The link came to the address, which proves it.
    await finishRegistration(bob);
    await bob.goto(linkIn(invitation).href);
    await bob.getByRole('button', { name: 'Join guild' }).click();
    await bob.getByText('guild').first().waitFor();
    await ada.goto(`${origin}/orgs/guild/people`);
    await ada.getByRole('link', { name: 'bob' }).first().waitFor();
  });

  async function finishRegistration(bob: Page): Promise<void> {
    await bob.waitForLoadState('load');
    if (await bob.getByRole('heading', { name: 'Check your mail' }).isVisible()) {
      const mail = await smtp.waitFor((one) => one.to === BOB.email && one.text.includes('/verify-email'));
      await bob.goto(linkIn(mail).href);
      await bob.getByRole('button', { name: 'Confirm the address' }).click();
      await bob.waitForURL((url) => !url.pathname.startsWith('/verify-email'));
    }
    if (bob.url().includes('/login')) await givePassword(bob, BOB);
  }

  it('lets the member of its team push', async () => {
    const url = `${origin.replace('://', `://bob:${encodeURIComponent(BOB.password)}@`)}/guild/engine.git`;
    const tree = join(work, 'engine');
    run('git', ['clone', '-q', url, tree]);
    writeFileSync(join(tree, 'mill.txt'), 'columns of wheels\n');
    run('git', ['-C', tree, 'add', '.']);
    run('git', ['-C', tree, 'commit', '-qm', 'Add the mill']);
    run('git', ['-C', tree, 'push', '-q', 'origin', 'HEAD']);
    await ada.goto(`${origin}/guild/engine`);
    await ada.getByText('Add the mill').first().waitFor();
  });

  it('keeps the records of all of it in one unbroken chain, and a doctor finds nothing wrong with them', () => {
    const outcome = runExecutable(['doctor', 'check', '--json', '--data', join(work, 'data')]);
    const { findings } = JSON.parse(outcome.stdout) as {
      findings: { check: string; state: string; text: string }[];
    };
    const audit = findings.filter(({ check }) => check.includes('audit'));
    expect(audit).toEqual([expect.objectContaining({ state: 'fine' })]);
  });
});

it('leaves nothing to complain about in the browsers, but for the refusals that were meant', () => {
  const complaints = [...hers.complaints(), ...his.complaints()];
  const meant = /\/login(?:\/two-factor)?: .*status of 422/;
  expect(complaints.filter((complaint) => !meant.test(complaint))).toEqual([]);
});

/** Runs a program to its end; what it printed, also when it failed. */
function run(program: string, args: string[]): string {
  try {
    return execFileSync(program, args, {
      env: gitEnvironment(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`;
  }
}
