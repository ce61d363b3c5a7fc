// Git over SSH with OpenSSH, Dropbear and paramiko as clients, and what is refused to each.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addSshKey, listSshKeys, removeSshKey } from '../../src/features/auth/ssh-keys.service.ts';
import {
  command,
  eventually,
  git,
  gitOk,
  processesOn,
  type TransportServer,
  transportServer,
  workTree,
} from './support/transport-server.ts';

let server: TransportServer;
const keys: Record<string, string> = {};

beforeAll(async () => {
  server = await transportServer({ ssh: { max_connections_per_address: 12 } });
  for (const [name, args] of Object.entries({
    ed25519: ['-t', 'ed25519'],
    ecdsa: ['-t', 'ecdsa', '-b', '384'],
    rsa: ['-t', 'rsa', '-b', '2048'],
    stranger: ['-t', 'ed25519'],
  })) {
    const file = join(server.work, `id_${name}`);
    await command('ssh-keygen', ['-q', '-N', '', '-C', name, '-f', file, ...args]);
    keys[name] = file;
    if (name === 'stranger') continue;
    const ada = await server.person('ada');
    await addSshKey(server.app, ada, ada.userId, { title: name, key: readFileSync(`${file}.pub`, 'utf8') });
  }
});
afterAll(() => server.close());

const OPTIONS = [
  'StrictHostKeyChecking=no',
  'UserKnownHostsFile=/dev/null',
  'LogLevel=ERROR',
  'IdentitiesOnly=yes',
];

function sshArgs(key: string, ...options: string[]): string[] {
  // Of an option given twice ssh takes the first.
  const all = [...options, ...OPTIONS].flatMap((option) => ['-o', option]);
  return ['-F', '/dev/null', '-p', String(server.sshPort), '-i', keys[key] ?? '', ...all];
}

