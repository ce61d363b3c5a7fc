// Issue templates that are wrong or mean harm: told to those who may mend them, and breaking nothing for anybody.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { FEATURE_FORM, QUESTION } from './template-files.ts';
import { AT, file, formPath, openedBy, repositoryWith, sendForm } from './template-site.ts';

let t: TestApp;
let ada: Visitor;
let eve: Visitor;

beforeAll(async () => {
  t = await testApp();
  [ada, eve] = [await t.as('ada'), await t.as('eve')];
});
afterAll(() => t.close());

describe('what is wrong with a template', () => {
  const LOL = `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h']
    .map((name, place) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[place]}`).join(',')}]`)
    .join('\n')}\n`;
  const WRONG: [string, string | Buffer, string, number?][] = [
    ['no-name.yml', 'description: x\nbody:\n- type: input\n  attributes: {label: a}\n', 'name is missing', 1],
    ['syntax.yml', 'name: x\ndescription: "y\nbody: [', 'Missing closing', 3],
    [
      'type.yml',
      'name: x\ndescription: y\nbody:\n- type: input\n  attributes: {label: a}\n- type: colour\n',
      'type must be',
      6,
    ],
    [
      'empty.yml',
      'name: x\ndescription: y\nbody:\n- type: markdown\n  attributes: {value: a}\n',
      'asks nothing',
      3,
    ],
    [
      'twice.yml',
      'name: x\ndescription: y\nbody:\n- type: input\n  id: a\n  attributes: {label: a}\n- type: input\n  id: a\n  attributes: {label: b}\n',
      'is there twice',
      3,
    ],
    [
      'label.yml',
      'name: x\ndescription: y\nbody:\n- type: input\n  id: a\n  attributes: {}\n',
      'label is missing',
      6,
    ],
    [
      'options.yml',
      'name: x\ndescription: y\nbody:\n- type: dropdown\n  attributes:\n    label: a\n    options: [b, b]\n',
      'is there twice',
      7,
    ],
    [
      'default.yml',
      'name: x\ndescription: y\nbody:\n- type: dropdown\n  attributes:\n    label: a\n    options: [b]\n    default: 4\n',
      'default must be',
      8,
    ],
    [
      'required.yml',
      'name: x\ndescription: y\nbody:\n- type: input\n  attributes: {label: a}\n  validations: {required: maybe}\n',
      'true or false',
      6,
    ],
    [
      'render.yml',
      'name: x\ndescription: y\nbody:\n- type: textarea\n  attributes: {label: a, render: "a b"}\n',
      'name of a language',
      5,
    ],
    ['lol.yml', LOL, 'anchors more than 50 times'],
    ['cycle.yml', 'name: &a [*a]\ndescription: y\nbody: &b\n- *b\n', 'refers to itself'],
    ['tag.yml', 'name: !!js/function "x"\n', 'tag'],
    ['deep.yml', `name: ${'['.repeat(5000)}`, 'nested too deeply', 1],
    ['large.yml', `name: ${'x'.repeat(70_000)}`, 'larger than 64 KiB'],
    ['huge.yml', Buffer.alloc(10 * 1024 * 1024, 'a: b\n'), 'larger than 64 KiB'],
    ['list.yml', '- a\n- b\n', 'must hold names with values', 1],
    ['binary.yml', Buffer.from([0, 1, 2, 0]), 'It is no text'],
    ['front.md', '---\nname: [x\n---\nText', '', 3],
  ];

  it('is told to writers with its line, to others not at all, and breaks nothing', async () => {
    const at = await repositoryWith(t, [
      file(`${AT}/fine.yml`, FEATURE_FORM),
      ...WRONG.map(([name, data]) => file(`${AT}/${name}`, data)),
      file(`${AT}/link.md`, '../../README', '120000'),
      file(`${AT}/config.yml`, 'blank_issues_enabled: perhaps\ncontact_links: 3\n'),
    ]);
    const text = await (await ada.get(`${at.path}/issues/new/choose`)).text();
    for (const [name, , message, line] of WRONG) {
      const shown = text.split('<li ').find((part) => part.includes(`ISSUE_TEMPLATE/${name}`)) ?? '';
      expect(shown, name).toContain(message);
      if (line) expect(shown, name).toContain(`${name}#L${line}"`);
    }
    expect(text).toContain('symbolic link');
    expect(text).toContain('blank_issues_enabled must be true or false');
    expect(text).toContain('Feature request');
    for (const visitor of [eve, await t.as('reader')]) {
      const theirs = await (await visitor.get(`${at.path}/issues/new/choose`)).text();
      expect(theirs).toContain('Feature request');
      expect(theirs).not.toMatch(/cannot be used|symbolic|lol\.yml|is missing/);
    }
    expect((await eve.get(formPath(at, 'lol.yml'))).status).toBe(302);
    expect((await eve.post(formPath(at, 'lol.yml'), {})).status).toBe(404);
  });

  it('never shows what a symbolic link leads to', async () => {
    const at = await repositoryWith(t, [
      file('secret.txt', 'the-secret'),
      file('ISSUE_TEMPLATE.md', 'secret.txt', '120000'),
      file(`${AT}/a.md`, '../../secret.txt', '120000'),
    ]);
    for (const path of ['/issues/new', '/issues/new/choose', '/issues/new?template=a.md'])
      expect(await (await eve.get(at.path + path)).text()).not.toContain('the-secret');
  });

  it('is not names that mean something to the program', async () => {
    const form = `name: Odd\ndescription: x\n__proto__: {polluted: true}\nbody:
- type: input
  id: __proto__
  attributes: {label: P, value: v1}
- type: checkboxes
  id: constructor
  attributes: {label: C, options: [{label: toString, required: true}]}
- type: dropdown
  id: hasOwnProperty
  attributes: {label: H, options: [__proto__, b]}
  validations: {required: true}\n`;
    const at = await repositoryWith(t, [file(`${AT}/odd.yml`, form)]);
    const path = formPath(at, 'odd.yml');
    expect((await sendForm(eve, [['title', 'x']], path)).status).toBe(422);
    const answers: [string, string][] = [
      ['title', 'x'],
      ['id-__proto__', 'v2'],
      ['id-constructor', 'toString'],
      ['id-hasOwnProperty', '__proto__'],
    ];
    const { body } = await openedBy(t, at, await sendForm(eve, answers, path));
    expect(body).toBe('### P\n\nv2\n\n### C\n\n- [x] toString\n\n### H\n\n__proto__');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('runs no script from any field', async () => {
    const x = '<script>hit()</script><img src=x onerror=hit()>"\'><svg/onload=hit()>';
    const q = JSON.stringify(x);
    const form = `name: ${q}\ndescription: ${q}\ntitle: ${q}\nlabels: [${q}]\nbody:
- type: markdown
  attributes: {value: ${q}}
- type: input
  id: a
  attributes: {label: ${q}, description: ${q}, placeholder: ${q}, value: ${q}}
- type: textarea
  id: b
  attributes: {label: ${q}, description: ${q}, placeholder: ${q}, value: ${JSON.stringify(`</textarea>${x}`)}}
- type: dropdown
  id: c
  attributes: {label: ${q}, description: ${q}, options: [${q}]}
- type: dropdown
  id: d
  attributes: {label: ${q}, multiple: true, options: [${q}]}
- type: checkboxes
  id: e
  attributes: {label: ${q}, description: ${q}, options: [{label: ${q}}, {label: "[x](javascript:hit())"}]}\n`;
    const links = `contact_links:\n- {name: ${q}, about: ${q}, url: ${JSON.stringify(`https://x.example/${x.replaceAll(' ', '')}`)}}\n`;
    const at = await repositoryWith(t, [file(`${AT}/x.yml`, form), file(`${AT}/config.yml`, links)]);
    const choose = await (await eve.get(`${at.path}/issues/new/choose`)).text();
    const shown = await (await eve.get(formPath(at, 'x.yml'))).text();
    const back = await (
      await sendForm(
        eve,
        [
          ['title', x],
          ['id-a', x],
          ['id-b', `</textarea>${x}`],
        ],
        formPath(at, 'x.yml', `&a=${encodeURIComponent(x)}`),
      )
    ).text();
    for (const text of [choose, shown, back]) {
      expect(text).not.toMatch(/<script>hit|<img src=x|<svg\/onload|href="javascript:/);
    }
    expect(shown).toContain('&lt;script&gt;hit()');
  });
});

describe('files that are no UTF-8', () => {
  it('are read as far as text goes', async () => {
    const latin = Buffer.from('---\nname: Caf\xe9\nabout: x\n---\nGr\xfc\xdfe', 'latin1');
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(FEATURE_FORM, 'utf16le')]);
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(QUESTION)]);
    const at = await repositoryWith(t, [
      file(`${AT}/latin.md`, latin),
      file(`${AT}/wide.yml`, wide),
      file(`${AT}/marked.md`, marked),
    ]);
    const text = await (await eve.get(`${at.path}/issues/new/choose`)).text();
    for (const name of ['Café', 'Feature request', 'Question']) expect(text).toContain(name);
    expect(await (await eve.get(formPath(at, 'latin.md'))).text()).toContain('Grüße');
  });
});
