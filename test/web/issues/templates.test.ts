// Issue templates and forms: chosen, filled in without scripts, checked by the server, made into GitHub's Markdown.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLabel } from '../../../src/features/issues/labels.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { type ImportedFile, importCommits } from '../code/import-commits.ts';
import { HEAD, makeRepository } from '../code/repositories.ts';
import { BUG_ANSWERS, BUG_FORM, BUG_TEXT, CONFIG, FEATURE_FORM, QUESTION } from './template-files.ts';
import { call, eventsOf, send } from './tracker.ts';

let t: TestApp;
let ada: Visitor;
let eve: Visitor;
let open: OpenRepository;
let number = 0;

const AT = '.github/ISSUE_TEMPLATE';
const file = (path: string, data: string | Buffer, mode?: ImportedFile['mode']): ImportedFile => ({
  path,
  data,
  ...(mode ? { mode } : {}),
});

/** A repository of `ada` with these files, of which `eve` reads what everybody does. */
async function repositoryWith(files: ImportedFile[], options = {}): Promise<OpenRepository> {
  number += 1;
  const commits = [{ ref: HEAD, files: [file('README', 'x'), ...files] }];
  return makeRepository(t, 'ada', `forms${number}`, commits, options);
}

const commit = (at: OpenRepository, files: ImportedFile[], deletes: string[] = []) =>
  importCommits(at.dir, [{ ref: HEAD, from: HEAD, files, deletes }]);

beforeAll(async () => {
  t = await testApp();
  [ada, eve] = [await t.as('ada'), await t.as('eve')];
  open = await repositoryWith([
    file(`${AT}/1-bug.yml`, BUG_FORM),
    file(`${AT}/feature.yaml`, FEATURE_FORM),
    file(`${AT}/question.md`, QUESTION),
    file(`${AT}/config.yml`, CONFIG),
    file('.github/ISSUE_TEMPLATE.md', 'Never seen: the directory wins'),
  ]);
  const owner = await t.actor('ada');
  await giveAccess(t.app, owner, open, { username: (await t.actor('keeper')).name, permission: 'write' });
  for (const name of ['kind/bug', 'triage needed'])
    await createLabel(t.app, owner, open, { name, color: 'd73a4a', description: '', isExclusive: false });
});
afterAll(() => t.close());

const versionIn = (html: string) => /name="version" value="([^"]*)"/.exec(html)?.[1] ?? '';
const formPath = (at: OpenRepository, name = '1-bug.yml', more = '') =>
  `${at.path}/issues/new?template=${name}${more}`;

async function sendForm(
  visitor: Visitor,
  answers: [string, string][],
  path = formPath(open),
): Promise<Response> {
  const version = versionIn(await (await visitor.get(path)).text());
  return send(visitor, path, [['version', version], ...answers]);
}

const without = (name: string) => BUG_ANSWERS.filter(([key]) => key !== name);
async function issueOf(answer: Response) {
  expect(answer.status).toBe(303);
  const path = answer.headers.get('location') ?? '';
  const token = await t.token('ada', 'all');
  const found = await call(t, token, 'GET', `/repos${path}`);
  return { path, found };
}
async function rowOf(at: OpenRepository, path: string) {
  const { requireIssue } = await import('../../../src/features/issues/issues.service.ts');
  return requireIssue(t.app, at, Number(path.split('/').at(-1)));
}

