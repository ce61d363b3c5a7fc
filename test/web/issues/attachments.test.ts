// Files in texts: what is accepted, who sees them, how they are served, and when they go.
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  removeUnclaimedAttachments,
  sweepAttachments,
} from '../../../src/features/issues/attachment-upkeep.service.ts';
import { addComment } from '../../../src/features/issues/comments.service.ts';
import { repositories } from '../../../src/platform/db/tables/repos.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { type ComposerSite, makeSite, sendFiles, upload, uploaded } from './composer-site.ts';

const HOUR = 3_600_000;
const PNG = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADklEQVR4nGNgYGBgYPgPAAEDAQAIhb3dAAAAAElFTkSuQmCC',
    'base64',
  ),
);
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

let t: TestApp;
let s: ComposerSite;
let ada: Visitor;
let reader: Visitor;
let now = Date.now();

beforeAll(async () => {
  const issues = { max_attachment_bytes: 200_000, attachments_per_day: 40 };
  t = await testApp({ issues, server: { max_body_bytes: 100_000 } }, { clock: { now: () => now } });
});
afterAll(() => t.close());
beforeEach(async () => {
  now += 25 * HOUR;
  s = await makeSite(t);
  [ada, reader] = [await t.as('ada'), await t.as('reader')];
});

const files = async () => (await t.app.storage.list('attachments', Number.MAX_SAFE_INTEGER)).length;
const never = new AbortController().signal;

/** Comments with a text, and gives the address to which the browser is led. */
async function comment(visitor: Visitor, body: string): Promise<string> {
  const answer = await visitor.post(`${s.at}/comments`, { body, action: 'comment' });
  expect(answer.status).toBe(303);
  return answer.headers.get('location') ?? '';
}

const idOf = (address: string) => Number(/issuecomment-(\d+)/.exec(address)?.[1]);

describe('an upload', () => {
  it('is answered with the Markdown that shows it', async () => {
    const answer = await upload(reader, s.open, 'a [b] c.png', PNG);
    expect(answer.status).toBe(201);
    const made = (await answer.json()) as Record<string, unknown>;
    expect(made).toMatchObject({ mediaType: 'image/png', width: 2, height: 1, size: PNG.length });
    expect(made.markdown).toBe(`<img width="2" height="1" alt="a b c" src="${made.href}">`);
    const text = await uploaded(reader, s.open, 'build.log', 'done');
    expect(text.markdown).toBe(`[build.log](${text.href})`);
  });

  it('that lies about itself is refused in a sentence, and nothing of it stays', async () => {
    const before = await files();
    const html = '<!DOCTYPE html><script>alert(document.domain)</script>';
    for (const [name, content] of [
      ['page.png', html],
      ['page.svg', html],
      ['movie.mp4', html],
      ['picture.jpg', PNG],
      ['program.exe', new Uint8Array([0x4d, 0x5a, 0, 0xff])],
      ['empty.txt', ''],
      ['', 'text'],
      ['latin.txt', new Uint8Array([0xe4, 0x20])],
    ] as const) {
      const answer = await upload(reader, s.open, name, content);
      expect(answer.status, name).toBe(422);
      expect(((await answer.json()) as { message: string }).message).toMatch(/^[A-Za-z].+\.$/);
    }
    expect(await files()).toBe(before);
  });

  it('is bounded while it comes, far beyond what a form may hold', async () => {
    expect((await upload(reader, s.open, 'big.txt', 'x'.repeat(199_999))).status).toBe(201);
    const before = await files();
    const answer = await upload(reader, s.open, 'big.txt', 'x'.repeat(200_001));
    expect(answer.status).toBe(413);
    expect(await answer.json()).toEqual({ message: 'A file has at most 195 KiB here.' });
    expect(await files()).toBe(before);
  });

  it('is counted: so many a day and no more', async () => {
    const somebody = await t.as('uploader');
    for (let count = 0; count < 40; count++)
      expect((await upload(somebody, s.open, 'a.txt', 'x')).status).toBe(201);
    expect((await upload(somebody, s.open, 'a.txt', 'x')).status).toBe(429);
    expect((await upload(reader, s.open, 'a.txt', 'x')).status).toBe(201);
  });

  it('is for people who may open issues: nobody else, and nobody from another site', async () => {
    expect((await upload(t.anonymous, s.open, 'a.txt', 'x')).status).toBe(401);
    const hidden = await makeSite(t, '', 'private');
    expect((await upload(await t.as('stranger'), hidden.open, 'a.txt', 'x')).status).toBe(404);
    const headers = {
      'content-type': 'application/octet-stream',
      'x-file-name': 'a.txt',
      'sec-fetch-site': 'cross-site',
    };
    const forged = await reader.request(`${s.open.path}/attachments`, { method: 'POST', headers, body: 'x' });
    expect(forged.status).toBe(403);
    await ada.post('/settings/blocks', { username: 'reader' });
    expect((await upload(reader, s.open, 'a.txt', 'x')).status).toBe(403);
    await ada.post(`/settings/blocks/${(await t.actor('reader')).userId}/removal`, {});
  });
});

