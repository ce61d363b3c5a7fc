// Whatever is answered in an issue form, the headings of the other questions stay headings.
import { expect, it } from 'vitest';
import { startRandom } from '../../../scripts/corpus/random.ts';
import { containedAnswers } from '../../../src/features/issues/contained-answers.service.ts';
import { withFenceClosed } from '../../../src/features/issues/contained-markdown.service.ts';
import {
  faultsOf,
  firstAnswers,
  markdownOf,
  readAnswers,
} from '../../../src/features/issues/form-answers.service.ts';
import type { IssueForm, Question } from '../../../src/features/issues/templates.types.ts';
import { renderMarkdown } from '../../../src/platform/render/markdown.ts';

const asked = (label: string) => ({
  key: `id-${label}`,
  id: label,
  label,
  description: '',
  isRequired: false,
});
const text = (label: string, render?: string): Question => ({
  ...asked(label),
  type: 'textarea',
  placeholder: '',
  value: '',
  render,
});
const FORM: IssueForm = {
  kind: 'form',
  fileName: 'a.yml',
  path: 'a.yml',
  oid: 'a',
  name: 'A',
  about: '',
  title: '',
  labels: [],
  assignees: [],
  elements: [
    text('first'),
    text('second', 'sh'),
    { ...asked('third'), type: 'input', placeholder: '', value: '', isNumber: false },
    text('last'),
  ],
};
const context = { link: (href: string) => href, image: (href: string) => href, isComment: true };

const render = async (sources: readonly string[]) => sources.map((source) => renderMarkdown(source, context));

async function headings(values: Record<string, string>): Promise<string[]> {
  const sent = readAnswers(FORM, (name) => (name in values ? [values[name] ?? ''] : []));
  const answers = await containedAnswers(FORM, sent, render);
  const html = renderMarkdown(markdownOf(FORM, answers), context);
  return [...html.matchAll(/<h3[^>]*>(.*?)<\/h3>/gs)].map(([, inner = '']) =>
    inner.replace(/<[^>]*>/g, '').trim(),
  );
}

const PIECES = [
  ...[
    '```',
    '~~~',
    '````',
    '`',
    '``` js',
    '~~~ x `',
    '    ```',
    '   ~~~~~',
    '<!--',
    '-->',
    '<!-- x -->',
    '<pre>',
    '</pre>',
  ],
  ...[
    '<script>',
    '</script>',
    '<style>',
    '<textarea>',
    '<details>',
    '</details>',
    '<div>',
    '<table>',
    '<?php',
    '?>',
    '<![CDATA[',
  ],
  ...[
    ']]>',
    '<!DOCTYPE',
    '>',
    '> quote',
    '- item',
    '    code',
    '1. one',
    '| a | b |',
    '|---|---|',
    '[a]: <',
    '[^1]: note',
    '***',
  ],
  ...[
    '---',
    '===',
    'text',
    '',
    '\\',
    '$$',
    '<a href="',
    '![',
    '&lt;',
    ':::',
    '\t```',
    '- ```',
    '> ```',
    '> <!--',
    '1. ~~~',
    '  ```',
    '  text',
    ' <!-- x',
    '   <pre>',
    '<b>',
    '<b>bold',
    '<div> x',
    '* * *',
    '</div>',
  ],
];

it('no answer swallows the question below it', async () => {
  const random = startRandom(11);
  for (let turn = 0; turn < 2000; turn++) {
    const values: Record<string, string> = {};
    for (const name of ['first', 'second', 'third', 'last'])
      values[`id-${name}`] = Array.from({ length: random.below(6) }, () => random.pick(PIECES)).join(
        random.pick(['\n', '\n', ' ', '\r\n', '\n\n']),
      );
    const shown = await headings(values);
    for (const name of ['first', 'second', 'third', 'last'])
      expect(shown, JSON.stringify(values)).toContain(name);
  }
});

it('long runs of spaces, ticks and line breaks are read in a moment', () => {
  for (const piece of [' ', '\n', '`', '\t', '<!--', '\n ', '> ', '~'])
    for (const name of ['first', 'second', 'third']) {
      const value = `x${piece.repeat(Math.floor(65_000 / piece.length))}x`;
      const answers = readAnswers(FORM, (field) => (field === `id-${name}` ? [value] : []));
      markdownOf(FORM, answers);
      withFenceClosed(value);
      faultsOf(FORM, answers);
    }
}, 3000);

it('what an address names for choices is taken as far as it is offered', () => {
  const options = ['a, b', 'c', 'd'];
  const dropdown = { ...asked('x'), type: 'dropdown' as const, options, takesSeveral: true, chosen: 'c' };
  const of = (named: string, takesSeveral: boolean) =>
    firstAnswers({ ...FORM, elements: [{ ...dropdown, takesSeveral }] }, new Map([['x', named]])).values.get(
      'id-x',
    );
  expect(of('a, b', true)).toEqual(['a, b']);
  expect(of('d,c,e', true)).toEqual(['c', 'd']);
  expect(of('d,c', false)).toEqual(['c']);
  expect(of('', true)).toEqual([]);
});
