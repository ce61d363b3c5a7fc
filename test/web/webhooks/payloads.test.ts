// Every event that webhooks may be told of, from a real change to its payload: in Gitea's shape and in GitHub's, each field
// compared with a table.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { createOrganizationLabel } from '../../../src/features/issues/labels.service.ts';
import { findIssue } from '../../../src/features/issues/lookups.service.ts';
import { lockIssue, unlockIssue } from '../../../src/features/issues/moderation.service.ts';
import { transferIssue } from '../../../src/features/issues/transfer.service.ts';
import { createOrganization, openOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { addTeamMember } from '../../../src/features/orgs/team-members.service.ts';
import { createTeam, deleteTeam } from '../../../src/features/orgs/teams.service.ts';
import { setDraft } from '../../../src/features/pulls/pull-states.service.ts';
import { dequeuePull } from '../../../src/features/pulls/queue.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { giveTeamAccess } from '../../../src/features/repos/team-access.service.ts';
import { createUser } from '../../../src/features/users/users.service.ts';
import { HOOK_EVENTS } from '../../../src/features/webhooks/hook-events.data.ts';
import { faultsOfJson } from '../../support/api-answers.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { call } from '../issues/tracker.ts';
import { forkBy, makeWorkshop, type Workshop } from '../pulls/proposals.ts';
import { change, enqueue, withQueue } from '../pulls/queues.ts';
import { GITHUB_SHAPES } from './github-shapes.ts';
import { GITEA_SHAPES } from './payload-shapes.ts';
import { type Json, now, type Told, told } from './told.ts';

let t: TestApp;
let shop: Workshop;
const clock = manualClock(Date.UTC(2026, 10, 27));
let at: string;
const tokens: Record<string, string> = {};
const heard = new Set<string>();

beforeAll(async () => {
  t = await testApp({}, { clock });
  shop = await makeWorkshop(t);
  at = `/repos${shop.open.path}`;
  for (const name of ['ada', 'writer', 'reader']) tokens[name] = await t.token(name);
});
afterAll(() => t.close());

/** Calls the API as somebody; what is refused is a fault of the test. */
async function ask(name: string, method: string, path: string, body?: unknown): Promise<Json> {
  const answer = await call(t, tokens[name], method, path, body);
  expect(answer.status, `${method} ${path} ${JSON.stringify(answer.json)}`).toBeLessThan(300);
  await t.app.jobs.drain();
  return (answer.json ?? {}) as Json;
}

/** What webhooks of both shapes are told of a change, each checked by its table. */
async function after(change: () => Promise<unknown>): Promise<{ gitea: Told[]; github: Told[] }> {
  const before = await now(t);
  await change();
  const gitea = await told(t, 'gitea', before);
  const github = await told(t, 'github', before);
  for (const { json, headers, happening } of gitea) {
    heard.add(happening.name);
    expect(faultsOfJson(`gitea:${headers['X-Gitea-Event-Type']}`, json, '$', GITEA_SHAPES)).toEqual([]);
  }
  for (const { json, event } of github)
    expect(faultsOfJson(`github:${event}`, json, '$', GITHUB_SHAPES)).toEqual([]);
  return { gitea, github };
}

/** `event action` of each. */
const names = (messages: readonly Told[]) => messages.map(({ event, action }) => `${event} ${action}`.trim());
const types = (messages: readonly Told[]) =>
  messages.map(({ headers, action }) => `${headers['X-Gitea-Event-Type']} ${action}`.trim());

test('a push of a new branch is a creation and a push, with its commits', async () => {
  const { gitea, github } = await after(() =>
    shop.commit('topic', { 'a.txt': 'one\n' }, { message: 'Add a' }),
  );
  expect(names(gitea)).toEqual(['create', 'push']);
  expect(names(github)).toEqual(['create', 'push']);
  expect(gitea[0]?.json).toMatchObject({ ref: 'topic', ref_type: 'branch' });
  expect(gitea[1]?.json).toMatchObject({
    ref: 'refs/heads/topic',
    before: '0'.repeat(40),
    total_commits: 1,
    commits: [
      { message: 'Add a\n', added: ['a.txt'], removed: [], modified: [], author: { username: 'ada' } },
    ],
    pusher: { login: 'ada' },
  });
  expect(github[1]?.json).toMatchObject({ created: true, forced: false, pusher: { name: 'ada' } });
  expect(github[1]?.json).toMatchObject({
    head_commit: { tree_id: expect.stringMatching(/^[0-9a-f]{40}$/) },
  });
});

test('a push lists twenty commits, counts all, and says that it was forced', async () => {
  const tip = await t.app.git.ref(shop.open.dir, 'refs/heads/main');
  let many = '';
  for (let each = 0; each < 22; each++) many = await shop.commit('many', { 'n.txt': `${each}\n` });
  const before = await now(t);
  const { changeRefs } = await import('../../../src/features/repos/ref-changes.service.ts');
  const update = { ref: 'refs/heads/copy', oldOid: '0'.repeat(40), newOid: many };
  await changeRefs(t.app, await t.actor('ada'), shop.open, { updates: [update] });
  const [, push] = await told(t, 'gitea', before);
  expect(push?.json).toMatchObject({ total_commits: 22 });
  expect(push?.json.commits).toHaveLength(20);
  const forced = await after(() => shop.commit('many', { 'x.txt': 'x\n' }, { onto: tip as string }));
  expect(forced.github[0]?.json).toMatchObject({ forced: true, created: false });
});

test('a deleted branch is told of once in Gitea’s shape, and as a push too in GitHub’s', async () => {
  const { gitea, github } = await after(() => ask('ada', 'DELETE', `${at}/branches/copy`));
  expect(names(gitea)).toEqual(['delete']);
  expect(names(github)).toEqual(['delete', 'push']);
  expect(github[1]?.json).toMatchObject({ deleted: true, head_commit: null, commits: [] });
});

test('an issue is told of through its whole life', async () => {
  const { number, id } = await ask('reader', 'POST', `${at}/issues`, { title: 'First', body: 'Text' });
  const issue = `${at}/issues/${String(number)}`;
  const life = await after(async () => {
    await ask('reader', 'POST', `${at}/issues`, { title: 'Second', body: '' });
    await ask('ada', 'PATCH', issue, { title: 'Renamed' });
    await ask('ada', 'PATCH', issue, { body: 'Other text' });
    await ask('ada', 'PATCH', issue, { state: 'closed' });
    await ask('ada', 'PATCH', issue, { state: 'open' });
    await ask('ada', 'POST', `${issue}/pin`);
    await ask('ada', 'DELETE', `${issue}/pin`);
    const row = await findIssue(t.app, Number(id));
    if (!row) throw new Error('no issue');
    await lockIssue(t.app, await t.actor('ada'), shop.open, row);
    await unlockIssue(t.app, await t.actor('ada'), shop.open, row);
  });
  const expected = [
    'opened',
    'edited',
    'edited',
    'closed',
    'reopened',
    'pinned',
    'unpinned',
    'locked',
    'unlocked',
  ];
  expect(names(life.gitea)).toEqual(expected.map((action) => `issues ${action}`));
  expect(names(life.github)).toEqual(expected.map((action) => `issues ${action}`));
  expect(life.gitea[1]?.json).toMatchObject({ number, changes: { title: { from: 'First' } } });
  expect(life.gitea[2]?.json).toMatchObject({ changes: { body: { from: 'Text' } } });
  expect(life.github[3]?.json).toMatchObject({
    issue: { user: { login: 'reader' } },
    sender: { login: 'ada' },
  });
});

test('labels, assignees and milestones of an issue are events of their own', async () => {
  const { number } = await ask('ada', 'POST', `${at}/issues`, { title: 'Sorted', body: '' });
  const issue = `${at}/issues/${String(number)}`;
  const labels = await after(async () => {
    await ask('ada', 'POST', `${at}/labels`, { name: 'one', color: '#aaaaaa' });
    await ask('ada', 'POST', `${at}/labels`, { name: 'two', color: '#bbbbbb' });
    await ask('ada', 'POST', `${issue}/labels`, { labels: ['one', 'two'] });
    await ask('ada', 'DELETE', `${issue}/labels`);
  });
  expect(types(labels.gitea)).toEqual([
    'label created',
    'label created',
    'issue_label label_updated',
    'issue_label label_cleared',
  ]);
  expect(names(labels.github).slice(2)).toEqual([
    'issues labeled',
    'issues labeled',
    'issues unlabeled',
    'issues unlabeled',
  ]);
  expect(labels.github.slice(2, 4).map(({ json }) => (json.label as Json).name)).toEqual(['one', 'two']);
  const rest = await after(async () => {
    const { id } = await ask('ada', 'POST', `${at}/milestones`, { title: 'M1', description: 'x' });
    await ask('ada', 'PATCH', issue, { assignees: ['writer'], milestone: id });
    await ask('ada', 'PATCH', issue, { assignees: [], milestone: 0 });
    await ask('ada', 'PATCH', `${at}/milestones/${String(id)}`, { state: 'closed' });
    await ask('ada', 'DELETE', `${at}/milestones/${String(id)}`);
  });
  expect(types(rest.gitea)).toEqual(
    expect.arrayContaining([
      'milestone created',
      'issue_assign assigned',
      'issue_milestone milestoned',
      'issue_assign unassigned',
      'issue_milestone demilestoned',
      'milestone closed',
      'milestone deleted',
    ]),
  );
  const assigned = rest.github.find(({ action }) => action === 'assigned');
  expect(assigned?.json).toMatchObject({ assignee: { login: 'writer' } });
});

test('comments are told of when they are written, edited and deleted', async () => {
  const { number } = await ask('ada', 'POST', `${at}/issues`, { title: 'Talk', body: '' });
  const { gitea, github } = await after(async () => {
    const { id } = await ask('writer', 'POST', `${at}/issues/${String(number)}/comments`, { body: 'Hm' });
    await ask('writer', 'POST', `${at}/issues/comments/${String(id)}/reactions`, { content: 'heart' });
    await ask('writer', 'PATCH', `${at}/issues/comments/${String(id)}`, { body: 'Hm!' });
    await ask('ada', 'DELETE', `${at}/issues/comments/${String(id)}`);
  });
  const expected = ['created', 'edited', 'deleted'].map((action) => `issue_comment ${action}`);
  expect(names(gitea)).toEqual(expected);
  expect(names(github)).toEqual(expected);
  expect(gitea[1]?.json).toMatchObject({ is_pull: false, changes: { body: { from: 'Hm' } } });
  // It is gone by the time that it is told of: who wrote it is known still.
  expect(gitea[2]?.json).toMatchObject({ comment: { user: { login: 'writer' }, body: '' } });
});

test('a transferred issue is told of where it was and where it is, a deleted one by its title', async () => {
  const other = await makeWorkshop(t);
  const { id, number } = await ask('ada', 'POST', `${at}/issues`, { title: 'Elsewhere', body: '' });
  const { id: doomed } = await ask('ada', 'POST', `${at}/issues`, { title: 'Doomed', body: '' });
  const row = await findIssue(t.app, Number(id));
  if (!row) throw new Error('no issue');
  const { gitea, github } = await after(async () => {
    const ada = await t.actor('ada');
    const to = other.open.path.slice(1);
    await transferIssue(t.app, ada, shop.open, row, { to, isConfirmed: true });
    await ask('ada', 'DELETE', `${at}/issues/${String((await findIssue(t.app, Number(doomed)))?.number)}`);
  });
  expect(names(gitea)).toEqual(['issues transferred', 'issues opened', 'issues deleted']);
  expect(gitea[0]?.json).toMatchObject({ number, repository: { full_name: shop.open.path.slice(1) } });
  expect(gitea[1]?.json).toMatchObject({ repository: { full_name: other.open.path.slice(1) } });
  expect(gitea[2]?.json).toMatchObject({ issue: { title: 'Doomed' } });
  expect(github[0]?.json).toMatchObject({ changes: { new_issue: { title: 'Elsewhere' } } });
});

test('a pull request is told of from its opening to its merge', async () => {
  await shop.commit('work', { 'w.txt': 'one\n' });
  const opened = await after(() => shop.propose('work', { title: 'Work', body: 'Because' }));
  expect(names(opened.gitea)).toEqual(['pull_request opened']);
  expect(opened.github[0]?.json).toMatchObject({ pull_request: { commits: 1, draft: false, merged: false } });
  const number = Number(opened.gitea[0]?.json.number);
  const pull = `${at}/pulls/${number}`;
  const row = await shop.again({ issue: { number } } as never);
  const { gitea, github } = await after(async () => {
    await ask('ada', 'PATCH', pull, { title: 'Work harder' });
    await shop.commit('work', { 'w.txt': 'two\n' });
    await setDraft(t.app, await t.actor('ada'), shop.open, row, true);
    await setDraft(t.app, await t.actor('ada'), shop.open, row, false);
    await ask('ada', 'POST', `${at}/issues/${number}/comments`, { body: 'Look' });
    await ask('ada', 'POST', `${pull}/requested_reviewers`, { reviewers: ['writer'] });
    await ask('ada', 'DELETE', `${pull}/requested_reviewers`, { reviewers: ['writer'] });
    await ask('ada', 'POST', `${at}/issues/${number}/labels`, { labels: ['one'] });
    await ask('ada', 'PATCH', `${at}/issues/${number}`, { assignees: ['writer'] });
    const { id } = await ask('ada', 'POST', `${at}/milestones`, { title: 'M2' });
    await ask('ada', 'PATCH', `${at}/issues/${number}`, { milestone: id });
    await ask('ada', 'PATCH', pull, { state: 'closed' });
    await ask('ada', 'PATCH', pull, { state: 'open' });
    await ask('ada', 'POST', `${pull}/merge`, { Do: 'merge' });
  });
  expect(types(gitea).filter((name) => !name.startsWith('milestone '))).toEqual([
    'pull_request edited',
    'push',
    'pull_request_sync synchronized',
    'pull_request converted_to_draft',
    'pull_request ready_for_review',
    'pull_request_comment created',
    'pull_request_review_request review_requested',
    'pull_request_review_request review_request_removed',
    'pull_request_label label_updated',
    'pull_request_assign assigned',
    'pull_request_milestone milestoned',
    'pull_request closed',
    'pull_request reopened',
    'push',
    'pull_request closed',
  ]);
  expect(gitea.find(({ action }) => action === 'review_requested')?.json).toMatchObject({
    requested_reviewer: { login: 'writer' },
  });
  expect(gitea.at(-1)?.json).toMatchObject({ pull_request: { merged: true } });
  const synchronized = github.find(({ action }) => action === 'synchronize');
  expect(synchronized?.event).toBe('pull_request');
  const work = await t.app.git.ref(shop.open.dir, 'refs/heads/work');
  expect(synchronized?.json).toMatchObject({ after: work, pull_request: { head: { sha: work } } });
  expect(github.find(({ event }) => event === 'issue_comment')?.json).toMatchObject({
    issue: { pull_request: { url: expect.stringContaining('/pulls/') } },
  });
});

test('reviews say what they decided, and GitHub’s each comment on code', async () => {
  const head = await shop.commit('reviewed', { 'r.txt': 'one\ntwo\n' });
  const { issue } = await shop.propose('reviewed');
  const reviews = `${at}/pulls/${issue.number}/reviews`;
  const comments = [{ path: 'r.txt', body: 'Here', new_position: 1 }];
  const { gitea, github } = await after(async () => {
    await ask('reader', 'POST', reviews, { event: 'COMMENT', body: 'Hm', commit_id: head, comments });
    const { id } = await ask('writer', 'POST', reviews, {
      event: 'REQUEST_CHANGES',
      body: 'No',
      commit_id: head,
    });
    await ask('ada', 'POST', `${reviews}/${String(id)}/dismissals`, { message: 'Old' });
    await ask('writer', 'POST', reviews, { event: 'APPROVED', body: 'Yes', commit_id: head });
  });
  expect(types(gitea)).toEqual([
    'pull_request_review_comment reviewed',
    'pull_request_review_rejected reviewed',
    'pull_request_review_rejected dismissed',
    'pull_request_review_approved reviewed',
  ]);
  expect(names(gitea)[1]).toBe('pull_request_rejected reviewed');
  expect(gitea[1]?.json).toMatchObject({ review: { type: 'pull_request_review_rejected', content: 'No' } });
  expect(names(github)).toEqual([
    'pull_request_review submitted',
    'pull_request_review_comment created',
    'pull_request_review submitted',
    'pull_request_review dismissed',
    'pull_request_review submitted',
  ]);
  expect(github[1]?.json).toMatchObject({ comment: { path: 'r.txt', line: 1, side: 'RIGHT', body: 'Here' } });
  expect(github[3]?.json).toMatchObject({ review: { state: 'dismissed' } });
  expect(github[4]?.json).toMatchObject({ review: { state: 'approved' } });
  const { id } = (github[1] as Told).json.comment as Json;
  const edited = await after(async () => {
    await ask('reader', 'PATCH', `${at}/issues/comments/${String(id)}`, { body: 'There' });
    await ask('writer', 'POST', `${at}/pulls/comments/${String(id)}/resolve`);
  });
  expect(names(edited.gitea)).toEqual(['issue_comment edited']);
  expect(names(edited.github)).toEqual([
    'pull_request_review_comment edited',
    'pull_request_review_thread resolved',
  ]);
});

test('the queue, statuses and checks are told of', async () => {
  const queued = await makeWorkshop(t);
  await withQueue(t, queued);
  let head = '';
  const { gitea, github } = await after(async () => {
    const pull = await change(t, queued, 'q', { 'q.txt': '1\n' });
    head = pull.pull.headOid;
    await call(t, tokens.writer, 'POST', `/repos${queued.open.path}/check-runs`, {
      ...{ name: 'build', head_sha: head, status: 'completed', conclusion: 'success' },
    });
    await enqueue(t, queued, clock, pull);
    const { name } = queued.open.repository;
    const writer = await t.actor('writer');
    const open = await openRepository(t.app, writer, 'ada', name, 'code:read');
    await dequeuePull(t.app, writer, open, await queued.again(pull));
    await t.app.jobs.drain();
  });
  expect(types(gitea)).toEqual(
    expect.arrayContaining([
      'status',
      'check_run completed',
      'pull_request enqueued',
      'merge_group checks_requested',
      'pull_request dequeued',
      'merge_group destroyed',
    ]),
  );
  const said = { context: 'ci', state: 'success', sha: head };
  const isStatus = ({ event }: Told) => event === 'status';
  expect(gitea.find(isStatus)?.json).toMatchObject({ ...said, commit: { id: head } });
  expect(github.find(isStatus)?.json).toMatchObject({ ...said, commit: { sha: head } });
});

test('what happens to a repository, its stars, people and forks is told', async () => {
  const made = await makeWorkshop(t);
  const path = `/repos${made.open.path}`;
  const { gitea, github } = await after(async () => {
    await forkBy(t, made.open, 'bob');
    await ask('reader', 'PUT', `/user/starred${made.open.path}`);
    await ask('reader', 'DELETE', `/user/starred${made.open.path}`);
    await ask('ada', 'PUT', `${path}/collaborators/writer`, { permission: 'admin' });
    await ask('ada', 'DELETE', `${path}/collaborators/writer`);
    await ask('ada', 'PATCH', path, { description: 'New' });
    await ask('ada', 'PATCH', path, { private: true });
    await ask('ada', 'PATCH', path, { archived: true });
    await ask('ada', 'PATCH', path, { archived: false });
    await ask('ada', 'DELETE', path);
  });
  expect(types(gitea).filter((name) => !name.startsWith('user '))).toEqual([
    'fork',
    'repository created',
    'star created',
    'star deleted',
    'member edited',
    'member removed',
    'repository edited',
    'repository privatized',
    'repository archived',
    'repository unarchived',
    'repository deleted',
  ]);
  // To Gitea the forkee is what was forked, to GitHub the fork.
  const isFork = ({ event }: Told) => event === 'fork';
  expect(gitea.find(isFork)?.json).toMatchObject({ forkee: { full_name: made.open.path.slice(1) } });
  expect(github.find(isFork)?.json).toMatchObject({ forkee: { owner: { login: 'bob' }, fork: true } });
  expect(gitea.at(-1)?.json).toMatchObject({ repository: { name: made.open.repository.name } });
});

test('releases are told of once they are published', async () => {
  const { gitea, github } = await after(async () => {
    const draft = await ask('ada', 'POST', `${at}/releases`, { tag_name: 'v2', name: 'Two', draft: true });
    await ask('ada', 'PATCH', `${at}/releases/${String(draft.id)}`, { body: 'Secret plans' });
    await ask('ada', 'DELETE', `${at}/releases/${String(draft.id)}`);
    const { id } = await ask('ada', 'POST', `${at}/releases`, { tag_name: 'v1', name: 'One', body: 'New' });
    await ask('ada', 'PATCH', `${at}/releases/${String(id)}`, { name: 'First' });
    await ask('ada', 'DELETE', `${at}/releases/${String(id)}`);
  });
  const of = (messages: readonly Told[]) => names(messages).filter((name) => name.startsWith('release'));
  expect(of(gitea)).toEqual(['release published', 'release updated', 'release deleted']);
  expect(of(github)).toEqual(['release published', 'release edited', 'release deleted']);
  expect(JSON.stringify([...gitea, ...github].map(({ json }) => json))).not.toContain('Secret plans');
});

test('organizations, teams and accounts are told of to those who are told of them', async () => {
  const { gitea, github } = await after(async () => {
    await createUser(t.app, SYSTEM, {
      name: 'eve',
      email: 'eve@example.org',
      password: PASSWORD,
      isAdmin: false,
    });
    const ada = await t.actor('ada');
    const { id } = await createOrganization(t.app, ada, { name: 'acme', visibility: 'public' });
    const team = await createTeam(t.app, ada, id, { name: 'crew' });
    const input = parseNewRepository({ name: 'shared', owner: 'acme' });
    await createRepository(t.app, ada, input);
    const open = await openRepository(t.app, ada, 'acme', 'shared', 'access:manage');
    await giveTeamAccess(t.app, ada, open, { teamId: team.id, permission: 'write' });
    await addTeamMember(t.app, ada, id, team.id, { username: 'ada', role: 'member' });
    const organization = await openOrganization(t.app, ada, 'acme', 'organization:see');
    await createOrganizationLabel(t.app, ada, organization, { name: 'wide', color: '#cccccc' });
    await deleteTeam(t.app, ada, id, team.id);
  });
  const told = types(gitea);
  for (const name of ['user created', 'organization created', 'organization member_added', 'label created'])
    expect(told).toContain(name);
  for (const name of ['team created', 'team added_to_repository', 'team added', 'team deleted'])
    expect(told).toContain(name);
  expect(names(github)).toContain('membership added');
  const organization = gitea.find(({ action }) => action === 'member_added');
  expect(organization?.happening.ownerIds).toHaveLength(1);
  expect(organization?.json).toMatchObject({ member: { login: 'ada' }, role: 'owner' });
  expect(gitea[0]?.happening).toMatchObject({ ownerIds: [], name: 'user' });
});

test('every event that may be chosen was told of', () => {
  expect(Object.keys(HOOK_EVENTS).filter((name) => !heard.has(name))).toEqual([]);
});