describe('choosing', () => {
  it('shows the templates and the links that are web addresses, in GitHub’s order', async () => {
    const text = await (await eve.get(`${open.path}/issues/new/choose`)).text();
    const places = ['Bug report', 'Feature request', 'Question', 'Forum', 'Chat'].map((name) =>
      text.indexOf(name),
    );
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(text).toContain(
      'href="https://forum.example.com/ask?a=1&amp;b=2" rel="nofollow noopener noreferrer"',
    );
    expect(text).not.toContain('javascript:');
    expect(text).toContain('Talk with &lt;b&gt;others&lt;/b&gt;.');
    expect(text).not.toContain('Open a blank issue');
    expect(text).not.toContain('security');
  });

  it('is where a new issue begins, with what the address names kept', async () => {
    const answer = await eve.get(`${open.path}/issues/new?labels=x`);
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe(`${open.path}/issues/new/choose?labels=x`);
    const text = await (await eve.get(`${open.path}/issues/new/choose?labels=x`)).text();
    expect(text).toContain(`${open.path}/issues/new?labels=x&amp;template=1-bug.yml`);
  });

  it('refuses blank issues to all but those who work there', async () => {
    const path = `${open.path}/issues/new?template=BLANK_ISSUE`;
    expect((await eve.get(path)).status).toBe(302);
    expect((await eve.get(`${open.path}/issues/new?title=x&body=y`)).status).toBe(302);
    expect((await ada.get(path)).status).toBe(200);
    expect(await (await ada.get(`${open.path}/issues/new/choose`)).text()).toContain('Open a blank issue');
  });

  it('leads visitors to sign in, and back to the template', async () => {
    for (const path of [`${open.path}/issues/new/choose`, formPath(open)]) {
      const answer = await t.anonymous.get(path);
      expect(answer.status).toBe(303);
      expect(answer.headers.get('location')).toContain(encodeURIComponent(path));
    }
    expect((await t.anonymous.post(formPath(open))).status).toBe(401);
  });

  it('is left out where there is nothing to choose', async () => {
    const plain = await repositoryWith([]);
    expect((await eve.get(`${plain.path}/issues/new`)).status).toBe(200);
    const answer = await eve.get(`${plain.path}/issues/new/choose?title=a`);
    expect(answer.headers.get('location')).toBe(`${plain.path}/issues/new?title=a`);
  });

  it('follows the default branch from one commit to the next', async () => {
    const moving = await repositoryWith([file(`${AT}/a.md`, '---\nname: First\nabout: x\n---\nBody')]);
    const read = async () => (await eve.get(`${moving.path}/issues/new/choose`)).text();
    expect(await read()).toContain('First');
    commit(moving, [file(`${AT}/a.md`, '---\nname: Second\nabout: x\n---\nBody')]);
    expect(await read()).toContain('Second');
    commit(moving, [], [`${AT}/a.md`]);
    expect((await eve.get(`${moving.path}/issues/new`)).status).toBe(200);
  });
});

