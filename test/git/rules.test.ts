// Rule sets against real pushes, over HTTP and SSH: what each rule refuses and lets through, and what the pusher is told.
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addSshKey } from '../../src/features/auth/ssh-keys.service.ts';
import { setStatus } from '../../src/features/code/statuses.service.ts';
import { openRepository } from '../../src/features/repos/access.service.ts';
import { giveAccess } from '../../src/features/repos/collaborators.service.ts';
import { addDeployKey } from '../../src/features/repos/deploy-keys.service.ts';
import type { OpenRepository } from '../../src/features/repos/repos.types.ts';
import type { RuleSetInput } from '../../src/features/rules/rule-sets.input.ts';
import { saveRuleSet } from '../../src/features/rules/rule-sets.service.ts';
import {
  type ClientResult,
  command,
  git,
  gitOk,
  type TransportServer,
  transportServer,
  workTree,
} from './support/transport-server.ts';

let server: TransportServer;
const keys: Record<string, string> = {};

beforeAll(async () => {
  server = await transportServer();
  for (const name of ['olga', 'wim', 'robot']) {
    const file = join(server.work, `id_${name}`);
    await command('ssh-keygen', ['-q', '-N', '', '-t', 'ed25519', '-C', name, '-f', file]);
    keys[name] = file;
  }
  for (const name of ['olga', 'wim']) {
    const person = await server.person(name);
    await addSshKey(server.app, person, person.userId, {
      title: name,
      key: readFileSync(`${keys[name]}.pub`, 'utf8'),
    });
  }
}, 60_000);
afterAll(() => server.close());

interface Site {
  open: OpenRepository;
  tree: string;
  /** Pushes as somebody, by the transport of the test. */
  push(who: string, ...args: string[]): Promise<ClientResult>;
}

const REVIEWED = {
  ...{
    approvals: 1,
    codeOwners: false,
    dismissStale: false,
    lastPushApproval: false,
    resolvedThreads: false,
  },
};

let made = 0;

/** `olga/…` with `main` pushed, where wim may write. */
async function site(transport: 'http' | 'ssh'): Promise<Site> {
  const name = `rules-${++made}`;
  const { path } = await server.repository('olga', name);
  const olga = await server.person('olga');
  await server.person('wim');
  const open = await openRepository(server.app, olga, 'olga', name, 'rules:manage');
  await giveAccess(server.app, olga, open, { username: 'wim', permission: 'write' });
  const tree = await workTree(server.work);
  await gitOk(tree, ['push', '-q', server.urlAs('olga', path), 'main']);
  const push = (who: string, ...args: string[]) => {
    if (transport === 'http') return git(tree, ['push', server.urlAs(who, path), ...args]);
    const address = `ssh://git@127.0.0.1:${server.sshPort}${path}`;
    return git(tree, ['push', address, ...args], { GIT_SSH_COMMAND: `ssh ${sshArgs(who)}` });
  };
  return { open, tree, push };
}

function sshArgs(who: string): string {
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'IdentitiesOnly=yes',
  ];
  return ['-F /dev/null', `-i ${keys[who]}`, ...options.map((option) => `-o ${option}`)].join(' ');
}

function set(open: OpenRepository, rules: RuleSetInput['rules'], more: Partial<RuleSetInput> = {}) {
  const input: RuleSetInput = {
    ...{ name: `Set ${++made}`, target: 'branch', isActive: true, include: ['~DEFAULT_BRANCH', 'release/*'] },
    ...{ exclude: [], bypass: [], rules },
    ...more,
  };
  return saveRuleSet(server.app, open.actor, open, undefined, input);
}

async function commit(tree: string, files: Record<string, string>, ...args: string[]): Promise<string> {
  for (const [path, content] of Object.entries(files)) await writeFile(join(tree, path), content);
  await gitOk(tree, ['add', '-A']);
  await gitOk(tree, ['commit', '-q', '--allow-empty', '-m', 'more', ...args]);
  return gitOk(tree, ['rev-parse', 'HEAD']);
}

const accepted = (result: ClientResult) => expect(result).toMatchObject({ code: 0 });
const refused = (result: ClientResult, ...said: string[]) => {
  expect(result.code).not.toBe(0);
  for (const words of said) expect(result.stderr).toContain(words);
};

