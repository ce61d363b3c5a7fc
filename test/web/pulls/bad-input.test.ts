// Odd values in every form and every route of the API that pull requests and rules have: a clear refusal, never a fault.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';

const MIXED = ['\0\ud800', '9'.repeat(400), '-1'];
const TYPED = [null, 1e308, [['\0']], [{}], {}];

let t: TestApp;
let shop: Workshop;
let pull: Pull;
let token: string;

beforeAll(async () => {
  t = await testApp({
    issues: { posts_per_hour: 100_000 },
    pulls: { opened_per_hour: 100_000 },
  });
  shop = await makeWorkshop(t, { files: { 'a.txt': 'one\ntwo\n' } });
  await shop.commit('topic', { 'a.txt': 'one\n2\n' });
  await shop.commit('main', { 'a.txt': 'one\nzwei\n' });
  pull = await shop.propose('topic');
  token = await t.token('ada');
}, 60_000);
afterAll(() => t.close());

const REPO = () => `/api/v1/repos${shop.open.path}`;
const ONE = () => `${REPO()}/pulls/${pull.issue.number}`;
const PAGE = () => `${shop.open.path}/pull/${pull.issue.number}`;

async function api(method: string, path: string, body: unknown): Promise<Response> {
  return t.anonymous.request(path, {
    method,
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  });
}

/** Requests that were answered by a fault. */
const faults: string[] = [];
async function see(answer: Response, what: string): Promise<void> {
  if (answer.status >= 500) faults.push(`${answer.status} ${what.slice(0, 200)}`);
  if (answer.status === 429) faults.push(`429 ${what.slice(0, 100)}`);
  await answer.arrayBuffer();
}

/** A body that is taken, and each of its fields by turns odd. */
async function tryApi(method: string, path: string, good: Record<string, unknown>): Promise<void> {
  for (const name of Object.keys(good))
    for (const odd of [...MIXED, ...TYPED])
      await see(
        await api(method, path, { ...good, [name]: odd }),
        `${method} ${path} ${name}=${JSON.stringify(odd)}`,
      );
  for (const whole of [null, [], 'x', 1])
    await see(await api(method, path, whole), `${method} ${path} ${JSON.stringify(whole)}`);
}

async function tryForm(path: string, good: Record<string, string>): Promise<void> {
  for (const name of Object.keys(good))
    for (const odd of MIXED)
      await see(
        await shop.people.ada.post(path, { ...good, [name]: odd }),
        `POST ${path} ${name}=${JSON.stringify(odd)}`,
      );
  await see(await shop.people.ada.post(path, {}), `POST ${path}`);
}

