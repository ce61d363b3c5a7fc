// What others wrote, in a real browser and without the content security policy that stands behind the sanitizer.
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderMarkdown } from '../../../src/platform/render/markdown.ts';
import { repositoryLinks } from '../../../src/platform/render/markdown-links.ts';
import { XSS_VECTORS } from '../../unit/markdown/xss-vectors.ts';

let browser: Browser;
let page: Page;
let hits: string[] = [];

const links = repositoryLinks({ repository: '/owner/repo', revision: 'main', directory: '' });

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  page = await browser.newPage();
  await page.exposeFunction('hit', () => void hits.push('hit'));
  page.on('dialog', (dialog) => {
    hits.push(dialog.message());
    void dialog.dismiss();
  });
  await page.route('**/*', (route) =>
    route.request().url() === 'http://page.invalid/'
      ? route.fulfill({ contentType: 'text/html', body: '<!doctype html><main></main>' })
      : route.fulfill({ status: 404, body: '' }),
  );
}, 60_000);
afterAll(() => browser.close());

/** Shows HTML as part of a page, moves over everything, focuses and clicks it; returns how often script ran. */
async function provoke(html: string): Promise<number> {
  hits = [];
  await page.goto('http://page.invalid/');
  await page.setContent(`<!doctype html><main>${html}</main>`);
  await page.evaluate(async () => {
    for (const element of document.querySelectorAll<HTMLElement>('main *')) {
      for (const type of ['mouseover', 'pointerenter', 'focus', 'mousemove', 'animationend'])
        element.dispatchEvent(new Event(type, { bubbles: true }));
      const link = element.closest('a');
      if (!link || link.protocol === 'javascript:') element.click?.();
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  });
  return hits.length;
}

test('the harness notices what runs', async () => {
  expect(await provoke('<img src=x onerror=hit()>')).toBeGreaterThan(0);
  expect(await provoke('<a href="javascript:hit()">x</a>')).toBeGreaterThan(0);
  expect(await provoke('<p onmouseover=hit()>x</p>')).toBeGreaterThan(0);
});

test('no vector runs after rendering', async () => {
  for (let start = 0; start < XSS_VECTORS.length; start += 20) {
    const some = XSS_VECTORS.slice(start, start + 20);
    const together = some.map((vector) => `<section>${renderMarkdown(vector, links)}</section>`).join('\n');
    expect(await provoke(together), some.join('\n')).toBe(0);
  }
}, 60_000);

test('no global is replaced by an element', async () => {
  const names = ['body', 'cookie', 'getElementById', 'location', 'app', 'x', 'defaultView', 'attributes'];
  const html = XSS_VECTORS.map((vector) => renderMarkdown(vector, links)).join('\n');
  await page.goto('http://page.invalid/');
  const before = await page.evaluate((all) => all.map((name) => typeof Reflect.get(window, name)), names);
  await page.setContent(`<!doctype html><main>${html}</main>`);
  const after = await page.evaluate((all) => all.map((name) => typeof Reflect.get(window, name)), names);
  expect(after).toEqual(before);
  expect(await page.evaluate(() => document.body instanceof HTMLBodyElement)).toBe(true);
});
