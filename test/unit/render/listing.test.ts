// The table of files while last commits are looked up: what comes later replaces all of it, pages of entries included.
import { expect, test } from 'vitest';
import { openRender } from '../../../src/platform/render/render.ts';

const MODEL = {
  files: [{ name: 'a', kind: 'file', href: '/ada/engine/blob/main/a' }],
  directory: { entries: [], total: 2500, first: 1001, page: 2, pages: 3 },
  pageHref: '/ada/engine/tree/main',
  commitsHref: '/ada/engine/commits/main',
};

test('links to other pages stand inside what is replaced, so that they do not appear twice', () => {
  const lateHref = '/ada/engine/tree-commits/main?page=2';
  const waiting = openRender().fragment('code/directory', { ...MODEL, lateHref });
  expect(waiting.trim()).toMatch(
    /^<late-fragment [^>]*>.*class="latest-commit".*rel="next".*<\/late-fragment>$/s,
  );
  const known = openRender().fragment('code/directory', MODEL);
  expect(known).toContain('rel="next"');
  expect(known).toContain('Entries 1,001 to 1,001 of 2,500');
  expect(known).not.toContain('late-fragment');
});
