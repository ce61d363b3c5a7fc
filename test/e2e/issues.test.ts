// The story of an issue against the executable, in real browsers: opened from a form with a picture, labelled, assigned,
// referred to, closed by a pushed commit; whoever it concerns is told, answers from the inbox, and has it done.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
import { png } from '../support/images.ts';
import { ADMIN, callApi, createAdmin, gitEnvironment } from '../support/people.ts';
import { openSmtp, type TestSmtp } from '../support/smtp.ts';

const BOB = { name: 'bob', email: 'bob@example.org', password: 'a difference in engines' };
/** Reactions are jobs: a busy machine runs them late. */
const PATIENT = { timeout: 20_000, interval: 300 };
const FORM = `name: Bug report
description: Something is wrong
title: "[Bug] "
labels: [bug]
body:
  - type: markdown
    attributes: { value: "Thanks for **telling** us." }
  - type: input
    id: version
    attributes: { label: Version, placeholder: "1.2.3" }
    validations: { required: true }
  - type: textarea
    id: what
    attributes: { label: What happened }
    validations: { required: true }
  - type: dropdown
    id: engine
    attributes: { label: Engine, options: [Difference, Analytical] }
  - type: checkboxes
    id: terms
    attributes:
      label: Before you send this
      options:
        - { label: I searched for it, required: true }
`;

let server: RunningServer;
let smtp: TestSmtp;
let hers: TestBrowser;
let his: TestBrowser;
let ada: Page;
let bob: Page;
let token: string;
let base: string;
let work: string;
let git: (...args: string[]) => string;

beforeAll(async () => {
  buildExecutable();
  work = mkdtempSync(join(tmpdir(), 'och-issues-'));
  smtp = await openSmtp();
  const data = join(work, 'data');
  token = createAdmin(data);
  const made = runExecutable([
    ...['admin', 'user', 'create', '--username', BOB.name, '--email', BOB.email],
    ...['--password', BOB.password, '--data', data],
  ]);
  expect(made.stderr).toBe('');
  server = await startExecutable({
    data,
    env: {
      PATH: process.env.PATH ?? '',
      OPENCODEHUB_MAIL_HOST: '127.0.0.1',
      OPENCODEHUB_MAIL_PORT: String(smtp.port),
      OPENCODEHUB_MAIL_SECURITY: 'none',
      OPENCODEHUB_MAIL_FROM: 'OpenCodeHub <code@example.org>',
    },
  });
  await callApi(server, token, 'POST', '/user/repos', { name: 'engine', private: true });
  base = `${server.url}/ada/engine`;
  pushForm();
  hers = await openBrowser();
  his = await openBrowser();
  ada = await signedIn(hers, ADMIN);
  bob = await signedIn(his, BOB);
  await letIn(BOB.name);
}, 180_000);

afterAll(async () => {
  // The form that lacked something was answered so.
  await hers?.close(/422 \(Unprocessable/);
  await his?.close();
  await server?.stop();
  await smtp?.close();
  rmSync(work, { recursive: true, force: true });
});

function pushForm(): void {
  const dir = join(work, 'clone');
  const env = gitEnvironment();
  git = (...args) => execFileSync('git', args, { cwd: dir, env, encoding: 'utf8' });
  mkdirSync(join(dir, '.github/ISSUE_TEMPLATE'), { recursive: true });
  writeFileSync(join(dir, '.github/ISSUE_TEMPLATE/bug.yml'), FORM);
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '--message=Ask for what a bug needs');
  const { host } = new URL(server.url);
  git('remote', 'add', 'origin', `http://ada:${token}@${host}/ada/engine.git`);
  git('push', '--quiet', 'origin', 'main');
}

async function signedIn(browser: TestBrowser, who: typeof BOB): Promise<Page> {
  const page = await browser.page();
  page.setDefaultTimeout(15_000);
  await page.goto(`${server.url}/login`);
  await page.fill('input[name="login"]', who.name);
  await page.fill('input[name="password"]', who.password);
  await page.locator('form[action="/login"]').getByRole('button', { name: 'Sign in' }).click();
  await page.locator('summary.user-button').waitFor();
  return page;
}

async function letIn(name: string): Promise<void> {
  await ada.goto(`${base}/settings/access`);
  await ada.fill('input[name="username"]', name);
  await ada
    .locator('form', { has: ada.locator('input[name="username"]') })
    .locator('select')
    .selectOption('write');
  await ada
    .locator('form', { has: ada.locator('input[name="username"]') })
    .locator('button[type="submit"]')
    .click();
  await ada.locator('.flash-success').waitFor();
}

const sidebarMenu = (page: Page, heading: string) =>
  page.locator('details.sidebar-menu', { has: page.getByRole('heading', { name: heading }) });

