import { expect, test } from 'vitest';
import { renderMarkdown } from '../../../src/platform/render/markdown.ts';
import { repositoryLinks } from '../../../src/platform/render/markdown-links.ts';
import { sanitize } from '../../../src/platform/render/sanitize.ts';
import { faultsOf } from './judge-html.ts';
import { XSS_VECTORS } from './xss-vectors.ts';

const links = repositoryLinks({ repository: '/owner/repo', revision: 'main', directory: 'docs' });

test('the judge itself sees what is dangerous', () => {
  for (const bad of [
    '<script>1</script>',
    '<p onclick=x>',
    '<a href=javascript:1>',
    '<p id=x>',
    '<svg>',
    '<input>',
  ])
    expect(faultsOf(bad), bad).not.toEqual([]);
});

test.each(XSS_VECTORS.map((vector) => [vector]))('nothing is left of %j', (vector) => {
  expect(faultsOf(renderMarkdown(vector, links))).toEqual([]);
  expect(faultsOf(sanitize(vector, links))).toEqual([]);
  for (const around of [
    `<p>${vector}</p>`,
    `- ${vector}`,
    `> ${vector}`,
    `<table><tr><td>${vector}`,
    `a ${vector} b`,
  ])
    expect(faultsOf(renderMarkdown(around, links)), around).toEqual([]);
});

test('sanitizing twice changes nothing more than once', () => {
  for (const vector of XSS_VECTORS) {
    const once = sanitize(vector, links);
    expect(faultsOf(sanitize(once, links)), vector).toEqual([]);
  }
});

test('random splices of the vectors leave nothing either', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  const piece = () => {
    const vector = XSS_VECTORS[random(XSS_VECTORS.length)] ?? '';
    const start = random(vector.length);
    return vector.slice(start, start + random(vector.length - start + 1));
  };
  for (let round = 0; round < 3000; round++) {
    const source = Array.from({ length: 2 + random(4) }, piece).join('');
    expect(faultsOf(renderMarkdown(source, links)), JSON.stringify(source)).toEqual([]);
  }
});

test('links elsewhere carry rel, links inside do not', () => {
  expect(sanitize('<a href="https://example.org/" rel="opener" target=_blank>x</a>', links)).toBe(
    '<a href="https://example.org/" rel="nofollow noopener noreferrer">x</a>',
  );
  expect(sanitize('<a href="b.md">x</a>', links)).toBe('<a href="/owner/repo/blob/main/docs/b.md">x</a>');
  expect(sanitize('<a href="\\\\evil.example/x">x</a>', links)).toContain('rel="nofollow');
});

test('an image from elsewhere becomes a link, and text inside a link', () => {
  expect(sanitize('<img src="https://example.org/b.svg" alt="build">', links)).toBe(
    '<a class="markdown-external-image" href="https://example.org/b.svg" rel="nofollow noopener noreferrer">build</a>',
  );
  expect(
    sanitize('<a href="https://ci.example/"><img src="//example.org/b.svg" alt="build"></a>', links),
  ).toBe(
    '<a href="https://ci.example/" rel="nofollow noopener noreferrer"><span class="markdown-external-image">build</span></a>',
  );
});

test('an image may show raw files of this repository only', () => {
  const source = (html: string) => /src="([^"]*)"/.exec(sanitize(html, links))?.[1];
  expect(source('<img src="a b.png">')).toBe('/owner/repo/raw/main/docs/a%20b.png');
  expect(source('<img src="/img/a.png">')).toBe('/owner/repo/raw/main/img/a.png');
  expect(source('<img src="../../../blob/main/a.png?raw=true">')).toBe('/owner/repo/raw/main/a.png');
  expect(source('<img src="../../../../logout">')).toBeUndefined();
  expect(source('<img src="/../../../../other/repo/raw/main/a.png">')).toBeUndefined();
});

test('only a video that was put into a text is one, played on request and with nothing else on it', () => {
  const here = { link: (target: string) => target, image: (target: string) => target };
  const address = `/owner/repo/attachments/${'a1'.repeat(20)}`;
  const wild = `<video src="${address}" autoplay loop poster="//evil.example/x" onplay="hit()" width="10"><source src=x onerror=hit()>no video</video>`;
  expect(sanitize(wild, here)).toBe(
    `<video src="${address}" controls preload="metadata" width="10">no video</video>`,
  );
  for (const src of [
    ...['https://evil.example/a.mp4', '//evil.example/owner/repo/attachments/x', 'javascript:hit()', 'a.mp4'],
    ...[
      `${address}?x`,
      `${address}/../../settings`,
      `/owner/attachments/${'a1'.repeat(20)}`,
      address.slice(0, -1),
    ],
  ])
    expect(sanitize(`a<video src="${src}">b</video>c`, here), src).toBe('ac');
});
