// Commits pushed to refs/for/ with the real git, over HTTP and SSH, by people who may write and by people who may only read.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SYSTEM } from '../../src/base/actor.ts';
import { requirePull } from '../../src/features/pulls/pulls.service.ts';
import { openRepository } from '../../src/features/repos/access.service.ts';
import type { OpenRepository } from '../../src/features/repos/repos.types.ts';
import { command, git, gitOk, type TransportServer, transportServer } from './support/transport-server.ts';

let server: TransportServer;
let open: OpenRepository;
let tree: string;
let key: string;
const dir = () => open.dir;

beforeAll(async () => {
  server = await transportServer();
  await server.repository('ada', 'engine');
  await server.person('rita');
  tree = join(server.work, 'tree');
  await gitOk(server.work, ['init', '-q', '-b', 'main', tree]);
  await gitOk(tree, ['config', 'user.name', 'Rita']);
  await gitOk(tree, ['config', 'user.email', 'rita@example.org']);
  await commit('a', 'Begin');
  await gitOk(tree, ['push', '-q', server.urlAs('ada', '/ada/engine.git'), 'main', 'main:release/1.0']);
  open = await openRepository(server.app, SYSTEM, 'ada', 'engine', 'code:read');
  key = await addKey('rita');
}, 60_000);
afterAll(() => server.close());

async function addKey(name: string): Promise<string> {
  const file = join(server.work, `id_${name}`);
  await command('ssh-keygen', ['-q', '-N', '', '-t', 'ed25519', '-f', file]);
  const { addSshKey } = await import('../../src/features/auth/ssh-keys.service.ts');
  const { userId } = await server.person(name);
  await addSshKey(server.app, SYSTEM, userId, { title: name, key: readFileSync(`${file}.pub`, 'utf8') });
  return file;
}

async function commit(file: string, message: string, amend = false): Promise<string> {
  writeFileSync(join(tree, file), `${message} ${Math.random()}\n`);
  await gitOk(tree, ['add', '.']);
  await gitOk(tree, ['commit', '-q', ...(amend ? ['--amend'] : []), '-m', message]);
  return gitOk(tree, ['rev-parse', 'HEAD']);
}

/** A new branch of the work tree, from main. */
async function begin(name: string): Promise<void> {
  await gitOk(tree, ['checkout', '-q', '-b', name, 'main']);
}

function push(name: string, ref: string, ...options: string[]) {
  const more = options.flatMap((option) => ['-o', option]);
  return git(tree, ['push', ...more, server.urlAs(name, '/ada/engine.git'), `HEAD:${ref}`]);
}

function pushBySsh(ref: string, ...options: string[]) {
  const more = options.flatMap((option) => ['-o', option]);
  const ssh = `ssh -i ${key} -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR`;
  const url = `ssh://git@127.0.0.1:${server.sshPort}/ada/engine.git`;
  return git(tree, ['push', ...more, url, `HEAD:${ref}`], { GIT_SSH_COMMAND: ssh });
}

async function pullIn({ stderr }: { stderr: string }) {
  const number = Number(/\/pull\/(\d+)/.exec(stderr)?.[1] ?? 0);
  return requirePull(server.app, open, number);
}