describe('a form', () => {
  it('asks everything, with what is required marked and descriptions rendered clean', async () => {
    const text = await (await eve.get(formPath(open))).text();
    expect(text).toContain('value="[Bug]: "');
    expect(text.match(/<textarea/g)?.length).toBe(5);
    expect(text).toContain('<option value="1.0.2 (Default)" selected>');
    expect(text).toContain('<option value="2">2</option>');
    expect(text).toMatch(/<input type="checkbox"[^>]*name="id-browsers" value="Firefox"/);
    expect(text).toMatch(/<input type="checkbox"[^>]*name="id-checks"[^>]*required/);
    expect(text).toContain('A thread broke!</textarea>');
    expect(text).toContain('placeholder="ex. email@example.com"');
    expect(text).toContain('<strong>do not</strong>');
    expect(text).toContain('href="https://example.com"');
  });

  it('is filled in by the address, by ids of its elements', async () => {
    const more = '&title=Named&contact=me&version=2&browsers=Safari,Chrome,Netscape&logs=%3Cscript%3E';
    const text = await (await eve.get(formPath(open, '1-bug.yml', more))).text();
    expect(text).toContain('value="Named"');
    expect(text).toContain('value="me"');
    expect(text).toContain('<option value="2" selected>');
    for (const name of ['Safari', 'Chrome'])
      expect(text).toMatch(new RegExp(`name="id-browsers" value="${name}" checked`));
    expect(text).toContain('&lt;script&gt;</textarea>');
    expect(text).not.toContain('value="Netscape"');
  });

  it('makes the Markdown GitHub makes, with labels and people given whoever opens it', async () => {
    const { path } = await issueOf(await sendForm(eve, BUG_ANSWERS));
    const row = await rowOf(open, path);
    expect(row.title).toBe('[Bug]: The shuttle sticks');
    expect(row.body).toBe(BUG_TEXT);
    const events = await eventsOf(t, open, 'issue.');
    expect(events.slice(-3).toSorted()).toEqual(['issue.assigned', 'issue.labeled', 'issue.opened']);
    const text = await (await eve.get(path)).text();
    for (const name of ['<span class="issue-label-name">bug<', 'triage needed', 'keeper'])
      expect(text).toContain(name);
    expect(text).not.toContain('no-such-label');
  });

  it('keeps what was typed beside each error', async () => {
    const wrong: [string, string, string][] = [
      ['title', '', 'Give the issue a title.'],
      ['title', '[Bug]: ', 'Say in the title what it is about.'],
      ['title', 'x'.repeat(256), 'at most 255 characters'],
      ['id-what-happened', ' \n ', 'Fill in “What happened?”.'],
      ['id-checks', '', 'it is required.'],
      ['id-version', '', 'Choose something for “Version”.'],
      ['id-version', '9.9', 'from what is offered'],
      ['id-browsers', 'Lynx', 'from what is offered'],
      ['id-terms', 'I agree to nothing', 'what is offered'],
      ['id-threads', 'many', 'must be a number'],
      ['id-contact', 'x'.repeat(2001), 'at most 2,000 characters'],
      ['id-more', 'x'.repeat(65_600), 'at most 65,536 characters'],
      ['id-more', 'x'.repeat(65_500), 'together'],
    ];
    for (const [name, value, message] of wrong) {
      const answer = await sendForm(eve, [...without(name), [name, value]]);
      expect(answer.status, `${name} ${value.slice(0, 20)}`).toBe(422);
      const text = await answer.text();
      expect(text).toContain(message);
      expect(text).toContain(`id="field-${name}`);
      expect(text).toContain(
        'aria-invalid="true"'.slice(
          0,
          name === 'id-checks' || name === 'id-browsers' || name === 'id-terms' ? 0 : 99,
        ),
      );
      if (name !== 'id-what-happened') expect(text).toContain('It sticks.\n\nAlways.</textarea>');
      if (name !== 'id-browsers') expect(text).toMatch(/name="id-browsers" value="Safari" checked/);
      if (name !== 'id-version') expect(text).toContain('<option value="1.0.3 (Edge)" selected>');
    }
    const twice = await sendForm(eve, [...BUG_ANSWERS, ['id-version', '2']]);
    expect(twice.status).toBe(422);
    expect(await twice.text()).toContain('Choose one thing');
  });

  it('that was changed meanwhile comes back with the answers, and opens nothing', async () => {
    const other = await repositoryWith([file(`${AT}/f.yml`, FEATURE_FORM)]);
    const path = formPath(other, 'f.yml');
    const version = versionIn(await (await eve.get(path)).text());
    commit(other, [file(`${AT}/f.yml`, FEATURE_FORM.replace('Core', 'Kernel'))]);
    const sent: [string, string][] = [
      ['title', 'Idea'],
      ['at-1', 'More looms'],
      ['at-2', 'Core'],
    ];
    const answer = await send(eve, path, [['version', version], ...sent]);
    expect(answer.status).toBe(409);
    const text = await answer.text();
    expect(text).toContain('was changed while you filled it in');
    expect(text).toContain('More looms</textarea>');
    expect(await eventsOf(t, other, 'issue.')).toEqual([]);
    const { path: made } = await issueOf(
      await sendForm(
        eve,
        [
          ['title', 'Idea'],
          ['at-1', 'More looms'],
        ],
        path,
      ),
    );
    expect((await rowOf(other, made)).body).toBe(
      '### What would you like?\n\nMore looms\n\n### Area\n\n_No response_',
    );
  });

  it('cannot be broken by an answer: fences, comments and blocks end with it', async () => {
    const other = await repositoryWith([
      file(
        `${AT}/two.yml`,
        'name: Two\ndescription: x\nbody:\n- type: textarea\n  id: a\n  attributes: {label: A}\n- type: textarea\n  id: c\n  attributes: {label: C, render: c}\n- type: input\n  id: b\n  attributes: {label: B}\n',
      ),
    ]);
    const bodyOf = async (a: string, b: string, c = '') => {
      const answers: [string, string][] = [
        ['title', 'x'],
        ['id-a', a],
        ['id-b', b],
        ['id-c', c],
      ];
      return (
        await rowOf(other, (await issueOf(await sendForm(eve, answers, formPath(other, 'two.yml')))).path)
      ).body;
    };
    expect(await bodyOf('```js\nx', 'b')).toContain('```js\nx\n```\n\n### C');
    expect(await bodyOf('~~~~\n```\n~~~', 'b')).toContain('\n~~~\n~~~~\n\n### C');
    expect(await bodyOf('text\n<!-- open', 'b')).toContain('<!-- open\n-->\n\n### C');
    expect(await bodyOf('<pre>\nopen', 'b')).toContain('open\n</pre>\n\n### C');
    expect(await bodyOf('```\ndone\n```\n<!-- x -->', 'b')).toContain('<!-- x -->\n\n### C');
    expect(await bodyOf('a', '# one\nheading\n\n```', '`````\n# out')).toContain(
      '``````c\n`````\n# out\n``````\n\n### B\n\n# one heading  ```',
    );
  });

  it('takes files without scripts, below the answer they were chosen for', async () => {
    const path = formPath(open);
    const form = new FormData();
    form.append('version', versionIn(await (await eve.get(path)).text()));
    for (const [name, value] of BUG_ANSWERS) form.append(name, value);
    form.append('files-id-steps', new File(['one line'], 'trace.txt'));
    form.append('files-id-more', new File([], ''));
    const { path: made } = await issueOf(await eve.request(path, { method: 'POST', body: form }));
    const { body } = await rowOf(open, made);
    expect(body).toMatch(
      /### Steps to reproduce\n\n1\. Weave\n\n\[trace\.txt\]\([^)]*attachments[^)]*\)\n\n### Version/,
    );
  });

  it('opens nothing for whom the owner has blocked, and keeps the answers of who writes too much', async () => {
    const mallory = await t.as('mallory');
    await ada.post('/settings/blocks', { username: 'mallory' });
    const answer = await sendForm(mallory, BUG_ANSWERS);
    expect(answer.status).toBe(403);
    t.app.config.issues.posts_per_hour = 1;
    const kim = await t.as('kim');
    expect((await sendForm(kim, BUG_ANSWERS)).status).toBe(303);
    const late = await sendForm(kim, BUG_ANSWERS);
    t.app.config.issues.posts_per_hour = 1000;
    expect(late.status).toBe(429);
    expect(await late.text()).toContain('It sticks.');
  });
});

