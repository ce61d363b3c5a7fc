// Long pages write each drawing once; what is shown stays the same.
import { expect, it } from 'vitest';
import { avatar } from '../../../src/platform/render/avatars.ts';
import { icon } from '../../../src/platform/render/icons.ts';
import { shareDrawings } from '../../../src/platform/render/shared-drawings.ts';

const comment = `<article>${avatar('grace', 40, 'comment-avatar')}${icon('smiley')}<p>${'word '.repeat(40)}</p></article>`;
const uses = (html: string) => [...html.matchAll(/<use href="#(drawn-\d+)"\/>/g)].map(([, id]) => id);

it('a page of a hundred comments holds the drawing of an icon and of a person once', () => {
  const page = comment.repeat(100);
  const smaller = shareDrawings(page);
  expect(smaller.length).toBeLessThan(page.length / 2);
  expect(smaller.match(/<path/g)).toHaveLength(2);
  expect(uses(smaller)).toHaveLength(200);
  for (const id of new Set(uses(smaller))) expect(smaller.split(`<symbol id="${id}"`)).toHaveLength(2);
});

it('a drawing keeps its classes, its size and what else it says of itself', () => {
  const smaller = shareDrawings(comment.repeat(100));
  expect(smaller).toContain(
    '<svg class="avatar comment-avatar" width="40" height="40" aria-hidden="true" shape-rendering="crispEdges"><use ',
  );
  expect(smaller).toContain('<svg class="octicon" width="16" height="16" aria-hidden="true"><use ');
  expect(smaller).toContain('viewBox="0 0 16 16"><path');
});

it('a drawing that stands there once stays where it is, and short pages are left alone', () => {
  const once = icon('telescope');
  expect(shareDrawings(once + comment.repeat(100))).toContain(once);
  expect(shareDrawings(comment)).toBe(comment);
  const text = '&lt;svg class="octicon"&gt; '.repeat(2000);
  expect(shareDrawings(text)).toBe(text);
});
