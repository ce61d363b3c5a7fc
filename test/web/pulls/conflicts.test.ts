// Conflicts resolved on the web, and the base brought into the head.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { forkBy, makeWorkshop, type Workshop } from './proposals.ts';

let t: TestApp;
let shop: Workshop;

const LINES = Array.from({ length: 12 }, (_, n) => `line ${n + 1}`);

function text(changed: Record<number, string>): string {
  return `${LINES.map((line, n) => changed[n + 1] ?? line).join('\n')}\n`;
}

beforeAll(async () => {
  t = await testApp();
  shop = await makeWorkshop(t, {
    files: {
      'a.txt': text({}),
      'b.txt': text({}),
      'crlf.txt': 'one\r\ntwo\r\nthree\r\n',
    },
  });
});
afterAll(async () => {
  await t?.close();
});

let made = 0;

/** A pull request in conflict with main, in two files and one that main removed. */
async function conflicting(): Promise<{ pull: Pull; path: string; branch: string }> {
  made += 1;
  const branch = `topic-${made}`;
  const gone = `gone-${made}.txt`;
  await shop.commit('main', { [gone]: text({}) });
  await shop.commit(branch, {
    'a.txt': text({ 3: `ours ${made}`, 9: 'clean ours' }),
    [gone]: text({ 2: `kept ${made}` }),
  });
  await shop.commit('main', { 'a.txt': text({ 3: `theirs ${made}` }), [gone]: null });
  const pull = await shop.propose(branch);
  return { pull, branch, path: `${shop.open.path}/pull/${pull.issue.number}` };
}

async function git(...args: string[]): Promise<string> {
  const { stdout } = await t.app.git.run(args, { dir: shop.open.dir });
  return stdout.toString('utf8');
}

function fieldsOf(html: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [, name = '', value = ''] of html.matchAll(
    /<input type="hidden" name="([^"]+)" value="([^"]*)"/g,
  ))
    fields[name] = value;
  return fields;
}

async function pageOf(visitor: Visitor, path: string): Promise<string> {
  const response = await visitor.get(path);
  expect(response.status).toBe(200);
  return response.text();
}

test('conflicts are resolved by texts and choices, as a merge commit in the head', async () => {
  const { pull, branch, path } = await conflicting();
  const html = await pageOf(shop.people.ada, `${path}/conflicts`);
  expect(html).toContain('2 files in conflict');
  expect(html).toContain(`&lt;&lt;&lt;&lt;&lt;&lt;&lt; ${branch}`);
  expect(html).toContain('&gt;&gt;&gt;&gt;&gt;&gt;&gt; main');
  const fields = {
    ...fieldsOf(html),
    'file-0-choice': 'edited',
    'file-0-text': text({ 3: 'both', 9: 'clean ours' }).replaceAll('\n', '\r\n'),
    'file-1-choice': 'head',
    message: 'Bring main in',
  };
  const answer = await shop.people.ada.post(`${path}/conflicts`, fields);
  expect(answer.status).toBe(303);
  const before = pull.pull.headOid;
  const tip = (await git('rev-parse', `refs/heads/${branch}`)).trim();
  const main = (await git('rev-parse', 'refs/heads/main')).trim();
  expect((await git('rev-list', '--parents', '-1', tip)).trim()).toBe(`${tip} ${before} ${main}`);
  expect(await git('show', `${tip}:a.txt`)).toBe(text({ 3: 'both', 9: 'clean ours' }));
  expect(await git('show', `${tip}:gone-1.txt`)).toContain('kept');
  expect(await git('log', '-1', '--format=%s|%an', tip)).toBe('Bring main in|ada\n');
  const again = await shop.again(pull);
  expect(again.pull.headOid).toBe(tip);
  expect(again.pull.revision).toBe(2);
  expect(await pageOf(shop.people.ada, `${path}/conflicts`)).toContain('Nothing is in conflict');
});

test('what is left unresolved is said beside the file, with what was typed', async () => {
  const { path, branch } = await conflicting();
  const fields = fieldsOf(await pageOf(shop.people.ada, `${path}/conflicts`));
  const left = { ...fields, 'file-0-choice': 'edited', 'file-0-text': `<<<<<<< ${branch}\nmine & yours\n` };
  const answer = await shop.people.ada.post(`${path}/conflicts`, left);
  expect(answer.status).toBe(422);
  const html = await answer.text();
  expect(html).toContain('Line 1 is still a mark');
  expect(html).toContain('mine &amp; yours');
  expect(html).toContain('Choose what becomes of this file');
  const middle = {
    ...fields,
    'file-0-choice': 'edited',
    'file-0-text': 'a\n=======\nb\n',
    'file-1-choice': 'delete',
  };
  expect((await shop.people.ada.post(`${path}/conflicts`, middle)).status).toBe(422);
});

test('removing what the base removed leaves it out, and no other choice is taken', async () => {
  const { path, branch } = await conflicting();
  const fields = fieldsOf(await pageOf(shop.people.ada, `${path}/conflicts`));
  const wrong = { ...fields, 'file-0-choice': 'head', 'file-1-choice': 'base' };
  expect((await shop.people.ada.post(`${path}/conflicts`, wrong)).status).toBe(422);
  const right = { ...fields, 'file-0-choice': 'base', 'file-1-choice': 'delete' };
  expect((await shop.people.ada.post(`${path}/conflicts`, right)).status).toBe(303);
  const tree = await git('ls-tree', '--name-only', `refs/heads/${branch}`);
  expect(tree).not.toContain('gone-3.txt');
  expect(await git('show', `refs/heads/${branch}:a.txt`)).toBe(await git('show', 'refs/heads/main:a.txt'));
});

