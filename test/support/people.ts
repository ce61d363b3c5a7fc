// People as the end-to-end tests know them: an administrator with a password, a token and an SSH key.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningServer, runExecutable } from './executable.ts';

export const ADMIN = { name: 'ada', email: 'ada@example.org', password: 'a long enough passphrase' };

/** Creates the administrator and a token of theirs by the command line; returns the token. */
export function createAdmin(data: string, env?: Record<string, string>): string {
  const run = (args: string[]) => runExecutable([...args, '--data', data], env ? { env } : {});
  const { name, email, password } = ADMIN;
  const create = [
    'admin',
    'user',
    'create',
    '--username',
    name,
    '--email',
    email,
    '--password',
    password,
    '--admin',
  ];
  const made = run(create);
  if (made.code !== 0) throw new Error(`${made.stdout}${made.stderr}`);
  const generate = [
    'admin',
    'user',
    'generate-access-token',
    '--username',
    name,
    '--name',
    'e2e',
    '--scopes',
    'all',
  ];
  const token = run([...generate, '--raw']);
  if (token.code !== 0) throw new Error(`${token.stdout}${token.stderr}`);
  return token.stdout.trim();
}

/** Calls the REST API with a token; throws on an error status. */
export async function callApi(
  server: RunningServer,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Makes an SSH key in a directory; the private key's path and the public key's text. */
export function makeKey(directory: string): { file: string; publicKey: string } {
  const file = join(directory, 'id_ed25519');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'ada@laptop', '-f', file]);
  return { file, publicKey: readFileSync(`${file}.pub`, 'utf8').trim() };
}

/** An environment in which git asks nothing, reads no configuration of this machine, and uses one SSH key. */
export function gitEnvironment(keyFile?: string): NodeJS.ProcessEnv {
  const ssh =
    '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o IdentitiesOnly=yes';
  return {
    PATH: process.env.PATH,
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: ADMIN.email,
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: ADMIN.email,
    ...(keyFile ? { GIT_SSH_COMMAND: `ssh -i ${keyFile} ${ssh}` } : {}),
  };
}

/** The SSH port a server printed. */
export function sshPortOf(server: RunningServer): number {
  return Number(/ssh:\/\/git@[^:]+:(\d+)/.exec(server.output())?.[1]);
}
