// Deploy keys with a real ssh and a real git: one repository, to read it or to write it, and nothing else.
import { readFileSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addSshKey } from '../../src/features/auth/ssh-keys.service.ts';
import { openRepository } from '../../src/features/repos/access.service.ts';
import {
  addDeployKey,
  listDeployKeys,
  removeDeployKey,
} from '../../src/features/repos/deploy-keys.service.ts';
import { changeRepository, deleteRepository } from '../../src/features/repos/repos.service.ts';
import { updateRepository } from '../../src/features/repos/repos.store.ts';
import { updateUser } from '../../src/features/users/users.store.ts';
import {
  command,
  eventually,
  git,
  gitOk,
  type TransportServer,
  transportServer,
  workTree,
} from './support/transport-server.ts';

let server: TransportServer;
let tree: string;
beforeAll(async () => {
  server = await transportServer();
  tree = await workTree(server.work);
});
afterAll(() => server.close());

let serial = 0;

interface Made {
  file: string;
  keyId: number;
  env: Record<string, string>;
}

async function newPair(): Promise<{ file: string; line: string; env: Record<string, string> }> {
  serial += 1;
  const file = join(server.work, `deploy-${serial}`);
  await command('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `ci-${serial}`, '-f', file]);
  const env = { GIT_SSH_COMMAND: ['ssh', ...sshArgs(file)].join(' ') };
  return { file, line: readFileSync(`${file}.pub`, 'utf8'), env };
}

function sshArgs(file: string): string[] {
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
  const all = [...options, 'IdentitiesOnly=yes', 'BatchMode=yes'].flatMap((option) => ['-o', option]);
  return ['-F', '/dev/null', '-p', String(server.sshPort), '-i', file, ...all];
}

async function open(owner: string, name: string) {
  return openRepository(server.app, await server.person(owner), owner, name, 'deploy-keys:manage');
}

async function deployKey(owner: string, name: string, canWrite: boolean): Promise<Made> {
  const { file, line, env } = await newPair();
  const actor = await server.person(owner);
  const input = { title: '', key: line, canWrite };
  const row = await addDeployKey(server.app, actor, await open(owner, name), input);
  return { file, keyId: row.id, env };
}

const sshUrl = (path: string) => `ssh://git@127.0.0.1:${server.sshPort}${path}`;

/** A repository with what the work tree has, pushed over HTTP as its owner. */
async function filled(owner: string, name: string) {
  const made = await server.repository(owner, name, { visibility: 'private' });
  await gitOk(tree, ['push', '-q', server.urlAs(owner, made.path), 'main']);
  return made;
}

describe('a deploy key', () => {
  test('that reads clones, and is refused a push', async () => {
    const repository = await filled('ada', 'read');
    const key = await deployKey('ada', 'read', false);
    const clone = join(server.work, 'clone-read');
    await gitOk(server.work, ['clone', '-q', sshUrl(repository.path), clone], key.env);
    expect(await gitOk(clone, ['rev-parse', 'HEAD'])).toBe(await gitOk(tree, ['rev-parse', 'HEAD']));
    const pushed = await git(tree, ['push', sshUrl(repository.path), 'main:topic'], key.env);
    expect(pushed.code).not.toBe(0);
    expect(pushed.stderr).toContain('ERROR: You need write permission on this repository');
    expect(await server.app.git.ref(repository.dir, 'refs/heads/topic')).toBeUndefined();
  });

  test('that writes pushes, as nobody, with the key named in the event', async () => {
    const repository = await filled('ada', 'write');
    const key = await deployKey('ada', 'write', true);
    await gitOk(tree, ['push', '-q', sshUrl(repository.path), 'main:topic'], key.env);
    const [event] = await server.app.events.recent({ repositoryId: repository.row.id, limit: 1 });
    expect(event).toMatchObject({ kind: 'push', deployKey: { id: key.keyId, title: `ci-${serial}` } });
    expect(event?.actorId).toBeUndefined();
  });

  test('is told from a person by its greeting', async () => {
    await filled('ada', 'greeting');
    const key = await deployKey('ada', 'greeting', false);
    const result = await command('ssh', [...sshArgs(key.file), 'git@127.0.0.1']);
    expect(result.stderr).toContain("Hi ada/greeting! You've successfully authenticated");
  });

  test('knows of no other repository: private, public and missing ones answer alike', async () => {
    await filled('ada', 'own');
    await filled('ada', 'other');
    await server.repository('bob', 'open');
    const key = await deployKey('ada', 'own', true);
    const ask = async (service: string, path: string) =>
      command('ssh', [...sshArgs(key.file), 'git@127.0.0.1', `git-${service} '${path}'`]);
    for (const service of ['upload-pack', 'receive-pack', 'upload-archive']) {
      const missing = await ask(service, '/ada/nothing.git');
      expect(missing).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^ERROR: /) });
      for (const path of ['/ada/other.git', '/bob/open.git'])
        expect([path, await ask(service, path)]).toEqual([path, missing]);
    }
  });

  test('follows its repository to another name', async () => {
    const repository = await filled('ada', 'before');
    const key = await deployKey('ada', 'before', true);
    const ada = await server.person('ada');
    await changeRepository(server.app, ada, await open('ada', 'before'), { name: 'after' });
    for (const path of ['/ada/after.git', repository.path])
      expect(await gitOk(tree, ['ls-remote', sshUrl(path)], key.env)).toContain('refs/heads/main');
  });

  test('only reads while its repository is archived, and opens nothing while the owner is suspended', async () => {
    const repository = await filled('carl', 'archived');
    const key = await deployKey('carl', 'archived', true);
    const { db } = server.app;
    await db.write((tx) => updateRepository(tx, repository.row.id, { archivedAt: server.app.clock.now() }));
    expect(await gitOk(tree, ['ls-remote', sshUrl(repository.path)], key.env)).toContain('refs/heads/main');
    const pushed = await git(tree, ['push', sshUrl(repository.path), 'main:topic'], key.env);
    expect(pushed.stderr).toContain('archived');
    const carl = await server.person('carl');
    await db.write((tx) => updateUser(tx, carl.userId, { isSuspended: true }));
    const refused = await git(tree, ['ls-remote', sshUrl(repository.path)], key.env);
    expect(refused.stderr).toContain('Permission denied');
  });

  test('opens nothing once its repository is deleted, and is free to be used again', async () => {
    const repository = await filled('ada', 'gone');
    const { file, line, env } = await newPair();
    const ada = await server.person('ada');
    await addDeployKey(server.app, ada, await open('ada', 'gone'), { title: '', key: line, canWrite: true });
    await deleteRepository(server.app, ada, await open('ada', 'gone'));
    const refused = await git(tree, ['ls-remote', sshUrl(repository.path)], env);
    expect(refused.stderr).toContain('Permission denied');
    await addSshKey(server.app, ada, ada.userId, { title: 'mine', key: line });
    const result = await command('ssh', [...sshArgs(file), 'git@127.0.0.1']);
    expect(result.stderr).toContain('Hi ada!');
  });

  test('notes its use', async () => {
    const repository = await filled('ada', 'noted');
    const key = await deployKey('ada', 'noted', false);
    await gitOk(tree, ['ls-remote', sshUrl(repository.path)], key.env);
    const ada = await server.person('ada');
    await eventually(async () => {
      const [row] = await listDeployKeys(server.app, ada, await open('ada', 'noted'));
      return row?.lastUsedAt !== null;
    }, 'the use is noted');
  });

  test('is worth nothing on a connection that was open when it was removed', async () => {
    const repository = await filled('ada', 'removed');
    const key = await deployKey('ada', 'removed', false);
    const script = `
import os, sys, time, paramiko
client = paramiko.SSHClient()
client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
client.connect('127.0.0.1', int(sys.argv[1]), 'git', key_filename=sys.argv[2], allow_agent=False, look_for_keys=False)
def status():
    channel = client.get_transport().open_session()
    channel.exec_command("git-upload-pack '%s'" % sys.argv[3])
    try:
        channel.sendall(b'0000')
        channel.shutdown_write()
    except OSError:
        pass # Refused and closed before these were sent.
    return channel.recv_exit_status()
print('before', status())
open(sys.argv[2] + '.first', 'w').close()
for _ in range(200):
    if os.path.exists(sys.argv[2] + '.go'): break
    time.sleep(0.05)
print('after', status())
`;
    const args = ['-c', script, String(server.sshPort), key.file, repository.path];
    const running = command('/usr/bin/python3', args);
    await eventually(
      () =>
        stat(`${key.file}.first`).then(
          () => true,
          () => false,
        ),
      'the first session ended',
    );
    await removeDeployKey(server.app, await server.person('ada'), await open('ada', 'removed'), key.keyId);
    await writeFile(`${key.file}.go`, '');
    expect((await running).stdout).toBe('before 0\nafter 1\n');
  });

  test('removed while its push is being judged lands nothing', async () => {
    const { actorOfDeployKey } = await import('../../src/features/repos/deploy-keys.service.ts');
    const { decidePush, openTransport } = await import('../../src/features/repos/transport.service.ts');
    const repository = await filled('ada', 'judged');
    const key = await deployKey('ada', 'judged', true);
    const ada = await server.person('ada');
    const [row] = await listDeployKeys(server.app, ada, await open('ada', 'judged'));
    const found = await actorOfDeployKey(server.app, row?.fingerprint ?? '');
    if (!found) throw new Error('the key is not found');
    const transport = await openTransport(server.app, found.actor, repository.path, 'receive-pack');
    await removeDeployKey(server.app, ada, await open('ada', 'judged'), key.keyId);
    await expect(decidePush(server.app, transport, [])).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('whose push was interrupted by a crash is nobody in what is recorded later', async () => {
    const { actorOfDeployKey } = await import('../../src/features/repos/deploy-keys.service.ts');
    const { decidePush, openTransport, reconcilePushes } = await import(
      '../../src/features/repos/transport.service.ts'
    );
    const repository = await filled('ada', 'crash');
    await deployKey('ada', 'crash', true);
    const [row] = await listDeployKeys(server.app, await server.person('ada'), await open('ada', 'crash'));
    const found = await actorOfDeployKey(server.app, row?.fingerprint ?? '');
    if (!found) throw new Error('the key is not found');
    const transport = await openTransport(server.app, found.actor, repository.path, 'receive-pack');
    const newOid = await gitOk(tree, ['rev-parse', 'main']);
    const update = { ref: 'refs/heads/main', oldOid: '0'.repeat(40), newOid };
    expect(await decidePush(server.app, transport, [update])).toMatchObject({ accept: true });
    expect(await reconcilePushes(server.app)).toBe(1);
    const [event] = await server.app.events.recent({ repositoryId: repository.row.id, limit: 1 });
    expect(event).toMatchObject({ kind: 'push', reconciled: true, updates: [update] });
    expect([event?.actorId, 'deployKey' in (event ?? {})]).toEqual([undefined, false]);
  });
});
