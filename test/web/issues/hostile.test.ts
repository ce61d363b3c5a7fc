// Script in every field of issues, opened in a real browser without the content security policy that stands behind the
// escaping: nothing of it runs on any page, in any state.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, type TestBrowser } from '../../support/browser.ts';
import { type ServedApp, serveApp } from '../../support/serve-app.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { XSS_VECTORS } from '../../unit/markdown/xss-vectors.ts';
import { ensureAssets } from '../http/assets.ts';
import { makeTracker, type Tracker } from './tracker.ts';

/** Of each field that is one line, an end of every context it may stand in. */
const BREAKERS = [
  '"><img src=x onerror=hit()>',
  "'><svg onload=hit()>",
  '</title><script>hit()</script>',
  '</textarea><script>hit()</script>',
  'javascript:hit()',
  '" autofocus onfocus=hit() x="',
  '{{constructor.constructor("hit()")()}}',
  '`${hit()}`<% hit() %>',
];

let t: TestApp;
let s: Tracker;
let site: ServedApp;
let browser: TestBrowser;
let page: Page;
let ada: Visitor;
let hits = 0;
let pages: string[] = [];

beforeAll(async () => {
  await ensureAssets();
  t = await testApp({ issues: { posts_per_hour: 10_000 } });
  site = await serveApp(t);
  s = await makeTracker(t);
  ada = s.people.ada;
  await fillFields();
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
  await browser.context.close();
  await site.close();
  await t.close();
});

async function sent(path: string, form: Record<string, string>): Promise<string> {
  const answer = await ada.post(path, form);
  expect(answer.status, `${path} ${JSON.stringify(form)}`).toBeLessThan(400);
  return new URL(answer.headers.get('location') ?? '', 'http://x').pathname;
}

async function fillFields(): Promise<void> {
  const { path } = s.open;
  for (const [n, text] of BREAKERS.entries()) {
    await sent(`${path}/labels`, { name: `${n}${text}`.slice(0, 50), color: 'ff0000', description: text });
    await sent(`${path}/milestones`, { title: `${n}${text}`, description: text, due_on: '' });
    await sent('/settings/replies', { title: text, body: text });
    await sent('/issues/views', { name: text, query: `is:open ${text}`, repository: path.slice(1) });
  }
  const bodies: string[] = [];
  // Forms refuse NUL.
  for (let at = 0; at < XSS_VECTORS.length; at += 25)
    bodies.push(
      XSS_VECTORS.slice(at, at + 25)
        .join('\n\n')
        .replaceAll('\0', ' '),
    );
  const first = await sent(`${path}/issues`, {
    title: BREAKERS.join(' ').slice(0, 200),
    body: bodies[0] ?? '',
  });
  for (const body of [...bodies.slice(1), ...BREAKERS])
    await sent(`${first}/comments`, { body: `${body}\n\n@reader #1`, action: 'comment' });
  for (const text of BREAKERS) {
    const href = await sent(`${path}/issues`, { title: text, body: `${text} #1` });
    await sent(`${href}/title`, { title: `${text} again` });
  }
  await sent(`${first}/comments`, { body: '', action: 'not_planned' });
  await t.app.jobs.drain();
  pages = [
    ...[
      `${path}/issues`,
      `${path}/issues?q=is%3Aclosed`,
      `${path}/labels`,
      `${path}/milestones`,
      `${path}/milestones/new`,
    ],
    ...[
      '/issues',
      '/issues/views',
      '/settings/replies',
      '/settings/replies/list',
      '/',
      '/ada',
      '/notifications',
    ],
    ...[`${path}/activity`, `${path}/milestone/1`, `${path}/milestones/1/edit`, `${path}/issues/new`],
    ...['labels', 'milestones', 'assignees', 'authors'].map((menu) => `${path}/issues/filters/${menu}`),
    ...BREAKERS.map((_, n) => `${path}/issues/${n + 1}`),
    ...BREAKERS.flatMap((text) => [
      `${path}/issues?q=${encodeURIComponent(text)}`,
      `${path}/issues?q=${encodeURIComponent(`label:"${text}" sort:"${text}"`)}`,
      `/issues?q=${encodeURIComponent(text)}&after=${encodeURIComponent(text)}`,
      `${path}/issues/new?title=${encodeURIComponent(text)}&body=${encodeURIComponent(text)}&labels=${encodeURIComponent(text)}&milestone=${encodeURIComponent(text)}&template=${encodeURIComponent(text)}`,
      `${path}/labels?q=${encodeURIComponent(text)}`,
      `/notifications?q=${encodeURIComponent(text)}&reason=${encodeURIComponent(text)}`,
    ]),
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
  await page.waitForTimeout(100);
  expect(hits).toBeGreaterThan(0);
  hits = 0;
});

test('nothing that was written runs on any page, with all menus open', async () => {
  const statuses: Record<number, number> = {};
  for (const path of pages) {
    const answer = await page.goto(site.url + path);
    const status = answer?.status() ?? 0;
    statuses[status] = (statuses[status] ?? 0) + 1;
    expect(status, path).toBeLessThan(500);
    await provoke();
    expect(hits, path).toBe(0);
  }
  expect(statuses[200]).toBeGreaterThan(pages.length / 2);
}, 300_000);

test('links made of texts lead to addresses of the web alone', async () => {
  for (const path of [`${s.open.path}/issues/1`, '/notifications', `${s.open.path}/activity`]) {
    await page.goto(site.url + path);
    const schemes = await page.evaluate(() => [...document.links].map((link) => link.protocol));
    expect(
      schemes.filter((scheme) => !['http:', 'https:', 'mailto:', 'ssh:'].includes(scheme)),
      path,
    ).toEqual([]);
  }
});