test('the API of pull requests answers odd values with a refusal', async () => {
  faults.length = 0;
  const opening = {
    base: 'main',
    head: 'topic',
    title: 'x',
    body: 'y',
    labels: [1],
    milestone: 1,
    assignees: ['ada'],
    draft: false,
  };
  await tryApi('POST', `${REPO()}/pulls`, {
    ...opening,
    reviewers: ['writer'],
    team_reviewers: ['x'],
    due_date: 'x',
  });
  await tryApi('PATCH', ONE(), {
    title: 'x',
    body: 'y',
    base: 'nowhere',
    state: 'open',
    labels: [1],
    milestone: 1,
    assignee: 'ada',
    assignees: ['ada'],
    draft: true,
    allow_maintainer_edit: true,
    content_version: 1,
  });
  await tryApi('POST', `${ONE()}/merge`, {
    Do: 'merge',
    MergeTitleField: 'x',
    MergeMessageField: 'y',
    head_commit_id: 'x',
    merge_when_checks_succeed: false,
    delete_branch_after_merge: false,
    force_merge: false,
  });
  await tryApi('POST', `${ONE()}/requested_reviewers`, { reviewers: ['writer'], team_reviewers: ['x'] });
  await tryApi('DELETE', `${ONE()}/requested_reviewers`, { reviewers: ['writer'], team_reviewers: ['x'] });
  await tryApi('POST', `${ONE()}/queue`, {
    priority: 1,
    commit_title: 'x',
    commit_message: 'y',
    delete_branch_after_merge: true,
  });
  await tryApi('PATCH', `${ONE()}/queue`, { priority: 1 });
  await tryApi('POST', `${ONE()}/update?style=merge`, {});
  await tryApi('POST', `${ONE()}/stack/merge`, {});
  const comments = [{ path: 'a.txt', body: 'x', new_position: 2, old_position: 0 }];
  await tryApi('POST', `${ONE()}/reviews`, {
    body: 'x',
    event: 'COMMENT',
    commit_id: pull.pull.headOid,
    comments,
  });
  for (const name of [
    'path',
    'body',
    'new_position',
    'old_position',
    'side',
    'line',
    'start_line',
    'start_side',
    'subject_type',
    'commit_id',
  ])
    for (const odd of [...MIXED, ...TYPED])
      await see(
        await api('POST', `${ONE()}/reviews`, {
          event: 'COMMENT',
          comments: [{ ...comments[0], [name]: odd }],
        }),
        `comment ${name}=${JSON.stringify(odd)}`,
      );
  for (const oid of ['a'.repeat(40), 'a'.repeat(41), 'a'.repeat(64), 'A'.repeat(40)])
    await see(
      await api('POST', `${ONE()}/reviews`, { event: 'COMMENT', commit_id: oid, comments }),
      `oid ${oid}`,
    );
  await tryApi('POST', `${ONE()}/reviews/1/dismissals`, { message: 'x' });
  await tryApi('POST', `${ONE()}/reviews/1/undismissals`, {});
  await tryApi('POST', `${REPO()}/pulls/comments/1/replies`, { body: 'x' });
  expect(faults).toEqual([]);
}, 300_000);

test('the API of rules and check runs answers odd values with a refusal', async () => {
  faults.length = 0;
  const rule = {
    name: 'x',
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: ['main'], exclude: [] } },
    bypass_actors: [],
    rules: [{ type: 'deletion' }],
  };
  await tryApi('POST', `${REPO()}/rulesets`, rule);
  const made = (await (
    await api('POST', `${REPO()}/rulesets`, {
      ...rule,
      name: 'put',
      conditions: { ref_name: { include: ['nowhere'], exclude: [] } },
    })
  ).json()) as { id: number };
  await tryApi('PUT', `${REPO()}/rulesets/${made.id}`, rule);
  const types = [
    'creation',
    'update',
    'deletion',
    'required_linear_history',
    'required_signatures',
    'pull_request',
    'required_status_checks',
    'non_fast_forward',
    'commit_message_pattern',
    'commit_author_email_pattern',
    'committer_email_pattern',
    'branch_name_pattern',
    'tag_name_pattern',
    'merge_queue',
    'file_path_restriction',
    'max_file_path_length',
    'file_extension_restriction',
    'max_file_size',
    '__proto__',
    'constructor',
  ];
  const names = [
    'required_approving_review_count',
    'required_status_checks',
    'operator',
    'pattern',
    'merge_method',
    'max_entries_to_build',
    'max_entries_to_merge',
    'check_response_timeout_minutes',
    'restricted_file_paths',
    'max_file_path_length',
    'restricted_file_extensions',
    'max_file_size',
    'allowed_merge_methods',
  ];
  for (const type of types)
    for (const name of names)
      for (const odd of ['\0', '9'.repeat(400), -1, 1e308, null, [], ['\0'], [{}], [null], {}])
        await see(
          await api('PUT', `${REPO()}/rulesets/${made.id}`, {
            ...rule,
            rules: [{ type, parameters: { [name]: odd } }],
          }),
          `${type} ${name}=${JSON.stringify(odd)}`,
        );
  for (const odd of [...MIXED, ...TYPED])
    for (const whole of [{ ref_name: odd }, { ref_name: { include: odd } }, { ref_name: { include: [odd] } }])
      await see(
        await api('PUT', `${REPO()}/rulesets/${made.id}`, { ...rule, conditions: whole }),
        `conditions ${JSON.stringify(whole)}`,
      );
  for (const odd of [...MIXED, ...TYPED])
    for (const actor of [
      { actor_id: odd, actor_type: 'Team', bypass_mode: 'always' },
      { actor_id: 1, actor_type: odd },
    ])
      await see(
        await api('PUT', `${REPO()}/rulesets/${made.id}`, { ...rule, bypass_actors: [actor] }),
        `bypass ${JSON.stringify(actor)}`,
      );
  const head_sha = pull.pull.headOid;
  const run = {
    name: 'x',
    head_sha,
    status: 'completed',
    conclusion: 'success',
    details_url: 'https://example.org',
    external_id: 'x',
    started_at: '2026-01-01T00:00:00Z',
    completed_at: '2026-01-01T00:00:00Z',
  };
  await tryApi('POST', `${REPO()}/check-runs`, run);
  const annotation = {
    path: 'a.txt',
    start_line: 1,
    end_line: 1,
    annotation_level: 'warning',
    message: 'm',
    start_column: 1,
    end_column: 1,
    title: 't',
    raw_details: 'r',
  };
  const output = { title: 't', summary: 's', text: 'x', annotations: [annotation] };
  for (const name of Object.keys(output))
    for (const odd of [...MIXED, ...TYPED])
      await see(
        await api('POST', `${REPO()}/check-runs`, { ...run, output: { ...output, [name]: odd } }),
        `output ${name}=${JSON.stringify(odd)}`,
      );
  for (const name of Object.keys(annotation))
    for (const odd of [...MIXED, ...TYPED])
      await see(
        await api('POST', `${REPO()}/check-runs`, {
          ...run,
          output: { ...output, annotations: [{ ...annotation, [name]: odd }] },
        }),
        `annotation ${name}=${JSON.stringify(odd)}`,
      );
  await tryApi('PATCH', `${REPO()}/check-runs/1`, run);
  expect(faults).toEqual([]);
}, 300_000);

