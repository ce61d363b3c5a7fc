// Bodies and addresses as Gitea's Go client sends them, which tea, Terraform and CI servers are built on: every field is there,
// with nothing in it where nothing was said, and slashes in names are encoded.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base64, type ClientSite, clientSite } from './gitea-js-site.ts';

let site: ClientSite;

type Json = Record<string, unknown>;

beforeAll(async () => {
  site = await clientSite();
  await site.t.actor('ada');
  await site.t.actor('ben');
  await send('ada', 'POST', '/user/repos', NEW_REPOSITORY);
  await send('ada', 'POST', AT('/contents/README.md'), { ...FILE, content: base64('# Go\n') });
});
afterAll(() => site.close(import.meta.url));

const AT = (path: string) => `/repos/ada/go${path}`;
const NEW_REPOSITORY = {
  ...{ name: 'go', description: '', private: false, issue_labels: '', auto_init: false, template: false },
  ...{ gitignores: '', license: '', readme: '', default_branch: '', trust_model: '', object_format_name: '' },
};
const NOBODY = { name: '', email: '' };
const NEVER = '0001-01-01T00:00:00Z';
const FILE = {
  ...{ message: '', branch: '', new_branch: '', author: NOBODY, committer: NOBODY, signoff: false },
  dates: { author: NEVER, committer: NEVER },
};

