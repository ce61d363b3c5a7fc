import { expect, test } from 'vitest';
import { replaceShortcodes } from '../../../src/platform/render/emoji.ts';
import { renderMarkdown } from '../../../src/platform/render/markdown.ts';
import { repositoryLinks } from '../../../src/platform/render/markdown-links.ts';

const links = repositoryLinks({ repository: '/o/r', revision: 'feature/x', directory: 'docs' });
const render = (source: string) => renderMarkdown(source, links).trim();

test('headings get GitHub anchors, numbered when they repeat', () => {
  const html = render(
    '# Hello, World!\n## Hello, World!\n### :rocket: A & *B* `c()`\n# Ünïcode 日本\n# hello-world-1\n# !!!',
  );
  const ids = [...html.matchAll(/<h\d id="user-content-([^"]*)"/g)].map((match) => match[1]);
  expect(ids).toEqual(['hello-world', 'hello-world-1', 'rocket-a--b-c', 'ünïcode-日本', 'hello-world-1-1']);
  expect(html).toContain(
    '<a class="markdown-anchor" aria-label="Permalink: Hello, World!" href="#user-content-hello-world">',
  );
});

test('tables keep their alignment', () => {
  const html = render('| a | b |\n|:--|--:|\n| `x\\|y` | 2 |');
  expect(html).toContain('<th align="right">b</th>');
  expect(html).toContain('<td align="left"><code>x|y</code></td>');
});

test('tasks are boxes that cannot be ticked', () => {
  const html = render('- [x] done\n- [ ] open');
  expect(html).toContain(
    '<li class="task-list-item"><input type="checkbox" disabled="disabled" aria-label="Completed task" checked="checked" /> done</li>',
  );
  expect(html).toContain('aria-label="Open task" /> open');
});

test.each(['note', 'tip', 'important', 'warning', 'caution'])('alert %s', (kind) => {
  expect(render(`> [!${kind.toUpperCase()}]\n> Read **this**.`)).toContain(
    `<div class="markdown-alert markdown-alert-${kind}">\n<p class="markdown-alert-title">`,
  );
});

test('footnotes lead there and back', () => {
  const html = render('One[^1] and again[^1], two[^long].\n\n[^1]: First.\n[^long]: Second.');
  const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]));
  const targets = [...html.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]);
  expect(targets.length).toBe(6);
  for (const target of targets) expect(ids).toContain(target);
});

test('emoji come out as characters, unknown names and code stay', () => {
  expect(render(':heart: :+1: :nosuch: `:heart:` 12:30:45')).toBe(
    '<p>❤️ 👍 :nosuch: <code>:heart:</code> 12:30:45</p>',
  );
  expect(replaceShortcodes('Fix :bug: in :constructor: and :nosuch:')).toBe(
    'Fix 🐛 in :constructor: and :nosuch:',
  );
});

test('relative links and images stay in the repository at the same revision', () => {
  const html = render(
    '[a](guide/x.md#top) [b](/README.md) [c](../src/a.ts#L3) [d](?plain=1) [e](#part) ![f](i.png)',
  );
  const addresses = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map((match) => match[1]);
  expect(addresses).toEqual([
    '/o/r/blob/feature/x/docs/guide/x.md#user-content-top',
    '/o/r/blob/feature/x/README.md',
    '/o/r/blob/feature/x/src/a.ts#L3',
    '/o/r/blob/feature/x/docs/?plain=1',
    '#user-content-part',
    '/o/r/raw/feature/x/docs/i.png',
  ]);
});

test('bare addresses become links', () => {
  expect(render('see https://example.org/a_b_c.')).toContain(
    'href="https://example.org/a_b_c" rel="nofollow noopener noreferrer"',
  );
  expect(render('www.example.org')).toContain('href="http://www.example.org"');
  expect(render('me@example.org')).toContain('href="mailto:me@example.org"');
});

test('fences are coloured by whoever is asked, and escaped without', () => {
  const coloured = renderMarkdown('```js\na<b\n```', {
    ...links,
    highlight: (code) => `<span class="hljs-x">${code.length}</span>`,
  });
  expect(coloured.trim()).toBe(
    '<pre><code class="hljs language-js"><span class="hljs-x">3</span>\n</code></pre>',
  );
  expect(render('```js\na<b\n```')).toContain('a&lt;b');
});

test('front matter is shown as data', () => {
  expect(render('---\ntitle: x\n---\n# Y')).toContain('language-yaml">title: x');
  expect(render('---\n\nplain\n')).toBe('<hr />\n<p>plain</p>');
});

test('what is too big or nested too deeply is shown as its source', () => {
  expect(render('x'.repeat(1024 * 1024 + 1))).toMatch(/^<pre><code>x+<\/code><\/pre>$/);
  expect(render('>'.repeat(30_000))).toMatch(/^<pre><code>(?:&gt;)+<\/code><\/pre>$/);
});
