import { afterAll, expect, test } from 'vitest';
import { openCaches } from '../../../src/platform/cache/cache.ts';
import { openHighlighter } from '../../../src/platform/render/highlight.ts';
import { linesOfHtml, splitLines } from '../../../src/platform/render/highlight-lines.ts';

const trouble: string[] = [];
const highlighter = openHighlighter({ caches: openCaches(), onTrouble: (message) => trouble.push(message) });
const impatient = openHighlighter({
  caches: openCaches(),
  timeout: 1,
  onTrouble: (message) => trouble.push(message),
});
const place = { repository: '/o/r', revision: 'main', directory: '' };

afterAll(async () => {
  await highlighter.close();
  await impatient.close();
});

test('lines stand alone: spans are closed at their end and opened again', () => {
  expect(linesOfHtml('<span class="a">x <span class="b">y\nz</span>\n</span>w')).toEqual([
    '<span class="a">x <span class="b">y</span></span>',
    '<span class="a"><span class="b">z</span></span>',
    '<span class="a"></span>w',
  ]);
});

test('line ends of every kind count once', () => {
  expect(splitLines('a\r\nb\nc\rd')).toEqual(['a', 'b', 'c', 'd']);
  expect(splitLines('a\n')).toEqual(['a']);
  expect(splitLines('\n\n')).toEqual(['', '']);
  expect(splitLines('')).toEqual([]);
});

test('code is coloured line by line in the first language that is known', async () => {
  const lines = await highlighter.lines({
    text: 'const a = `x\n<b>`;\n',
    languages: ['nosuch', 'ts'],
    oid: 'a1',
  });
  expect(lines).toEqual([
    '<span class="hljs-keyword">const</span> a = <span class="hljs-string">`x</span>',
    '<span class="hljs-string">&lt;b&gt;`</span>;',
  ]);
  expect(await highlighter.lines({ text: '', languages: ['nosuch', 'ts'], oid: 'a1' })).toBe(lines);
});

test('an unknown language, a long line and a big file come out plain and escaped', async () => {
  expect(await highlighter.lines({ text: 'a<b', languages: ['nosuch'] })).toEqual(['a&lt;b']);
  const long = `let a = "${'x'.repeat(6000)}";`;
  expect((await highlighter.lines({ text: long, languages: ['js'] }))[0]).not.toContain('<span');
  const big = await highlighter.lines({ text: 'let a;\n'.repeat(80_000), languages: ['js'] });
  expect([big.length, big[0]]).toEqual([80_000, 'let a;']);
});

test('code that a busy machine made late once is not plain for ever', async () => {
  const code = { text: 'let b = 2;\n'.repeat(5000), languages: ['js'], oid: 'late once' };
  expect((await impatient.lines(code))[0]).toBe('let b = 2;');
  await expect
    .poll(async () => (await impatient.lines(code))[0], { timeout: 20_000 })
    .toContain('hljs-keyword');
}, 30_000);

test('a job that takes too long comes out plain, and the next one finds a worker', async () => {
  const slow = await impatient.lines({ text: 'let a = 1;\n'.repeat(20_000), languages: ['js'], oid: 'slow' });
  expect([slow.length, slow[0]]).toEqual([20_000, 'let a = 1;']);
  expect(trouble.join()).toContain('longer than 1 ms');
  expect((await highlighter.lines({ text: 'let a', languages: ['js'] }))[0]).toContain('hljs-keyword');
});

test('many jobs at once all come back; those beyond the queue come out plain', async () => {
  const jobs = Array.from({ length: 300 }, (_, index) =>
    highlighter.lines({ text: `let a${index};`, languages: ['js'] }),
  );
  const results = await Promise.all(jobs);
  expect(results.every((lines, index) => lines[0]?.includes(`a${index}`))).toBe(true);
});

const TANGLED: Record<string, string> = {
  quotes: '> '.repeat(20_000),
  brackets: '['.repeat(50_000),
  links: '[a]('.repeat(20_000),
  emphasis: '*a _b '.repeat(20_000),
  stars: `${'*'.repeat(20_000)}a`,
  lists: `${'- '.repeat(4000)}x`,
  elements: '<div>'.repeat(50_000),
  attributes: '<a href="'.repeat(20_000),
  comments: '<!--'.repeat(20_000),
  backticks: Array.from({ length: 400 }, (_, index) => `${'`'.repeat(index)} a`).join(''),
  footnotes: `${'[^1]'.repeat(20_000)}\n\n[^1]: x`,
  table: `${'|a'.repeat(20_000)}\n${'|-'.repeat(20_000)}\n${'|a'.repeat(20_000)}`,
  entities: '&'.repeat(100_000),
  references: `${'[a]'.repeat(10_000)}\n\n${Array.from({ length: 5000 }, (_, index) => `[a${index}]: x`).join('\n')}`,
  fence: `\`\`\`js\n${'/*'.repeat(30_000)}\n\`\`\``,
};

test.each(Object.entries(TANGLED))('a document of tangled %s comes back', async (_, source) => {
  const html = await highlighter.markdown({ source, place });
  expect(html).toBeTypeOf('string');
});

test('closing settles what is waiting', async () => {
  const closing = openHighlighter({ caches: openCaches() });
  const waiting = closing.lines({ text: 'let a;', languages: ['js'] });
  await closing.close();
  expect(await waiting).toEqual(['let a;']);
  expect(await closing.lines({ text: 'let b;', languages: ['js'] })).toEqual(['let b;']);
});
