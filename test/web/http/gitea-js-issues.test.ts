// Gitea's own JavaScript client works on issues here: text, labels, milestones, comments, files, reactions, relations, pins, notifications.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, type ClientSite, clientSite, idOf, refusal } from './gitea-js-site.ts';

let site: ClientSite;
let ada: Client;
let ben: Client;
const AT = ['ada', 'shop'] as const;

beforeAll(async () => {
  site = await clientSite();
  [ada, ben] = [await site.as('ada'), await site.as('ben')];
  await ada.user.createCurrentUserRepo({ name: 'shop', auto_init: true });
  await ada.repos.repoAddCollaborator(...AT, 'ben', { permission: 'write' });
});
afterAll(() => site.close(import.meta.url));

const titles = (list: readonly { title?: string }[]) => list.map(({ title }) => title);
const names = (list: readonly { name?: string }[] | undefined) => list?.map(({ name }) => name);
const numberOf = async (title: string) =>
  (await ada.repos.issueCreateIssue(...AT, { title })).data.number ?? 0;

describe('labels and milestones', () => {
  it('labels are made, changed and deleted', async () => {
    const made = await ada.repos.issueCreateLabel(...AT, {
      name: 'glitch',
      color: '#ee0701',
      description: 'Broken',
    });
    expect([made.status, made.data]).toEqual([
      201,
      expect.objectContaining({ name: 'glitch', color: 'ee0701', description: 'Broken', exclusive: false }),
    ]);
    const id = idOf(made);
    expect((await ada.repos.issueGetLabel(...AT, id)).data.name).toBe('glitch');
    const { data } = await ada.repos.issueEditLabel(...AT, id, { name: 'fault', color: '00aabb' });
    expect(data).toMatchObject({ name: 'fault', color: '00aabb', description: 'Broken' });
    expect(names((await ben.repos.issueListLabels(...AT)).data)).toContain('fault');
    expect((await refusal(ada.repos.issueCreateLabel(...AT, { name: 'x', color: 'reddish' }))).status).toBe(
      422,
    );
    expect((await ada.repos.issueDeleteLabel(...AT, id)).status).toBe(204);
    expect((await refusal(ada.repos.issueGetLabel(...AT, id))).status).toBe(404);
  });

  it('milestones are made, found by name, closed and deleted', async () => {
    const option = { title: 'v1', description: 'First', due_on: '2030-01-02T00:00:00Z' };
    const made = await ada.repos.issueCreateMilestone(...AT, option);
    expect([made.status, made.data.title, made.data.state, made.data.open_issues]).toEqual([
      201,
      'v1',
      'open',
      0,
    ]);
    const id = String(idOf(made));
    expect((await ada.repos.issueGetMilestone(...AT, id)).data.due_on).toMatch(/^2030-01-0[12]T/);
    expect((await ada.repos.issueGetMilestone(...AT, 'v1')).data.id).toBe(made.data.id);
    const { data } = await ada.repos.issueEditMilestone(...AT, id, { state: 'closed', title: 'v1.0' });
    expect([data.state, data.title, typeof data.closed_at]).toEqual(['closed', 'v1.0', 'string']);
    expect((await ada.repos.issueGetMilestonesList(...AT)).data).toEqual([]);
    expect(
      titles((await ada.repos.issueGetMilestonesList(...AT, { state: 'all', name: 'v1' })).data),
    ).toEqual(['v1.0']);
    expect((await ada.repos.issueDeleteMilestone(...AT, id)).status).toBe(204);
    expect((await refusal(ada.repos.issueGetMilestone(...AT, id))).status).toBe(404);
  });
});

