// Gitea's own JavaScript client reads and changes code here: branches, tags, files, commits, comparisons and what git keeps.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base64, type Client, type ClientSite, clientSite, refusal } from './gitea-js-site.ts';

let site: ClientSite;
let ada: Client;
let ben: Client;
const AT = ['ada', 'code'] as const;
const TEXT = { format: 'text' as const };

beforeAll(async () => {
  site = await clientSite();
  [ada, ben] = [await site.as('ada'), await site.as('ben')];
  await ada.user.createCurrentUserRepo({ name: 'code', auto_init: true, default_branch: 'main' });
});
afterAll(() => site.close(import.meta.url));

const names = (list: readonly { name?: string }[]) => list.map(({ name }) => name);
const head = async (branch = 'main') => (await ada.repos.repoGetBranch(...AT, branch)).data.commit?.id ?? '';
const text = async (path: string, ref = 'main') =>
  (await ada.repos.repoGetRawFile(...AT, path, { ref }, TEXT)).data as unknown as string;

describe('files', () => {
  it('are created, read, changed and deleted, each by a commit', async () => {
    const made = await ada.repos.repoCreateFile(...AT, 'docs/guide.md', {
      content: base64('# Guide\n'),
      message: 'Write the guide',
      author: { name: 'Bot', email: 'bot@example.org' },
      dates: { author: '2024-05-06T07:08:09Z' },
    });
    expect(made.status).toBe(201);
    expect(made.data).toMatchObject({
      content: {
        path: 'docs/guide.md',
        type: 'file',
        size: 8,
        encoding: 'base64',
        content: base64('# Guide\n'),
      },
      commit: {
        message: expect.stringMatching(/^Write the guide\n?$/),
        author: { name: 'Bot', email: 'bot@example.org' },
      },
    });
    const { data: file } = await ada.repos.repoGetContents(...AT, 'docs/guide.md');
    expect(file).toMatchObject({
      sha: made.data.content?.sha,
      content: base64('# Guide\n'),
      name: 'guide.md',
    });
    const sha = file.sha ?? '';
    const update = { content: base64('# The guide\n'), sha, message: 'Rename', branch: 'main' };
    const changed = await ada.repos.repoUpdateFile(...AT, 'docs/guide.md', update);
    expect([changed.status, changed.data.content?.size]).toEqual([200, 12]);
    expect(await text('docs/guide.md')).toBe('# The guide\n');
    const stale = await refusal(ada.repos.repoUpdateFile(...AT, 'docs/guide.md', update));
    expect([409, 422]).toContain(stale.status);
    const gone = await ada.repos.repoDeleteFile(...AT, 'docs/guide.md', {
      sha: changed.data.content?.sha ?? '',
    });
    expect([gone.status, gone.data.content]).toEqual([200, null]);
    expect((await refusal(ada.repos.repoGetContents(...AT, 'docs/guide.md'))).status).toBe(404);
  });

  it('are changed together, on a new branch', async () => {
    const made = await ada.repos.repoChangeFiles(...AT, {
      message: 'Many at once',
      new_branch: 'many',
      files: [
        { operation: 'create', path: 'a.txt', content: base64('a\n') },
        { operation: 'create', path: 'dir/b.txt', content: base64('b\n') },
        {
          operation: 'create',
          path: '.editorconfig',
          content: base64('root = true\n[*]\nindent_size = 2\n'),
        },
      ],
    });
    expect([made.status, made.data.files?.map((file) => file.path)]).toEqual([
      201,
      ['a.txt', 'dir/b.txt', '.editorconfig'],
    ]);
    const list = await ada.repos.repoGetContentsList(...AT, { ref: 'many' });
    expect(names(list.data)).toEqual(['.editorconfig', 'README.md', 'a.txt', 'dir'].sort());
    expect((await ada.repos.repoGetContents(...AT, 'dir', { ref: 'many' })).data).toMatchObject([
      { path: 'dir/b.txt', type: 'file' },
    ]);
    expect(names((await ada.repos.repoGetContentsList(...AT)).data)).toEqual(['README.md']);
    const { data } = await ada.repos.repoGetEditorConfig(...AT, 'a.txt', { ref: 'many' });
    expect(data).toMatchObject({ indent_size: '2' });
    expect((await refusal(ada.repos.repoGetEditorConfig(...AT, 'a.txt'))).status).toBe(404);
  });

  it('are refused where one may not write, exists already, or the path leads out', async () => {
    const option = { content: base64('x'), branch: 'main' };
    expect((await refusal(ben.repos.repoCreateFile(...AT, 'x', option))).status).toBe(403);
    expect((await refusal(ada.repos.repoCreateFile(...AT, 'README.md', option))).status).toBe(422);
    expect((await refusal(ada.repos.repoCreateFile(...AT, '.git/config', option))).status).toBe(422);
    const nowhere = { ...option, branch: 'nowhere' };
    expect((await refusal(ada.repos.repoCreateFile(...AT, 'x', nowhere))).status).toBe(404);
  });

  it('come raw, with large ones resolved, and as archives', async () => {
    expect(await text('a.txt', 'many')).toBe('a\n');
    expect((await ada.repos.repoGetRawFileOrLfs(...AT, 'a.txt', { ref: 'many' }, TEXT)).data).toBe('a\n');
    expect((await refusal(ada.repos.repoGetRawFile(...AT, 'nothing'))).status).toBe(404);
    const archive = await ada.repos.repoGetArchive(...AT, 'many.zip', { format: 'arrayBuffer' });
    expect(
      Buffer.from(archive.data as unknown as ArrayBuffer)
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
    expect(archive.headers.get('content-type')).toContain('zip');
    const tar = await ada.repos.repoGetArchive(...AT, 'main.tar.gz', { format: 'arrayBuffer' });
    expect(
      Buffer.from(tar.data as unknown as ArrayBuffer)
        .subarray(0, 2)
        .toString('hex'),
    ).toBe('1f8b');
  });

  it('are changed by a patch', async () => {
    const patch =
      'diff --git a/p.txt b/p.txt\nnew file mode 100644\n--- /dev/null\n+++ b/p.txt\n@@ -0,0 +1 @@\n+patched\n';
    const made = await ada.repos.repoApplyDiffPatch(...AT, {
      content: patch,
      sha: '',
      message: 'Patch',
      branch: 'main',
    });
    expect([made.status, made.data.commit?.message?.trim()]).toEqual([201, 'Patch']);
    expect(await text('p.txt')).toBe('patched\n');
  });
});

describe('branches and tags', () => {
  it('branches are made of others, renamed and deleted', async () => {
    const made = await ada.repos.repoCreateBranch(...AT, {
      new_branch_name: 'feature/x',
      old_ref_name: 'many',
    });
    expect([made.status, made.data]).toEqual([
      201,
      expect.objectContaining({
        name: 'feature/x',
        protected: false,
        user_can_push: true,
        user_can_merge: true,
      }),
    ]);
    expect(made.data.commit?.id).toBe(await head('many'));
    expect((await refusal(ada.repos.repoCreateBranch(...AT, { new_branch_name: 'many' }))).status).toBe(409);
    const missing = { new_branch_name: 'y', old_ref_name: 'nothing' };
    expect((await refusal(ada.repos.repoCreateBranch(...AT, missing))).status).toBe(404);
    const listed = await ada.repos.repoListBranches(...AT, { limit: 2 });
    expect([listed.data.length, listed.headers.get('x-total-count')]).toEqual([2, '3']);
    expect((await ada.repos.repoUpdateBranch(...AT, 'feature/x', { name: 'feature/y' })).status).toBe(204);
    expect((await ada.repos.repoGetBranch(...AT, 'feature/y')).data.name).toBe('feature/y');
    expect((await ada.repos.repoDeleteBranch(...AT, 'feature/y')).status).toBe(204);
    expect((await refusal(ada.repos.repoDeleteBranch(...AT, 'feature/y'))).status).toBe(404);
    expect((await refusal(ada.repos.repoDeleteBranch(...AT, 'main'))).status).toBe(403);
  });

  it('tags are light or say something', async () => {
    const option = { tag_name: 'v1.0.0', message: 'The first', target: 'main' };
    const made = await ada.repos.repoCreateTag(...AT, option);
    expect([made.status, made.data.name, made.data.message?.trim()]).toEqual([201, 'v1.0.0', 'The first']);
    await ada.repos.repoCreateTag(...AT, { tag_name: 'light' });
    expect(names((await ada.repos.repoListTags(...AT)).data).sort()).toEqual(['light', 'v1.0.0']);
    const { data: tag } = await ada.repos.repoGetTag(...AT, 'v1.0.0');
    expect(tag).toMatchObject({
      commit: { sha: await head() },
      zipball_url: expect.stringContaining('v1.0.0.zip'),
      tarball_url: expect.stringContaining('v1.0.0.tar.gz'),
    });
    const { data: object } = await ada.repos.getAnnotatedTag(...AT, tag.id ?? '');
    expect(object).toMatchObject({ tag: 'v1.0.0', object: { type: 'commit', sha: await head() } });
    expect((await refusal(ada.repos.repoCreateTag(...AT, option))).status).toBe(409);
    const nowhere = { tag_name: 'v9', target: 'nothing' };
    expect((await refusal(ada.repos.repoCreateTag(...AT, nowhere))).status).toBe(404);
    expect((await ada.repos.repoDeleteTag(...AT, 'light')).status).toBe(204);
    expect((await refusal(ada.repos.repoGetTag(...AT, 'light'))).status).toBe(404);
  });
});

describe('commits and what git keeps', () => {
  it('are listed by branch and path, with what they changed', async () => {
    const { data, headers } = await ada.repos.repoGetAllCommits(...AT, { sha: 'many', path: 'a.txt' });
    expect(data.map((one) => one.commit?.message?.trim())).toEqual(['Many at once']);
    expect(data[0]).toMatchObject({
      author: { login: 'ada' },
      stats: { total: expect.any(Number) },
      files: expect.arrayContaining([{ filename: 'a.txt', status: 'added' }]),
    });
    expect([headers.get('x-page'), headers.get('x-hasmore')]).toEqual(['1', 'false']);
    const all = await ada.repos.repoGetAllCommits(...AT, { sha: 'many', limit: 1, page: 2 });
    expect([all.headers.get('x-total-count'), all.headers.get('x-total')]).toEqual(['5', '5']);
    const bare = await ada.repos.repoGetAllCommits(...AT, {
      stat: false,
      files: false,
      verification: false,
      limit: 1,
    });
    expect([bare.data.length, bare.headers.get('link')]).toEqual([1, expect.stringContaining('rel="next"')]);
    expect((await refusal(ada.repos.repoGetAllCommits(...AT, { sha: 'nothing' }))).status).toBe(404);
  });

  it('a commit, as JSON, as a diff and as a patch', async () => {
    const sha = await head('many');
    const { data } = await ada.repos.repoGetSingleCommit(...AT, sha);
    expect(data).toMatchObject({ sha, commit: { author: { name: expect.any(String) } }, parents: [{}] });
    const diff = await ada.repos.repoDownloadCommitDiffOrPatch(...AT, sha, 'diff', TEXT);
    expect(diff.data).toContain('diff --git a/a.txt b/a.txt');
    const patch = await ada.repos.repoDownloadCommitDiffOrPatch(...AT, sha, 'patch', TEXT);
    expect(patch.data).toContain(`From ${sha}`);
    expect((await refusal(ada.repos.repoGetSingleCommit(...AT, 'f'.repeat(40)))).status).toBe(404);
    expect((await refusal(ada.repos.repoGetNote(...AT, sha))).status).toBe(404);
  });

  it('trees, blobs and refs', async () => {
    const { data: tree } = await ada.repos.getTree(...AT, await head('many'), { recursive: true });
    expect(tree.tree?.map(({ path }) => path)).toEqual(expect.arrayContaining(['a.txt', 'dir', 'dir/b.txt']));
    const a = tree.tree?.find(({ path }) => path === 'a.txt');
    const { data: blob } = await ada.repos.getBlob(...AT, a?.sha ?? '');
    expect(blob).toMatchObject({ content: base64('a\n'), encoding: 'base64', size: 2, sha: a?.sha });
    const paged = await ada.repos.getTree(...AT, 'many', { recursive: true, per_page: 2, page: 2 });
    expect([paged.data.page, paged.data.tree?.length]).toEqual([2, 2]);
    const { data: refs } = await ada.repos.repoListAllGitRefs(...AT);
    expect(refs.map(({ ref }) => ref)).toEqual(
      expect.arrayContaining(['refs/heads/main', 'refs/heads/many', 'refs/tags/v1.0.0']),
    );
    const { data: heads } = await ada.repos.repoListGitRefs(...AT, 'heads/ma');
    expect(heads.map(({ ref }) => ref)).toEqual(['refs/heads/main', 'refs/heads/many']);
    expect((await refusal(ada.repos.getBlob(...AT, 'e'.repeat(40)))).status).toBe(404);
  });

  it('compared', async () => {
    const { data } = await ben.repos.repoCompareDiff(...AT, 'main...many');
    expect(data.total_commits).toBe(1);
    expect(data.commits?.map((one) => one.commit?.message?.trim())).toEqual(['Many at once']);
    expect((await refusal(ben.repos.repoCompareDiff(...AT, 'main...nothing'))).status).toBe(404);
  });

  it('commits are given states by those who check', async () => {
    const sha = await head('many');
    const option = { context: 'ci/build', description: 'Running', target_url: 'https://ci.example/1' };
    const made = await ada.repos.repoCreateStatus(...AT, sha, { ...option, state: 'pending' });
    expect([made.status, made.data]).toEqual([
      201,
      expect.objectContaining({
        ...option,
        status: 'pending',
        creator: expect.objectContaining({ login: 'ada' }),
      }),
    ]);
    await ada.repos.repoCreateStatus(...AT, sha, { ...option, state: 'success', description: 'Done' });
    const { data: combined } = await ben.repos.repoGetCombinedStatusByRef(...AT, 'many');
    expect(combined).toMatchObject({
      state: 'success',
      sha,
      total_count: 1,
      statuses: [{ status: 'success' }],
    });
    const all = await ben.repos.repoListStatuses(...AT, sha);
    expect(all.data.map(({ status }) => status)).toEqual(['success', 'pending']);
    const byRef = await ben.repos.repoListStatusesByRef(...AT, 'many', { state: 'pending' });
    expect(byRef.data.map(({ description }) => description)).toEqual(['Running']);
    expect((await refusal(ben.repos.repoCreateStatus(...AT, sha, { state: 'success' }))).status).toBe(403);
    const wrong = { state: 'splendid' as 'success' };
    expect((await refusal(ada.repos.repoCreateStatus(...AT, sha, wrong))).status).toBe(422);
  });
});