test('the forms answer odd values with a refusal', async () => {
  faults.length = 0;
  const place = {
    path: 'a.txt',
    side: 'head',
    line: '2',
    startLine: '1',
    startSide: 'head',
    subject: 'line',
    body: 'x',
    head: pull.pull.headOid,
    action: 'review',
    back: '/',
    part: '1',
  };
  await tryForm(`${PAGE()}/review/comments`, place);
  await tryForm(`${PAGE()}/review/comments`, { ...place, action: 'single' });
  await tryForm(`${PAGE()}/review/comments/1`, { body: 'x', version: '1' });
  await tryForm(`${PAGE()}/reviews`, { body: 'x', state: 'commented', head: pull.pull.headOid });
  await tryForm(`${PAGE()}/threads/1/replies`, { body: 'x', action: 'single', part: '1' });
  await tryForm(`${PAGE()}/threads/1/resolution`, { resolved: '1', part: '1' });
  await tryForm(`${PAGE()}/reviews/1/dismissal`, { message: 'x' });
  await tryForm(`${PAGE()}/suggestions`, { suggestion: '1:0:1', message: 'x' });
  await tryForm(`${PAGE()}/conflicts`, {
    head: pull.pull.headOid,
    base: pull.pull.baseOid,
    message: 'x',
    'path-0': 'a.txt',
    'choice-0': 'edited',
    'text-0': 'x',
    path: 'a.txt',
    choice: 'edited',
    text: 'x',
  });
  await tryForm(`${PAGE()}/update`, { style: 'merge' });
  await tryForm(`${PAGE()}/merge`, {
    style: 'merge',
    title: 'x',
    message: 'y',
    head: pull.pull.headOid,
    when: 'now',
    email: 'x',
    bypass: '1',
  });
  await tryForm(`${PAGE()}/revert`, { style: 'x' });
  await tryForm(`${PAGE()}/base`, { base: 'x' });
  await tryForm(`${PAGE()}/branch/edits`, { allows: '1', allowsEdits: '1' });
  await tryForm(`${PAGE()}/comments`, { body: 'x', action: 'comment' });
  await tryForm(`${PAGE()}/title`, { title: 'x' });
  await tryForm(`${PAGE()}/reviewers`, {
    username: 'writer',
    userId: '1',
    teamId: '1',
    team: '1',
    user: '1',
  });
  await tryForm(`${PAGE()}/queue`, { priority: '1', title: 'x', message: 'y' });
  await tryForm(`${PAGE()}/queue/priority`, { priority: '1' });
  await tryForm(`${PAGE()}/stack/merge`, { style: 'merge' });
  await tryForm(`${shop.open.path}/pulls`, {
    base: 'main',
    head: 'topic',
    title: 'x',
    body: 'y',
    range: 'main...topic',
    draft: '1',
    template: 'x',
    assignee: '1',
    label: '1',
    milestone: '1',
    reviewer: '1',
  });
  await tryForm(`${shop.open.path}/settings/merging`, {
    style: 'merge',
    styles: 'merge',
    defaultStyle: 'merge',
    'merge-title': 'x',
    'merge-body': 'y',
    title_merge: 'x',
    deletesBranch: '1',
  });
  await tryForm(`${shop.open.path}/settings/rules/new`, {
    name: 'x',
    target: 'branch',
    include: 'main',
    exclude: '',
    approvals: '1',
    queue_batch: '1',
    queue_timeout: '1',
    checks: 'x',
    restricted_paths: 'x',
    max_file_size: '1',
    bypass_party: 'role:1',
    pusher: 'user:1',
    pull_request: '1',
    required_checks: '1',
    merge_queue: '1',
  });
  expect(faults).toEqual([]);
}, 300_000);

