// Atom feeds: well-formed whatever people write, tagged, found by the page, and closed to whoever may not see the pages.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseAtom, parseXml } from '../../support/atom.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { importCommits, runGit } from '../code/import-commits.ts';
import { HEAD } from '../code/repositories.ts';
import { makeScenario, type Scenario, sendForm } from './scenario.ts';

let t: TestApp;
let s: Scenario;
let hidden: Scenario;

beforeAll(async () => {
  t = await testApp();
  s = await makeScenario(t);
  hidden = await makeScenario(t, 'private');
  for (const { open, writer } of [s, hidden]) {
    runGit(open.dir, 'tag', 'v1', 'main');
    const fields = {
      action: 'publish',
      tag: 'v1',
      title: 'A <b> & "c" ]]>',
      body: '# Notes\n\n<script>hit()</script>\u0007 [x](/y)',
    };
    await sendForm(writer, `${open.path}/releases`, fields);
    importCommits(open.dir, [
      {
        ref: HEAD,
        from: HEAD,
        message: 'Bad \u0001 <title> & more\n\nbody ]]>',
        files: [{ path: 'z', data: 'z' }],
      },
    ]);
  }
});
afterAll(() => t.close());

const read = (visitor: Visitor, path: string, headers = {}) => visitor.get(s.open.path + path, headers);

/** Throws where tags do not close each other, or a character may not stand in XML. */
function requireXml(text: string): void {
  expect(text).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f]/);
  const open: string[] = [];
  for (const [, close, name = '', empty] of text
    .replace(/^<\?xml[^>]*\?>/, '')
    .matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (close) expect(open.pop()).toBe(name);
    else if (!empty) open.push(name);
  }
  expect(open).toEqual([]);
  expect(text.replace(/<\/?[a-z?][^<>]*>/g, '')).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot);)/);
}

it.each(['/releases.atom', '/tags.atom', '/commits/main.atom', '/commits/main/z.atom'])(
  '%s is well-formed and tagged',
  async (path) => {
    const answer = await read(t.anonymous, path);
    expect(answer.headers.get('content-type')).toBe('application/atom+xml; charset=utf-8');
    const text = await answer.text();
    requireXml(text);
    expect(text.match(/<entry>/g)?.length).toBeGreaterThan(0);
    expect(text).toContain('<link rel="alternate" type="text/html" href="http://127.0.0.1:3000/ada/');
    expect(text).not.toContain('script&gt;hit');
    const again = await read(t.anonymous, path, { 'if-none-match': answer.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
  },
);

it.each([
  ['/releases.rss', '/releases.rss'],
  ['/tags.rss', '/tags.rss'],
  ['/commits/main.rss', '/commits/main.rss'],
  ['/rss/branch/main', '/rss/branch/main'],
  ['/rss/branch/main/z', '/rss/branch/main/z'],
])('%s is well-formed RSS and tagged', async (path, self) => {
  const answer = await read(t.anonymous, path);
  expect(answer.headers.get('content-type')).toBe('application/rss+xml; charset=utf-8');
  const text = await answer.text();
  const channel = parseXml(text).children[0];
  const items = channel?.children.filter(({ name }) => name === 'item') ?? [];
  expect(items.length).toBeGreaterThan(0);
  for (const { children } of items)
    expect(children.map(({ name }) => name)).toEqual([
      ...['guid', 'title', 'link', 'pubDate', 'dc:creator', 'description'],
    ]);
  const link = channel?.children.find(({ name }) => name === 'atom:link');
  expect(link?.attributes.get('href')).toBe(`http://127.0.0.1:3000${s.open.path}${self}`);
  expect(text).not.toContain('script&gt;hit');
  const again = await read(t.anonymous, path, { 'if-none-match': answer.headers.get('etag') ?? '' });
  expect(again.status).toBe(304);
});

it('Gitea’s address of a branch’s feed is the same feed in Atom', async () => {
  const text = await (await read(t.anonymous, '/atom/branch/main')).text();
  parseAtom(text);
  expect(text).toContain(`${s.open.path}/atom/branch/main"`);
  expect((await read(t.anonymous, '/rss/branch/nosuch')).status).toBe(404);
  expect((await read(t.anonymous, '/rss/branch/v1')).status).toBe(404);
});

it('pages lead to their feed, in Atom and in RSS, the home page and directories too', async () => {
  for (const path of ['/releases', '/tags', '', '/tree/main', '/commits/main']) {
    const text = await (await read(t.anonymous, path)).text();
    for (const type of ['atom', 'rss']) {
      const href =
        new RegExp(`type="application/${type}\\+xml" title="[^"]+" href="([^"]+)"`).exec(text)?.[1] ?? '';
      expect([path, type, (await t.anonymous.get(href)).status]).toEqual([path, type, 200]);
    }
  }
});

it('feeds of what is private are closed to strangers, and open to its people by cookie or token', async () => {
  const token = await t.token('reader', 'read:repository');
  const other = await t.token('reader', 'read:user');
  const basic = (secret: string) => ({
    authorization: `Basic ${Buffer.from(`reader:${secret}`).toString('base64')}`,
  });
  for (const path of [
    '/releases.atom',
    '/tags.atom',
    '/commits/main.atom',
    '/releases.rss',
    '/rss/branch/main',
  ]) {
    const at = hidden.open.path + path;
    expect((await t.anonymous.get(at)).status).toBe(404);
    expect((await (await t.as('stranger')).get(at)).status).toBe(404);
    expect((await hidden.reader.get(at)).status).toBe(200);
    expect((await t.anonymous.get(at, basic(token))).status).toBe(200);
    expect((await t.anonymous.get(at, basic(other))).status).toBe(403);
    const wrong = await t.anonymous.get(at, basic('wrong'));
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="OpenCodeHub"']);
  }
  // Nothing but feeds and files of releases believes the header.
  expect((await t.anonymous.get(hidden.open.path, basic(token))).status).toBe(404);
  expect((await t.anonymous.get(`${hidden.open.path}/releases`, basic(token))).status).toBe(404);
});

it('a branch that is not there has no feed', async () => {
  expect((await read(t.anonymous, '/commits/nowhere.atom')).status).toBe(404);
});