describe('whoever may only read', () => {
  test('opens a pull request over HTTP, and its head can be fetched', async () => {
    await begin('first');
    const oid = await commit('b', 'Add b\n\nBecause it is needed.');
    const pushed = await push('rita', 'refs/for/main', 'title=A better b', 'topic=better-b', 'draft');
    expect(pushed.stderr).toContain('was opened:');
    expect(pushed.code).toBe(0);
    const { issue, pull } = await pullIn(pushed);
    expect(issue).toMatchObject({ title: 'A better b', body: 'Because it is needed.', isPull: true });
    expect(pull).toMatchObject({ topic: 'better-b', headOid: oid, headBranch: '', isDraft: true });
    expect(pushed.stderr).toContain(`refs/pull/${issue.number}/head`);
    await gitOk(tree, [
      'fetch',
      '-q',
      server.urlAs('rita', '/ada/engine.git'),
      `refs/pull/${issue.number}/head`,
    ]);
    expect(await gitOk(tree, ['rev-parse', 'FETCH_HEAD'])).toBe(oid);
    const branches = await server.app.git.refs(dir(), 'refs/heads/');
    expect(branches.map(({ name }) => name)).toEqual(['refs/heads/main', 'refs/heads/release/1.0']);
  });

  test('updates it by pushing again, and replaces commits only when that is said', async () => {
    const oid = await commit('c', 'Add c');
    const again = await push('rita', 'refs/for/main/better-b');
    expect(again.stderr).toContain('was updated:');
    const pull = await pullIn(again);
    expect(pull.pull).toMatchObject({ headOid: oid, revision: 2 });
    const amended = await commit('c', 'Add c, amended', true);
    const refused = await push('rita', 'refs/for/main/better-b');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('force-push');
    expect((await push('rita', 'refs/for/main/better-b', 'force-push=true')).code).toBe(0);
    const now = await pullIn(again);
    expect(now.pull).toMatchObject({ headOid: amended, revision: 3 });
    expect(await server.app.git.ref(dir(), `refs/opencodehub/pulls/${now.issue.number}/2`)).toBe(oid);
    const same = await push('rita', 'refs/for/main/better-b');
    expect(same.stderr).toContain('is up to date:');
  });

  test('does the same over SSH', async () => {
    await begin('by-ssh');
    const oid = await commit('d', 'Add d by SSH');
    const pushed = await pushBySsh('refs/for/main');
    expect(pushed.stderr).toContain('was opened:');
    const { issue, pull } = await pullIn(pushed);
    expect(issue.title).toBe('Add d by SSH');
    expect(pull).toMatchObject({ headOid: oid, topic: 'add-d-by-ssh' });
    const amended = await commit('d', 'Add d by SSH', true);
    const again = await pushBySsh('refs/for/main', 'force-push');
    expect((await pullIn(again)).pull).toMatchObject({ number: issue.number, headOid: amended });
  });

  test('moves no branch, no tag and no ref of pull requests', async () => {
    await begin('sneaky');
    const oid = await commit('e', 'Add e');
    for (const ref of [
      'refs/heads/sneaky',
      'refs/heads/main',
      'refs/tags/v1',
      'refs/pull/1/head',
      'refs/queue/x',
    ]) {
      expect((await push('rita', ref)).code).not.toBe(0);
      expect((await pushBySsh(ref)).code).not.toBe(0);
      expect(await server.app.git.ref(dir(), ref)).not.toBe(oid);
    }
  });

  test('a push of both a proposal and a branch does neither', async () => {
    await begin('both');
    await commit('f', 'Add f');
    const url = server.urlAs('rita', '/ada/engine.git');
    const pushed = await git(tree, ['push', url, 'HEAD:refs/for/main', 'HEAD:refs/heads/both']);
    expect(pushed.code).not.toBe(0);
    expect(pushed.stderr).not.toContain('was opened');
    expect(await server.app.git.ref(dir(), 'refs/heads/both')).toBeUndefined();
  });

  test('with a token that may only read, is refused', async () => {
    const token = await server.token('rita', 'read:repository');
    const url = `http://rita:${token}@${server.url.slice('http://'.length)}/ada/engine.git`;
    const pushed = await git(tree, ['push', url, 'HEAD:refs/for/main']);
    expect(pushed.code).not.toBe(0);
    expect(pushed.stderr).not.toContain('was opened');
  });
});

describe('what is proposed', () => {
  test('for a branch with a slash, and with a topic behind it', async () => {
    await begin('for-release');
    await commit('g', 'Add g');
    const { pull } = await pullIn(await push('rita', 'refs/for/release/1.0/fix/one'));
    expect(pull).toMatchObject({ baseBranch: 'release/1.0', topic: 'fix/one' });
  });

  test('is refused without commits, for a missing branch, and as a deletion', async () => {
    await gitOk(tree, ['checkout', '-q', 'main']);
    expect((await push('rita', 'refs/for/main')).stderr).toContain('nothing to propose');
    expect((await push('rita', 'refs/for/nowhere')).stderr).toContain('there is no such branch');
    const url = server.urlAs('rita', '/ada/engine.git');
    expect((await git(tree, ['push', url, ':refs/for/main'])).code).not.toBe(0);
    await gitOk(tree, ['tag', '-a', '-m', 'x', 'tagged', 'first']);
    const tagged = await git(tree, ['push', url, 'refs/tags/tagged:refs/for/main']);
    expect(tagged.stderr).toContain('no tag');
  });

  test('with a topic of somebody else opens another pull request', async () => {
    await begin('other-author');
    await commit('h', 'Add h');
    const mine = await pullIn(await push('rita', 'refs/for/main/shared'));
    await commit('h', 'Add h again');
    const theirs = await pullIn(await push('ada', 'refs/for/main/shared'));
    expect(theirs.issue.number).not.toBe(mine.issue.number);
    expect((await requirePull(server.app, open, mine.issue.number)).pull.headOid).toBe(mine.pull.headOid);
  });

  test('together with a branch by whoever may write does both', async () => {
    await begin('writers');
    const oid = await commit('i', 'Add i');
    const url = server.urlAs('ada', '/ada/engine.git');
    const pushed = await git(tree, ['push', url, 'HEAD:refs/for/main', 'HEAD:refs/heads/kept']);
    expect(pushed.code).toBe(0);
    expect((await pullIn(pushed)).pull.headOid).toBe(oid);
    expect(await server.app.git.ref(dir(), 'refs/heads/kept')).toBe(oid);
  });

  test('as a stack is a pull request for each commit, each on the one before, and follows a rewritten stack', async () => {
    await begin('stacked');
    const first = await commit('j', 'Stack one');
    const second = await commit('k', 'Stack two');
    const pushed = await push('rita', 'refs/for/main', 'stack');
    expect(pushed.code).toBe(0);
    const numbers = [...pushed.stderr.matchAll(/\/pull\/(\d+)/g)].map(([, number]) => Number(number));
    const at = (index: number) => requirePull(server.app, open, numbers[index] ?? 0);
    const [bottom, top] = [await at(0), await at(1)];
    expect([bottom.pull.headOid, top.pull.headOid]).toEqual([first, second]);
    expect(top.pull.basePullId).toBe(bottom.issue.id);
    expect([bottom.issue.title, top.issue.title]).toEqual(['Stack one', 'Stack two']);
    const third = await commit('k', 'Stack two', true);
    expect((await push('rita', 'refs/for/main', 'stack')).code).toBe(0);
    expect((await at(1)).pull).toMatchObject({ headOid: third, revision: 2 });
    expect((await at(0)).pull).toMatchObject({ headOid: first, revision: 1 });
  });
});

