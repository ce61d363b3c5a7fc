// The composer in a real browser: tools and keys, preview, files, completion, drafts, quotes, saved replies, ticking tasks.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { addComment } from '../../../src/features/issues/comments.service.ts';
import { editText } from '../../../src/features/issues/edits.service.ts';
import { saveReply } from '../../../src/features/issues/saved-replies.service.ts';
import { openBrowser, type TestBrowser } from '../../support/browser.ts';
import { png } from '../../support/images.ts';
import { type ServedApp, serveApp } from '../../support/serve-app.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { ensureAssets } from '../http/assets.ts';
import { type ComposerSite, makeSite } from './composer-site.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const FIELD = '#new-comment';
const BODY = ['Tasks:', '', '- [ ] weave', '- [x] spin', '- [ ] dye'].join('\n');

let t: TestApp;
let site: ServedApp;
let s: ComposerSite;
let browser: TestBrowser;
let page: Page;

beforeAll(async () => {
  await ensureAssets();
  t = await testApp();
  site = await serveApp(t);
}, 300_000);
afterAll(async () => {
  await site.close();
  await t.close();
});
beforeEach(async () => {
  s = await makeSite(t, BODY);
  await addComment(
    t.app,
    await t.actor('reader'),
    s.open,
    s.issue,
    'A **bold** claim about [looms](https://example.org/).',
  );
  browser = await openBrowser({ permissions: ['clipboard-read', 'clipboard-write'] });
  await site.signIn(browser.context, 'ada');
  page = await browser.page();
  await page.goto(site.url + s.at);
  await page.locator(FIELD).waitFor();
  await page.waitForFunction(() => customElements.get('markdown-composer') !== undefined);
});
afterEach(() => browser.close(/401|409|413|422/));

const value = () => page.locator(FIELD).inputValue();
const bodyOfIssue = async () => {
  const { findIssueById } = await import('../../../src/features/issues/issues.store.ts');
  return (await findIssueById(t.app.db.read, s.issue.id))?.body;
};

it('formats by tools and keys, and sends by Ctrl+Enter', async () => {
  await page.fill(FIELD, 'word');
  await page.locator(FIELD).press('Control+a');
  await page.locator(FIELD).press('Control+b');
  expect(await value()).toBe('**word**');
  await page.locator(FIELD).press('Control+a');
  await page.locator('markdown-composer md-task-list').click();
  expect(await value()).toContain('- [ ] **word**');
  // The toolbar is one stop of Tab, and arrows walk in it.
  await page.locator('markdown-toolbar').locator('[tabindex="0"]').focus();
  await page.keyboard.press('ArrowRight');
  expect(await page.evaluate(() => document.activeElement?.localName)).toBe('md-bold');
  await page.locator(FIELD).focus();
  await page.keyboard.press('Control+Enter');
  await page.locator('.comment', { hasText: 'word' }).waitFor();
  expect(await value()).toBe('');
});

it('shows a preview by mouse and by keyboard, and the field again', async () => {
  await page.fill(FIELD, 'Some *emphasis* and <script>alert(1)</script>');
  await page.locator(FIELD).press('Control+Shift+P');
  const preview = page.locator('.composer-preview');
  await preview.locator('em').waitFor();
  expect(await preview.locator('script').count()).toBe(0);
  expect(await page.locator(FIELD).isVisible()).toBe(false);
  await page.keyboard.press('ArrowLeft');
  expect(await page.locator(FIELD).isVisible()).toBe(true);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Write');
});

it('takes a pasted picture, a dropped file and a chosen one, and says what is wrong with a fourth', async () => {
  const picture = [...png(4, 3)];
  await page.locator(FIELD).focus();
  await page.evaluate((bytes) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], 'image.png', { type: 'image/png' }));
    document.activeElement?.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    );
  }, picture);
  await expect
    .poll(value)
    .toMatch(/<img width="4" height="3" alt="image" src="\/ada\/notes\d+\/attachments\/[0-9a-f]{40}">/);
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File(['woven'], 'loom.log'));
    document
      .querySelector('markdown-composer')
      ?.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  });
  await expect.poll(value).toMatch(/\[loom\.log\]\(\/ada/);
  await page.setInputFiles('input[name=files]', [
    { name: 'notes.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b') },
    { name: 'fake.png', mimeType: 'image/png', buffer: Buffer.from('<html>') },
  ]);
  await page.getByText('fake.png is not a PNG picture by its content.').waitFor();
  expect(await value()).toMatch(/\[notes\.csv\]\(\/ada/);
  expect(await value()).not.toContain('Uploading');
  await page.getByRole('button', { name: 'Comment', exact: true }).last().click();
  await page.locator('.comment-body img[width="4"]').waitFor();
  const shown = await page
    .locator('.comment-body img[width="4"]')
    .evaluate((image: HTMLImageElement) => image.naturalWidth);
  expect(shown).toBe(4);
});