test('pages and their queries answer odd values with a refusal', async () => {
  faults.length = 0;
  const odd = ['%00%ed%a0%80', '9'.repeat(30), '..%2f..'];
  const paths = [
    ...[
      'checks',
      'checks/list',
      'commits',
      'files',
      'merge-box',
      'base',
      'reviews/new',
      'conflicts',
      'revisions',
    ].map((name) => `${PAGE()}/${name}`),
    ...[
      PAGE(),
      `${shop.open.path}/pulls`,
      '/pulls',
      `${shop.open.path}/queue`,
      `${shop.open.path}/rules`,
      `${shop.open.path}/pull/new/main...topic`,
    ],
    ...[ONE(), `${ONE()}/files`, `${ONE()}/commits`, `${ONE()}/reviews`, `${REPO()}/pulls`, `${ONE()}/stack`],
  ];
  const names = [
    'page',
    'limit',
    'path',
    'q',
    'sort',
    'state',
    'after',
    'before',
    'head',
    'base',
    'file',
    'from',
    'to',
    'line',
    'side',
    'startLine',
    'w',
    'check',
    'commit',
    'labels',
    'milestone',
    'poster',
    'since',
    'branch',
    'fragment',
    'template',
    'body',
    'title',
  ];
  for (const path of paths)
    for (const name of names)
      for (const value of odd)
        await see(await shop.people.ada.get(`${path}?${name}=${value}`), `${path}?${name}=${value}`);
  const segments = [
    ...[
      `${PAGE()}/revisions/`,
      `${PAGE()}/commits/`,
      `${PAGE()}/changes/`,
      `${PAGE()}/threads/`,
      `${PAGE()}/reviews/`,
      `${shop.open.path}/pull/`,
    ],
    ...[
      `${shop.open.path}/queue/`,
      `${shop.open.path}/rules/`,
      `${shop.open.path}/pull/new/`,
      `${shop.open.path}/runs/`,
      `${REPO()}/pulls/main/`,
    ],
    ...[
      `${REPO()}/merge_queue/`,
      `${REPO()}/rules/branches/`,
      `${REPO()}/rulesets/`,
      `${REPO()}/check-runs/`,
      `${REPO()}/commits/`,
    ],
  ];
  for (const path of segments)
    for (const value of [...odd, '1..2', '1..9999999', `${'a'.repeat(40)}..${'b'.repeat(40)}`])
      for (const rest of ['', '/files', '/file?path=a.txt', '/check-runs', '/commits'])
        await see(await shop.people.ada.get(`${path}${value}${rest}`), `${path}${value}${rest}`);
  expect(faults).toEqual([]);
}, 300_000);