describe('what a push of branches prints', () => {
  test('is where a pull request can be opened, and then where it is', async () => {
    await begin('hinted');
    await commit('m', 'Add m');
    const url = server.urlAs('ada', '/ada/engine.git');
    const first = await git(tree, ['push', url, 'HEAD:refs/heads/hinted']);
    expect(first.stderr).toContain("Create a pull request for 'hinted' by visiting:");
    expect(first.stderr).toContain('/ada/engine/compare/main...hinted');
    const { createPull } = await import('../../src/features/pulls/create-pull.service.ts');
    const ada = await server.person('ada');
    const head = { open, branch: 'hinted' };
    const made = await createPull(server.app, ada, open, { base: 'main', head, title: 'Hinted', body: '' });
    await commit('m', 'Add more');
    const second = await git(tree, ['push', url, 'HEAD:refs/heads/hinted']);
    expect(second.stderr).toContain(`Pull request #${made.issue.number} of 'hinted':`);
    expect(second.stderr).toContain(`/ada/engine/pull/${made.issue.number}`);
    expect(second.stderr).not.toContain('Create a pull request');
  });

  test('with -o stack opens a pull request of each branch, on the nearest below it, and only once', async () => {
    await begin('layer-1');
    await commit('s1', 'Lay the first');
    await gitOk(tree, ['checkout', '-q', '-b', 'layer-2']);
    await commit('s2', 'Lay the second');
    const branches = ['layer-2', 'layer-1'];
    const url = server.urlAs('ada', '/ada/engine.git');
    const pushed = await git(tree, ['push', '-o', 'stack', url, ...branches]);
    expect(pushed.stderr).not.toContain('Create a pull request');
    const numberOf = (branch: string) =>
      Number(new RegExp(`Pull request #(\\d+) of '${branch}'`).exec(pushed.stderr)?.[1] ?? 0);
    const [bottom, top] = await Promise.all(
      ['layer-1', 'layer-2'].map((branch) => requirePull(server.app, open, numberOf(branch))),
    );
    expect(bottom?.issue.title).toBe('Lay the first');
    expect([bottom?.pull.baseBranch, top?.pull.baseBranch]).toEqual(['main', 'layer-1']);
    await commit('s2', 'Lay more of the second');
    const again = await git(tree, ['push', '-o', 'stack', url, ...branches]);
    expect(again.stderr).toContain(`Pull request #${top?.issue.number} of 'layer-2':`);
    const refused = await git(tree, ['push', '-o', 'stack', url, 'main:refs/heads/nothing-new']);
    expect(refused.code).toBe(0);
    expect(refused.stderr).toContain('No pull request was opened');
  });

  test('of a fork leads into its parent, and a maintainer pushes to its branch once that is allowed', async () => {
    const { forkRepository } = await import('../../src/features/repos/forks.service.ts');
    const rita = await server.person('rita');
    const seen = await openRepository(server.app, rita, 'ada', 'engine', 'code:read');
    await forkRepository(server.app, rita, seen, { owner: 'rita', name: 'engine', defaultBranchOnly: false });
    await begin('in-fork');
    await commit('n', 'Add n');
    const pushed = await git(tree, [
      'push',
      server.urlAs('rita', '/rita/engine.git'),
      'HEAD:refs/heads/in-fork',
    ]);
    expect(pushed.stderr).toContain('/ada/engine/compare/main...rita:in-fork');
    const { createPull } = await import('../../src/features/pulls/create-pull.service.ts');
    const fork = await openRepository(server.app, rita, 'rita', 'engine', 'code:write');
    const head = { open: fork, branch: 'in-fork' };
    const input = { base: 'main', head, title: 'Fork', body: '', allowsEdits: true };
    const { issue } = await createPull(server.app, rita, seen, input);
    const oid = await commit('n', 'Mend n');
    const url = server.urlAs('ada', '/rita/engine.git');
    expect((await git(tree, ['push', url, 'HEAD:refs/heads/main'])).code).not.toBe(0);
    expect((await git(tree, ['push', url, ':refs/heads/in-fork'])).code).not.toBe(0);
    const edited = await git(tree, ['push', url, 'HEAD:refs/heads/in-fork']);
    expect(edited.code).toBe(0);
    await server.app.jobs.drain();
    expect((await requirePull(server.app, open, issue.number)).pull.headOid).toBe(oid);
  });
});

