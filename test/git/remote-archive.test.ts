// `git archive --remote` over SSH with a real git: formats, parts, who may, and nothing beyond branches and tags.
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addSshKey } from '../../src/features/auth/ssh-keys.service.ts';
import { openRepository } from '../../src/features/repos/access.service.ts';
import { addDeployKey } from '../../src/features/repos/deploy-keys.service.ts';
import type { RepoDir } from '../../src/platform/git/git.types.ts';
import {
  command,
  git,
  gitOk,
  type TransportServer,
  transportServer,
  workTree,
} from './support/transport-server.ts';

let server: TransportServer;
let tree: string;
let dir: RepoDir;
let serial = 0;

beforeAll(async () => {
  server = await transportServer();
  tree = await workTree(server.work);
  const made = await server.repository('ada', 'tools', { visibility: 'private' });
  dir = made.dir;
  await writeFile(join(tree, '.gitattributes'), 'refs.txt export-subst\n');
  await writeFile(join(tree, 'refs.txt'), '$Format:%D$\n');
  await gitOk(tree, ['add', '.']);
  await gitOk(tree, ['commit', '-q', '-m', 'More']);
  await gitOk(tree, ['push', '-q', server.urlAs('ada', made.path), 'main']);
  inRepository('update-ref', 'refs/opencodehub/secret-branch', 'main');
}, 60_000);
afterAll(() => server.close());

const inRepository = (...args: string[]) =>
  execFileSync('git', args, { env: { PATH: process.env.PATH, GIT_DIR: dir, HOME: '/nonexistent' } });

async function newKey(): Promise<{ line: string; env: Record<string, string> }> {
  serial += 1;
  const file = join(server.work, `archive-${serial}`);
  await command('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `k-${serial}`, '-f', file]);
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'BatchMode=yes',
  ];
  const all = ['-F', '/dev/null', '-p', String(server.sshPort), '-i', file, '-o', 'IdentitiesOnly=yes'];
  const ssh = ['ssh', ...all, ...options.flatMap((option) => ['-o', option])].join(' ');
  return { line: readFileSync(`${file}.pub`, 'utf8'), env: { GIT_SSH_COMMAND: ssh } };
}

async function keyOf(person: string) {
  const key = await newKey();
  const actor = await server.person(person);
  await addSshKey(server.app, actor, actor.userId, { title: '', key: key.line });
  return key.env;
}

const remote = () => `--remote=ssh://git@127.0.0.1:${server.sshPort}/ada/tools.git`;

async function archived(env: Record<string, string>, ...args: string[]) {
  const output = join(server.work, `out-${serial++}`);
  const result = await git(tree, ['archive', remote(), `--output=${output}`, ...args], env);
  return { ...result, output };
}

describe('an archive over SSH', () => {
  test.each(['tar', 'zip', 'tar.gz'])('as %s holds what git itself would write', async (format) => {
    const env = await keyOf('ada');
    const { code, output } = await archived(env, `--format=${format}`, '--prefix=x/', 'main', 'file-0.txt');
    expect(code).toBe(0);
    const config = ['-c', 'tar.tar.gz.command=git archive gzip'];
    const args = [...config, 'archive', `--format=${format}`, '--prefix=x/', 'main', 'file-0.txt'];
    expect(readFileSync(output).equals(inRepository(...args))).toBe(true);
  });

  test('is refused to strangers, and made for a deploy key', async () => {
    const stranger = await archived(await keyOf('eve'), '--format=tar', 'main');
    expect([stranger.code === 0, stranger.stderr]).toEqual([
      false,
      expect.stringContaining('does not exist'),
    ]);
    const ada = await server.person('ada');
    const open = await openRepository(server.app, ada, 'ada', 'tools', 'deploy-keys:manage');
    const key = await newKey();
    await addDeployKey(server.app, ada, open, { title: 'ci', key: key.line, canWrite: false });
    expect((await archived(key.env, '--format=tar', 'main')).code).toBe(0);
  });

  test('names no hidden ref, and is made of none', async () => {
    const env = await keyOf('ada');
    const { output } = await archived(env, '--format=tar', 'main', 'refs.txt');
    const text = execFileSync('tar', ['-xOf', output, 'refs.txt'], { encoding: 'utf8' });
    expect(text).toContain('main');
    expect(text).not.toContain('secret');
    for (const name of ['refs/opencodehub/secret-branch', 'opencodehub/secret-branch'])
      expect((await archived(env, '--format=tar', name)).code).not.toBe(0);
  });

  test('is made of nothing that no branch leads to', async () => {
    const env = await keyOf('ada');
    const blob = execFileSync('git', ['rev-parse', 'main^{tree}'], { cwd: tree, encoding: 'utf8' }).trim();
    expect((await archived(env, '--format=tar', blob)).code).not.toBe(0);
    expect((await archived(env, '--format=tar', 'main:nowhere')).code).not.toBe(0);
  });

  test('does not tell which files are on the server', async () => {
    const env = await keyOf('ada');
    const [program = '', ...args] = env.GIT_SSH_COMMAND?.split(' ') ?? [];
    const call = [...args, 'git@127.0.0.1', "git-upload-archive '/ada/tools.git'"];
    const ask = (packets: string[]) => {
      const lines = packets.map((text) => {
        const line = `argument ${text}\n`;
        return (line.length + 4).toString(16).padStart(4, '0') + line;
      });
      return new Promise<string>((resolve) => {
        const child = execFile(program, call, { timeout: 15_000 }, (_error, stdout, stderr) =>
          resolve(stdout + stderr),
        );
        child.stdin?.on('error', () => {});
        child.stdin?.end(`${lines.join('')}0000`);
      });
    };
    expect(await ask(['--format=tar', 'main', 'file-0.txt'])).toContain('file-0.txt');
    const answers: string[] = [];
    const options = ['--add-file=/etc/passwd', '--add-file=/nowhere', '--output=/tmp/x', '--exec=id'];
    for (const option of options) answers.push(await ask(['--format=tar', option, 'main']));
    for (const answer of answers) expect(answer).not.toMatch(/File not found|passwd|nowhere|file-0/);
  });
});