describe('an issue', () => {
  it('is opened with everything, changed, closed and found', async () => {
    const label = idOf(await ada.repos.issueCreateLabel(...AT, { name: 'urgent', color: '#ff0000' }));
    const milestone = idOf(await ada.repos.issueCreateMilestone(...AT, { title: 'Autumn' }));
    const option = { title: 'Door', body: 'It sticks.', assignees: ['ben'], labels: [label], milestone };
    const made = await ada.repos.issueCreateIssue(...AT, { ...option, due_date: '2030-05-06T00:00:00Z' });
    expect(made.status).toBe(201);
    expect(made.data).toMatchObject({
      title: 'Door',
      body: 'It sticks.',
      state: 'open',
      user: { login: 'ada' },
      assignees: [{ login: 'ben' }],
      labels: [{ name: 'urgent' }],
      milestone: { title: 'Autumn' },
      repository: { full_name: 'ada/shop' },
      comments: 0,
      is_locked: false,
    });
    expect(made.data.due_date).toMatch(/^2030-05-0/);
    const index = made.data.number ?? 0;
    const edited = await ada.repos.issueEditIssue(...AT, index, {
      title: 'The door',
      state: 'closed',
      assignees: [],
    });
    expect([edited.status, edited.data.state, edited.data.title]).toEqual([201, 'closed', 'The door']);
    const { data } = await ben.repos.issueGetIssue(...AT, index);
    expect(data).toMatchObject({
      state: 'closed',
      assignees: null,
      closed_at: expect.any(String),
      body: 'It sticks.',
    });
    expect(titles((await ben.repos.issueListIssues(...AT, { state: 'closed' })).data)).toEqual(['The door']);
    expect((await ben.repos.issueListIssues(...AT)).data).toEqual([]);
    expect(
      (await ada.repos.issueEditIssue(...AT, index, { state: 'open', milestone: 0 })).data.milestone,
    ).toBeNull();
    const deadline = await ada.repos.issueEditIssueDeadline(...AT, index, {
      due_date: '2031-02-03T00:00:00Z',
    });
    expect([deadline.status, deadline.data.due_date]).toEqual([201, expect.stringMatching(/^2031-02-0/)]);
    expect((await ada.repos.issueEditIssue(...AT, index, { unset_due_date: true })).data.due_date).toBeNull();
    expect((await refusal(ada.repos.issueCreateIssue(...AT, { title: '' }))).status).toBe(422);
    expect((await refusal(ada.repos.issueGetIssue(...AT, 999))).status).toBe(404);
  });

  it('is listed by label, author, kind, page and time', async () => {
    for (const title of ['A', 'B', 'C']) await ben.repos.issueCreateIssue(...AT, { title });
    await site.t.app.jobs.drain();
    const page = await ada.repos.issueListIssues(...AT, { created_by: 'ben', limit: 2, page: 1 });
    expect([titles(page.data), page.headers.get('x-total-count')]).toEqual([['C', 'B'], '3']);
    expect(page.headers.get('link')).toMatch(/page=2[^>]*>; *rel="next"/);
    expect(titles((await ada.repos.issueListIssues(...AT, { labels: 'urgent' })).data)).toEqual(['The door']);
    expect((await ada.repos.issueListIssues(...AT, { type: 'pulls' })).data).toEqual([]);
    expect((await ada.repos.issueListIssues(...AT, { since: '2999-01-01T00:00:00Z' })).data).toEqual([]);
    const found = await ben.repos.issueSearchIssues({ q: 'door', type: 'issues', owner: 'ada' });
    expect(titles(found.data)).toEqual(['The door']);
    expect(titles((await ben.repos.issueSearchIssues({ created: true })).data)).toEqual(['C', 'B', 'A']);
    expect((await site.anonymous.repos.issueListIssues(...AT, { state: 'all' })).data).toHaveLength(4);
  });

  it('is given labels, and loses them', async () => {
    const index = await numberOf('Labels');
    const id = idOf(await ada.repos.issueCreateLabel(...AT, { name: 'later', color: '#00ff00' }));
    expect(
      names((await ada.repos.issueAddLabel(...AT, index, { labels: [id, 'urgent'] })).data)?.sort(),
    ).toEqual(['later', 'urgent']);
    expect((await ada.repos.issueRemoveLabel(...AT, index, id)).status).toBe(204);
    expect(names((await ada.repos.issueGetLabels(...AT, index)).data)).toEqual(['urgent']);
    expect(names((await ada.repos.issueReplaceLabels(...AT, index, { labels: ['later'] })).data)).toEqual([
      'later',
    ]);
    expect((await ada.repos.issueClearLabels(...AT, index)).status).toBe(204);
    expect((await ada.repos.issueGetLabels(...AT, index)).data).toEqual([]);
  });

  it('is pinned, moved among the pinned, and deleted', async () => {
    const [one, two] = [await numberOf('Pin one'), await numberOf('Pin two')];
    expect((await ada.repos.repoNewPinAllowed(...AT)).data).toMatchObject({ issues: true });
    for (const index of [one, two]) expect((await ada.repos.pinIssue(...AT, index)).status).toBe(204);
    expect((await ada.repos.moveIssuePin(...AT, two, 1)).status).toBe(204);
    expect(titles((await ben.repos.repoListPinnedIssues(...AT)).data)).toEqual(['Pin two', 'Pin one']);
    expect((await ada.repos.repoListPinnedPullRequests(...AT)).data).toEqual([]);
    expect((await ada.repos.unpinIssue(...AT, two)).status).toBe(204);
    expect((await refusal(ben.repos.issueDelete(...AT, one))).status).toBe(403);
    expect((await ada.repos.issueDelete(...AT, one)).status).toBe(204);
    expect((await refusal(ada.repos.issueGetIssue(...AT, one))).status).toBe(404);
    expect((await ada.repos.repoListPinnedIssues(...AT)).data).toEqual([]);
  });

  it('waits for others, and others wait for it', async () => {
    const [one, two, three] = [await numberOf('Base'), await numberOf('Wall'), await numberOf('Roof')];
    const meta = (index: number) => ({ owner: 'ada', repo: 'shop', index });
    expect((await ada.repos.issueCreateIssueDependencies(...AT, `${two}`, meta(one))).status).toBe(201);
    expect((await ada.repos.issueCreateIssueBlocking(...AT, `${two}`, meta(three))).status).toBe(201);
    expect(titles((await ben.repos.issueListIssueDependencies(...AT, `${two}`)).data)).toEqual(['Base']);
    expect(titles((await ben.repos.issueListBlocks(...AT, `${two}`)).data)).toEqual(['Roof']);
    const circle = ada.repos.issueCreateIssueDependencies(...AT, `${one}`, meta(three));
    expect((await refusal(circle)).status).toBeGreaterThanOrEqual(400);
    expect((await ada.repos.issueRemoveIssueBlocking(...AT, `${two}`, meta(three))).status).toBe(200);
    expect((await ada.repos.issueRemoveIssueDependencies(...AT, `${two}`, meta(one))).status).toBe(200);
    expect((await ben.repos.issueListBlocks(...AT, `${one}`)).data).toEqual([]);
  });
});

