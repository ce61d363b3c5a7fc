// Issue templates and forms: chosen, filled in without scripts, checked by the server, made into GitHub's Markdown.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLabel } from '../../../src/features/issues/labels.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { BUG_ANSWERS, BUG_FORM, BUG_TEXT, CONFIG, FEATURE_FORM, QUESTION } from './template-files.ts';
import {
  AT,
  commit,
  file,
  formPath,
  openedBy,
  repositoryWith,
  sendForm,
  versionIn,
} from './template-site.ts';
import { call, eventsOf, send } from './tracker.ts';

let t: TestApp;
let ada: Visitor;
let eve: Visitor;
let open: OpenRepository;

beforeAll(async () => {
  t = await testApp();
  [ada, eve] = [await t.as('ada'), await t.as('eve')];
  open = await repositoryWith(t, [
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

const without = (name: string) => BUG_ANSWERS.filter(([key]) => key !== name);
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
    const plain = await repositoryWith(t, []);
    expect((await eve.get(`${plain.path}/issues/new`)).status).toBe(200);
    const answer = await eve.get(`${plain.path}/issues/new/choose?title=a`);
    expect(answer.headers.get('location')).toBe(`${plain.path}/issues/new?title=a`);
  });

  it('follows the default branch from one commit to the next', async () => {
    const moving = await repositoryWith(t, [file(`${AT}/a.md`, '---\nname: First\nabout: x\n---\nBody')]);
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
    const row = await openedBy(t, open, await sendForm(eve, BUG_ANSWERS, formPath(open)));
    const path = `${open.path}/issues/${row.number}`;
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
      ['id-checks', '', 'Tick everything that is marked as required'],
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
      const answer = await sendForm(eve, [...without(name), [name, value]], formPath(open));
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
    const twice = await sendForm(eve, [...BUG_ANSWERS, ['id-version', '2']], formPath(open));
    expect(twice.status).toBe(422);
    expect(await twice.text()).toContain('Choose one thing');
  });

  it('that was changed meanwhile comes back with the answers, and opens nothing', async () => {
    const other = await repositoryWith(t, [file(`${AT}/f.yml`, FEATURE_FORM)]);
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
    const made = await openedBy(
      t,
      other,
      await sendForm(
        eve,
        [
          ['title', 'Idea'],
          ['at-1', 'More looms'],
        ],
        path,
      ),
    );
    expect(made.body).toBe('### What would you like?\n\nMore looms\n\n### Area\n\n_No response_');
  });

  it('cannot be broken by an answer: fences, comments and blocks end with it', async () => {
    const other = await repositoryWith(t, [
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
      return (await openedBy(t, other, await sendForm(eve, answers, formPath(other, 'two.yml')))).body;
    };
    expect(await bodyOf('```js\nx', 'b')).toContain('```js\nx\n```\n\n### C');
    expect(await bodyOf('~~~~\n```\n~~~', 'b')).toContain('\n~~~\n~~~~\n\n### C');
    expect(await bodyOf('text\n<!-- open', 'b')).toContain('\\<!-- open\n\n### C');
    expect(await bodyOf('<pre>\nopen', 'b')).toContain('\\<pre>\nopen\n\n### C');
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
    const sent = await eve.request(path, { method: 'POST', body: form });
    const { body } = await openedBy(t, open, sent);
    expect(body).toMatch(
      /### Steps to reproduce\n\n1\. Weave\n\n\[trace\.txt\]\([^)]*attachments[^)]*\)\n\n### Version/,
    );
  });

  it('opens nothing for whom the owner has blocked, and keeps the answers of who writes too much', async () => {
    const mallory = await t.as('mallory');
    await ada.post('/settings/blocks', { username: 'mallory' });
    const answer = await sendForm(mallory, BUG_ANSWERS, formPath(open));
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('It sticks.');
    t.app.config.issues.posts_per_hour = 1;
    const kim = await t.as('kim');
    expect((await sendForm(kim, BUG_ANSWERS, formPath(open))).status).toBe(303);
    const late = await sendForm(kim, BUG_ANSWERS, formPath(open));
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
    const { number } = await openedBy(t, open, await eve.post(`${open.path}/issues`, sent));
    const page = await (await eve.get(`${open.path}/issues/${number}`)).text();
    expect(page).toContain('keeper');
    expect((await eventsOf(t, open, 'issue.')).slice(-3)).toContain('issue.labeled');
  });

  it('shows those who triage what it gives, and lets them choose otherwise', async () => {
    const text = await (await ada.get(formPath(open, 'question.md'))).text();
    expect(text).toMatch(/name="labels" value="question" checked/);
    const sent = { title: 'question: why', body: 'Why?', template: 'question.md' };
    await openedBy(t, open, await ada.post(`${open.path}/issues`, sent));
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
      const old = await repositoryWith(t, [file(path, `Begin in ${path}`)]);
      const answer = await eve.get(`${old.path}/issues/new`);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain(`Begin in ${path}</textarea>`);
    }
  });

  it('is looked for in our own place first, then in those of others', async () => {
    const template = (name: string) => `---\nname: ${name}\nabout: x\n---\n`;
    const both = await repositoryWith(t, [
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

describe('of a private repository', () => {
  it('nobody learns who may not see it', async () => {
    const at = await repositoryWith(t, [file(`${AT}/f.yml`, FEATURE_FORM)], { visibility: 'private' });
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
    const body = bug?.body as unknown[];
    expect(body[1]).toMatchObject({ type: 'checkboxes', id: 'checks' });
    expect(body[5]).toMatchObject({
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
