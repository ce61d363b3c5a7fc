// Script in everything a stranger can put into a pull request (titles, branches, paths, code, commits, reviews, checks, rules),
// opened in a real browser without the content security policy that stands behind the escaping: nothing of it runs.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { openBrowser, type TestBrowser } from '../../support/browser.ts';
import { type ServedApp, serveApp } from '../../support/serve-app.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { XSS_VECTORS } from '../../unit/markdown/xss-vectors.ts';
import { ensureAssets } from '../http/assets.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';

/** Of each field that is one line, an end of every context it may stand in. */
const BREAKERS = [
  '"><img src=x onerror=hit()>',
  "'><svg onload=hit()>",
  '</title><script>hit()</script>',
  '</textarea><script>hit()</script>',
  'javascript:hit()',
  '" autofocus onfocus=hit() x="',
  '`${hit()}`<% hit() %>',
];
/** The same as git takes them for names of branches. */
const BRANCHES = ['"><img/src=x/onerror=hit()>', "'><svg/onload=hit()>", '</title><script>hit()</script>'];
const PATHS = [
  '"><img src=x onerror=hit()>.ts',
  "'><svg onload=hit()>/a.js",
  '</script><script>hit()</script>.md',
  'plain.ts',
];

let t: TestApp;
let shop: Workshop;
let site: ServedApp;
let browser: TestBrowser;
let page: Page;
let ada: Visitor;
let pull: Pull;
let hits = 0;
const pages: string[] = [];

beforeAll(async () => {
  await ensureAssets();
  t = await testApp({ issues: { posts_per_hour: 10_000 }, pulls: { opened_per_hour: 10_000 } });
  site = await serveApp(t);
  shop = await makeWorkshop(t, {
    files: Object.fromEntries(PATHS.map((path) => [path, `${BREAKERS.join('\n')}\nold\n`])),
  });
  ada = shop.people.ada;
  await fill();
  browser = await openBrowser({ bypassCSP: true });
  await site.signIn(browser.context, 'ada');
  page = await browser.context.newPage();
  await page.exposeFunction('hit', () => {
    hits += 1;
  });
  page.on('dialog', (dialog) => {
    hits += 1;
    void dialog.dismiss();
  });
}, 300_000);
afterAll(async () => {
  await browser?.context.close();
  await site?.close();
  await t?.close();
});

async function post(visitor: Visitor, path: string, form: Record<string, string>): Promise<Response> {
  const answer = await visitor.post(path, form);
  expect(answer.status, `${path} ${JSON.stringify(form)} ${await answer.clone().text()}`).toBeLessThan(400);
  return answer;
}

/** The texts that break out of Markdown, some dozens at a time; forms refuse NUL. */
function bodies(): string[] {
  const all: string[] = [];
  for (let at = 0; at < XSS_VECTORS.length; at += 25)
    all.push(
      XSS_VECTORS.slice(at, at + 25)
        .join('\n\n')
        .replaceAll('\0', ' '),
    );
  return all;
}