describe('a file that is served', () => {
  it('cannot act on this site, whatever it holds', async () => {
    const made = {
      picture: await uploaded(ada, s.open, 'a.png', PNG),
      page: await uploaded(ada, s.open, 'evil.html', '<script>alert(1)</script>'),
      drawing: await uploaded(ada, s.open, 'evil.svg', SVG),
      archive: await uploaded(ada, s.open, 'ü "x".zip', Buffer.from('504b0506', 'hex')),
      pdf: await uploaded(ada, s.open, 'a.pdf', '%PDF-1.7'),
      // A picture and a page at once: only its beginning counts.
      polyglot: await uploaded(ada, s.open, 'b.gif', 'GIF89a\x01\0\x01\0/*<script>alert(1)</script>*/'),
    };
    const headers = async (name: keyof typeof made) => (await ada.get(made[name].href)).headers;
    for (const name of Object.keys(made) as (keyof typeof made)[]) {
      const got = await headers(name);
      expect(got.get('x-content-type-options')).toBe('nosniff');
      expect(got.get('content-security-policy')).toContain("default-src 'none'");
      if (name !== 'pdf') expect(got.get('content-security-policy')).toMatch(/; sandbox$/);
      expect(got.get('cache-control')).toBe('private, no-cache');
      expect(got.get('content-type')).not.toMatch(/html|script/);
    }
    expect((await headers('page')).get('content-type')).toBe('text/plain; charset=utf-8');
    expect((await headers('polyglot')).get('content-type')).toBe('image/gif');
    expect((await headers('picture')).get('content-disposition')).toMatch(/^inline; filename="a.png"/);
    expect((await headers('drawing')).get('content-disposition')).toMatch(/^attachment;/);
    expect((await headers('archive')).get('content-disposition')).toBe(
      `attachment; filename="_x_.zip"; filename*=UTF-8''%C3%BC%20%22x%22.zip`,
    );
  });

  it('answers ranges and what a browser holds already', async () => {
    const { href } = await uploaded(ada, s.open, 'a.txt', '0123456789');
    const part = await ada.get(href, { range: 'bytes=2-4' });
    expect([part.status, await part.text()]).toEqual([206, '234']);
    expect(part.headers.get('content-range')).toBe('bytes 2-4/10');
    expect((await ada.get(href, { range: 'bytes=20-' })).status).toBe(416);
    const tag = part.headers.get('etag') ?? '';
    expect((await ada.get(href, { 'if-none-match': tag })).status).toBe(304);
  });

  it('is its uploader’s alone until its text is saved, then of all who read the issues', async () => {
    const { href, markdown } = await uploaded(reader, s.open, 'a.png', PNG);
    for (const visitor of [t.anonymous, ada, await t.as('stranger')])
      expect((await visitor.get(href)).status).toBe(404);
    expect((await reader.get(href)).status).toBe(200);
    await comment(reader, `Look: ${markdown}`);
    expect((await t.anonymous.get(href)).status).toBe(200);
  });

  it('is not claimed by whoever writes the address of somebody else’s', async () => {
    const { href, markdown } = await uploaded(reader, s.open, 'a.png', PNG);
    await comment(ada, markdown);
    expect((await ada.get(href)).status).toBe(404);
  });

  it('of a private repository is readable to nobody more by being named elsewhere', async () => {
    const hidden = await makeSite(t, '', 'private');
    const { href, markdown } = await uploaded(ada, hidden.open, 'secret.png', PNG);
    await addComment(t.app, await t.actor('ada'), hidden.open, hidden.issue, markdown);
    await comment(ada, markdown);
    const stranger = await t.as('stranger');
    const elsewhere = href.replace(hidden.open.path, s.open.path);
    for (const address of [href, elsewhere]) expect((await stranger.get(address)).status).toBe(404);
    expect((await ada.get(href)).status).toBe(200);
    expect((await ada.get(elsewhere)).headers.get('location')).toBe(href);
    for (const token of ['x', 'a'.repeat(40), '../../etc/passwd', '%00', `${'a'.repeat(40)}0`])
      expect((await stranger.get(`${s.open.path}/attachments/${encodeURIComponent(token)}`)).status).toBe(
        404,
      );
  });

  it('stays at its address when the repository gets another name', async () => {
    const { href, markdown } = await uploaded(ada, s.open, 'a.png', PNG);
    await comment(ada, markdown);
    const name = `renamed${s.open.repository.id}`;
    await ada.post(`${s.open.path}/settings/name`, { name });
    const answer = await t.anonymous.get(href);
    expect(answer.status).toBe(301);
    expect((await t.anonymous.get(answer.headers.get('location') ?? '')).status).toBe(200);
  });
});

