// Tasks are found where the renderer shows boxes, and followed into a newer text.
import { describe, expect, it } from 'vitest';
import { sameTask, tasksIn, withTask } from '../../../src/features/issues/task-lists.service.ts';
import { renderMarkdown } from '../../../src/platform/render/markdown.ts';

const resolver = { link: (target: string) => target, image: (target: string) => target };
const shown = (body: string) =>
  [
    ...renderMarkdown(body, resolver).matchAll(/<input type="checkbox"[^>]*?( checked="checked")?[^>]*>/g),
  ].map(([input]) => input.includes('checked="checked"'));

const TEXTS: Record<string, string> = {
  plain: '- [ ] one\n- [x] two\n* [X] three\n+ [ ] four\n1. [ ] five\n2) [x] six',
  nested: '- [ ] a\n  - [x] b\n    - [ ] c\n- [ ] d\n\n  more\n\n  - [x] e',
  'loose, with quotes': '> - [ ] a\n> - [x] b\n\n- [ ] c\n\n- [x] d',
  'in fenced code': '```\n- [ ] no\n```\n- [ ] yes\n\n~~~md\n- [ ] no\n```\n- [ ] no\n~~~\n\n- [x] yes',
  'in a fence inside a list': '- [ ] a\n  ```\n  - [ ] no\n  ```\n- [x] b',
  'in indented code': 'text\n\n    - [ ] no\n\n- [x] yes',
  'in comments': '<!--\n- [ ] no\n\n- [ ] no\n-->\n\n- [x] yes',
  'in blocks of HTML':
    '<details>\n<summary>x</summary>\n\n- [ ] yes\n\n</details>\n\n<div>\n- [ ] no\n</div>\n\n- [x] yes',
  'in pre': '<pre>\n- [ ] no\n\n- [ ] no\n</pre>\n\n- [x] yes',
  'not quite': '-[ ] no\n- [] no\n- [ ]no\n- [ ]\n- [y] no\n\n[ ] no\n\n- text [ ] no\n- [x] yes',
  'with carriage returns': '- [ ] a\r\n- [x] b\r\n',
  'behind a paragraph': 'words\n- [ ] a\n- [x] b\n\nwords\n\n1. [x] c',
  'with code in a line': '- [ ] `a` and ``` b ``` c\n- [x] d',
  deep: '- a\n  - b\n    - [ ] c\n      - [x] d',
  'after a heading': '### Tasks\n- [x] a\n- [ ] b **bold** [link](x)',
};

describe('the tasks of a text', () => {
  it.each(Object.keys(TEXTS))('%s: as many and as done as their boxes', (name) => {
    const body = TEXTS[name] ?? '';
    expect(tasksIn(body).map(({ isDone }) => isDone)).toEqual(shown(body));
  });

  it('are ticked one by one, and nothing else changes', () => {
    const body = TEXTS.plain ?? '';
    const [first] = tasksIn(body);
    const ticked = first ? withTask(body, first, true) : '';
    expect(ticked).toBe(body.replace('- [ ] one', '- [x] one'));
    expect(tasksIn(ticked).map(({ isDone }) => isDone)).toEqual([true, true, true, false, false, true]);
  });

  it('are found in time linear in the text', () => {
    const began = tasksIn(
      `${'> '.repeat(30_000)}- [ ] x\n${'- '.repeat(30_000)}[ ] x\n${'`'.repeat(60_000)}x\``,
    );
    expect(began.length).toBeLessThan(3);
  });
});

describe('a task in a newer text', () => {
  const before = tasksIn('- [ ] a\n- [ ] b\n- [ ] a');
  it('is the one with the same words, wherever it moved', () => {
    expect(sameTask(before, 1, tasksIn('- [x] b\n- [ ] a\n- [ ] a'))?.at).toBe(3);
    expect(sameTask(before, 2, tasksIn('- [ ] a\n- [x] a\n- [ ] b'))?.isDone).toBe(true);
  });
  it('is nobody when it is gone, or when there are more alike', () => {
    expect(sameTask(before, 1, tasksIn('- [ ] a\n- [ ] c\n- [ ] a'))).toBeUndefined();
    expect(sameTask(before, 0, tasksIn('- [ ] a\n- [ ] a\n- [ ] a'))).toBeUndefined();
    expect(sameTask(before, 7, before)).toBeUndefined();
  });
});
