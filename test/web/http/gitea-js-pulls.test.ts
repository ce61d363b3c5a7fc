// Gitea's own JavaScript client works on pull requests and releases here, and keeps the rules for branches and tags.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { base64, type Client, type ClientSite, clientSite, idOf, refusal } from './gitea-js-site.ts';

let site: ClientSite;
let ada: Client;
let ben: Client;
const AT = ['ada', 'lab'] as const;
const TEXT = { format: 'text' as const };

beforeAll(async () => {
  site = await clientSite();
  [ada, ben] = [await site.as('ada'), await site.as('ben')];
  await ada.user.createCurrentUserRepo({ name: 'lab', auto_init: true, default_branch: 'main' });
  await ada.repos.repoAddCollaborator(...AT, 'ben', { permission: 'write' });
});
afterAll(() => site.close(import.meta.url));

const titles = (list: readonly { title?: string }[]) => list.map(({ title }) => title);

/** A pull request of one file on a branch of its own. */
async function proposed(branch: string): Promise<number> {
  const file = { content: base64(`${branch}\n`), new_branch: branch, message: `Write ${branch}` };
  await ben.repos.repoCreateFile(...AT, `${branch}.txt`, file);
  const made = await ben.repos.repoCreatePullRequest(...AT, {
    base: 'main',
    head: branch,
    title: `Add ${branch}`,
  });
  return made.data.number ?? 0;
}

/** As clients do, that ask again until it is known. */
async function mergeable(index: number): Promise<void> {
  await site.t.app.jobs.drain();
  expect((await ada.repos.repoGetPullRequest(...AT, index)).data.mergeable).toBe(true);
}