describe('comments', () => {
  it('are written, changed by their author, listed and deleted', async () => {
    const index = await numberOf('Talk');
    const made = await ben.repos.issueCreateComment(...AT, index, { body: 'Hello @ada' });
    expect([made.status, made.data.body, made.data.user?.login]).toEqual([201, 'Hello @ada', 'ben']);
    expect(made.data.issue_url).toMatch(new RegExp(`/ada/shop/issues/${index}$`));
    const id = idOf(made);
    expect((await ben.repos.issueEditComment(...AT, id, { body: 'Hello!' })).data.body).toBe('Hello!');
    expect((await ben.repos.issueEditCommentDeprecated(...AT, index, id, { body: 'Hi' })).data.body).toBe(
      'Hi',
    );
    expect((await ada.repos.issueGetComment(...AT, id)).data.body).toBe('Hi');
    expect((await ada.repos.issueGetComments(...AT, index)).data.map(({ body }) => body)).toEqual(['Hi']);
    expect((await ada.repos.issueGetRepoComments(...AT, { limit: 5 })).data.map((one) => one.id)).toContain(
      id,
    );
    const { data: timeline } = await ada.repos.issueGetCommentsAndTimeline(...AT, index);
    expect(timeline.map(({ type }) => type)).toContain('comment');
    expect((await ada.repos.issueGetIssue(...AT, index)).data.comments).toBe(1);
    expect((await ben.repos.issueDeleteComment(...AT, id)).status).toBe(204);
    expect((await refusal(ada.repos.issueGetComment(...AT, id))).status).toBe(404);
    const again = idOf(await ben.repos.issueCreateComment(...AT, index, { body: 'again' }));
    expect((await ben.repos.issueDeleteCommentDeprecated(...AT, index, again)).status).toBe(204);
    expect((await refusal(ben.repos.issueCreateComment(...AT, index, { body: '' }))).status).toBe(422);
  });

  it('and issues are reacted to', async () => {
    const index = await numberOf('React');
    const id = idOf(await ada.repos.issueCreateComment(...AT, index, { body: 'Good?' }));
    const first = await ben.repos.issuePostIssueReaction(...AT, index, { content: 'heart' });
    expect([first.status, first.data.content, first.data.user?.login]).toEqual([201, 'heart', 'ben']);
    expect((await ben.repos.issuePostIssueReaction(...AT, index, { content: 'heart' })).status).toBe(200);
    expect((await ada.repos.issueGetIssueReactions(...AT, index)).data).toMatchObject([{ content: 'heart' }]);
    expect((await ben.repos.issueDeleteIssueReaction(...AT, index, { content: 'heart' })).status).toBe(200);
    expect((await ada.repos.issueGetIssueReactions(...AT, index)).data).toEqual([]);
    expect((await ben.repos.issuePostCommentReaction(...AT, id, { content: '+1' })).status).toBe(201);
    expect((await ada.repos.issueGetCommentReactions(...AT, id)).data).toMatchObject([{ content: '+1' }]);
    expect((await ben.repos.issueDeleteCommentReaction(...AT, id, { content: '+1' })).status).toBe(200);
    const odd = ben.repos.issuePostIssueReaction(...AT, index, { content: 'sneeze' });
    expect([403, 422]).toContain((await refusal(odd)).status);
  });

  it('and issues carry files', async () => {
    const index = await numberOf('Files');
    const id = idOf(await ada.repos.issueCreateComment(...AT, index, { body: 'See:' }));
    const file = () => ({ attachment: new File(['It broke.\n'], 'log.txt', { type: 'text/plain' }) });
    const made = await ada.repos.issueCreateIssueAttachment(...AT, index, file(), { name: 'trace.txt' });
    expect([made.status, made.data.name, made.data.size]).toEqual([201, 'trace.txt', 10]);
    expect(
      await (await fetch(new URL(new URL(made.data.browser_download_url ?? '').pathname, site.url))).text(),
    ).toBe('It broke.\n');
    expect(names((await ben.repos.issueListIssueAttachments(...AT, index)).data)).toEqual(['trace.txt']);
    const one = idOf(made);
    expect((await ben.repos.issueGetIssueAttachment(...AT, index, one)).data.uuid).toBe(made.data.uuid);
    const renamed = await ada.repos.issueEditIssueAttachment(...AT, index, one, { name: 'new.txt' });
    expect([renamed.status, renamed.data.name]).toEqual([201, 'new.txt']);
    expect((await ada.repos.issueDeleteIssueAttachment(...AT, index, one)).status).toBe(204);
    expect((await refusal(ben.repos.issueGetIssueAttachment(...AT, index, one))).status).toBe(404);
    const two = idOf(await ada.repos.issueCreateIssueCommentAttachment(...AT, id, file()));
    expect(names((await ben.repos.issueListIssueCommentAttachments(...AT, id)).data)).toEqual(['log.txt']);
    expect((await ben.repos.issueGetIssueCommentAttachment(...AT, id, two)).data.name).toBe('log.txt');
    await ada.repos.issueEditIssueCommentAttachment(...AT, id, two, { name: 'b.txt' });
    expect((await ada.repos.issueGetComment(...AT, id)).data.assets).toMatchObject([{ name: 'b.txt' }]);
    expect((await ada.repos.issueDeleteIssueCommentAttachment(...AT, id, two)).status).toBe(204);
  });
});