it('completes people, issues and emoji by keyboard', async () => {
  const field = page.locator(FIELD);
  await field.pressSequentially('Hello @rea');
  await page.locator('[role=option]', { hasText: 'reader' }).waitFor();
  await page.keyboard.press('Enter');
  expect(await value()).toBe('Hello @reader ');
  await field.pressSequentially('see #looms');
  await page.locator('[role=option]', { hasText: 'Looms stop' }).waitFor();
  await page.keyboard.press('Tab');
  expect(await value()).toBe(`Hello @reader see #${s.issue.number} `);
  await field.pressSequentially(':tada');
  await page.locator('[role=option]', { hasText: '🎉' }).waitFor();
  await page.keyboard.press('Escape');
  expect(await page.locator('[role=option]').count()).toBe(0);
  await field.pressSequentially(' :hear');
  await page.locator('[role=option]', { hasText: 'heart' }).first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await value()).toMatch(/:tada :hear\w*: $/);
});

it('keeps a draft over a reload and for nobody else, until it was sent or somebody signs out', async () => {
  await page.fill(FIELD, 'A thought that is not finished');
  await page.reload();
  await expect.poll(value).toBe('A thought that is not finished');
  await browser.context.clearCookies();
  await site.signIn(browser.context, 'reader');
  await page.reload();
  await page.waitForTimeout(300);
  expect(await value()).toBe('');
  await browser.context.clearCookies();
  await site.signIn(browser.context, 'ada');
  await page.reload();
  await expect.poll(value).toBe('A thought that is not finished');
  await page.getByRole('button', { name: 'Comment', exact: true }).last().click();
  await page.locator('.comment', { hasText: 'not finished' }).waitFor();
  await page.goto(site.url + s.at);
  await page.waitForTimeout(300);
  expect(await value()).toBe('');
  await page.fill(FIELD, 'Another one');
  await page.waitForTimeout(500);
  expect(
    await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length),
  ).toBe(1);
  await page.evaluate(() =>
    document.querySelector<HTMLFormElement>('form[action="/logout"]')?.requestSubmit(),
  );
  await page.waitForURL((url) => !url.pathname.includes('/issues/'));
  expect(
    await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length),
  ).toBe(0);
});

it('quotes what is selected by `r`, and a whole comment by its menu', async () => {
  await page.evaluate(() => {
    const text = [...document.querySelectorAll('.comment-body p')].at(-1);
    const range = document.createRange();
    if (text) range.selectNodeContents(text);
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(range);
  });
  await page.keyboard.press('r');
  await expect.poll(value).toBe('> A **bold** claim about [looms](https://example.org/).\n\n');
  await page.fill(FIELD, '');
  await page.evaluate(() => getSelection()?.removeAllRanges());
  const first = page.locator('.comment').first();
  await first.locator('summary[aria-label="More"]').click();
  await first.getByRole('button', { name: 'Quote reply' }).click();
  await expect.poll(value).toBe(
    `${BODY.split('\n')
      .map((line) => (line ? `> ${line}` : '>'))
      .join('\n')}\n\n`,
  );
});

it('puts a saved reply where the cursor stands', async () => {
  await saveReply(t.app, await t.actor('ada'), { title: 'Thanks', body: 'Thank you, %cursor%!' });
  await page.fill(FIELD, 'Hi. ');
  await page.getByRole('button', { name: 'Saved replies' }).click();
  await page.locator('.composer-replies .menu-item', { hasText: 'Thanks' }).waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.type('all');
  expect(await value()).toBe('Hi. Thank you, all!');
});

it('ticks a task in place, and neither the tick nor an edit of somebody else is lost', async () => {
  const box = (name: string) => page.getByRole('checkbox', { name });
  await box('weave').check();
  await expect.poll(bodyOfIssue).toContain('- [x] weave');
  const actor = await t.actor('writer');
  const edited = `New words\n\n${BODY.replace('[ ] weave', '[x] weave')}\n- [ ] sell`;
  await editText(t.app, actor, s.open, s.issue, undefined, { body: edited, version: 1 });
  await box('dye').check();
  await expect.poll(bodyOfIssue).toBe(edited.replace('[ ] dye', '[x] dye'));
  await box('sell').waitFor();
  await page.getByText('New words').waitFor();
  const gone = 'Nothing is to do.\n\n- [ ] rest';
  await editText(t.app, actor, s.open, s.issue, undefined, { body: gone, version: 3 });
  await box('sell').click();
  await page.getByText('This task was changed since you opened the page').waitFor();
  await box('rest').waitFor();
  expect(await bodyOfIssue()).toBe(gone);
});

