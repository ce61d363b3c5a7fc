// Whoever may read issues and no pull requests learns nothing of them, and the other way round, by whatever route.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addComment } from '../../../src/features/issues/comments.service.ts';
import { createIssue, requireIssue } from '../../../src/features/issues/issues.service.ts';
import type { EntryRow } from '../../../src/features/issues/issues.types.ts';
import { createPull } from '../../../src/features/pulls/create-pull.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { worldIn } from '../../support/standing.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { call } from '../issues/tracker.ts';
import { commitTo } from './proposals.ts';

const SECRET = { pull: 'quetzal', issue: 'narwhal' } as const;
const PATH = '/mill/split';

let t: TestApp;
let open: OpenRepository;
/** May read issues alone, and pull requests alone; both may write what they may read. */
let people: { issa: Visitor; pola: Visitor };
let comments: { pull: EntryRow; issue: EntryRow };

beforeAll(async () => {
  t = await testApp();
  const ada = await t.actor('ada');
  const world = worldIn(t.app.db);
  const org = await world.organization('mill');
  await world.member(org, ada.userId, 'owner');
  await createRepository(
    t.app,
    ada,
    parseNewRepository({ owner: 'mill', name: 'split', visibility: 'private' }),
  );
  open = await openRepository(t.app, ada, 'mill', 'split', 'code:write');
  await commitTo(t, open, 'main', { 'README.md': '# Split\n' }, { by: 'ada' });
  await commitTo(t, open, 'feature', { 'new.txt': 'new\n' }, { by: 'ada' });
  open = await openRepository(t.app, ada, 'mill', 'split', 'code:write');
  for (const [name, caps] of [
    ['issa', { pulls: 'none' }],
    ['pola', { issues: 'none' }],
  ] as const) {
    await t.actor(name);
    const { userId } = await t.actor(name);
    await world.member(org, userId);
    const team = await world.team(org, `team-${name}`, { unitCaps: caps });
    await world.teamMember(team, userId);
    await world.teamRepository(team, open.repository.id, 'write');
  }
  people = { issa: await t.as('issa'), pola: await t.as('pola') };
  const text = (kind: 'pull' | 'issue') => `${SECRET[kind]} @issa @pola`;
  const { issue: made } = await createPull(t.app, ada, open, {
    base: 'main',
    head: { open, branch: 'feature' },
    title: `A ${SECRET.pull}`,
    body: text('pull'),
  });
  const issue = await createIssue(t.app, ada, open, { title: `A ${SECRET.issue}`, body: text('issue') });
  expect([made.number, issue.number]).toEqual([1, 2]);
  comments = {
    pull: await addComment(t.app, ada, open, await requireIssue(t.app, open, 1), `${text('pull')} see #2`),
    issue: await addComment(t.app, ada, open, issue, `${text('issue')} see #1`),
  };
  await t.app.jobs.drain();
}, 120_000);
afterAll(() => t.close());

const KINDS = [
  { person: 'issa', seen: 'issue', hidden: 'pull', number: 1 },
  { person: 'pola', seen: 'pull', hidden: 'issue', number: 2 },
] as const;