it('who follows an issue', async () => {
  const index = await numberOf('Follow');
  const cleo = await site.as('cleo');
  expect((await cleo.repos.issueCheckSubscription(...AT, index)).data).toMatchObject({ subscribed: false });
  expect((await cleo.repos.issueAddSubscription(...AT, index, 'cleo')).status).toBe(201);
  expect((await cleo.repos.issueAddSubscription(...AT, index, 'cleo')).status).toBe(200);
  expect((await cleo.repos.issueCheckSubscription(...AT, index)).data).toMatchObject({ subscribed: true });
  expect((await ada.repos.issueSubscriptions(...AT, index)).data.map(({ login }) => login)).toContain('cleo');
  expect((await refusal(cleo.repos.issueAddSubscription(...AT, index, 'ben'))).status).toBe(403);
  expect((await cleo.repos.issueDeleteSubscription(...AT, index, 'cleo')).status).toBe(201);
  expect((await cleo.repos.issueCheckSubscription(...AT, index)).data).toMatchObject({ subscribed: false });
});

it('templates for issues', async () => {
  expect((await ada.repos.repoGetIssueTemplates(...AT)).data).toEqual([]);
  expect((await ada.repos.repoGetIssueConfig(...AT)).data).toMatchObject({ blank_issues_enabled: true });
  expect((await ada.repos.repoValidateIssueConfig(...AT)).data).toMatchObject({ valid: true });
});