/** What axe finds in composers and in what opens beside them. */
async function violations(part = '.comment-form'): Promise<string[]> {
  await page.evaluate(AXE);
  // Colours on their way from one to the other are brought to their end.
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) animation.finish();
  });
  const { violations: found } = await page.evaluate<AxeResults, string>(
    (within) =>
      Reflect.get(window, 'axe').run(within, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
        resultTypes: ['violations'],
      }),
    part,
  );
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message}`));
}

it.each(['light', 'dark'] as const)(
  'breaks no rule of accessibility in its states, %s',
  async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    expect(await violations()).toEqual([]);
    await page.locator(FIELD).pressSequentially('@rea');
    await page.locator('[role=option]').first().waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Saved replies' }).click();
    await page.locator('.composer-replies .menu-item').first().waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.setInputFiles('input[name=files]', {
      name: 'a.png',
      mimeType: 'image/png',
      buffer: Buffer.from('x'),
    });
    await page.getByText('a.png is not a PNG').waitFor();
    await page.locator(FIELD).press('Control+Shift+P');
    await page.locator('.composer-preview p').waitFor();
    expect(await violations()).toEqual([]);
  },
);

it('keeps what was typed when the session was lost, and sends it after signing in again', async () => {
  await page.fill(FIELD, 'Typed for an hour');
  await page.waitForTimeout(500);
  await browser.context.clearCookies();
  await page.getByRole('button', { name: 'Comment', exact: true }).last().click();
  await page.waitForLoadState();
  await site.signIn(browser.context, 'ada');
  await page.goto(site.url + s.at);
  await expect.poll(value).toBe('Typed for an hour');
  await page.getByText('Your draft is back.').waitFor();
  await page.getByRole('button', { name: 'Discard it' }).click();
  expect(await value()).toBe('');
  await page.reload();
  await page.waitForTimeout(300);
  expect(await value()).toBe('');
});

it('plays a video that was put into a text, and shows no other', async () => {
  const start = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1');
  await page.setInputFiles('input[name=files]', { name: 'loom.mp4', mimeType: 'video/mp4', buffer: start });
  await expect
    .poll(value)
    .toMatch(/<video src="\/ada\/notes\d+\/attachments\/[0-9a-f]{40}" controls><\/video>/);
  await page.locator(FIELD).press('Control+End');
  await page.keyboard.type('\n\n<video src="https://example.org/x.mp4" controls></video>');
  await page.getByRole('button', { name: 'Comment', exact: true }).last().click();
  await page.locator('.comment-body video').waitFor();
  expect(await page.locator('.comment-body video').count()).toBe(1);
});

it('breaks no rule of accessibility on the pages of saved replies', async () => {
  await saveReply(t.app, await t.actor('ada'), { title: 'Thanks', body: 'Thank you' });
  await page.goto(`${site.url}/settings/replies`);
  expect(await violations(':root')).toEqual([]);
  await page.getByRole('link', { name: 'Edit Thanks' }).first().click();
  await page.getByRole('button', { name: 'Save' }).waitFor();
  expect(await violations(':root')).toEqual([]);
});

it('comments with a file and previews without scripts', async () => {
  const plain = await openBrowser({ javaScriptEnabled: false });
  await site.signIn(plain.context, 'ada');
  const tab = await plain.page();
  await tab.goto(site.url + s.at);
  await tab.fill(FIELD, 'Here is *the* log.');
  await tab.setInputFiles('input[name=files]', {
    name: 'loom.log',
    mimeType: 'text/plain',
    buffer: Buffer.from('x'),
  });
  await tab.getByRole('button', { name: 'Preview' }).click();
  await tab.locator('section[aria-label=Preview] em', { hasText: 'the' }).waitFor();
  expect(await tab.locator('textarea').inputValue()).toMatch(/^Here is \*the\* log\.\s+\[loom\.log\]\(/);
  await tab.getByRole('button', { name: 'Comment' }).click();
  await tab.locator('.comment-body a', { hasText: 'loom.log' }).waitFor();
  await plain.close();
});

it('keeps the title of a new issue with its text, until it was opened', async () => {
  const address = `${site.url}${s.open.path}/issues/new`;
  await page.goto(address);
  await page.fill('#field-title', 'Threads tear');
  await page.fill('#field-body', 'Every day.');
  await page.goto(site.url + s.at);
  await page.goto(address);
  await expect.poll(() => page.locator('#field-title').inputValue()).toBe('Threads tear');
  expect(await page.locator('#field-body').inputValue()).toBe('Every day.');
  await page.getByRole('button', { name: 'Create issue' }).click();
  await page.getByRole('heading', { name: 'Threads tear' }).waitFor();
  await page.goto(address);
  await page.waitForTimeout(300);
  expect(await page.locator('#field-title').inputValue()).toBe('');
});