describe.each(['http', 'ssh'] as const)('over %s', (transport) => {
  test('a pull request is asked for, by the name of the set and with the way to one', async () => {
    const { open, tree, push } = await site(transport);
    await set(open, { pullRequest: REVIEWED }, { name: 'Main is reviewed' });
    await commit(tree, { a: '1' });
    const result = await push('wim', 'HEAD:main');
    refused(
      result,
      'refs/heads/main was not changed',
      'Require a pull request, rule set “Main is reviewed”',
      `/compare/main`,
    );
    refused(await push('olga', 'HEAD:main'), 'Changes go through a pull request');
    accepted(await push('wim', 'HEAD:refs/heads/topic'));
    // A new branch of the pattern may hold what is judged already, and nothing else.
    accepted(await push('wim', 'HEAD~1:refs/heads/release/1'));
    refused(await push('wim', 'HEAD:refs/heads/release/2'), 'Changes go through a pull request');
    refused(await push('wim', '--force', 'HEAD~2:main'), 'Changes go through a pull request');
  });

  test('a proposal by refs/for/ is no push to the branch, whatever its rules', async () => {
    const { open, tree, push } = await site(transport);
    await set(open, { pullRequest: REVIEWED, noUpdate: true, pushers: [{ kind: 'role', role: 'owner' }] });
    await commit(tree, { a: '1' });
    const before = await server.app.git.ref(open.dir, 'refs/heads/main');
    accepted(await push('wim', 'HEAD:refs/for/main', '-o', 'topic=mine'));
    expect(await server.app.git.ref(open.dir, 'refs/heads/main')).toBe(before);
    refused(await push('wim', 'HEAD:refs/for/main', 'HEAD:main'), 'refs/heads/main was not changed');
  });

  test('the merge queue is not pushed past', async () => {
    const { open, tree, push } = await site(transport);
    await set(open, { queue: { style: 'merge', batch: 1, atOnce: 1, timeoutMinutes: 60 } });
    await commit(tree, { a: '1' });
    refused(await push('wim', 'HEAD:main'), 'Changes go through the merge queue');
    refused(await push('olga', 'HEAD:main'), 'Changes go through the merge queue');
  });

  test('branches are not made, changed, rewritten or deleted where that is forbidden', async () => {
    const { open, tree, push } = await site(transport);
    await commit(tree, { a: '1' });
    accepted(await push('wim', 'HEAD:refs/heads/release/1'));
    await set(open, { noCreation: true, noDeletion: true, noForcePush: true }, { include: ['release/*'] });
    refused(
      await push('wim', 'HEAD:refs/heads/release/2'),
      'A branch of this name may not be made here',
      'Restrict creations',
    );
    refused(await push('wim', '--delete', 'release/1'), 'It may not be deleted', 'Restrict deletions');
    await commit(tree, { a: '2' });
    accepted(await push('wim', 'HEAD:refs/heads/release/1'));
    refused(
      await push('wim', '--force', 'HEAD~1:refs/heads/release/1'),
      'The branch may not be rewritten',
      'Block force pushes',
    );
    await set(open, { noUpdate: true }, { include: ['release/*'], name: 'Frozen' });
    await commit(tree, { a: '3' });
    refused(await push('wim', 'HEAD:refs/heads/release/1'), 'Restrict updates, rule set “Frozen”');
    accepted(await push('wim', 'HEAD:main'));
  });

  test('all refs of a push are judged, and none moves when one may not', async () => {
    const { open, tree, push } = await site(transport);
    await set(open, { noUpdate: true });
    await commit(tree, { a: '1' });
    refused(await push('wim', 'HEAD:refs/heads/topic', 'HEAD:main'), 'refs/heads/main was not changed');
    expect(await server.app.git.ref(open.dir, 'refs/heads/topic')).toBeUndefined();
  });

  test('only those on the list push', async () => {
    const { open, tree, push } = await site(transport);
    await set(open, { pushers: [{ kind: 'user', name: 'wim' }] });
    await commit(tree, { a: '1' });
    refused(await push('olga', 'HEAD:main'), 'Only some people may push and merge here');
    accepted(await push('wim', 'HEAD:main'));
    refused(await push('olga', 'HEAD:refs/heads/release/1'), 'Restrict who can push');
    await set(open, { pushers: [{ kind: 'role', role: 'admin' }] });
    await commit(tree, { a: '2' });
    refused(await push('wim', 'HEAD:main'), 'Only some people may push');
  });

  test('required checks must have passed on the commit that is pushed', async () => {
    const { open, tree, push } = await site(transport);
    await set(open, { checks: { contexts: ['ci/test', 'ci/lint'], strict: true } });
    const oid = await commit(tree, { a: '1' });
    refused(await push('wim', 'HEAD:main'), 'ci/test, ci/lint', 'Require status checks');
    accepted(await push('wim', 'HEAD:refs/heads/topic'));
    const olga = await server.person('olga');
    const say = (context: string, state: 'success' | 'failure') =>
      setStatus(server.app, olga, open, oid, { context, state, description: '', targetUrl: '' });
    await say('ci/test', 'success');
    await say('ci/lint', 'failure');
    refused(await push('wim', 'HEAD:main'), 'must have passed on', ': ci/lint.');
    await say('ci/lint', 'success');
    accepted(await push('wim', 'HEAD:main'));
  });

  test('a history that must be linear takes no merge', async () => {
    const { open, tree, push } = await site(transport);
    await set(open, { linearHistory: true });
    await gitOk(tree, ['checkout', '-qb', 'side', 'HEAD~1']);
    await commit(tree, { side: '1' });
    await gitOk(tree, ['checkout', '-q', 'main']);
    await gitOk(tree, ['merge', '-q', '--no-ff', '-m', 'merge', 'side']);
    refused(await push('wim', 'main'), 'must be linear', 'Require linear history');
    await gitOk(tree, ['reset', '-q', '--hard', 'HEAD~1']);
    await gitOk(tree, ['rebase', '-q', 'main', 'side']);
    accepted(await push('wim', 'side:main'));
  });

  test('paths, extensions, lengths and sizes are held to, in every commit of the push', async () => {
    const { open, tree, push } = await site(transport);
    await set(open, {
      files: {
        restricted: ['secrets', '/ci/*.yml'],
        extensions: ['exe'],
        longestPath: 20,
        largestFile: 1000,
      },
    });
    await gitOk(tree, ['config', 'core.quotepath', 'off']);
    await command('mkdir', ['-p', join(tree, 'secrets/deep'), join(tree, 'ci/deep')]);
    await commit(tree, { 'secrets/deep/key': '1' });
    // Taken away again in the next commit, it would still be in the history.
    await gitOk(tree, ['rm', '-qr', 'secrets']);
    await commit(tree, { fine: '1' });
    refused(
      await push('wim', 'HEAD:main'),
      'These paths may not be changed here: secrets/deep/key',
      'Restrict files',
    );
    await gitOk(tree, ['reset', '-q', '--hard', 'HEAD~2']);
    await command('mkdir', ['-p', join(tree, 'ci/deep')]);
    await commit(tree, { 'ci/deep/a.yml': '1', 'tool.EXE.txt': '1', 'twelve-chars': 'x'.repeat(1000) });
    accepted(await push('wim', 'HEAD:main'));
    await commit(tree, {
      'ci/b.yml': '1',
      'tool.EXE': '1',
      'a-path-of-more-than-20': '1',
      big: 'x'.repeat(1001),
    });
    const all = await push('wim', 'HEAD:main');
    refused(
      all,
      '4 rules forbid it',
      'ci/b.yml',
      'Files may not end in .exe here: tool.EXE',
      'at most 20 characters here: a-path-of',
      'at most 1000 bytes here',
    );
  });

  test('a merge that throws away what was done to a restricted path is refused', async () => {
    const { open, tree, push } = await site(transport);
    await commit(tree, { OWNERS: 'the second' });
    accepted(await push('olga', 'HEAD:main'));
    await set(open, { files: { restricted: ['OWNERS'], extensions: [] } });
    await gitOk(tree, ['checkout', '-qb', 'side', 'HEAD~1']);
    await commit(tree, { side: '1' });
    await gitOk(tree, ['merge', '-q', '-s', 'ours', '-m', 'merge', 'main']);
    refused(await push('wim', 'side:main'), 'These paths may not be changed here: OWNERS');
  });

  test('messages, addresses and names are as the patterns want them', async () => {
    const { open, tree, push } = await site(transport);
    await set(open, {
      texts: [
        { subject: 'message', operator: 'matches', pattern: '*: ?*', negate: false },
        { subject: 'message', operator: 'contains', pattern: 'WIP', negate: true },
        { subject: 'author_email', operator: 'ends_with', pattern: '@EXAMPLE.org', negate: false },
        { subject: 'name', operator: 'matches', pattern: '*[*', negate: true },
        { subject: 'name', operator: 'starts_with', pattern: 'release/x', negate: true },
      ],
    });
    await commit(tree, { a: '1' }, '--amend', '-m', 'fix: it');
    await gitOk(tree, ['commit', '-q', '--allow-empty', '-m', 'WIP']);
    refused(
      await push('wim', '--force', 'HEAD:main'),
      'commit message must match “*: ?*”',
      'must not contain “WIP”',
    );
    await gitOk(tree, [
      'commit',
      '-q',
      '--amend',
      '--allow-empty',
      '-m',
      'feat: more',
      '--author',
      'Eve <eve@elsewhere.org>',
    ]);
    refused(await push('wim', '--force', 'HEAD:main'), 'author’s email address must end with “@EXAMPLE.org”');
    await gitOk(tree, ['commit', '-q', '--amend', '--allow-empty', '-m', 'feat: more', '--reset-author']);
    accepted(await push('wim', '--force', 'HEAD:main'));
    refused(await push('wim', 'HEAD:refs/heads/release/x1'), 'name of the branch must not start with');
    accepted(await push('wim', 'HEAD:refs/heads/release/y1'));
  });

  test('whoever may bypass is let through, told so, and recorded', async () => {
    const { open, tree, push } = await site(transport);
    await set(
      open,
      { noForcePush: true, noUpdate: true },
      {
        name: 'Frozen',
        bypass: [
          { kind: 'role', role: 'admin', mode: 'always' },
          { kind: 'user', name: 'wim', mode: 'pull_request' },
        ],
      },
    );
    await commit(tree, { a: '1' }, '--amend');
    refused(await push('wim', '--force', 'HEAD:main'), '2 rules forbid it');
    const result = await push('olga', '--force', 'HEAD:main');
    accepted(result);
    expect(result.stderr).toContain('Rules of refs/heads/main were bypassed');
    expect(result.stderr).toContain('Block force pushes, rule set “Frozen”');
  });

  test('a deploy key passes by where it is named, and nowhere else', async () => {
    const { open, tree } = await site(transport);
    if (transport === 'http') return;
    const key = { title: 'robot', key: readFileSync(`${keys.robot}.pub`, 'utf8'), canWrite: true };
    const row = await addDeployKey(server.app, open.actor, open, key);
    await set(open, { noUpdate: true }, { bypass: [{ kind: 'deploy-key', id: row.id, mode: 'always' }] });
    await set(
      open,
      { noUpdate: true },
      { include: ['other'], bypass: [{ kind: 'role', role: 'write', mode: 'always' }] },
    );
    const address = `ssh://git@127.0.0.1:${server.sshPort}${open.path}.git`;
    const push = (...args: string[]) =>
      git(tree, ['push', address, ...args], { GIT_SSH_COMMAND: `ssh ${sshArgs('robot')}` });
    accepted(await push('HEAD:other'));
    await commit(tree, { a: '1' });
    accepted(await push('HEAD:main'));
    refused(await push('HEAD:other'), 'Only those who may bypass its rules change it');
  });

  test('sets that are switched off, excluded or for tags hold for no branch', async () => {
    const { open, tree, push } = await site(transport);
    await set(open, { noUpdate: true }, { isActive: false });
    await set(open, { noUpdate: true }, { include: ['~ALL'], exclude: ['main', 'free/**'] });
    await set(open, { noUpdate: true }, { target: 'tag', include: ['~ALL'] });
    await commit(tree, { a: '1' });
    accepted(await push('wim', 'HEAD:main', 'HEAD:refs/heads/free/a/b', 'HEAD~1:refs/heads/bound'));
    await commit(tree, { a: '2' });
    accepted(await push('wim', 'HEAD:main', 'HEAD:refs/heads/free/a/b'));
    refused(await push('wim', 'HEAD:refs/heads/bound'), 'refs/heads/bound was not changed');
  });

  test('tags are made, moved and deleted as their rules say', async () => {
    const { open, tree, push } = await site(transport);
    await gitOk(tree, ['tag', 'v1']);
    await gitOk(tree, ['tag', 'other']);
    await gitOk(tree, ['tag', '-a', '-m', 'two', 'v2']);
    accepted(await push('wim', 'v1', 'other', 'v2'));
    await set(
      open,
      {
        noUpdate: true,
        noDeletion: true,
        noCreation: true,
        texts: [{ subject: 'name', operator: 'matches', pattern: 'v*.*', negate: false }],
      },
      { target: 'tag', include: ['v*'], bypass: [] },
    );
    await commit(tree, { a: '1' });
    refused(await push('wim', '--force', 'HEAD:refs/tags/v1'), 'refs/tags/v1 was not changed');
    refused(await push('wim', '--delete', 'v2'), 'It may not be deleted');
    refused(
      await push('wim', 'HEAD:refs/tags/v3'),
      'A tag of this name may not be made here',
      'name of the tag must match',
    );
    accepted(await push('wim', '--force', 'HEAD:refs/tags/other'));
    accepted(await push('wim', '--delete', 'other'));
  });
});