async function fill(): Promise<void> {
  const changed = Object.fromEntries(PATHS.map((path) => [path, `${BREAKERS.join('\n')}\nnew\n`]));
  const token = { authorization: `token ${await t.token('ada')}`, 'content-type': 'application/json' };
  const api = (path: string, body: unknown) =>
    t.anonymous.request(`/api/v1/repos${shop.open.path}${path}`, {
      method: 'POST',
      headers: token,
      body: JSON.stringify(body),
    });
  for (const [at, branch] of BRANCHES.entries()) {
    await shop.commit(branch, changed, { message: `${BREAKERS[at]}\n\n${BREAKERS.join('\n')}` });
    pull = await shop.propose(branch, { title: BREAKERS[at] ?? '', body: bodies()[at] ?? '' });
  }
  const href = `${shop.open.path}/pull/${pull.issue.number}`;
  const head = pull.pull.headOid;
  for (const [at, body] of [...bodies(), ...BREAKERS].entries()) {
    const path = PATHS[at % PATHS.length] ?? '';
    await post(shop.people.writer, `${href}/review/comments`, {
      ...{ path, subject: 'line', side: 'head', line: '8', head, action: 'pending' },
      body: `${body}\n\n\`\`\`suggestion\n${BREAKERS.join('\n')}\n\`\`\``,
    });
  }
  await post(shop.people.writer, `${href}/reviews`, {
    state: 'changes_requested',
    body: BREAKERS.join('\n\n'),
  });
  await post(shop.people.boss, `${href}/reviews`, { state: 'approved', body: BREAKERS[0] ?? '' });
  for (const [at, text] of BREAKERS.entries()) {
    await api(`/statuses/${head}`, { state: 'failure', context: `${at}${text}`, description: text });
    const title = text;
    const output = { title, summary: bodies()[at] ?? text, text, annotations: annotations(text) };
    await api('/check-runs', { name: text, head_sha: head, conclusion: 'failure', output });
    await post(ada, `${href}/title`, { title: `${text} again` });
  }
  await shop.commit(BRANCHES[2] ?? '', { 'plain.ts': `${BREAKERS.slice(1).join('\n')}\nnewer\n` });
  for (const visitor of [ada])
    for (const [at, text] of BREAKERS.entries())
      await api('/rulesets', {
        name: `${at}${text}`.slice(0, 100),
        target: 'branch',
        enforcement: 'active',
        conditions: { ref_name: { include: [`refs/heads/${BRANCHES[at % BRANCHES.length]}`], exclude: [] } },
        rules: [
          { type: 'required_status_checks', parameters: { required_status_checks: [{ context: text }] } },
        ],
      }).then((answer) => expect(answer.status, visitor === ada ? text : '').toBeLessThan(500));
  await t.app.jobs.drain();
  const { path } = shop.open;
  for (const { issue } of [pull])
    for (const sub of [
      '',
      '/commits',
      '/checks',
      '/files',
      '/files?diff=split',
      '/conflicts',
      '/base',
      '/reviews/new',
    ])
      pages.push(`${path}/pull/${issue.number}${sub}`);
  for (let number = 1; number < pull.issue.number; number++) pages.push(`${path}/pull/${number}`);
  for (const sub of ['/pulls', '/branches', '/settings/rules', '/rules', '/settings/rules/1', '/activity'])
    pages.push(path + sub);
  pages.push('/pulls', '/', '/notifications');
  for (const branch of BRANCHES) {
    const name = branch.split('/').map(encodeURIComponent).join('/');
    pages.push(`${path}/compare/main...${name}`, `${path}/rules?ref=${encodeURIComponent(branch)}`);
  }
  for (const text of BREAKERS)
    pages.push(
      `${path}/pulls?q=${encodeURIComponent(text)}`,
      `${href}/files?path=${encodeURIComponent(text)}`,
      `${href}/files/comment?path=${encodeURIComponent(text)}&line=8&side=head`,
      `${href}/reviews/new?body=${encodeURIComponent(text)}`,
      `${path}/compare/main...${encodeURIComponent(BRANCHES[0] ?? '')}?title=${encodeURIComponent(text)}&body=${encodeURIComponent(text)}&expand=1`,
    );
}

function annotations(text: string) {
  return [
    { path: 'plain.ts', start_line: 8, end_line: 8, annotation_level: 'failure', title: text, message: text },
  ];
}

/** Moves over, focuses and opens everything of a page. */
async function provoke(): Promise<void> {
  await page.evaluate(async () => {
    for (const details of document.querySelectorAll('details')) details.open = true;
    for (const element of document.querySelectorAll<HTMLElement>('body *')) {
      for (const type of ['mouseover', 'pointerenter', 'focus', 'mousemove', 'animationend', 'toggle'])
        element.dispatchEvent(new Event(type, { bubbles: true }));
      const link = element.closest('a');
      if (link?.protocol === 'javascript:') link.click();
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  });
}

test('the harness notices what runs', async () => {
  await page.goto(site.url);
  await page.setContent('<img src=x onerror=hit()>');
  await expect.poll(() => hits).toBeGreaterThan(0);
  hits = 0;
});

test('nothing that was written runs on any page of pull requests and rules, with all menus open', async () => {
  const statuses: Record<number, number> = {};
  for (const path of pages) {
    const answer = await page.goto(site.url + path);
    const status = answer?.status() ?? 0;
    statuses[status] = (statuses[status] ?? 0) + 1;
    expect(status, path).toBeLessThan(500);
    await provoke();
    expect(hits, path).toBe(0);
  }
  expect(statuses[200], JSON.stringify(statuses)).toBeGreaterThan(pages.length * 0.6);
}, 300_000);