test('a push in between loses nothing that was typed and commits nothing', async () => {
  const { path, branch } = await conflicting();
  const fields = fieldsOf(await pageOf(shop.people.ada, `${path}/conflicts`));
  const tip = await shop.commit(branch, { 'b.txt': text({ 1: 'pushed' }) });
  const typed = {
    ...fields,
    'file-0-choice': 'edited',
    'file-0-text': 'typed by hand\n',
    'file-1-choice': 'head',
  };
  const answer = await shop.people.ada.post(`${path}/conflicts`, typed);
  expect(answer.status).toBe(409);
  expect(await answer.text()).toContain('typed by hand');
  expect((await git('rev-parse', `refs/heads/${branch}`)).trim()).toBe(tip);
});

test('line ends of a file stay as they were', async () => {
  await shop.commit('crlf', { 'crlf.txt': 'one\r\nours\r\nthree\r\n' });
  await shop.commit('main', { 'crlf.txt': 'one\r\ntheirs\r\nthree\r\n' });
  const pull = await shop.propose('crlf');
  const path = `${shop.open.path}/pull/${pull.issue.number}/conflicts`;
  const html = await pageOf(shop.people.ada, path);
  const fields = { ...fieldsOf(html), 'file-0-choice': 'edited', 'file-0-text': 'one\nmerged\nthree\n' };
  expect((await shop.people.ada.post(path, fields)).status).toBe(303);
  expect(await git('show', 'refs/heads/crlf:crlf.txt')).toBe('one\r\nmerged\r\nthree\r\n');
});

test('only whoever may push to the head resolves conflicts and updates it', async () => {
  const { path, pull } = await conflicting();
  const { reader, triager, writer, stranger } = shop.people;
  for (const visitor of [reader, triager, stranger]) {
    expect((await visitor.get(`${path}/conflicts`)).status).toBe(403);
    expect((await visitor.post(`${path}/conflicts`, { head: pull.pull.headOid })).status).toBe(403);
    expect((await visitor.post(`${path}/update`, { style: 'merge' })).status).toBe(403);
  }
  expect((await t.anonymous.get(`${path}/conflicts`)).status).not.toBe(200);
  expect((await writer.get(`${path}/conflicts`)).status).toBe(200);
});

test('a merge of the base is the one that git makes, and a rebase keeps the authors', async () => {
  for (const style of ['merge', 'rebase'] as const) {
    const branch = `behind-${style}`;
    await shop.commit(branch, { [`new-${style}.txt`]: 'new\n' }, { by: 'writer', message: 'Add a file' });
    await shop.commit('main', { [`base-${style}.txt`]: 'base\n' });
    const pull = await shop.propose(branch);
    const path = `${shop.open.path}/pull/${pull.issue.number}`;
    expect((await shop.people.ada.post(`${path}/update`, { style, head: 'f'.repeat(40) })).status).toBe(409);
    expect((await shop.people.ada.post(`${path}/update`, { style, head: pull.pull.headOid })).status).toBe(
      303,
    );
    const main = (await git('rev-parse', 'refs/heads/main')).trim();
    const tip = (await git('rev-parse', `refs/heads/${branch}`)).trim();
    const parents = (await git('rev-list', '--parents', '-1', tip)).trim().split(' ').slice(1);
    expect(parents).toEqual(style === 'merge' ? [pull.pull.headOid, main] : [main]);
    const subject = style === 'merge' ? `Merge branch 'main' into ${branch}|ada` : 'Add a file|writer';
    expect((await git('log', '-1', '--format=%s|%an', tip)).trim()).toBe(subject);
    expect((await shop.again(pull)).pull.headOid).toBe(tip);
    expect((await shop.people.ada.post(`${path}/update`, { style })).status).toBe(409);
  }
});

test('the base is brought in by the API as well', async () => {
  await shop.commit('by-api', { 'api.txt': 'new\n' });
  await shop.commit('main', { 'api-base.txt': 'base\n' });
  const pull = await shop.propose('by-api');
  const update = async (name: string, style: string, scopes = 'all') => {
    const headers = { authorization: `token ${await t.token(name, scopes)}` };
    const path = `/api/v1/repos${shop.open.path}/pulls/${pull.issue.number}/update?style=${style}`;
    return (await t.anonymous.request(path, { method: 'POST', headers })).status;
  };
  expect(await update('reader', 'merge')).toBe(403);
  expect(await update('ada', 'rebase', 'write:issue')).toBe(403);
  expect(await update('ada', 'other')).toBe(422);
  expect(await update('ada', 'rebase')).toBe(200);
  expect(await update('ada', 'rebase')).toBe(409);
  expect((await git('log', '-2', '--format=%s', 'refs/heads/by-api')).trim()).toBe(
    'Change by-api\nChange main',
  );
});

test('conflicts in a fork are resolved in the fork, by whoever its author lets', async () => {
  const fork = await forkBy(t, shop.open, 'eve');
  await shop.commit('from-fork', { 'b.txt': text({ 5: 'fork' }) }, { at: fork, by: 'eve' });
  await shop.commit('main', { 'b.txt': text({ 5: 'base' }) });
  const pull = await shop.propose('from-fork', { by: 'eve', head: { open: fork, branch: 'from-fork' } });
  const path = `${shop.open.path}/pull/${pull.issue.number}/conflicts`;
  expect((await shop.people.ada.get(path)).status).toBe(403);
  const eve = await t.as('eve');
  const fields = { ...fieldsOf(await pageOf(eve, path)), 'file-0-choice': 'base' };
  expect((await eve.post(path, fields)).status).toBe(303);
  const tip = await t.app.git.ref(fork.dir, 'refs/heads/from-fork');
  expect((await shop.again(pull)).pull.headOid).toBe(tip);
  expect((await git('rev-parse', `refs/pull/${pull.issue.number}/head`)).trim()).toBe(tip);
});
