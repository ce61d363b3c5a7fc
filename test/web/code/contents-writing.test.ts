// Files changed through the API, in the shapes of Gitea's clients.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type EditingSite, editingSite } from './editing-site.ts';
import { runGit } from './import-commits.ts';

let site: EditingSite;
let open: OpenRepository;
let token: string;

beforeAll(async () => {
  site = await editingSite();
  token = await site.t.token('ada');
}, 60_000);
afterAll(() => site.t.close());
beforeEach(async () => {
  open = await site.fresh();
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
const blob = (path: string) => site.rev(`main:${path}`);

async function call(method: string, path: string, body: unknown, by = token) {
  const answer = await site.t.anonymous.request(`/api/v1/repos${open.path}/contents${path}`, {
    method,
    headers: { authorization: `token ${by}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, Record<string, unknown>> };
}

it('creates, updates, moves and deletes a file', async () => {
  const made = await call('POST', '/dir/new.txt', {
    content: base64('one\n'),
    message: 'Make it\n\nbody',
    author: { name: 'Bo', email: 'bo@x' },
  });
  expect(made.status).toBe(201);
  expect(made.body.content).toMatchObject({
    path: 'dir/new.txt',
    sha: blob('dir/new.txt'),
    content: base64('one\n'),
  });
  expect(made.body.commit?.sha).toBe(site.rev());
  expect(site.log()).toBe('Bo|bo@x|ada|Make it\n\nbody');
  const sha = blob('dir/new.txt');
  const put = await call('PUT', '/moved.txt', { content: base64('two\n'), sha, from_path: 'dir/new.txt' });
  expect(put.status).toBe(200);
  expect(site.show('moved.txt')).toBe('two\n');
  expect(runGit(open.dir, 'ls-tree', '-r', '--name-only', 'main')).not.toContain('dir/new.txt');
  const gone = await call('DELETE', '/moved.txt', { sha: blob('moved.txt') });
  expect([gone.status, gone.body.content]).toEqual([200, null]);
  expect(await site.pushes()).toHaveLength(3);
  site.clean();
});

it('refuses what the caller has not seen, what exists, and hostile paths', async () => {
  expect((await call('PUT', '/README.md', { content: base64('x'), sha: 'a'.repeat(40) })).status).toBe(409);
  expect((await call('PUT', '/README.md', { content: base64('x') })).status).toBe(422);
  expect((await call('PUT', '/none', { content: base64('x'), sha: 'a'.repeat(40) })).status).toBe(404);
  expect((await call('PUT', '/README.md', { content: base64('x') })).status).toBe(422);
  expect((await call('POST', '/README.md', { content: base64('x') })).status).toBe(422);
  expect((await call('POST', '/x', { content: '!!' })).status).toBe(422);
  for (const path of ['/.git/config', '/a/.GIT/x', '/git~1', '/a%2F..%2Fb', `/${'x'.repeat(300)}`])
    expect((await call('POST', path, { content: base64('x') })).status, path).toBe(422);
  expect(
    (await call('POST', '', { files: [{ operation: 'create', path: '../x', content: base64('x') }] })).status,
  ).toBe(422);
  expect(await site.pushes()).toEqual([]);
});

it('makes a file without a sha only where there is none', async () => {
  const made = await call('PUT', '/fresh.txt', { content: base64('x'), new_branch: 'fresh' });
  expect(made.status).toBe(200);
  expect((await call('PUT', '/fresh.txt', { content: base64('y'), branch: 'fresh' })).status).toBe(422);
});

it('changes several files in one commit, on a new branch', async () => {
  const files = [
    { operation: 'create', path: 'n.txt', content: base64('n') },
    { operation: 'update', path: 'README.md', content: base64('r'), sha: blob('README.md') },
    { operation: 'delete', path: 'run.sh', sha: blob('run.sh') },
    { operation: 'rename', path: 'lose.txt', from_path: 'win.txt', sha: blob('win.txt') },
  ];
  const before = site.rev();
  const answer = await call('POST', '', { files, new_branch: 'next', message: 'All of it' });
  expect(answer.status).toBe(201);
  expect(answer.body.files).toHaveLength(4);
  expect(site.rev()).toBe(before);
  expect(site.rev('next~1')).toBe(before);
  expect(site.show('lose.txt', 'next')).toBe('one\r\ntwo\r\n');
});

it('asks for a token that may write', async () => {
  const reading = await site.t.token('ada', 'read:repository');
  const stranger = await site.t.token('stranger');
  for (const by of [reading, stranger])
    expect((await call('POST', '/x', { content: '' }, by)).status).toBe(403);
  expect((await call('POST', '/x', { content: '' }, 'nonsense')).status).toBe(401);
});

it('answers many moved files without holding all of their contents at once', async () => {
  const content = base64('x'.repeat(3 * 1024 * 1024));
  const names = Array.from({ length: 8 }, (_, index) => `big${index}.txt`);
  for (const name of names) expect((await call('POST', `/${name}`, { content })).status).toBe(201);
  const files = names.map((name) => ({
    operation: 'rename',
    path: `moved/${name}`,
    from_path: name,
    sha: blob(name),
  }));
  const moved = await call('POST', '', { files, message: 'Move all' });
  expect(moved.status).toBe(201);
  const answered = (moved.body as unknown as { files: Record<string, unknown>[] }).files;
  expect(answered.map(({ path, size }) => [path, size])).toEqual(
    names.map((name) => [`moved/${name}`, 3 * 1024 * 1024]),
  );
  expect(answered.map(({ last_commit_sha: sha }) => sha)).toEqual(names.map(() => site.rev()));
  expect(answered.filter((file) => file.content !== null)).toHaveLength(3);
}, 60_000);
