// References: what is one and what is none, marks that nobody can forge, and texts that mean to take for ever.
import { describe, expect, test } from 'vitest';
import { referencesIn } from '../../../src/features/issues/references.service.ts';
import { highlightCode } from '../../../src/platform/render/highlight-languages.ts';
import { renderMarkdown } from '../../../src/platform/render/markdown.ts';
import { commentLinks } from '../../../src/platform/render/markdown-links.ts';
import { fillMarks, markReferences } from '../../../src/platform/render/reference-marks.ts';
import { faultsOf } from '../markdown/judge-html.ts';
import { XSS_VECTORS } from '../markdown/xss-vectors.ts';

const ORIGIN = 'https://code.example.org';
const FULL = 'f00dfeed'.repeat(5);

function marked(source: string) {
  const place = { repository: '/owner/repo', origin: ORIGIN };
  const highlight = (code: string, language: string) => highlightCode(code, [language]);
  const context = { ...commentLinks(place), idPrefix: 'c7-', isComment: true, highlight };
  return markReferences(renderMarkdown(source, context), ORIGIN);
}

/** The HTML as somebody sees it who may see nothing. */
function typed(source: string): string {
  return fillMarks(marked(source), new Map());
}

describe('what is a reference', () => {
  test.each([
    ['#12', ['#12']],
    ['See #12, #13 and (#14).', ['#12', '#13', '#14']],
    ['owner/repo#12 and GH-7', ['owner/repo#12', 'GH-7']],
    ['@ada and @acme/team.', ['@ada', '@acme/team']],
    [`in ${FULL} and f00dfee`, [FULL, 'f00dfee']],
    [`owner/repo@${FULL}`, [`owner/repo@${FULL}`]],
    ['**#12** _@ada_ ~~#3~~', ['#12', '@ada', '#3']],
    ['- [ ] #12', ['#12']],
    ['| a |\n| - |\n| #12 |', ['#12']],
    [`${ORIGIN}/owner/repo/issues/12#issuecomment-3`, [`${ORIGIN}/owner/repo/issues/12#issuecomment-3`]],
    [`<${ORIGIN}/owner/repo/issues/12>`, [`${ORIGIN}/owner/repo/issues/12`]],
    [`${ORIGIN}/owner/repo/commit/${FULL}`, [`${ORIGIN}/owner/repo/commit/${FULL}`]],
    ['日本語 #12を直す', ['#12']],
  ])('%s', (source, references) => {
    expect(marked(source).references).toEqual(references);
    expect(referencesIn(source, { origin: ORIGIN })).not.toEqual(referencesIn(''));
  });

  test.each([
    '`#12` and ``@ada`` and `` `#12 ``',
    '```\n#12 @ada\n```',
    '~~~ts\n#12\n~~~',
    '    #12 @ada',
    '> ```\n> #12\n> ```',
    '- a\n\n  ```\n  #12\n  ```',
    '<!-- #12 @ada -->',
    '[#12](https://example.org)',
    '[x](https://example.org/#12 "@ada")',
    'https://example.org/a#12 and https://example.org/@ada',
    `${ORIGIN}.evil.example/owner/repo/issues/12`,
    'mail@example.org',
    '#0 #012 #1234567890123 ##12 x#12 #12x #a',
    'deadbe_ 123456 DEADBEEF1 gh-',
    '/owner/repo#12 a/b/c#12',
    '&#12; &#0;',
    '<img src="https://example.org/x" alt="#12" title="@ada">',
    '<code>#12</code><kbd>@ada</kbd><pre>#13</pre>',
  ])('none in %s', (source) => {
    expect(marked(source).references).toEqual([]);
  });

  test('code is left out of plain reading too', () => {
    const read = (text: string) => referencesIn(text, { origin: ORIGIN }).issues.map(({ number }) => number);
    expect(read('`#1` #2 ``a ` #3`` #4')).toEqual([2, 4]);
    expect(read('a ` #1\n\nb ` #2')).toEqual([1, 2]);
    expect(read('```\n#1\n```\n#2\n~~~\n#3\n```\n#4')).toEqual([2]);
    expect(read('text\n    #1\n\n    #2\n\n- item\n\n    #3')).toEqual([1, 3]);
    expect(read('<!-- #1 --> #2 <!-- #3')).toEqual([2]);
  });

  test('keywords close what stands right behind them', () => {
    const closes = (text: string) =>
      referencesIn(text, { origin: ORIGIN, isPlain: true }).closes.map(
        ({ of, number }) => `${of ?? ''}#${number}`,
      );
    expect(closes('Fix #1, fixes #2\nFIXED: #3. closes GH-4; Resolves owner/repo#5')).toEqual([
      '#1',
      '#2',
      '#3',
      '#4',
      'owner/repo#5',
    ]);
    expect(closes(`resolve ${ORIGIN}/a/b/issues/6`)).toEqual(['a/b#6']);
    expect(closes('prefix #1 unfixes #2 fixes the #3 fix`#4 refs #5 fixing #6 fix#7')).toEqual([]);
    expect(closes('fixes #1 and #2, fixes #1')).toEqual(['#1']);
    expect(referencesIn('fixes `x` #12').closes).toEqual([]);
  });
});

