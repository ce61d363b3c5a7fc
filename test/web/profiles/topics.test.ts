// Topics on the web: written in the settings, shown beside the files and in lists, and led by to what has them too.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';

let t: TestApp;
let ada: Visitor;
let ben: Visitor;

beforeAll(async () => {
  t = await testApp();
  ada = await t.as('ada');
  ben = await t.as('ben');
  await ada.post('/new', { name: 'open', visibility: 'public', readme: 'on' });
  await ada.post('/new', { name: 'hidden', visibility: 'private', readme: 'on' });
}, 60_000);
afterAll(() => t.close());

const html = async (answer: Promise<Response>) => (await answer).text();
const settings = { description: 'About it', website: '', defaultBranch: 'main' };

it('topics are written in the settings and shown beside the files and in lists', async () => {
  const saved = await ada.post('/ada/open/settings', { ...settings, topics: ' Forge,git  git ' });
  expect(saved.status).toBe(303);
  expect((await t.app.events.recent({ limit: 1 }))[0]?.kind).toBe('repository.topics_changed');
  expect(await html(ada.get('/ada/open/settings'))).toContain('value="forge git"');
  const home = await html(t.anonymous.get('/ada/open'));
  expect(home).toContain('href="/topics/forge"');
  expect(home).not.toContain('Edit description, website and topics');
  expect(await html(ada.get('/ada/open'))).toContain('Edit description, website and topics');
  for (const list of [
    '/explore',
    '/ada?tab=repositories',
    '/topics/git',
    '/topics/GIT',
    '/explore?q=topic:git',
  ])
    expect(await html(t.anonymous.get(list)), list).toContain('href="/topics/forge"');
  expect(await html(t.anonymous.get('/explore?q=topic:git+nothing'))).toContain('No repository matches');
  expect(await html(t.anonymous.get('/explore?q=topic:gi'))).toContain('No repository matches');
});

it('what is no topic is said beside the field, with what was typed kept', async () => {
  const answer = await ada.post('/ada/open/settings', { ...settings, topics: 'git not_one <b>' });
  expect(answer.status).toBe(422);
  const text = await answer.text();
  expect(text).toContain('Topics begin with a letter or a digit');
  expect(text).toContain('value="git not_one &lt;b&gt;"');
  const many = Array.from({ length: 26 }, (_, index) => `t${index}`).join(' ');
  expect(await html(ada.post('/ada/open/settings', { ...settings, topics: many }))).toContain(
    'at most 25 topics',
  );
  expect(await html(ada.get('/ada/open/settings'))).toContain('value="forge git"');
});

it('a form without the field leaves topics as they are; an empty one takes them away', async () => {
  await ada.post('/ada/hidden/settings', { ...settings, topics: 'forge plan' });
  await ada.post('/ada/hidden/settings', settings);
  expect(await html(ada.get('/ada/hidden/settings'))).toContain('value="forge plan"');
});

it('what is private is on the page of its topic for nobody who may not see it', async () => {
  for (const visitor of [ben, t.anonymous]) {
    expect(await html(visitor.get('/topics/forge'))).not.toContain('/ada/hidden');
    expect(await html(visitor.get('/topics/plan'))).toContain('Nothing has this topic');
    expect(await html(visitor.get('/explore?q=topic:plan'))).toContain('No repository matches');
  }
  expect(await html(ada.get('/topics/plan'))).toContain('/ada/hidden');
  expect((await ben.post('/ada/open/settings', { ...settings, topics: 'mine' })).status).toBe(403);
  expect((await t.anonymous.get('/topics/not_one')).status).toBe(404);
  expect((await t.anonymous.get('/topics/%3Cscript%3E')).status).toBe(404);
});