test('a private repository is not there for whoever may not read it', async () => {
  await server.repository('ada', 'secret', { visibility: 'private' });
  await gitOk(tree, ['push', '-q', server.urlAs('ada', '/ada/secret.git'), 'main']);
  const pushed = await git(tree, ['push', server.urlAs('rita', '/ada/secret.git'), 'HEAD:refs/for/main']);
  expect(pushed.code).not.toBe(0);
  expect(pushed.stderr).toContain('not found');
});

test('whoever may not read pull requests finds their commits by no fetch', async () => {
  await server.repository('ada', 'closed', { visibility: 'public' });
  const url = server.urlAs('ada', '/ada/closed.git');
  await gitOk(tree, ['push', '-q', url, 'main']);
  await begin('hidden');
  const oid = await commit('h1', 'Add what few may see');
  await gitOk(tree, ['push', '-q', url, 'HEAD:refs/for/main']);
  const heads = async (...version: string[]) =>
    gitOk(tree, [...version, 'ls-remote', server.urlAs('rita', '/ada/closed.git')]);
  expect(await heads()).toContain('refs/pull/1/head');
  const closed = await openRepository(server.app, SYSTEM, 'ada', 'closed', 'code:read');
  const { updateRepository } = await import('../../src/features/repos/repos.store.ts');
  await server.app.db.write((tx) => updateRepository(tx, closed.repository.id, { disabledUnits: 'pulls' }));
  for (const version of ['0', '2']) {
    const told = await heads('-c', `protocol.version=${version}`);
    expect(told).toContain('refs/heads/main');
    expect(told).not.toContain(oid);
  }
  const clone = await git(server.work, [
    'clone',
    '--mirror',
    server.urlAs('rita', '/ada/closed.git'),
    'mirror',
  ]);
  expect(clone.code).toBe(0);
  expect((await git(join(server.work, 'mirror'), ['cat-file', '-e', oid])).code).not.toBe(0);
});

test('whoever was blocked brings a proposal nothing more', async () => {
  await begin('blocked');
  const oid = await commit('o', 'Add o');
  const pull = await pullIn(await push('rita', 'refs/for/main/blocked'));
  const { blockUser, unblockUser } = await import('../../src/features/users/blocks.service.ts');
  const ada = await server.person('ada');
  await blockUser(server.app, ada, ada.userId, 'rita');
  await commit('o', 'Add more of o');
  const refused = await push('rita', 'refs/for/main/blocked');
  expect(refused.stderr).toContain('you were blocked');
  expect((await requirePull(server.app, open, pull.issue.number)).pull.headOid).toBe(oid);
  await unblockUser(server.app, ada, ada.userId, pull.issue.authorId);
});

test('a reader moves nothing else by the push that proposes something', async () => {
  await begin('mixed');
  await commit('q', 'Add q');
  const url = server.urlAs('rita', '/ada/engine.git');
  const before = await server.app.git.refs(dir(), 'refs/');
  for (const other of [
    'HEAD:refs/heads/mine',
    'HEAD:refs/tags/mine',
    'HEAD:refs/notes/mine',
    'HEAD:refs/pull/1/head',
    'HEAD:refs/queue/main/group-1',
    'HEAD:refs/opencodehub/x',
    ':refs/heads/release/1.0',
    ':refs/for/main',
  ]) {
    const pushed = await git(tree, ['push', url, 'HEAD:refs/for/main/mixed', other]);
    expect(pushed.code, other).not.toBe(0);
  }
  expect(await server.app.git.refs(dir(), 'refs/')).toEqual(before);
});

test('the objects of a repository with proposals are sound', async () => {
  const { stdout } = await server.app.git.run(['fsck', '--connectivity-only', '--no-dangling'], {
    dir: dir(),
  });
  expect(stdout.toString()).toBe('');
});