describe('an issue', () => {
  it('is opened from a form, which says what is missing and keeps what was typed', async () => {
    await ada.goto(`${base}/issues`);
    await ada.getByRole('link', { name: 'New issue' }).first().click();
    await ada.waitForURL(`${base}/issues/new/choose`);
    await ada.locator('a[href*="template=bug.yml"]').first().click();
    await ada.getByText('Thanks for telling us.').waitFor();
    await ada.fill('input[name="title"]', '[Bug] The mill stops');
    await ada.getByLabel('What happened').fill('It **stopped**, says @bob.');
    await ada.evaluate(() => {
      for (const form of document.querySelectorAll('form')) form.noValidate = true;
    });
    await ada.getByRole('button', { name: /^(Submit new issue|Create)/ }).click();
    await ada.locator('.form-error').first().waitFor();
    expect(await ada.getByLabel('What happened').inputValue()).toBe('It **stopped**, says @bob.');
    await ada.getByLabel('Version').fill('1.2.3');
    await ada.getByLabel('Engine').selectOption('Analytical');
    await ada.getByLabel('I searched for it').check();
    await ada.getByRole('button', { name: /^(Submit new issue|Create)/ }).click();
    await ada.waitForURL(`${base}/issues/1`);
    await ada.getByRole('heading', { name: 'What happened' }).waitFor();
    expect(await ada.locator('.issue-heading').textContent()).toContain('[Bug] The mill stops');
    expect(await ada.locator('.conversation strong', { hasText: 'stopped' }).count()).toBe(1);
    expect(await ada.locator('.conversation a[href="/bob"]').count()).toBeGreaterThan(0);
    expect(await ada.locator('.issue-labels').getByText('bug', { exact: true }).count()).toBe(1);
  });

  it('takes a pasted picture into a comment', async () => {
    await ada.goto(`${base}/issues/1`);
    const field = ada.locator('#new-comment');
    await field.fill('Look:\n');
    await ada.locator('#comment-form input[type="file"]').setInputFiles({
      name: 'mill.png',
      mimeType: 'image/png',
      buffer: png(40, 30),
    });
    await expect.poll(() => field.inputValue()).toContain('/ada/engine/attachments/');
    await ada.locator('#comment-form').getByRole('button', { name: 'Comment', exact: true }).last().click();
    const picture = ada.locator('.conversation img[src*="/attachments/"]');
    await picture.waitFor();
    await expect
      .poll(() => picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth))
      .toBe(40);
    const address = new URL((await picture.getAttribute('src')) ?? '', server.url);
    expect((await fetch(address, { redirect: 'manual' })).status).not.toBe(200);
  });

  it('is labelled and assigned in the sidebar', async () => {
    await ada.goto(`${base}/issues/1`);
    await sidebarMenu(ada, 'Labels').locator('summary').click();
    await sidebarMenu(ada, 'Labels').getByText('enhancement', { exact: true }).click();
    await ada.getByRole('button', { name: 'Save labels' }).click();
    await ada.locator('.issue-labels').getByText('enhancement').waitFor();
    await sidebarMenu(ada, 'Assignees').locator('summary').click();
    await sidebarMenu(ada, 'Assignees').locator('label', { hasText: 'bob' }).click();
    await ada.getByRole('button', { name: 'Save assignees' }).click();
    await ada.locator('.issue-sidebar .side-list').getByText('bob').waitFor();
    await ada.goto(`${base}/issues?q=is:open+label:enhancement+assignee:bob`);
    await ada.getByRole('link', { name: '[Bug] The mill stops' }).waitFor();
    await ada.goto(`${base}/issues?q=is:open+-label:enhancement`);
    expect(await ada.getByRole('link', { name: '[Bug] The mill stops' }).count()).toBe(0);
  });

  it('is told to whom it concerns by mail, in one thread, and is in the inbox', async () => {
    const first = await smtp.waitFor(
      ({ to, subject }) => to === BOB.email && subject.includes('The mill stops'),
    );
    expect(first.headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
    expect(smtp.mails().filter(({ to, subject }) => to === ADMIN.email && subject.includes('mill'))).toEqual(
      [],
    );
    await bob.goto(`${server.url}/notifications`);
    await bob.getByRole('link', { name: '[Bug] The mill stops' }).waitFor();
  });

  it('is answered from the inbox by keyboard alone, with a quotation', async () => {
    await bob.goto(`${server.url}/notifications`);
    await bob.keyboard.press('j');
    await bob.keyboard.press('Enter');
    await bob.waitForURL(`${base}/issues/1*`);
    await bob.locator('#new-comment').focus();
    await bob.keyboard.type('See #1 and :tada: — I look.');
    await bob.keyboard.press('Control+Enter');
    await bob.locator('.conversation').getByText('🎉').waitFor();
    const answer = await smtp.waitFor(
      ({ to, subject }) => to === ADMIN.email && /^Re: .*mill stops/.test(subject),
    );
    expect(answer.headers['in-reply-to'] ?? answer.headers.references).toBeDefined();
  });

  it('is referred to by another one, and closed by a commit that reaches the default branch', async () => {
    await bob.goto(`${base}/issues/new?title=A+second+one&body=Because+of+%231`);
    await bob.getByRole('button', { name: /^(Submit new issue|Create)/ }).click();
    await bob.waitForURL(`${base}/issues/2`);
    await expect
      .poll(async () => {
        await ada.goto(`${base}/issues/1`);
        return ada.locator('.conversation a[href$="/ada/engine/issues/2"]').count();
      }, PATIENT)
      .toBeGreaterThan(0);
    git('commit', '--quiet', '--allow-empty', '--message=Oil the mill\n\nFixes #1, refs #2');
    git('push', '--quiet', 'origin', 'main');
    await expect
      .poll(async () => {
        await ada.goto(`${base}/issues/1`);
        return ada.locator('.issue-line .state').textContent();
      }, PATIENT)
      .toContain('Closed');
    expect(
      await ada
        .locator('.conversation')
        .getByText(git('rev-parse', '--short=7', 'HEAD').trim())
        .count(),
    ).toBeGreaterThan(0);
    await ada.goto(`${base}/issues/2`);
    expect(await ada.locator('.issue-line .state').textContent()).toContain('Open');
  });

  it('is done in the inbox, and comes back when somebody writes again', async () => {
    await bob.goto(`${server.url}/notifications`);
    await bob.getByRole('link', { name: '[Bug] The mill stops' }).waitFor();
    await bob.keyboard.press('j');
    await bob.keyboard.press('e');
    await expect
      .poll(async () => {
        await bob.goto(`${server.url}/notifications`);
        return bob.getByRole('link', { name: '[Bug] The mill stops' }).count();
      }, PATIENT)
      .toBe(0);
    await callApi(server, token, 'POST', '/repos/ada/engine/issues/1/comments', { body: 'It runs again.' });
    await expect
      .poll(async () => {
        await bob.goto(`${server.url}/notifications`);
        return bob.getByRole('link', { name: '[Bug] The mill stops' }).count();
      }, PATIENT)
      .toBe(1);
  });

  it('is unsubscribed from by the one click that mail programs make', async () => {
    const mail = await smtp.waitFor(({ to, text }) => to === BOB.email && text.includes('It runs again.'));
    const [, address = ''] = /<(https?:[^>]+)>/.exec(mail.headers['list-unsubscribe'] ?? '') ?? [];
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    });
    expect(answer.status).toBe(200);
    await callApi(server, token, 'POST', '/repos/ada/engine/issues/1/comments', { body: 'And again.' });
    await callApi(server, token, 'POST', '/repos/ada/engine/issues/2/comments', { body: 'What about this?' });
    await smtp.waitFor(({ to, text }) => to === BOB.email && text.includes('What about this?'));
    expect(smtp.mails().filter(({ to, text }) => to === BOB.email && text.includes('And again.'))).toEqual(
      [],
    );
  });
});