function openssh(key: string, ...options: string[]): Record<string, string> {
  return { GIT_SSH_COMMAND: ['ssh', ...sshArgs(key, ...options)].join(' ') };
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

const sshUrl = (path: string) => `ssh://git@127.0.0.1:${server.sshPort}${path}`;

describe('OpenSSH', () => {
  test.each(['ed25519', 'ecdsa', 'rsa'])('pushes and clones with a key of type %s', async (key) => {
    const repository = await server.repository('ada', `by-${key}`, { visibility: 'private' });
    const tree = await workTree(server.work);
    const pushed = await git(tree, ['push', sshUrl(repository.path), 'main', 'main:topic'], openssh(key));
    expect(pushed).toMatchObject({ code: 0, stderr: expect.stringContaining('Create a pull request') });
    const clone = join(server.work, `clone-${key}`);
    await gitOk(server.work, ['clone', '-q', sshUrl(repository.path), clone], openssh(key));
    expect(await gitOk(clone, ['rev-parse', 'HEAD'])).toBe(await gitOk(tree, ['rev-parse', 'HEAD']));
    const [event] = await server.app.events.recent({ repositoryId: repository.row.id, limit: 1 });
    expect(event).toMatchObject({ kind: 'push', actorId: (await server.person('ada')).userId });
  });

  test.each([0, 1, 2])('speaks protocol v%i', async (version) => {
    const repository = await server.repository('ada', `ssh-v${version}`);
    const tree = await workTree(server.work);
    const v = ['-c', `protocol.version=${version}`];
    await gitOk(tree, [...v, 'push', '-q', sshUrl(repository.path), 'main'], openssh('ed25519'));
    const listed = await gitOk(tree, [...v, 'ls-remote', sshUrl(repository.path)], openssh('ed25519'));
    expect(listed).toContain('refs/heads/main');
  });

  test.each(['aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes128-ctr'])(
    'moves megabytes both ways by %s',
    async (cipher) => {
      const repository = await server.repository('ada', `bulk-${cipher.split('-').slice(0, 2).join('-')}`);
      const tree = await workTree(server.work);
      await command('sh', ['-c', 'head -c 12000000 /dev/urandom > big'], { cwd: tree });
      await gitOk(tree, ['add', '.']);
      await gitOk(tree, ['commit', '-q', '-m', 'big']);
      const env = openssh('ed25519', `Ciphers=${cipher}`);
      await gitOk(tree, ['push', '-q', sshUrl(repository.path), 'main'], env);
      const clone = join(server.work, `bulk-${cipher}`);
      await gitOk(server.work, ['clone', '-q', sshUrl(repository.path), clone], env);
      const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
      expect(digest(join(clone, 'big'))).toBe(digest(join(tree, 'big')));
    },
  );

  test('10,000 refs are pushed, recorded and listed', async () => {
    // Over HTTP git's own client takes half a minute to match so many names with each other.
    const repository = await server.repository('ada', 'many');
    const tree = await workTree(server.work, { commits: 1 });
    const tip = await gitOk(tree, ['rev-parse', 'main']);
    const input = Array.from({ length: 10_000 }, (_, i) => `create refs/tags/t-${i} ${tip}\n`).join('');
    await command('git', ['-c', 'core.fsync=none', 'update-ref', '--stdin'], { cwd: tree, input });
    const pushed = await git(
      tree,
      ['push', '-q', sshUrl(repository.path), 'main', '--tags'],
      openssh('ed25519'),
    );
    expect(pushed).toMatchObject({ code: 0 });
    const [event] = await server.app.events.recent({ repositoryId: repository.row.id, limit: 1 });
    expect(event?.kind === 'push' ? event.updates.length : 0).toBe(10_001);
    for (const url of [sshUrl(repository.path), server.url + repository.path]) {
      const listed = await gitOk(server.work, ['ls-remote', '--tags', url], openssh('ed25519'));
      expect(listed.split('\n')).toHaveLength(10_000);
    }
  });

  test('archives are served', async () => {
    const repository = await server.repository('ada', 'archived');
    const tree = await workTree(server.work);
    await gitOk(tree, ['push', '-q', sshUrl(repository.path), 'main'], openssh('ed25519'));
    const args = ['archive', '--format=tar', `--remote=${sshUrl(repository.path)}`, 'main'];
    const result = await git(server.work, args, openssh('ed25519'));
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('file-2.txt') });
  });

  test('greets a person who wants a shell', async () => {
    const result = await command('ssh', [...sshArgs('ed25519'), 'git@127.0.0.1']);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("Hi ada! You've successfully authenticated");
  });

  test.each([
    ['id'],
    ['git-upload-pack'],
    ["git-upload-pack '/ada/x.git'; id"],
    ["git-upload-pack '/ada/x.git' --help"],
    ["git-upload-pack --upload-pack=id '/ada/x.git'"],
    ['git-upload-pack "$(id)"'],
    ["git-upload-pack '/ada/../ada/x.git'"],
    ["git-upload-pack '/../../../etc'"],
    ["git-upload-pack '/ada/%2e%2e'"],
    ["git-upload-pack '//ada/x.git'"],
    ["git-shell -c 'id'"],
    ['scp -f /etc/passwd'],
  ])('runs nothing for %s', async (text) => {
    const result = await command('ssh', [...sshArgs('ed25519'), 'git@127.0.0.1', text]);
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(/^ERROR: .+\n$/);
  });

  test('missing, invisible and forbidden repositories are told in one line', async () => {
    await server.repository('bob', 'hidden', { visibility: 'private' });
    await server.repository('bob', 'shown');
    const ask = async (service: string, path: string) =>
      (await command('ssh', [...sshArgs('ed25519'), 'git@127.0.0.1', `git-${service} '${path}'`])).stderr;
    expect(await ask('upload-pack', '/bob/hidden.git')).toBe(await ask('upload-pack', '/bob/nothing.git'));
    const { setArchived } = await import('../../src/features/repos/repos.service.ts');
    const { openRepository } = await import('../../src/features/repos/access.service.ts');
    const bob = await server.person('bob');
    const shown = await openRepository(server.app, bob, 'bob', 'shown', 'repository:own');
    // Where nothing can be proposed either.
    await setArchived(server.app, bob, shown, true);
    expect(await ask('receive-pack', '/bob/shown.git')).toMatch(/^ERROR: .*write permission.*\n$/);
  });

  test('forwarding, terminals and subsystems are refused', async () => {
    const forward = await command('ssh', [...sshArgs('ed25519'), '-W', '127.0.0.1:22', 'git@127.0.0.1']);
    expect(forward.code).not.toBe(0);
    expect(forward.stderr + forward.stdout).toMatch(/prohibited|failed|refused/i);
    const subsystem = await command('ssh', [...sshArgs('ed25519'), '-s', 'git@127.0.0.1', 'sftp']);
    expect(subsystem.stderr).toContain('subsystem request failed');
  });

  test('unknown keys, other users, passwords and SHA-1 are not let in', async () => {
    const tries: [string, string[]][] = [
      ['git@127.0.0.1', sshArgs('stranger')],
      ['root@127.0.0.1', sshArgs('ed25519')],
      [
        'git@127.0.0.1',
        [...sshArgs('stranger', 'PreferredAuthentications=password,keyboard-interactive', 'BatchMode=yes')],
      ],
      ['git@127.0.0.1', sshArgs('rsa', 'PubkeyAcceptedAlgorithms=ssh-rsa')],
    ];
    for (const [who, args] of tries) {
      const result = await command('ssh', [...args, '-o', 'BatchMode=yes', who, "git-upload-pack '/ada/x'"]);
      expect([who, result.code]).toEqual([who, 255]);
    }
  });

  test('weak algorithms are not offered', async () => {
    for (const option of [
      'KexAlgorithms=diffie-hellman-group14-sha1',
      'KexAlgorithms=ecdh-sha2-nistp256',
      'Ciphers=aes128-cbc',
      'HostKeyAlgorithms=ssh-rsa',
      'HostKeyAlgorithms=ecdsa-sha2-nistp256',
    ]) {
      const result = await command('ssh', [
        ...sshArgs('ed25519', option, 'LogLevel=INFO'),
        'git@127.0.0.1',
        'x',
      ]);
      expect(result.stderr).toMatch(/no matching|Unable to negotiate/);
    }
    for (const type of ['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256']) {
      const result = await command('ssh', [
        ...sshArgs('ed25519', `HostKeyAlgorithms=${type}`),
        'git@127.0.0.1',
      ]);
      expect([type, result.stderr]).toEqual([type, expect.stringContaining('Hi ada!')]);
    }
  });

  test('a client that is killed leaves no process behind', async () => {
    const repository = await server.repository('ada', 'ssh-hang-up');
    const running = command('sh', [
      '-c',
      `sleep 5 | timeout -s KILL 2 ssh "$@"`,
      'sh',
      ...sshArgs('ed25519'),
      'git@127.0.0.1',
      `git-receive-pack '${repository.path}'`,
    ]);
    await eventually(async () => (await processesOn(repository.dir)).length > 0, 'git starts');
    await running;
    await eventually(async () => (await processesOn(repository.dir)).length === 0, 'git ends');
    expect(server.app.git.activity.pushesUnderWay(repository.dir)).toBe(0);
  });

  test('use of a key is noted', async () => {
    const ada = await server.person('ada');
    await eventually(async () => {
      const rows = await listSshKeys(server.app, ada, ada.userId);
      return rows.some((row) => row.title === 'ed25519' && row.lastUsedAt !== null);
    }, 'the use is noted');
  });

  test('private host keys are readable by the server only', async () => {
    for (const kind of ['ed25519', 'rsa'])
      expect((await stat(join(server.app.paths.keys, `ssh_host_${kind}_key`))).mode & 0o777).toBe(0o600);
  });
});

