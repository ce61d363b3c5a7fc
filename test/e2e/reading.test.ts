// Blame, histories, the graph and a commit's page of the executable in a real browser: in both themes, on a wide and a
// narrow screen, without scripts, and by keyboard alone.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { RepoDir } from '../../src/platform/git/git.types.ts';
import { openBrowser } from '../support/browser.ts';
import { executableSite } from '../support/executable-site.ts';
import { importCommits, runGit } from '../web/code/import-commits.ts';
import { makeRandomHistory } from '../web/code/random-branches.ts';

const site = executableSite();
const LINES = Array.from({ length: 200 }, (_, n) => `export const line${n} = ${n}; // a line of some length`);

async function prepare(): Promise<{ url: string; head: string }> {
  const token = await site.createAda();
  const { url } = await site.serve();
  const headers = { authorization: `token ${token}`, 'content-type': 'application/json' };
  const post = (path: string, body: object) =>
    fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect((await post('/user/repos', { name: 'engine', private: false })).status).toBe(201);
  const work = join(site.directory, 'work.git') as RepoDir;
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', work]);
  const commits = Array.from({ length: 12 }, (_, n) => ({
    ref: 'refs/heads/main',
    message:
      n === 11
        ? 'Change some lines <b>\n\nSee https://example.org/why\n\nCo-authored-by: Bob <bob@example.org>'
        : `Change ${n}`,
    author: n % 2 === 0 ? 'Ada <ada@example.org>' : 'Carl With A Rather Long Name <carl@example.org>',
    time: 1_500_000_000 + n * 20_000_000,
    files: [
      {
        path: 'src/a file.ts',
        data: `${LINES.map((line, k) => (k % 12 <= n ? `${line} // ${Math.min(n, k % 12)}` : line)).join('\n')}\n`,
      },
    ],
  }));
  importCommits(work, commits);
  makeRandomHistory(work);
  execFileSync('git', [
    '--git-dir',
    work,
    'push',
    '-q',
    '--all',
    `${url.replace('://', `://ada:${token}@`)}/ada/engine.git`,
  ]);
  const head = runGit(work, 'rev-parse', 'refs/heads/main');
  for (const [context, state] of [
    ['ci/build', 'success'],
    ['ci/test', 'failure'],
  ])
    await post(`/repos/ada/engine/statuses/${head}`, {
      context,
      state,
      description: 'said so',
      target_url: 'https://ci.example.org/',
    });
  return { url, head };
}

async function widthOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

test('pages of history are whole in every theme and width, without scripts, and by keyboard', async () => {
  const { url, head } = await prepare();
  const pages = {
    blame: '/ada/engine/blame/main/src/a%20file.ts',
    commits: '/ada/engine/commits/main',
    filter: '/ada/engine/commits/main?author=carl',
    graph: '/ada/engine/graph',
    commit: `/ada/engine/commit/${head}`,
    tree: '/ada/engine',
  };
  for (const [scheme, width, javaScriptEnabled] of [
    ['light', 1280, true],
    ['dark', 390, true],
    ['light', 390, false],
    ['dark', 1280, false],
  ] as const) {
    const browser = await openBrowser({
      colorScheme: scheme,
      viewport: { width, height: 800 },
      javaScriptEnabled,
    });
    const page = await browser.page();
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(url + path);
      const at = `${name} ${scheme} ${width}`;
      if (javaScriptEnabled) expect(await widthOf(page), at).toBeLessThanOrEqual(0);
      if (name === 'blame') expect(await page.locator('tr[id^=L]').count(), at).toBe(200);
      if (name === 'blame') expect(await page.locator('.blame-info').count(), at).toBeGreaterThan(50);
      if (name === 'graph') expect(await page.locator('.graph-row').count(), at).toBe(60);
      if (name === 'filter') expect(await page.locator('.commit').count(), at).toBe(6);
      if (name === 'commit' && javaScriptEnabled)
        await page.locator('.commit-refs a.topic').first().waitFor();
      if (name === 'commit') {
        await page.locator('.checks > summary').click();
        expect(await page.getByText('1 of 2 checks passed').isVisible(), at).toBe(true);
      }
      if (process.env.OCH_PICTURES)
        await page.screenshot({
          path: join(process.env.OCH_PICTURES, `${at.replaceAll(' ', '-')}-${javaScriptEnabled}.png`),
        });
      if (name === 'commit' && !javaScriptEnabled) {
        await page.getByText('Show the branches and tags that hold this commit').click();
        expect(await page.locator('.commit-refs a.topic').first().textContent(), at).toBe('main');
      }
    }
    await browser.close();
  }
  const browser = await openBrowser();
  const page = await browser.page();
  await page.goto(`${url}${pages.blame}`);
  await page.locator('a.blame-prior').nth(1).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/blame\/[0-9a-f]{40}\//);
  await page.goto(`${url}${pages.commit}`);
  await page.locator('.checks > summary').focus();
  await page.keyboard.press('Enter');
  expect(await page.locator('.checks[open] .checks-list li').count()).toBe(2);
  await page.keyboard.press('Escape');
  expect(await page.locator('.checks[open]').count()).toBe(0);
  await page.goto(`${url}${pages.graph}`);
  await page.locator('a.graph-title').first().focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/commit\//);
  await browser.close();
}, 300_000);