it('is named by the API with the text it belongs to, until it is no part of it any more', async () => {
  const [one, two] = [
    await uploaded(reader, s.open, 'a.png', PNG),
    await uploaded(reader, s.open, 'b.txt', 'b'),
  ];
  const id = idOf(await comment(reader, `${one.markdown} ${two.markdown}`));
  const at = `/api/v1/repos${s.open.path}/issues`;
  const assets = async (path: string) => (await (await t.anonymous.get(at + path)).json()).assets;
  const site = t.app.publicUrl();
  expect(await assets(`/comments/${id}`)).toMatchObject([
    {
      name: 'a.png',
      size: PNG.length,
      browser_download_url: site + one.href,
      uuid: one.href.split('/').at(-1),
    },
    { name: 'b.txt', size: 1, browser_download_url: site + two.href },
  ]);
  expect(await assets('/1')).toEqual([]);
  await reader.post(`${s.at}/text`, { comment: String(id), version: '0', body: two.markdown });
  expect(await assets(`/comments/${id}`)).toMatchObject([{ name: 'b.txt' }]);
  await ada.post(`${s.at}/text`, {
    version: '0',
    body: (await uploaded(ada, s.open, 'c.txt', 'c')).markdown,
  });
  expect(await assets('/1')).toMatchObject([{ name: 'c.txt' }]);
});

describe('a file goes', () => {
  it('with its comment', async () => {
    const before = await files();
    const { href, markdown } = await uploaded(reader, s.open, 'a.png', PNG);
    const id = idOf(await comment(reader, markdown));
    expect((await reader.post(`${s.at}/comments/${id}/deletion`)).status).toBe(303);
    expect((await reader.get(href)).status).toBe(404);
    await expect.poll(files).toBe(before);
  });

  it('when it is edited out of its text, and not before', async () => {
    const one = await uploaded(reader, s.open, 'a.png', PNG);
    const two = await uploaded(reader, s.open, 'b.png', PNG);
    const id = idOf(await comment(reader, `${one.markdown}\n${two.markdown}`));
    const body = `Only ${two.markdown}`;
    const answer = await reader.post(`${s.at}/text`, { comment: String(id), version: '0', body });
    expect(answer.status).toBe(303);
    expect((await reader.get(one.href)).status).toBe(404);
    expect((await t.anonymous.get(two.href)).status).toBe(200);
  });

  it('with its issue', async () => {
    const { href, markdown } = await uploaded(reader, s.open, 'a.png', PNG);
    await comment(reader, markdown);
    const phrase = `${s.open.path.slice(1)}#${s.issue.number}`;
    const page = await (await ada.get(`${s.at}/deletion`)).text();
    const typed = /data-types="([^"]+)"/.exec(page)?.[1] ?? phrase;
    expect((await ada.post(`${s.at}/deletion`, { confirmation: typed })).status).toBe(303);
    expect((await reader.get(href)).status).toBe(404);
  });

  it('after a day, if its text was never saved', async () => {
    const kept = await uploaded(reader, s.open, 'a.png', PNG);
    await comment(reader, kept.markdown);
    const { href } = await uploaded(reader, s.open, 'b.png', PNG);
    now += 23 * HOUR;
    await removeUnclaimedAttachments(t.app, never);
    expect((await reader.get(href)).status).toBe(200);
    now += 2 * HOUR;
    await removeUnclaimedAttachments(t.app, never);
    expect((await reader.get(href)).status).toBe(404);
    expect((await reader.get(kept.href)).status).toBe(200);
  });

  it('with its repository, and a sweep removes its bytes', async () => {
    const { markdown } = await uploaded(ada, s.open, 'a.png', PNG);
    await comment(ada, markdown);
    const before = await files();
    // What the job does that removes deleted repositories for good.
    await t.app.db.write(async (tx) => {
      await tx.delete(repositories).where(eq(repositories.id, s.open.repository.id));
    });
    await sweepAttachments(t.app, never);
    expect(await files()).toBeLessThan(before);
  });
});

