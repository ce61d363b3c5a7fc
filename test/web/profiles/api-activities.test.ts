// Activities and heat maps in the REST API: what people did, for those who may know of it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '../../../src/base/time.ts';
import { closeIssue } from '../../../src/features/issues/closing.service.ts';
import { addComment, hideComment } from '../../../src/features/issues/comments.service.ts';
import { createIssue } from '../../../src/features/issues/issues.service.ts';
import { createOrganization, requireOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { createTeam } from '../../../src/features/orgs/teams.service.ts';
import {
  addContributions,
  type ContributionRow,
} from '../../../src/features/profiles/contributions.store.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { giveTeamAccess } from '../../../src/features/repos/team-access.service.ts';
import { callApi } from '../../support/api-calls.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { makeRepository } from '../code/repositories.ts';
import { makeWorkshop } from '../pulls/proposals.ts';

let t: TestApp;
let open: OpenRepository;
let hidden: OpenRepository;
beforeAll(async () => {
  t = await testApp();
  for (const name of ['ada', 'bob', 'eve']) await t.actor(name);
  open = await makeRepository(t, 'ada', 'looms', []);
  hidden = await makeRepository(t, 'ada', 'plans', [], { visibility: 'private' });
}, 60_000);
afterAll(() => t.close());

const get = (token: string | undefined, path: string) => callApi(t, token, 'GET', path);

const kinds = (json: { op_type: string }[]) => json.map(({ op_type }) => op_type);

describe('activities', () => {
  it('tell what somebody did, newest first, with the comment, the repository and the account', async () => {
    const issue = await createIssue(t.app, await t.actor('ada'), open, { title: 'Threads break', body: '' });
    const comment = await addComment(t.app, await t.actor('bob'), open, issue, 'Here too');
    await closeIssue(t.app, await t.actor('ada'), open, issue, { reason: 'completed' });
    const ofAda = await get(undefined, '/users/ada/activities/feeds');
    expect(kinds(ofAda.json)).toEqual(['close_issue', 'create_issue', 'create_repo']);
    expect(ofAda.json[1]).toMatchObject({
      content: '1|Threads break',
      act_user: { login: 'ada' },
      repo: { full_name: 'ada/looms' },
      comment: null,
      is_private: false,
    });
    const ofBob = await get(undefined, '/users/bob/activities/feeds');
    expect(ofBob.json).toMatchObject([
      { op_type: 'comment_issue', comment_id: comment.id, comment: { body: 'Here too' } },
    ]);
    const page = await get(undefined, '/users/ada/activities/feeds?limit=1&page=2');
    expect(kinds(page.json)).toEqual(['create_issue']);
    expect(page.headers.get('link')).toContain('rel="next"');
    await hideComment(t.app, await t.actor('ada'), open, issue, comment, 'spam');
    expect((await get(undefined, '/users/bob/activities/feeds')).json).toEqual([]);
  });

  it('of a repository and an organization likewise', async () => {
    expect(kinds((await get(undefined, '/repos/ada/looms/activities/feeds')).json)).toContain('create_issue');
    await createOrganization(t.app, await t.actor('bob'), { name: 'weavers', visibility: 'private' });
    expect((await get(undefined, '/orgs/weavers/activities/feeds')).status).toBe(404);
    expect((await get(undefined, '/repos/ada/plans/activities/feeds')).status).toBe(404);
    expect((await get(await t.token('bob'), '/orgs/weavers/activities/feeds')).json).toEqual([]);
  });

  it('of a team tell of its repositories alone, to members of the organization', async () => {
    const bob = await t.actor('bob');
    const { id } = await requireOrganization(t.app, bob, 'weavers');
    const team = await createTeam(t.app, bob, id, { name: 'spinners' });
    for (const name of ['wheel', 'dye']) {
      const input = { name, owner: 'weavers', visibility: 'private' };
      await createRepository(t.app, bob, parseNewRepository(input));
      const at = await openRepository(t.app, bob, 'weavers', name, 'access:manage');
      if (name === 'wheel') await giveTeamAccess(t.app, bob, at, { teamId: team.id, permission: 'read' });
      await createIssue(t.app, bob, at, { title: `About the ${name}`, body: '' });
    }
    const path = `/teams/${team.id}/activities/feeds`;
    const { json } = await get(await t.token('bob'), path);
    expect(json.map(({ content }: { content: string }) => content)).toContain('1|About the wheel');
    expect(JSON.stringify(json)).not.toContain('About the dye');
    expect((await get(await t.token('eve'), path)).status).toBe(404);
    expect((await get(undefined, path)).status).toBe(401);
  });

  it('say nothing of what the reader may not see', async () => {
    await createIssue(t.app, await t.actor('ada'), hidden, { title: 'Secret plan', body: '' });
    const own = await get(await t.token('ada'), '/users/ada/activities/feeds?only-performed-by=true');
    expect(JSON.stringify(own.json)).toContain('Secret plan');
    for (const who of [undefined, await t.token('eve'), await t.token('ada', 'read:repository')])
      expect(JSON.stringify((await get(who, '/users/ada/activities/feeds')).json)).not.toContain(
        'Secret plan',
      );
    expect((await get(await t.token('eve', 'read:user'), '/users/ada/activities/feeds')).status).toBe(403);
  });

  it('of one day are those of that day', async () => {
    const today = new Date(t.app.clock.now()).toISOString().slice(0, 10);
    const yesterday = new Date(t.app.clock.now() - DAY).toISOString().slice(0, 10);
    const all = (await get(undefined, '/users/ada/activities/feeds')).json;
    expect((await get(undefined, `/users/ada/activities/feeds?date=${today}`)).json).toEqual(all);
    expect((await get(undefined, `/users/ada/activities/feeds?date=${yesterday}`)).json).toEqual([]);
    expect((await get(undefined, '/users/ada/activities/feeds?date=soon')).status).toBe(422);
    expect((await get(undefined, '/users/nobody-here/activities/feeds')).status).toBe(404);
  });
});

describe('a heat map', () => {
  it('counts by day what the reader may see', async () => {
    const { userId } = await t.actor('ada');
    const today = Math.floor(t.app.clock.now() / DAY);
    const rows = (repositoryId: number, days: number[]): ContributionRow[] =>
      days.map((day, index) => ({ userId, repositoryId, day, subject: `${repositoryId} ${index}` }));
    await t.app.db.write(async (tx) => {
      await addContributions(tx, open.repository.id, rows(open.repository.id, [today, today, today - 3]));
      await addContributions(tx, hidden.repository.id, rows(hidden.repository.id, [today, today - 400]));
    });
    const day = (back: number) => ((today - back) * DAY) / 1000;
    expect((await get(undefined, '/users/ada/heatmap')).json).toEqual([
      { timestamp: day(3), contributions: 1 },
      { timestamp: day(0), contributions: 2 },
    ]);
    expect((await get(await t.token('ada'), '/users/ada/heatmap')).json.at(-1)).toEqual({
      timestamp: day(0),
      contributions: 3,
    });
    expect((await get(undefined, '/users/nobody-here/heatmap')).status).toBe(404);
  });
});

it('comments on pull requests are not read in a feed by a token that reads no issues', async () => {
  const shop = await makeWorkshop(t);
  await shop.commit('topic', { 'new.md': 'New\n' });
  const pull = await shop.propose('topic');
  await addComment(t.app, await t.actor('ada'), shop.open, pull.issue, 'Between us readers');
  const path = `/repos${shop.open.path}/activities/feeds`;
  const weak = await get(await t.token('ada', 'read:repository'), path);
  expect(kinds(weak.json)).toContain('comment_pull');
  expect(JSON.stringify(weak.json)).not.toContain('Between us readers');
  const strong = await get(await t.token('ada', 'read:repository,read:issue'), path);
  expect(JSON.stringify(strong.json)).toContain('Between us readers');
});