describe('a template in Markdown', () => {
  it('fills in the plain form, and gives what it names to issues of those who may not', async () => {
    const text = await (await eve.get(formPath(open, 'question.md'))).text();
    expect(text).toContain('value="question: "');
    expect(text).toContain('**What do you want to know?**');
    expect(text).toContain('name="template" value="question.md"');
    const sent = { title: 'question: why', body: 'Why?', template: 'question.md' };
    const { path } = await issueOf(await eve.post(`${open.path}/issues`, sent));
    const page = await (await eve.get(path)).text();
    expect(page).toContain('keeper');
    expect((await eventsOf(t, open, 'issue.')).slice(-3)).toContain('issue.labeled');
  });

  it('shows those who triage what it gives, and lets them choose otherwise', async () => {
    const text = await (await ada.get(formPath(open, 'question.md'))).text();
    expect(text).toMatch(/name="labels" value="question" checked/);
    const sent = { title: 'question: why', body: 'Why?', template: 'question.md' };
    await issueOf(await ada.post(`${open.path}/issues`, sent));
    expect((await eventsOf(t, open, 'issue.')).at(-1)).toBe('issue.opened');
  });

  it('alone in the old place fills in every new issue', async () => {
    const places = [
      'ISSUE_TEMPLATE.md',
      'docs/issue_template.md',
      '.github/issue_template.md',
      '.gitea/ISSUE_TEMPLATE.md',
    ];
    for (const path of places) {
      const old = await repositoryWith([file(path, `Begin in ${path}`)]);
      const answer = await eve.get(`${old.path}/issues/new`);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain(`Begin in ${path}</textarea>`);
    }
  });

  it('is looked for in our own place first, then in those of others', async () => {
    const template = (name: string) => `---\nname: ${name}\nabout: x\n---\n`;
    const both = await repositoryWith([
      file('.github/ISSUE_TEMPLATE/a.md', template('Of GitHub')),
      file('.gitea/issue_template/a.md', template('Of Gitea')),
    ]);
    const read = async () => (await eve.get(`${both.path}/issues/new/choose`)).text();
    expect(await read()).toContain('Of Gitea');
    expect(await read()).not.toContain('Of GitHub');
    commit(both, [file('.opencodehub/ISSUE_TEMPLATE/a.md', template('Our own'))]);
    expect(await read()).toContain('Our own');
  });
});

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
    const at = await repositoryWith([
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
    const at = await repositoryWith([
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
    const at = await repositoryWith([file(`${AT}/odd.yml`, form)]);
    const path = formPath(at, 'odd.yml');
    expect((await sendForm(eve, [['title', 'x']], path)).status).toBe(422);
    const answers: [string, string][] = [
      ['title', 'x'],
      ['id-__proto__', 'v2'],
      ['id-constructor', 'toString'],
      ['id-hasOwnProperty', '__proto__'],
    ];
    const { path: made } = await issueOf(await sendForm(eve, answers, path));
    expect((await rowOf(at, made)).body).toBe('### P\n\nv2\n\n### C\n\n- [x] toString\n\n### H\n\n__proto__');
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
    const at = await repositoryWith([file(`${AT}/x.yml`, form), file(`${AT}/config.yml`, links)]);
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
    const at = await repositoryWith([
      file(`${AT}/latin.md`, latin),
      file(`${AT}/wide.yml`, wide),
      file(`${AT}/marked.md`, marked),
    ]);
    const text = await (await eve.get(`${at.path}/issues/new/choose`)).text();
    for (const name of ['Café', 'Feature request', 'Question']) expect(text).toContain(name);
    expect(await (await eve.get(formPath(at, 'latin.md'))).text()).toContain('Grüße');
  });
});

