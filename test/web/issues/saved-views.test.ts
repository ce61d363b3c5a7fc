// Saved views: everybody's own, for a repository or for all of them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { takeAccess } from '../../../src/features/repos/collaborators.service.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { liveParts } from '../code/live-parts.ts';
import { makeTracker, send, type Tracker } from './tracker.ts';

const EVIL = `"><svg onload=hit()>`;

let t: TestApp;
let s: Tracker;

beforeAll(async () => {
  t = await testApp();
  s = await makeTracker(t, { visibility: 'private' });
});
afterAll(() => t.close());

const page = async (path: string, visitor: Visitor) => (await visitor.get(path)).text();
const save = (visitor: Visitor, fields: [string, string][]) => send(visitor, '/issues/views', fields);

async function idOf(visitor: Visitor, name: string): Promise<string> {
  const html = await page('/issues/views', visitor);
  const forms = html.split('<form class="issue-view');
  const form = forms.find((one) => one.includes(`name="name" value="${name}"`));
  return /action="\/issues\/views\/(\d+)"/.exec(form ?? '')?.[1] ?? '';
}

it('are listed beside the search of their repository, and those for all of them everywhere', async () => {
  const { reader } = s.people;
  const place = s.open.path.slice(1);
  const saved = await save(reader, [
    ['name', 'Here'],
    ['query', 'is:open label:bug'],
    ['repository', place],
  ]);
  expect(saved.status).toBe(303);
  expect(saved.headers.get('location')).toBe(`${s.open.path}/issues?q=is%3Aopen+label%3Abug`);
  await save(reader, [
    ['name', 'Everywhere'],
    ['query', 'is:open'],
    ['repository', place],
    ['everywhere', 'on'],
  ]);
  const list = await page(`${s.open.path}/issues`, reader);
  expect(list).toMatch(/>\s*Here\s*<\/a>/);
  expect(list).toMatch(/>\s*Everywhere\s*<\/a>/);
  const all = await page('/issues', reader);
  expect(all).not.toMatch(/>\s*Here\s*<\/a>/);
  expect(all).toMatch(/>\s*Everywhere\s*<\/a>/);
});

it('are seen, changed and deleted by nobody but their person', async () => {
  const { reader, writer, ada } = s.people;
  await save(reader, [
    ['name', 'Mine alone'],
    ['query', 'is:open'],
  ]);
  const id = await idOf(reader, 'Mine alone');
  for (const visitor of [writer, ada, await t.as('sol', { isAdmin: true })]) {
    expect(await page('/issues/views', visitor)).not.toContain('Mine alone');
    const change = await send(visitor, `/issues/views/${id}`, [
      ['name', 'Taken'],
      ['query', ''],
    ]);
    expect(change.status).toBe(404);
    expect((await send(visitor, `/issues/views/${id}/removal`, [])).status).toBe(404);
  }
  expect((await send(t.anonymous, '/issues/views', [['name', 'x']])).status).toBe(401);
  await send(reader, `/issues/views/${id}`, [
    ['name', 'Renamed'],
    ['query', 'is:closed'],
  ]);
  const own = await page('/issues/views', reader);
  expect(own).toContain('Renamed');
  expect(own).toContain('value="is:closed"');
  await send(reader, `/issues/views/${id}/removal`, []);
  expect(await page('/issues/views', reader)).not.toContain('Renamed');
});

it('keep what was typed when something is missing, and run nothing that was', async () => {
  const { writer } = s.people;
  const missing = await save(writer, [
    ['name', ' '],
    ['query', EVIL],
  ]);
  expect(missing.status).toBe(422);
  const html = await missing.text();
  expect(html).toContain('Give the view a name.');
  expect(html).toContain('value="&quot;&gt;&lt;svg onload=hit()&gt;"');
  await save(writer, [
    ['name', EVIL],
    ['query', EVIL],
  ]);
  expect(liveParts(html)).toEqual([]);
  expect(liveParts(await page('/issues/views', writer))).toEqual([]);
  expect(liveParts(await page(`${s.open.path}/issues`, writer))).toEqual([]);
  const long = await save(writer, [
    ['name', 'long'],
    ['query', 'x'.repeat(2000)],
  ]);
  expect(long.status).toBe(422);
});

it('cannot be saved for a repository that one may not see, and do not name one that one no longer sees', async () => {
  const place = s.open.path.slice(1);
  const stranger = await save(s.people.stranger, [
    ['name', 'Peek'],
    ['query', ''],
    ['repository', place],
  ]);
  expect(stranger.status).toBe(404);
  await save(s.people.triager, [
    ['name', 'Left behind'],
    ['query', 'is:open'],
    ['repository', place],
  ]);
  expect(await page('/issues/views', s.people.triager)).toContain(place);
  await takeAccess(t.app, await t.actor('ada'), s.open, (await t.actor('triager')).userId);
  const html = await page('/issues/views', s.people.triager);
  expect(html).toContain('Left behind');
  expect(html).not.toContain(place);
});

it('are bounded', async () => {
  const greedy = await t.as('greedy');
  for (let n = 0; n < 101; n++)
    await save(greedy, [
      ['name', `View ${n}`],
      ['query', ''],
    ]);
  const html = await page('/issues/views', greedy);
  expect(html).toContain('View 99');
  expect(html).not.toContain('"View 100"');
});