describe('without scripts', () => {
  it('a comment is sent with its files, which are named at the end of its text', async () => {
    const answer = await sendFiles(
      reader,
      `${s.at}/comments`,
      { body: 'Two files:', action: 'comment' },
      { 'a.png': PNG, 'b.log': 'done' },
    );
    expect(answer.status).toBe(303);
    const page = await (await t.anonymous.get(s.at)).text();
    expect(page).toMatch(/<img[^>]+\/attachments\/[0-9a-f]{40}/);
    const href = /href="([^"]+\/attachments\/[0-9a-f]{40})"/.exec(page)?.[1] ?? '';
    expect(await (await t.anonymous.get(href)).text()).toBe('done');
  });

  it('a file that is not accepted leaves what was typed in its field, with the reason', async () => {
    const answer = await sendFiles(
      reader,
      `${s.at}/comments`,
      { body: 'Typed with care', action: 'comment' },
      { 'a.png': 'x' },
    );
    expect(answer.status).toBe(422);
    const page = await answer.text();
    expect(page).toContain('Typed with care');
    expect(page).toContain('a.png is not a PNG picture by its content.');
  });

  it('a preview is a page that keeps all that was typed, with the files that were chosen', async () => {
    const of = `${s.open.path}/issues`;
    const path = `${s.open.path}/preview?${new URLSearchParams({ of, field: 'body', send: 'Create issue' })}`;
    const answer = await sendFiles(reader, path, { title: 'A <title>', body: '**bold**' }, { 'a.png': PNG });
    const page = await answer.text();
    expect(page).toContain('<strong>bold</strong>');
    expect(page).toContain('name="title" value="A &lt;title&gt;"');
    expect(page).toContain(`action="${of}"`);
    expect(page).toMatch(/<textarea[^>]*>\s*\*\*bold\*\*\s+&lt;img/);
  });

  it('a preview is made for people who may comment, and for nobody else', async () => {
    const hidden = await makeSite(t, '', 'private');
    expect((await t.anonymous.post(`${s.open.path}/preview`, { body: 'x' })).status).toBe(401);
    const stranger = await t.as('stranger');
    expect((await stranger.post(`${hidden.open.path}/preview`, { body: 'x' })).status).toBe(404);
    expect((await stranger.post(`${s.open.path}/preview`, { body: 'x' })).status).toBe(200);
  });

  it('a preview sends its form to this repository alone', async () => {
    for (const of of ['https://evil.example/', '//evil.example', '/logout', `${s.open.path}/../../logout`]) {
      const path = `${s.open.path}/preview?${new URLSearchParams({ of })}`;
      const page = await (await reader.post(path, { body: 'x' })).text();
      expect(page).not.toContain('<textarea');
      expect(page).not.toContain('evil.example');
    }
  });
});

it('dozens of pictures are sent at once, as a page of them asks for', async () => {
  const { href, markdown } = await uploaded(ada, s.open, 'a.png', PNG);
  await comment(ada, markdown);
  const answers = await Promise.all(Array.from({ length: 40 }, () => t.anonymous.get(href)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});