describe('without JavaScript', () => {
  it('issues are opened, found, commented with a file, labelled, closed and reopened', async () => {
    const plain = await openBrowser({ javaScriptEnabled: false });
    const page = await signedIn(plain, ADMIN);
    await page.goto(`${base}/issues/new?template=bug.yml`);
    await page.fill('input[name="title"]', 'Plain one');
    await page.getByLabel('Version').fill('2');
    await page.getByLabel('What happened').fill('Nothing moves');
    await page.getByLabel('I searched for it').check();
    await page.getByRole('button', { name: /^(Submit new issue|Create)/ }).click();
    await page.waitForURL(`${base}/issues/3`);
    await page.fill('#new-comment', 'With a picture');
    await page.locator('#comment-form input[type="file"]').setInputFiles({
      name: 'plain.png',
      mimeType: 'image/png',
      buffer: png(8, 8),
    });
    await page.locator('#comment-form').getByRole('button', { name: 'Comment', exact: true }).last().click();
    await page.locator('.conversation img[src*="/attachments/"]').waitFor();
    await sidebarMenu(page, 'Labels').locator('summary').click();
    await sidebarMenu(page, 'Labels').locator('label', { hasText: 'documentation' }).click();
    await page.getByRole('button', { name: 'Save labels' }).click();
    await page.locator('.issue-labels').getByText('documentation').waitFor();
    await page.getByRole('button', { name: 'Close issue' }).click();
    await page.locator('.issue-line .state', { hasText: 'Closed' }).waitFor();
    await page.getByRole('button', { name: 'Reopen issue' }).click();
    await page.locator('.issue-line .state', { hasText: 'Open' }).waitFor();
    await page.goto(`${base}/issues?q=is:open+plain`);
    await page.getByRole('link', { name: 'Plain one' }).waitFor();
    await plain.close();
  });
});
