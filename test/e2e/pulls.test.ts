// The story of a pull request against the executable, in real browsers and with a real git: forked, pushed, opened by the
// link the push printed, reviewed, suggested, in conflict, resolved, queued, merged; and its issue closed.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
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
import { ADMIN, callApi, createAdmin, gitEnvironment } from '../support/people.ts';

const BOB = { name: 'bob', email: 'bob@example.org', password: 'a difference in engines' };
/** What follows by jobs comes late on a busy machine. */
const PATIENT = { timeout: 30_000, interval: 300 };
const ROWS = Array.from({ length: 60 }, (_, at) => `export const row${at} = ${at};`);

let server: RunningServer;
let hers: TestBrowser;
let his: TestBrowser;
let ada: Page;
let bob: Page;
let herToken: string;
let hisToken: string;
let base: string;
let work: string;

beforeAll(async () => {
  buildExecutable();
  work = mkdtempSync(join(tmpdir(), 'och-pulls-'));
  const data = join(work, 'data');
  herToken = createAdmin(data);
  const account = ['--username', BOB.name, '--email', BOB.email, '--password', BOB.password, '--data', data];
  expect(runExecutable(['admin', 'user', 'create', ...account]).stderr).toBe('');
  const ask = ['admin', 'user', 'generate-access-token', '--username', BOB.name, '--name', 'e2e'];
  hisToken = runExecutable([...ask, '--scopes', 'all', '--raw', '--data', data]).stdout.trim();
  server = await startExecutable({ data });
  await callApi(server, herToken, 'POST', '/user/repos', { name: 'engine' });
  base = `${server.url}/ada/engine`;
  const hersGit = clone('ada', herToken, '/ada/engine.git');
  write('ada', 'mill.ts', `${ROWS.join('\n')}\n`);
  hersGit('add', '.');
  hersGit('commit', '--quiet', '--message=Build the mill');
  hersGit('push', '--quiet', 'origin', 'main');
  await callApi(server, herToken, 'POST', '/repos/ada/engine/issues', { title: 'The mill stops' });
  hers = await openBrowser();
  his = await openBrowser();
  ada = await signedIn(hers, ADMIN);
  bob = await signedIn(his, BOB);
}, 180_000);

afterAll(async () => {
  await hers?.close();
  await his?.close();
  await server?.stop();
  rmSync(work, { recursive: true, force: true });
});

type Git = (...args: string[]) => SpawnSyncReturns<string>;