describe('a pull request', () => {
  it('is opened, found, read as a diff and changed', async () => {
    const file = { content: base64('x\n'), new_branch: 'feat', message: 'Feature' };
    await ben.repos.repoCreateFile(...AT, 'feat.txt', file);
    const option = { base: 'main', head: 'feat', title: 'Feature', body: 'Please', assignees: ['ada'] };
    const made = await ben.repos.repoCreatePullRequest(...AT, option);
    expect(made.status).toBe(201);
    expect(made.data).toMatchObject({
      title: 'Feature',
      state: 'open',
      merged: false,
      draft: false,
      base: { ref: 'main', label: 'main', repo: { full_name: 'ada/lab' } },
      head: { ref: 'feat', sha: expect.stringMatching(/^[0-9a-f]{40}$/) },
      user: { login: 'ben' },
      assignees: [{ login: 'ada' }],
    });
    const index = made.data.number ?? 0;
    expect((await refusal(ben.repos.repoCreatePullRequest(...AT, option))).status).toBe(409);
    expect((await refusal(ben.repos.repoCreatePullRequest(...AT, { ...option, head: 'none' }))).status).toBe(
      422,
    );
    expect((await ada.repos.repoGetPullRequestByBaseHead(...AT, 'main', 'feat')).data.number).toBe(index);
    expect((await ada.repos.repoDownloadPullDiffOrPatch(...AT, index, 'diff', {}, TEXT)).data).toContain(
      '+x',
    );
    expect((await ada.repos.repoDownloadPullDiffOrPatch(...AT, index, 'patch', {}, TEXT)).data).toContain(
      'Subject: ',
    );
    const commits = await ada.repos.repoGetPullRequestCommits(...AT, index);
    expect(commits.data.map(({ commit }) => commit?.message?.trim())).toEqual(['Feature']);
    const files = await ada.repos.repoGetPullRequestFiles(...AT, index);
    expect(files.data).toMatchObject([{ filename: 'feat.txt', status: 'added', additions: 1, deletions: 0 }]);
    const sha = made.data.head?.sha ?? '';
    expect((await refusal(ada.repos.repoGetCommitPullRequest(...AT, 'f'.repeat(40)))).status).toBe(404);
    expect((await ada.repos.repoGetCommitPullRequest(...AT, sha)).data.number).toBe(index);
    const edited = await ada.repos.repoEditPullRequest(...AT, index, {
      title: 'WIP: Feature',
      state: 'closed',
    });
    expect([edited.status, edited.data.title, edited.data.state]).toEqual([201, 'WIP: Feature', 'closed']);
    expect((await ada.repos.repoListPullRequests(...AT)).data).toEqual([]);
    const closed = await ada.repos.repoListPullRequests(...AT, { state: 'closed', sort: 'oldest' });
    expect([titles(closed.data), closed.headers.get('x-total-count')]).toEqual([['WIP: Feature'], '1']);
    expect(
      (await ada.repos.repoEditPullRequest(...AT, index, { state: 'open', title: 'Feature' })).data.state,
    ).toBe('open');
  });

  it('is merged, and its branch deleted', async () => {
    const index = await proposed('merged');
    await mergeable(index);
    expect((await refusal(ada.repos.repoPullRequestIsMerged(...AT, index))).status).toBe(404);
    const option = { Do: 'squash' as const, MergeTitleField: 'Squashed', delete_branch_after_merge: true };
    const stale = { ...option, head_commit_id: 'f'.repeat(40) };
    expect((await refusal(ada.repos.repoMergePullRequest(...AT, index, stale))).status).toBe(409);
    expect((await ada.repos.repoMergePullRequest(...AT, index, option)).status).toBe(200);
    expect((await ada.repos.repoPullRequestIsMerged(...AT, index)).status).toBe(204);
    const { data } = await ada.repos.repoGetPullRequest(...AT, index);
    expect(data).toMatchObject({ merged: true, state: 'closed', merged_by: { login: 'ada' } });
    const { data: commit } = await ada.repos.repoGetSingleCommit(...AT, data.merge_commit_sha ?? '');
    expect(commit.commit?.message).toMatch(/^Squashed/);
    // A second later, so that what stands on it moves first.
    await vi.waitFor(async () => {
      await site.t.app.jobs.drain();
      expect((await refusal(ada.repos.repoGetBranch(...AT, 'merged'))).status).toBe(404);
    }, 10_000);
    expect([405, 409]).toContain(
      (await refusal(ada.repos.repoMergePullRequest(...AT, index, option))).status,
    );
  });

  it('is brought up to date with its base', async () => {
    const index = await proposed('behind');
    await ada.repos.repoCreateFile(...AT, 'ahead.txt', { content: base64('a'), branch: 'main' });
    await mergeable(index);
    expect((await ben.repos.repoUpdatePullRequest(...AT, index, { style: 'merge' })).status).toBe(200);
    expect((await ben.repos.repoGetContents(...AT, 'ahead.txt', { ref: 'behind' })).data.type).toBe('file');
  });

  it('is merged by itself once all is well, unless the order is taken back', async () => {
    const index = await proposed('auto');
    const { data } = await ada.repos.repoGetPullRequest(...AT, index);
    await ada.repos.repoCreateBranchProtection(...AT, {
      rule_name: 'main',
      enable_push: true,
      enable_status_check: true,
      status_check_contexts: ['ci'],
    });
    await mergeable(index);
    const early = ben.repos.repoMergePullRequest(...AT, index, { Do: 'merge' });
    expect(await refusal(early)).toEqual({ status: 405, message: expect.any(String) });
    const cleo = await site.as('cleo');
    expect((await refusal(cleo.repos.repoMergePullRequest(...AT, index, { Do: 'merge' }))).status).toBe(403);
    const order = { Do: 'merge' as const, merge_when_checks_succeed: true };
    expect((await ben.repos.repoMergePullRequest(...AT, index, order)).status).toBe(201);
    expect((await ben.repos.repoCancelScheduledAutoMerge(...AT, index)).status).toBe(204);
    expect((await refusal(ben.repos.repoCancelScheduledAutoMerge(...AT, index))).status).toBe(404);
    await ben.repos.repoMergePullRequest(...AT, index, order);
    await ada.repos.repoCreateStatus(...AT, data.head?.sha ?? '', { context: 'ci', state: 'success' });
    await site.t.app.jobs.drain();
    expect((await ada.repos.repoGetPullRequest(...AT, index)).data.merged).toBe(true);
    expect((await ada.repos.repoDeleteBranchProtection(...AT, 'main')).status).toBe(204);
  });

  it('is reviewed: asked for, commented, approved, refused and dismissed', async () => {
    const index = await proposed('review');
    const asked = await ben.repos.repoCreatePullReviewRequests(...AT, index, { reviewers: ['ada'] });
    expect([asked.status, asked.data.map(({ state, user }) => [state, user?.login])]).toEqual([
      201,
      [['REQUEST_REVIEW', 'ada']],
    ]);
    expect((await ada.repos.repoGetPullRequest(...AT, index)).data.requested_reviewers).toMatchObject([
      { login: 'ada' },
    ]);
    expect((await ben.repos.repoDeletePullReviewRequests(...AT, index, { reviewers: ['ada'] })).status).toBe(
      204,
    );
    const made = await ada.repos.repoCreatePullReview(...AT, index, {
      event: 'REQUEST_CHANGES',
      body: 'Not yet',
      comments: [{ path: 'review.txt', body: 'Why?', new_position: 1 }],
    });
    expect([made.status, made.data.state, made.data.comments_count]).toEqual([200, 'REQUEST_CHANGES', 1]);
    const id = idOf(made);
    const { data: comments } = await ben.repos.repoGetPullReviewComments(...AT, index, id);
    expect(comments).toMatchObject([
      { path: 'review.txt', body: 'Why?', position: 1, user: { login: 'ada' } },
    ]);
    expect((await ben.repos.repoGetPullReview(...AT, index, id)).data.body).toBe('Not yet');
    const dismissed = await ada.repos.repoDismissPullReview(...AT, index, id, { message: 'Done since' });
    expect([dismissed.status, dismissed.data.dismissed]).toEqual([200, true]);
    const pending = await ada.repos.repoCreatePullReview(...AT, index, {
      comments: [{ path: 'review.txt', body: 'Hm', new_position: 1 }],
    });
    expect(pending.data.state).toBe('PENDING');
    const sent = await ada.repos.repoSubmitPullReview(...AT, index, idOf(pending), {
      event: 'APPROVED',
      body: 'Good',
    });
    expect([sent.status, sent.data.state, sent.data.official]).toEqual([200, 'APPROVED', true]);
    const draft = await ada.repos.repoCreatePullReview(...AT, index, {
      comments: [{ path: 'review.txt', body: 'Hm', new_position: 1 }],
    });
    expect((await ada.repos.repoDeletePullReview(...AT, index, idOf(draft))).status).toBe(204);
    const { data: all } = await ben.repos.repoListPullReviews(...AT, index);
    expect(all.map(({ state }) => state)).toEqual(['REQUEST_CHANGES', 'APPROVED']);
    expect((await refusal(ben.repos.repoCreatePullReview(...AT, index, { event: 'APPROVED' }))).status).toBe(
      422,
    );
    const back = ada.repos.repoUnDismissPullReview(...AT, index, id);
    expect(
      await back.then(
        ({ status }) => status,
        ({ status }) => status,
      ),
    ).toBeDefined();
  });
});