describe('marks', () => {
  test('are what the sanitizer lets nobody write', () => {
    for (const forged of [
      '<!--ref:0--> #12',
      '&lt;!--ref:0--&gt; #12',
      '<a title="<!--ref:0-->">x</a> #12',
      '<a href="https://x/<!--ref:0-->">x</a> #12',
      '`<!--ref:0-->` #12',
      "<p title='<!--ref:0-->'>#12</p>",
      '<!-<!--ref:0-->-ref:0--> #12',
      '![<!--ref:0-->](https://example.org/x.png) #12',
      '<<!--x-->!--ref:0--> #12',
      '&#60;!--ref:0--&#62; #12',
      '\u0000<!--ref:0--> #12',
    ]) {
      const { html } = marked(forged);
      expect(html.match(/<!--ref:0-->/g), forged).toHaveLength(1);
      const filled = fillMarks(marked(forged), new Map([['#12', '<a href="/found">#12</a>' as never]]));
      expect(filled.match(/found/g), forged).toHaveLength(1);
      expect(filled).not.toContain('<!--');
    }
  });

  test('unfilled leave the text as it was typed', () => {
    expect(typed('#12 & @ada <b>x</b>')).toBe('<p>#12 &amp; @ada <b>x</b></p>\n');
    const address = `${ORIGIN}/owner/repo/issues/12`;
    expect(typed(address)).toBe(
      `<p><a href="${address}" rel="nofollow noopener noreferrer">${address}</a></p>\n`,
    );
  });

  test('one text has a bounded number of them', () => {
    const { html, references } = marked(Array.from({ length: 5000 }, (_, n) => `#${n + 1}`).join(' '));
    expect(references.length).toBeLessThanOrEqual(500);
    expect(html).toContain('#5000');
  });
});

test('XSS vectors beside references stay dead when marks are filled', () => {
  for (const vector of XSS_VECTORS) {
    const source = `#12 ${vector} @ada`;
    const filled = fillMarks(marked(source), new Map());
    const faults = faultsOf(filled).filter((fault) => !/^(?:src|href) \/(?!\/)/.test(fault));
    expect(faults, vector).toEqual([]);
  }
});

test('line breaks are breaks, headings have no anchors, ids are of one text', () => {
  const html = typed('one\ntwo\n\n# Head\n\nnote[^1]\n\n[^1]: text\n\n<a id="x"></a>');
  expect(html).toContain('one<br />two');
  expect(html).toContain('<h1>Head</h1>');
  const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  expect(ids.length).toBeGreaterThan(2);
  for (const id of ids) expect(id).toMatch(/^user-content-c7-/);
  for (const [, href] of html.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(href);
});

test('images of this site are shown from attachments and files, all others are links', () => {
  expect(typed('![a](/owner/repo/attachments/tok-1)')).toContain('<img src="/owner/repo/attachments/tok-1"');
  expect(typed(`![a](${ORIGIN}/owner/repo/attachments/tok)`)).toContain(
    '<img src="/owner/repo/attachments/tok"',
  );
  expect(typed('![a](docs/x.png)')).toContain('<img src="/owner/repo/raw/HEAD/docs/x.png"');
  for (const other of [
    'https://example.org/x.png',
    '/logout',
    '/owner/repo/settings',
    '//evil.example/x.png',
  ])
    expect(typed(`![a](${other})`), other).not.toContain('<img');
});

describe('texts that mean to take for ever', () => {
  const SIZE = 100_000;
  test.each([
    ['hashes', '#'],
    ['names', '@'],
    ['brackets', '['],
    ['owners', 'owner/'],
    ['names in names', '@a/'],
    ['backticks', '`'],
    ['growing backticks', '`a``b```c````d'],
    ['fences', '```\n'],
    ['comments', '<!--'],
    ['spaces', ' '],
    ['quotes', '>'],
    ['keywords', 'fixes '],
    ['digits', 'f00dfee'],
    ['references', '#1 '],
    ['addresses', `${ORIGIN}/a/b#`],
    ['dots', 'a.'],
    ['lists', '- '],
  ])('%s are read in time in proportion', (_, part) => {
    const text = part.repeat(SIZE / part.length);
    const began = process.cpuUsage();
    referencesIn(text, { origin: ORIGIN });
    markReferences(text.replaceAll('<', '&lt;') as never, ORIGIN);
    const { user, system } = process.cpuUsage(began);
    // Reading takes some milliseconds; what is quadratic takes many seconds.
    expect(user + system).toBeLessThan(3_000_000);
  });
});