describe.each(KINDS)('$person, who may not read any $hidden', ({ person, seen, hidden, number }) => {
  const missing = 77;

  it('finds it under no address, exactly as what is missing', async () => {
    const rests = ['', '/edit', '/edits', '/source', '/reactions', '/commits', '/files', '/checks'];
    for (const kind of ['issues', 'pull'])
      for (const rest of rests) {
        const address = (of: number) => `${PATH}/${kind}/${of}${rest}`;
        const [one, other] = [
          await people[person].get(address(number)),
          await people[person].get(address(missing)),
        ];
        expect([one.status, one.headers.get('location')], address(number)).toEqual([404, null]);
        const blur = async (answer: Response) =>
          (await answer.text())
            .replaceAll(/name="csrf" value="[^"]*"/g, '')
            .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '')
            .replaceAll(new RegExp(`/(${number}|${missing})\\b`, 'g'), '/n');
        if (other.status === 404) expect(await blur(one), address(number)).toBe(await blur(other));
      }
  });

  it('changes nothing of it by any form', async () => {
    const comment = comments[hidden].id;
    const forms: [string, Record<string, string>][] = [
      ['comments', { body: 'Hello' }],
      ['title', { title: 'Mine' }],
      ['text', { body: 'Mine', version: '1' }],
      ['labels', { label: '1' }],
      ['assignees', { username: person }],
      ['milestone', { milestone: '' }],
      ['due', { due_on: '2030-01-01' }],
      ['lock', {}],
      ['subscription', { state: 'subscribed' }],
      ['reactions', { add: 'heart' }],
      ['tasks', { index: '0', checked: 'true', version: '1', count: '1' }],
      [`comments/${comment}/hiding`, { reason: 'spam' }],
      [`comments/${comment}/deletion`, {}],
    ];
    for (const kind of ['issues', 'pull'])
      for (const [rest, fields] of forms) {
        const answer = await people[person].post(`${PATH}/${kind}/${number}/${rest}`, fields);
        expect(answer.status, `${kind} ${rest}`).toBe(404);
      }
    const list = hidden === 'pull' ? 'issues' : 'pulls';
    await people[person].post(`${PATH}/${list}/bulk`, { issue: String(number), action: 'close' });
    const issue = await requireIssue(t.app, open, number);
    expect([issue.state, issue.lockedAt, issue.commentCount, issue.title]).toEqual([
      'open',
      null,
      1,
      `A ${SECRET[hidden]}`,
    ]);
  });

  it('reads and changes nothing of it by the API', async () => {
    const token = await t.token(person, 'all');
    const at = `/repos${PATH}`;
    const comment = comments[hidden].id;
    const calls: [string, string, unknown?][] = [
      ['GET', `/issues/${number}`],
      ['GET', `/issues/${number}/timeline`],
      ['GET', `/issues/${number}/comments`],
      ['POST', `/issues/${number}/comments`, { body: 'Hello' }],
      ['PATCH', `/issues/${number}`, { title: 'Mine' }],
      ['DELETE', `/issues/${number}`],
      ['PUT', `/issues/${number}/lock`, {}],
      ['POST', `/issues/${number}/pin`],
      ['GET', `/issues/${number}/labels`],
      ['PUT', `/issues/${number}/labels`, { labels: [] }],
      ['POST', `/issues/${number}/deadline`, { due_date: null }],
      ['GET', `/issues/${number}/reactions`],
      ['POST', `/issues/${number}/reactions`, { content: 'heart' }],
      ['GET', `/issues/${number}/subscriptions`],
      ['PUT', `/issues/${number}/subscriptions/${person}`],
      ['GET', `/issues/${number}/dependencies`],
      ['GET', `/issues/${number}/sub_issues`],
      ['GET', `/issues/comments/${comment}`],
      ['PATCH', `/issues/comments/${comment}`, { body: 'Mine' }],
      ['DELETE', `/issues/comments/${comment}`],
      ['GET', `/issues/comments/${comment}/reactions`],
      ['GET', `/pulls/${number}`],
    ];
    for (const [method, path, body] of calls) {
      const answer = await call(t, token, method, at + path, body);
      const other = path.replace(/\d+/, '999999');
      expect(answer, `${method} ${path}`).toEqual(await call(t, token, method, at + other, body));
      expect([403, 404], `${method} ${path}`).toContain(answer.status);
    }
    for (const path of [
      `${at}/issues?state=all`,
      `${at}/issues/comments`,
      `${at}/pulls?state=all`,
      '/repos/issues/search?state=all',
      '/notifications?all=true',
    ]) {
      const { json } = await call(t, token, 'GET', path);
      expect(JSON.stringify(json), path).not.toContain(SECRET[hidden]);
    }
  });

  it('learns nothing of it by lists, searches, completion, feeds, references and the inbox', async () => {
    const word = SECRET[hidden];
    const pages = [
      `${PATH}/issues`,
      `${PATH}/issues?q=is%3Apr`,
      `${PATH}/issues?q=${word}`,
      `${PATH}/pulls`,
      `${PATH}/pulls?q=is%3Aissue`,
      `${PATH}/pulls?q=${word}`,
      `/issues?q=author%3Aada+${word}`,
      `/pulls?q=author%3Aada+${word}`,
      `/issues?q=author%3Aada`,
      `/orgs/mill/issues?q=${word}`,
      `/orgs/mill/pulls?q=${word}`,
      `${PATH}/suggestions/issues?q=${word}`,
      `${PATH}/suggestions/issues?q=${number}`,
      `${PATH}/labels`,
      `${PATH}/milestones`,
      `${PATH}/${seen === 'pull' ? 'pull/1' : 'issues/2'}`,
      '/notifications',
      '/notifications?q=is%3Adone',
      '/',
      PATH,
      '/ada',
      '/mill',
      '/mill.atom',
      '/ada.atom',
      `${PATH}.atom`,
    ];
    for (const page of pages) {
      const text = await (await people[person].get(page)).text();
      const typed = new RegExp(`(?:value="[^"]*|q=[^"]*|<mark>|“|for |: )${word}`, 'g');
      expect(text.replaceAll(typed, '').includes(`A ${word}`), page).toBe(false);
    }
    const own = await (await people[person].get(`${PATH}/${seen === 'pull' ? 'pull/1' : 'issues/2'}`)).text();
    expect(own).toContain(`see #${number}`);
    expect(own).not.toContain(`/${hidden === 'pull' ? 'pull' : 'issues'}/${number}"`);
  });

  it('was told of the other kind alone', async () => {
    const inbox = await (await people[person].get('/notifications')).text();
    expect(inbox).toContain(SECRET[seen]);
  });
});