describe('of a private repository', () => {
  it('nobody learns who may not see it', async () => {
    const at = await repositoryWith([file(`${AT}/f.yml`, FEATURE_FORM)], { visibility: 'private' });
    const missing = await (await eve.get('/ada/missing/issues/new/choose')).text();
    const main = (text: string) => /<main.*<\/main>/s.exec(text)?.[0];
    for (const path of ['/issues/new/choose', '/issues/new?template=f.yml']) {
      const answer = await eve.get(at.path + path);
      expect(answer.status).toBe(404);
      expect(main(await answer.text())).toBe(main(missing));
    }
    expect((await eve.post(formPath(at, 'f.yml'), { title: 'x' })).status).toBe(404);
    const token = await t.token('eve', 'all');
    for (const path of ['issue_templates', 'issue_config', 'issue_config/validate'])
      expect((await call(t, token, 'GET', `/repos${at.path}/${path}`)).status).toBe(404);
  });
});

describe('Gitea’s API', () => {
  it('lists templates and what config.yml says, and whether it is right', async () => {
    const token = await t.token('eve', 'read:issue');
    const at = `/repos${open.path}`;
    const { json } = await call(t, token, 'GET', `${at}/issue_templates`);
    const [bug, , question] = json as Record<string, unknown>[];
    expect(bug).toMatchObject({
      name: 'Bug report',
      about: 'Something in the loom does not do what it should',
      title: '[Bug]: ',
      labels: ['kind/bug', 'triage needed', 'no-such-label'],
      file_name: `${AT}/1-bug.yml`,
    });
    expect((bug?.body as unknown[])[1]).toMatchObject({ type: 'checkboxes', id: 'checks' });
    expect((bug?.body as unknown[])[5]).toMatchObject({
      type: 'dropdown',
      attributes: { options: ['1.0.2 (Default)', '1.0.3 (Edge)', '2'], default: 0, multiple: false },
      validations: { required: true },
    });
    expect(question).toMatchObject({
      name: 'Question',
      labels: ['question'],
      assignees: ['keeper', 'other'],
      body: [],
    });
    expect((await call(t, token, 'GET', `${at}/issue_config`)).json).toEqual({
      blank_issues_enabled: false,
      contact_links: [
        { name: 'Forum', url: 'https://forum.example.com/ask?a=1&b=2', about: 'Ask and answer here.' },
        { name: 'Chat', url: 'http://chat.example.com', about: 'Talk with <b>others</b>.' },
      ],
    });
    expect((await call(t, token, 'GET', `${at}/issue_config/validate`)).json).toEqual({
      valid: false,
      message: '',
    });
    const own = await t.token('ada', 'read:issue');
    const { json: told } = await call(t, own, 'GET', `${at}/issue_config/validate`);
    expect(told).toMatchObject({ valid: false });
    expect((told as { message: string }).message).toContain('config.yml:7: url must be');
    expect((await call(t, await t.token('eve', 'read:user'), 'GET', `${at}/issue_templates`)).status).toBe(
      403,
    );
  });
});
