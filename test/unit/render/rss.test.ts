// RSS of feeds: whole addresses, times as RFC 822 writes them, and nothing that people wrote unescaped.
import { expect, it } from 'vitest';
import { rssXml } from '../../../src/platform/render/rss.ts';
import { parseXml } from '../../support/atom.ts';

const model = (html: string, title = 'T') => ({
  title: 'Feed',
  href: 'https://here.example/ada/engine/releases',
  self: 'https://here.example/ada/engine/releases.rss',
  entries: [{ id: 'tag:x', title, href: 'https://here.example/x', updated: 0, author: undefined, html }],
});

function itemOf(text: string): Map<string, string> {
  const item = parseXml(text).children[0]?.children.find(({ name }) => name === 'item');
  return new Map(item?.children.map((child) => [child.name, child.text]));
}

it('makes addresses whole, since RSS knows no base, and leaves others alone', () => {
  const html =
    '<p><a class="x" href="/y">y</a> <img src="/z.png"> <a href="//other">o</a> <a href="#f">f</a> "/q"</p>';
  expect(itemOf(rssXml(model(html))).get('description')).toBe(
    '<p><a class="x" href="https://here.example/y">y</a> <img src="https://here.example/z.png"> <a href="//other">o</a> <a href="#f">f</a> "/q"</p>',
  );
});

it('escapes, and keeps times within what can be written', () => {
  const item = itemOf(rssXml(model(']]> <script>', 'a & <b> \u0001')));
  expect(item.get('title')).toBe('a & <b> \ufffd');
  expect(item.get('description')).toBe(']]> <script>');
  expect(item.get('pubDate')).toBe('Thu, 01 Jan 1970 00:00:00 GMT');
  expect(item.get('dc:creator')).toBe('unknown');
});

it('takes time in proportion to a hostile text', () => {
  const text = rssXml(model('<a '.repeat(200_000)));
  expect(text.length).toBeGreaterThan(200_000);
});