/** A git in a folder of somebody's, with `origin` at a repository. */
function clone(name: string, token: string, path: string): Git {
  const cwd = join(work, name);
  mkdirSync(cwd, { recursive: true });
  const env = gitEnvironment();
  const git: Git = (...args) => {
    const done = spawnSync('git', args, { cwd, env, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`git ${args.join(' ')}: ${done.stdout}${done.stderr}`);
    return done;
  };
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', name);
  git('config', 'user.email', `${name}@example.org`);
  git('remote', 'add', 'origin', `http://${name}:${token}@${new URL(server.url).host}${path}`);
  return git;
}

function write(name: string, path: string, content: string): void {
  writeFileSync(join(work, name, path), content);
}

function gitOf(name: string): (...args: string[]) => string {
  return (...args) => {
    const done = spawnSync('git', args, { cwd: join(work, name), env: gitEnvironment(), encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`git ${args.join(' ')}: ${done.stdout}${done.stderr}`);
    return done.stdout + done.stderr;
  };
}

async function signedIn(browser: TestBrowser, who: typeof BOB): Promise<Page> {
  const page = await browser.page();
  page.setDefaultTimeout(20_000);
  await page.goto(`${server.url}/login`);
  await page.fill('input[name="login"]', who.name);
  await page.fill('input[name="password"]', who.password);
  await page.locator('form[action="/login"]').getByRole('button', { name: 'Sign in' }).click();
  await page.locator('summary.user-button').waitFor();
  return page;
}

/** Of the form below a comparison, which is folded away at first. */
async function titleField(page: Page) {
  const title = page.locator('input[name="title"]');
  if (!(await title.isVisible())) await page.locator('summary', { hasText: 'Create pull request' }).click();
  return title;
}

const stateOf = (page: Page) => page.locator('.issue-line .state').first().textContent();

describe('a pull request of a fork', () => {
  it('is opened by the link that the push prints', async () => {
    await callApi(server, hisToken, 'POST', '/repos/ada/engine/forks', {});
    await expect
      .poll(() => fetch(`${server.url}/bob/engine`).then(({ status }) => status), PATIENT)
      .toBe(200);
    const git = clone('bob', hisToken, '/bob/engine.git');
    git('pull', '--quiet', 'origin', 'main');
    git('checkout', '--quiet', '-b', 'faster');
    write('bob', 'mill.ts', `${ROWS.with(10, 'export const row10 = 1000;').join('\n')}\n`);
    git('commit', '--quiet', '--all', '--message=Turn the mill faster');
    const { stderr } = git('push', 'origin', 'faster');
    const [link = ''] = /http\S+compare\S+/.exec(stderr) ?? [];
    expect(link).toContain('faster');
    await bob.goto(link);
    const title = await titleField(bob);
    await title.fill('Turn the mill faster');
    await bob.locator('textarea[name="body"]').fill('It is slow.\n\nFixes #1');
    await bob.getByRole('button', { name: 'Create pull request' }).first().click();
    await bob.waitForURL(`${base}/pull/2`);
    expect(await stateOf(bob)).toContain('Open');
    expect(await bob.locator('.conversation a[href$="/ada/engine/issues/1"]').count()).toBeGreaterThan(0);
  });

  it('is reviewed by keyboard alone, with a comment on a range and a suggestion', async () => {
    await ada.goto(`${base}/pull/2/files`);
    await ada.getByText('row10 = 1000').first().waitFor();
    await ada.keyboard.press('j');
    for (let at = 0; at < 5; at++) await ada.keyboard.press(']');
    await ada.keyboard.press('}');
    await ada.keyboard.press('c');
    const field = ada.locator('[data-line-comment] textarea[name="body"]');
    await field.waitFor();
    expect(await ada.locator('.thread-form-about').textContent()).toMatch(/lines? \d+/);
    await field.focus();
    await ada.keyboard.type('Too **fast**.');
    await ada.locator('[data-line-comment]').getByRole('button', { name: 'Start a review' }).focus();
    await ada.keyboard.press('Enter');
    await ada.locator('[data-pending-count]', { hasText: '1' }).waitFor();
    await bob.goto(`${base}/pull/2/files`);
    expect(await bob.getByText('Too fast.').count()).toBe(0);
    await ada.keyboard.press('r');
    await ada.locator('.review-panel textarea[name="body"]').waitFor();
    await ada.locator('.review-panel input[value="changes_requested"]').focus();
    await ada.keyboard.press('Space');
    await ada.locator('.review-panel').getByRole('button', { name: 'Submit review' }).focus();
    await ada.keyboard.press('Enter');
    await ada.getByText('requested changes').first().waitFor();
  });

  it('takes a suggestion as a commit into the head of the fork', async () => {
    const { number } = (await callApi(server, herToken, 'GET', '/repos/ada/engine/pulls/2')) as {
      number: number;
    };
    expect(number).toBe(2);
    await callApi(server, herToken, 'POST', '/repos/ada/engine/pulls/2/reviews', {
      event: 'COMMENT',
      body: '',
      comments: [
        {
          path: 'mill.ts',
          new_position: 11,
          body: 'Rather:\n\n```suggestion\nexport const row10 = 100;\n```',
        },
      ],
    });
    await bob.goto(`${base}/pull/2`);
    await bob.locator('.suggestion-commit summary').first().click();
    await bob.getByRole('button', { name: 'Commit change' }).first().click();
    const git = gitOf('bob');
    await expect
      .poll(() => {
        git('fetch', '--quiet', 'origin', 'faster');
        return git('show', 'FETCH_HEAD:mill.ts').includes('row10 = 100;');
      }, PATIENT)
      .toBe(true);
    expect(git('log', '-1', '--format=%B', 'FETCH_HEAD')).toContain('Co-authored-by: ada');
  });

  it('is in conflict with what was pushed to its base, and resolved on the web', async () => {
    write('ada', 'mill.ts', `${ROWS.with(10, 'export const row10 = 77;').join('\n')}\n`);
    const git = gitOf('ada');
    git('commit', '--quiet', '--all', '--message=Another ten');
    git('push', '--quiet', 'origin', 'main');
    await bob.goto(`${base}/pull/2`);
    await bob.getByRole('link', { name: 'Resolve conflicts' }).waitFor();
    await bob.getByRole('link', { name: 'Resolve conflicts' }).click();
    await bob.waitForURL(`${base}/pull/2/conflicts`);
    await bob.locator('.conflict-choices input[type="radio"]').first().waitFor();
    await bob
      .locator('.conflict-choices label', { hasText: /faster|head|this pull request/i })
      .first()
      .click();
    await bob.getByRole('button', { name: 'Commit merge' }).click();
    await bob.waitForURL(`${base}/pull/2`);
    await expect
      .poll(async () => {
        await bob.goto(`${base}/pull/2`);
        return bob.getByText('There are no conflicts with the base.').count();
      }, PATIENT)
      .toBe(1);
  });

  it('waits for approval and a required check, and is merged by the queue', async () => {
    await callApi(server, herToken, 'POST', '/repos/ada/engine/rulesets', {
      name: 'Main',
      target: 'branch',
      enforcement: 'active',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: [
        { type: 'pull_request', parameters: { required_approving_review_count: 1 } },
        { type: 'required_status_checks', parameters: { required_status_checks: [{ context: 'ci' }] } },
        { type: 'merge_queue', parameters: { merge_method: 'squash', max_entries_to_merge: 1 } },
      ],
    });
    write('ada', 'past.txt', 'past the rules\n');
    const git = gitOf('ada');
    git('add', '.');
    git('commit', '--quiet', '--message=Past the rules');
    expect(() => git('push', '--quiet', 'origin', 'main')).toThrow(/pull request/i);
    git('reset', '--quiet', '--hard', 'HEAD~1');
    await ada.goto(`${base}/pull/2/files`);
    await ada.locator('.review-menu > summary').click();
    await ada.locator('.review-panel input[value="approved"]').check();
    await ada.locator('.review-panel').getByRole('button', { name: 'Submit review' }).click();
    await ada.getByText('approved these changes').first().waitFor();
    const { head } = (await callApi(server, herToken, 'GET', '/repos/ada/engine/pulls/2')) as {
      head: { sha: string };
    };
    await say(head.sha);
    await expect
      .poll(async () => {
        await ada.goto(`${base}/pull/2`);
        return ada.getByRole('button', { name: 'Add to merge queue' }).count();
      }, PATIENT)
      .toBe(1);
    await ada.getByRole('button', { name: 'Add to merge queue' }).click();
    await ada.getByText('in the merge queue of main').first().waitFor();
    let tested = '';
    await expect
      .poll(() => {
        const line = git('ls-remote', 'origin', 'refs/queue/*');
        tested = line.split('\t')[0] ?? '';
        return tested;
      }, PATIENT)
      .toMatch(/^[0-9a-f]{40}$/);
    await ada.goto(`${base}/queue/main`);
    await ada.getByText('Turn the mill faster').first().waitFor();
    await say(tested);
    await expect
      .poll(async () => {
        await ada.goto(`${base}/pull/2`);
        return stateOf(ada);
      }, PATIENT)
      .toContain('Merged');
    git('fetch', '--quiet', 'origin', 'main');
    expect(git('rev-parse', 'FETCH_HEAD').trim()).toBe(tested);
    expect(git('show', 'FETCH_HEAD:mill.ts')).toContain('row10 = 100;');
  });

  it('closes its issue, which says by what', async () => {
    await expect
      .poll(async () => {
        await bob.goto(`${base}/issues/1`);
        return stateOf(bob);
      }, PATIENT)
      .toContain('Closed');
    expect(await bob.locator('a[href$="/ada/engine/pull/2"]').count()).toBeGreaterThan(0);
  });
});

/** The check `ci` passed on a commit. */
async function say(oid: string): Promise<void> {
  await callApi(server, herToken, 'POST', `/repos/ada/engine/statuses/${oid}`, {
    state: 'success',
    context: 'ci',
  });
}

describe('without JavaScript', () => {
  it('a pull request is opened, read, commented on, approved and merged', async () => {
    await callApi(server, herToken, 'POST', '/user/repos', { name: 'plain', auto_init: true });
    await callApi(server, herToken, 'POST', '/repos/ada/plain/contents/notes.md', {
      content: Buffer.from('one\ntwo\n').toString('base64'),
      new_branch: 'notes',
      branch: 'main',
      message: 'Take notes',
    });
    const plain = await openBrowser({ javaScriptEnabled: false });
    const page = await signedIn(plain, BOB);
    const home = `${server.url}/ada/plain`;
    const hersPlain = await openBrowser({ javaScriptEnabled: false });
    const herPage = await signedIn(hersPlain, ADMIN);
    await herPage.goto(`${home}/compare/main...notes`);
    const title = await titleField(herPage);
    await title.fill('Take notes');
    await herPage.getByRole('button', { name: 'Create pull request' }).first().click();
    await herPage.waitForURL(`${home}/pull/1`);
    await page.goto(`${home}/pull/1/files`);
    await page.getByText('two').first().waitFor();
    await page.goto(`${home}/pull/1/files/comment?path=notes.md&line=2&side=head`);
    await page.locator('[data-line-comment] textarea[name="body"]').fill('Why two?');
    await page.locator('[data-line-comment]').getByRole('button', { name: 'Add single comment' }).click();
    await page.getByText('Why two?').first().waitFor();
    await page.goto(`${home}/pull/1/reviews/new`);
    await page.locator('.review-form input[value="approved"]').check();
    await page.locator('.review-form').getByRole('button', { name: 'Submit review' }).first().click();
    await page.getByText('approved these changes').first().waitFor();
    await expect
      .poll(async () => {
        await herPage.goto(`${home}/pull/1`);
        return herPage.locator('#merge-form > summary').count();
      }, PATIENT)
      .toBe(1);
    await herPage.locator('#merge-form > summary').click();
    await herPage.getByRole('button', { name: /^Confirm/ }).click();
    await expect
      .poll(async () => {
        await herPage.goto(`${home}/pull/1`);
        return stateOf(herPage);
      }, PATIENT)
      .toContain('Merged');
    await plain.close();
    await hersPlain.close();
  });
});