describe('other clients', () => {
  test('Dropbear clones and pushes', async () => {
    const repository = await server.repository('ada', 'dropbear');
    const tree = await workTree(server.work);
    const key = join(server.work, 'id_dropbear');
    const made = await command('dropbearkey', ['-t', 'ed25519', '-f', key]);
    const line = /^ssh-ed25519 \S+/m.exec(made.stdout)?.[0] ?? '';
    const ada = await server.person('ada');
    await addSshKey(server.app, ada, ada.userId, { title: 'dropbear', key: line });
    const env = { GIT_SSH_COMMAND: `dbclient -y -y -i ${key}`, GIT_SSH_VARIANT: 'ssh', HOME: server.work };
    const pushed = await git(tree, ['push', '-q', sshUrl(repository.path), 'main'], env);
    expect(pushed).toMatchObject({ code: 0 });
    const clone = join(server.work, 'clone-dropbear');
    expect(await git(server.work, ['clone', '-q', sshUrl(repository.path), clone], env)).toMatchObject({
      code: 0,
    });
    expect(await gitOk(clone, ['rev-parse', 'HEAD'])).toBe(await gitOk(tree, ['rev-parse', 'HEAD']));
  });

  test.each(['ed25519', 'rsa'])('paramiko lists refs with a key of type %s', async (key) => {
    const repository = await server.repository('ada', `paramiko-${key}`);
    const tree = await workTree(server.work);
    await gitOk(tree, ['push', '-q', sshUrl(repository.path), 'main'], openssh('ed25519'));
    const script = `
import sys, paramiko
client = paramiko.SSHClient()
client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
client.connect('127.0.0.1', int(sys.argv[1]), 'git', key_filename=sys.argv[2], allow_agent=False, look_for_keys=False)
channel = client.get_transport().open_session()
channel.exec_command("git-upload-pack '%s'" % sys.argv[3])
data = channel.recv(65536)
channel.sendall(b'0000')
channel.shutdown_write()
print(data.decode('latin1'))
print('status', channel.recv_exit_status())
`;
    const args = ['-c', script, String(server.sshPort), keys[key] ?? '', repository.path];
    const result = await command('/usr/bin/python3', args);
    expect(result.stdout).toContain('refs/heads/main');
    expect(result.stdout).toContain('status 0');
  });

  test('a connection that is still open is worth nothing once its key is removed', async () => {
    const repository = await server.repository('ada', 'removed-key');
    const ada = await server.person('ada');
    const file = join(server.work, 'id_removed');
    await command('ssh-keygen', ['-q', '-N', '', '-t', 'ed25519', '-f', file]);
    const title = 'removed';
    await addSshKey(server.app, ada, ada.userId, { title, key: readFileSync(`${file}.pub`, 'utf8') });
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
    const running = command('/usr/bin/python3', [
      ...['-c', script, String(server.sshPort), file, repository.path],
    ]);
    await eventually(() => exists(`${file}.first`), 'the first session ended');
    const key = (await listSshKeys(server.app, ada, ada.userId)).find((one) => one.title === title);
    await removeSshKey(server.app, ada, ada.userId, key?.id ?? 0);
    await writeFile(`${file}.go`, '');
    expect((await running).stdout).toBe('before 0\nafter 1\n');
  });

  test('strangers who never speak are limited per address', async () => {
    const sockets = Array.from({ length: 20 }, () => connect(server.sshPort, '127.0.0.1'));
    const closed = await Promise.all(
      sockets.map(
        (socket) =>
          new Promise<boolean>((resolve) => {
            socket.on('error', () => resolve(true));
            socket.on('close', () => resolve(true));
            // Those that are let in hear the server's greeting.
            socket.once('data', () => resolve(false));
          }),
      ),
    );
    for (const socket of sockets) socket.destroy();
    expect(closed.filter((cut) => cut)).toHaveLength(20 - 12);
  });
});