async function send(who: string, method: string, path: string, body?: unknown): Promise<Json> {
  const answer = await site.call(who, method, path, {
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text.startsWith('{') ? JSON.parse(text) : { list: text === '' ? [] : JSON.parse(text) };
}

describe('what is empty counts as not said', () => {
  it('when files are written and deleted', async () => {
    const started = Date.now();
    const made = await send('ada', 'POST', AT('/contents/a.txt'), { ...FILE, content: base64('a\n') });
    const { author } = made.commit as { author: Json };
    expect(author.name).toBe('ada');
    expect(Date.parse(String(author.date))).toBeGreaterThan(started - 60_000);
    const { sha } = made.content as Json;
    const update = { ...FILE, sha, content: base64('b\n'), from_path: '' };
    const changed = await send('ada', 'PUT', AT('/contents/a.txt'), update);
    expect(changed.content).toMatchObject({ size: 2, path: 'a.txt' });
    await send('ada', 'DELETE', AT('/contents/a.txt'), { ...FILE, sha: (changed.content as Json).sha });
  });

  it('when labels, milestones, branches, tags and releases are made', async () => {
    const label = { name: 'go', color: '#00aabb', description: '', exclusive: false, is_archived: false };
    expect(await send('ada', 'POST', AT('/labels'), label)).toMatchObject({ name: 'go' });
    const milestone = { title: 'One', description: '', state: 'open', due_on: null };
    expect(await send('ada', 'POST', AT('/milestones'), milestone)).toMatchObject({ due_on: null });
    const branch = { new_branch_name: 'feature/x', old_branch_name: '', old_ref_name: '' };
    expect(await send('ada', 'POST', AT('/branches'), branch)).toMatchObject({ name: 'feature/x' });
    expect(
      await send('ada', 'POST', AT('/tags'), { tag_name: 'v/1', message: '', target: '' }),
    ).toMatchObject({
      name: 'v/1',
    });
    const release = {
      tag_name: 'v/2',
      target_commitish: '',
      name: '',
      body: '',
      draft: false,
      prerelease: false,
    };
    expect(await send('ada', 'POST', AT('/releases'), release)).toMatchObject({ tag_name: 'v/2' });
  });

  it('when milestones and releases are changed: what was there stays', async () => {
    const option = { title: 'Dated', description: 'Words', state: 'open', due_on: '2030-05-06T00:00:00Z' };
    const dated = await send('ada', 'POST', AT('/milestones'), option);
    const close = { title: '', description: null, state: 'closed', due_on: null };
    expect(await send('ada', 'PATCH', AT(`/milestones/${dated.id}`), close)).toMatchObject({
      ...{ title: 'Dated', description: 'Words', state: 'closed' },
      due_on: dated.due_on,
    });
    const words = { tag_name: 'v3', target_commitish: 'main', name: 'Three', body: 'Notes' };
    const draft = await send('ada', 'POST', AT('/releases'), { ...words, draft: true, prerelease: false });
    const publish = {
      tag_name: '',
      target_commitish: '',
      name: '',
      body: '',
      draft: false,
      prerelease: null,
    };
    expect(await send('ada', 'PATCH', AT(`/releases/${draft.id}`), publish)).toMatchObject({
      ...words,
      draft: false,
    });
  });

  it('when issues are opened and changed', async () => {
    const option = {
      ...{ title: 'One', body: '', ref: '', assignee: '', assignees: null, due_date: null, milestone: 0 },
      ...{ labels: null, closed: false },
    };
    const made = await send('ada', 'POST', AT('/issues'), option);
    expect(made).toMatchObject({ title: 'One', state: 'open', milestone: null, labels: [] });
    const dated = {
      ...option,
      title: 'Two',
      due_date: '2030-05-06T07:08:09.123456789+02:00',
      assignees: ['ada'],
    };
    const two = await send('ada', 'POST', AT('/issues'), dated);
    expect(two.due_date).toMatch(/^2030-05-0/);
    const nothing = {
      ...{ title: '', body: null, ref: null, assignee: null, assignees: null, milestone: null },
      ...{ state: null, due_date: null, unset_due_date: null },
    };
    const same = await send('ada', 'PATCH', AT(`/issues/${two.number}`), { ...nothing, body: 'Text' });
    expect(same).toMatchObject({ title: 'Two', body: 'Text', assignees: [{ login: 'ada' }], state: 'open' });
    expect(same.due_date).toMatch(/^2030-05-0/);
  });

  it('when pull requests are opened, changed, reviewed and merged', async () => {
    await send('ada', 'PUT', AT('/collaborators/ben'), { permission: 'write' });
    const file = { ...FILE, content: base64('x'), branch: 'feature/x', message: 'Write' };
    await send('ada', 'POST', AT('/contents/x.txt'), file);
    const { list: milestones } = await send('ada', 'GET', AT('/milestones'));
    const milestone = (milestones as Json[])[0]?.id;
    const option = {
      ...{ head: 'feature/x', base: 'main', title: 'Pull', body: '', assignee: '', assignees: null },
      ...{ reviewers: null, team_reviewers: null, milestone, labels: null, due_date: null },
    };
    const made = await send('ada', 'POST', AT('/pulls'), option);
    expect(made.milestone).toMatchObject({ title: 'One' });
    const change = {
      ...{ title: '', body: null, base: '', assignee: '', assignees: null, milestone: 0, labels: null },
      ...{ state: null, due_date: null, unset_due_date: null, allow_maintainer_edit: null },
    };
    const same = await send('ada', 'PATCH', AT(`/pulls/${made.number}`), change);
    expect(same).toMatchObject({ title: 'Pull', base: { ref: 'main' }, milestone: { title: 'One' } });
    const review = { event: 'APPROVED', body: '', commit_id: '', comments: null };
    expect(await send('ben', 'POST', AT(`/pulls/${made.number}/reviews`), review)).toMatchObject({
      state: 'APPROVED',
    });
    await site.t.app.jobs.drain();
    const order = {
      ...{ Do: 'merge', MergeTitleField: '', MergeMessageField: '', delete_branch_after_merge: false },
      ...{ force_merge: false, head_commit_id: '', merge_when_checks_succeed: false },
    };
    await send('ada', 'POST', AT(`/pulls/${made.number}/merge`), order);
    expect(await send('ada', 'GET', AT(`/pulls/${made.number}`))).toMatchObject({ merged: true });
  });

  it('when forks, hooks, rules, organizations, teams and accounts are made', async () => {
    expect(await send('ben', 'POST', AT('/forks'), { organization: null, name: null })).toMatchObject({
      full_name: 'ben/go',
    });
    const hook = {
      ...{ type: 'gitea', config: { url: 'https://ci.example/x', content_type: 'json' }, events: ['push'] },
      ...{ branch_filter: '', active: true, authorization_header: '' },
    };
    expect(await send('ada', 'POST', AT('/hooks'), hook)).toMatchObject({ active: true, events: ['push'] });
    const none = {
      push_whitelist_usernames: null,
      push_whitelist_teams: null,
      merge_whitelist_usernames: null,
    };
    const rule = {
      ...{ branch_name: 'main', rule_name: '', enable_push: true, enable_push_whitelist: false, ...none },
      ...{ push_whitelist_deploy_keys: false, enable_merge_whitelist: false, merge_whitelist_teams: null },
      ...{ enable_status_check: false, status_check_contexts: null, required_approvals: 0 },
      ...{
        enable_approvals_whitelist: false,
        approvals_whitelist_username: null,
        approvals_whitelist_teams: null,
      },
      ...{
        block_on_rejected_reviews: false,
        block_on_official_review_requests: false,
        block_on_outdated_branch: true,
      },
      ...{ dismiss_stale_approvals: false, require_signed_commits: false, protected_file_patterns: '' },
      unprotected_file_patterns: '',
    };
    expect(await send('ada', 'POST', AT('/branch_protections'), rule)).toMatchObject({ rule_name: 'main' });
    const words = { full_name: '', email: '', description: '', website: '', location: '' };
    const organization = {
      username: 'go-org',
      ...words,
      visibility: 'public',
      repo_admin_change_team_access: false,
    };
    expect(await send('ada', 'POST', '/orgs', organization)).toMatchObject({ name: 'go-org' });
    const team = {
      ...{ name: 'crew', description: '', permission: 'read', can_create_org_repo: false },
      ...{ includes_all_repositories: false, units: ['repo.code', 'repo.issues'], units_map: null },
    };
    const crew = await send('ada', 'POST', '/orgs/go-org/teams', team);
    const edit = { ...team, description: null, can_create_org_repo: null, includes_all_repositories: null };
    expect(await send('ada', 'PATCH', `/teams/${crew.id}`, edit)).toMatchObject({ name: 'crew' });
    const account = {
      ...{ source_id: 0, login_name: '', username: 'gopher', full_name: '', email: 'go@example.org' },
      ...{
        password: 'a long enough passphrase',
        must_change_password: null,
        send_notify: false,
        visibility: null,
      },
    };
    const same = await send('ada', 'PATCH', AT(''), {});
    expect(same).toMatchObject({ name: 'go' });
    const generated = {
      ...{ owner: 'ada', name: 'made', description: '', private: false, git_content: true, topics: false },
      ...{ git_hooks: false, webhooks: false, avatar: false, labels: false, protected_branch: false },
    };
    await send('ada', 'PATCH', AT(''), { template: true });
    expect(await send('ada', 'POST', AT('/generate'), generated)).toMatchObject({ full_name: 'ada/made' });
    const imported = {
      ...{ repo_name: 'from', repo_owner: '', uid: 0, clone_addr: 'https://git.example/x.git', service: '' },
      ...{
        auth_username: '',
        auth_password: '',
        auth_token: '',
        mirror: false,
        private: false,
        description: '',
      },
      ...{
        wiki: false,
        milestones: false,
        labels: false,
        issues: false,
        pull_requests: false,
        releases: false,
      },
      ...{ mirror_interval: '', lfs: false, lfs_endpoint: '' },
    };
    expect(await send('ada', 'POST', '/repos/migrate', imported)).toMatchObject({ full_name: 'ada/from' });
    const transfer = { new_owner: 'ben', team_ids: null };
    expect(await send('ada', 'POST', '/repos/ada/made/transfer', transfer)).toMatchObject({
      full_name: 'ada/made',
    });
    expect(await send('boss', 'POST', '/admin/users', account)).toMatchObject({ login: 'gopher' });
    const settings = {
      full_name: null,
      website: null,
      description: 'Go',
      location: null,
      language: null,
      theme: null,
    };
    const more = { diff_view_style: null, hide_email: null, hide_activity: null };
    expect(await send('ada', 'PATCH', '/user/settings', { ...settings, ...more })).toMatchObject({
      description: 'Go',
    });
  });
});

it('finds names whose slashes are encoded', async () => {
  await send('ada', 'POST', AT('/branches'), { new_branch_name: 'a/b', old_branch_name: 'main' });
  const file = { ...FILE, content: base64('in\n'), branch: 'a/b' };
  expect(await send('ada', 'POST', AT('/contents/dir%2Fin%20here.txt'), file)).toMatchObject({
    content: { path: 'dir/in here.txt' },
  });
  await send('ada', 'POST', AT('/pulls'), { head: 'a/b', base: 'main', title: 'Between' });
  const found = [
    '/branches/a%2Fb',
    '/contents/dir%2Fin%20here.txt?ref=a%2Fb',
    '/tags/v%2F1',
    '/releases/tags/v%2F2',
    '/commits/a%2Fb/status',
    '/commits/a%2Fb/statuses',
    '/statuses/a%2Fb',
    '/compare/main...a%2Fb',
    '/git/refs/heads%2Fa%2Fb',
    '/git/commits/a%2Fb',
    '/git/trees/a%2Fb',
    '/pulls/main/a%2Fb',
    '/commits?sha=a%2Fb&path=dir%2Fin+here.txt',
  ];
  const asked = found.map(async (path) => `${(await site.call('ada', 'GET', AT(path))).status} ${path}`);
  expect(await Promise.all(asked)).toEqual(found.map((path) => `200 ${path}`));
  for (const path of ['/raw/dir%2Fin%20here.txt?ref=a%2Fb', '/media/dir%2Fin%20here.txt?ref=a%2Fb'])
    expect(await (await site.call('ada', 'GET', AT(path))).text()).toBe('in\n');
  expect((await site.call('ada', 'GET', AT('/archive/a%2Fb.zip'))).status).toBe(200);
  expect((await site.call('ada', 'DELETE', AT('/branches/a%2Fb'))).status).toBe(204);
});