describe('rules', () => {
  it('for branches', async () => {
    const option = {
      rule_name: 'release/*',
      required_approvals: 2,
      block_on_rejected_reviews: true,
      dismiss_stale_approvals: true,
    };
    const made = await ada.repos.repoCreateBranchProtection(...AT, option);
    expect([made.status, made.data]).toEqual([201, expect.objectContaining(option)]);
    expect((await refusal(ada.repos.repoCreateBranchProtection(...AT, option))).status).toBe(403);
    const name = encodeURIComponent('release/*');
    expect((await ada.repos.repoGetBranchProtection(...AT, name)).data.required_approvals).toBe(2);
    const change = { required_approvals: 1, enable_status_check: true, status_check_contexts: ['ci/build'] };
    expect((await ada.repos.repoEditBranchProtection(...AT, name, change)).data).toMatchObject(change);
    expect((await ada.repos.repoListBranchProtection(...AT)).data.map((one) => one.rule_name)).toEqual([
      'release/*',
    ]);
    expect((await ada.repos.repoUpdateBranchProtectionPriories(...AT, { ids: [] })).status).toBe(204);
    expect((await ada.repos.repoDeleteBranchProtection(...AT, name)).status).toBe(204);
    expect((await refusal(ada.repos.repoGetBranchProtection(...AT, name))).status).toBe(404);
  });

  it('for tags', async () => {
    const made = await ada.repos.repoCreateTagProtection(...AT, {
      name_pattern: 'v*',
      whitelist_usernames: ['ada'],
    });
    expect([made.status, made.data.name_pattern, made.data.whitelist_usernames]).toEqual([
      201,
      'v*',
      ['ada'],
    ]);
    const id = idOf(made);
    expect((await refusal(ben.repos.repoCreateTag(...AT, { tag_name: 'v1' }))).status).toBeGreaterThanOrEqual(
      400,
    );
    expect((await ada.repos.repoGetTagProtection(...AT, id)).data.id).toBe(id);
    expect((await ada.repos.repoEditTagProtection(...AT, id, { name_pattern: 'w*' })).data.name_pattern).toBe(
      'w*',
    );
    expect((await ben.repos.repoCreateTag(...AT, { tag_name: 'v1' })).status).toBe(201);
    expect((await ada.repos.repoListTagProtection(...AT)).data.map((one) => one.id)).toEqual([id]);
    expect((await ada.repos.repoDeleteTagProtection(...AT, id)).status).toBe(204);
    expect((await refusal(ada.repos.repoGetTagProtection(...AT, id))).status).toBe(404);
  });
});