it('notifications come, are read and are counted', async () => {
  await ada.notifications.notifyReadList({ all: 'true' });
  const { data: issue } = await ben.repos.issueCreateIssue(...AT, { title: 'For @ada', body: 'Look, @ada' });
  await ben.repos.issueCreateIssue(...AT, { title: 'Also', body: '@ada too' });
  await site.t.app.jobs.drain();
  expect((await ada.notifications.notifyNewAvailable()).data.new).toBe(2);
  const { data: list } = await ada.notifications.notifyGetList({ 'subject-type': ['issue'] });
  expect(list.map(({ subject }) => subject?.title).sort()).toEqual(['Also', 'For @ada']);
  expect(list[0]).toMatchObject({
    unread: true,
    pinned: false,
    repository: { full_name: 'ada/shop' },
    subject: { type: 'Issue', state: 'open' },
  });
  const thread = list.find(({ subject }) => subject?.title === 'For @ada');
  expect(thread?.subject?.url).toMatch(new RegExp(`/api/v1/repos/ada/shop/issues/${issue.number}$`));
  const id = String(thread?.id);
  expect((await ada.notifications.notifyGetThread(id)).data.unread).toBe(true);
  expect((await ada.notifications.notifyReadThread(id)).status).toBe(205);
  expect((await ada.notifications.notifyGetThread(id)).data.unread).toBe(false);
  expect((await refusal(ben.notifications.notifyGetThread(id))).status).toBe(404);
  expect((await ada.repos.notifyGetRepoList(...AT)).data.map(({ subject }) => subject?.title)).toEqual([
    'Also',
  ]);
  expect((await ada.repos.notifyReadRepoList(...AT)).status).toBe(205);
  expect((await ada.notifications.notifyNewAvailable()).data.new).toBe(0);
});