describe('releases', () => {
  it('are drafted, published, found and deleted', async () => {
    const option = { tag_name: 'r1.0', name: 'First', body: 'Notes', draft: true, target_commitish: 'main' };
    const made = await ada.repos.repoCreateRelease(...AT, option);
    expect([made.status, made.data]).toEqual([
      201,
      expect.objectContaining({ ...option, prerelease: false }),
    ]);
    const id = idOf(made);
    expect((await site.anonymous.repos.repoListReleases(...AT)).data).toEqual([]);
    const { data: published } = await ada.repos.repoEditRelease(...AT, id, { draft: false });
    expect([published.draft, published.author?.login]).toEqual([false, 'ada']);
    expect((await ben.repos.repoGetLatestRelease(...AT)).data.id).toBe(id);
    expect((await ben.repos.repoGetReleaseByTag(...AT, 'r1.0')).data.id).toBe(id);
    expect((await ben.repos.repoGetRelease(...AT, id)).data.tarball_url).toContain('r1.0.tar.gz');
    expect((await refusal(ada.repos.repoCreateRelease(...AT, option))).status).toBe(409);
    await ada.repos.repoCreateRelease(...AT, { tag_name: 'r1.1', prerelease: true });
    const pre = await ben.repos.repoListReleases(...AT, { 'pre-release': true });
    expect([pre.data.map(({ tag_name }) => tag_name), pre.headers.get('x-total-count')]).toEqual([
      ['r1.1'],
      '1',
    ]);
    expect((await ada.repos.repoDeleteReleaseByTag(...AT, 'r1.1')).status).toBe(204);
    expect((await refusal(ben.repos.repoGetReleaseByTag(...AT, 'r1.1'))).status).toBe(404);
    expect((await ben.repos.repoGetTag(...AT, 'r1.1')).data.name).toBe('r1.1');
  });

  it('carry files', async () => {
    const id = idOf(await ben.repos.repoGetReleaseByTag(...AT, 'r1.0'));
    const attachment = new File(['binary'], 'tool.bin', { type: 'application/octet-stream' });
    const made = await ada.repos.repoCreateReleaseAttachment(
      ...AT,
      id,
      { attachment },
      { name: 'tool-linux.bin' },
    );
    expect([made.status, made.data.name, made.data.size]).toEqual([201, 'tool-linux.bin', 6]);
    const asset = idOf(made);
    expect((await ben.repos.repoListReleaseAttachments(...AT, id)).data.map((one) => one.id)).toEqual([
      asset,
    ]);
    expect((await ben.repos.repoGetReleaseAttachment(...AT, id, asset)).data.uuid).toBe(made.data.uuid);
    const renamed = await ada.repos.repoEditReleaseAttachment(...AT, id, asset, { name: 'tool.bin' });
    expect([renamed.status, renamed.data.name]).toEqual([201, 'tool.bin']);
    const { data } = await ben.repos.repoGetRelease(...AT, id);
    const address = new URL(data.assets?.[0]?.browser_download_url ?? '');
    expect(await (await fetch(new URL(address.pathname, site.url))).text()).toBe('binary');
    expect((await ada.repos.repoDeleteReleaseAttachment(...AT, id, asset)).status).toBe(204);
    expect((await ada.repos.repoDeleteRelease(...AT, id)).status).toBe(204);
    expect((await refusal(ben.repos.repoGetLatestRelease(...AT))).status).toBe(404);
  });
});
