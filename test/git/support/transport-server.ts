// A real server of git transports on free ports and temporary data, with people, repositories and real clients.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApp } from '../../../src/app.ts';
import { parseScopes, SYSTEM, type UserActor } from '../../../src/base/actor.ts';
import type { RepositoryRow } from '../../../src/features/repos/repos.types.ts';
import type { App } from '../../../src/platform/app.types.ts';
import { configSchema } from '../../../src/platform/config/config.schema.ts';
import type { RepoDir } from '../../../src/platform/git/git.types.ts';
import { silentLog } from '../../../src/platform/observability/log.ts';

export const PASSWORD = 'correct horse battery staple';

export interface ClientResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface TransportServer {
  app: App;
  /** http://127.0.0.1:port */
  url: string;
  sshPort: number;
  /** Where tests keep their work trees. */
  work: string;
  person(name: string): Promise<UserActor>;
  /** `http://name:password@…/owner/repo.git`. */
  urlAs(name: string, path: string): string;
  token(name: string, scopes?: string): Promise<string>;
  repository(
    owner: string,
    name: string,
    options?: { visibility?: 'public' | 'private'; objectFormat?: 'sha1' | 'sha256' },
  ): Promise<{ row: RepositoryRow; dir: RepoDir; path: string }>;
  close(): Promise<void>;
}

/** Starts the server; `settings` go into the configuration. */
export async function transportServer(settings: Record<string, object> = {}): Promise<TransportServer> {
  const directory = await mkdtemp(join(tmpdir(), 'och-git-'));
  const config = configSchema.parse({
    ...settings,
    ssh: { port: 0, ...settings.ssh },
    data: { directory: join(directory, 'data') },
  });
  const { app, close } = await openApp(config, { log: silentLog() });
  const { gitHttpHandler } = await import('../../../src/surfaces/githttp/git-http.ts');
  const { openSshServer } = await import('../../../src/surfaces/ssh/ssh-server.ts');
  const handler = gitHttpHandler(app);
  const http = createServer({ requestTimeout: 0 });
  for (const event of ['request', 'checkContinue'] as const)
    http.on(event, (request, response) => {
      if (!handler(request, response)) response.writeHead(404).end('not git');
    });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const ssh = await openSshServer(app);
  const port = (http.address() as AddressInfo).port;

  async function person(name: string): Promise<UserActor> {
    const users = await import('../../../src/features/users/users.service.ts');
    const user =
      (await users.findUserByName(app, name)) ??
      (await users.createUser(app, SYSTEM, {
        name,
        email: `${name}@example.org`,
        password: PASSWORD,
        isAdmin: false,
      }));
    return { kind: 'user', userId: user.id, name: user.name, isAdmin: false, via: 'session' };
  }

  return {
    app,
    url: `http://127.0.0.1:${port}`,
    sshPort: ssh.port,
    work: directory,
    person,
    urlAs: (name, path) => `http://${name}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}${path}`,
    token: async (name, scopes = 'all') => {
      const { userId } = await person(name);
      const { createAccessToken } = await import('../../../src/features/auth/tokens.service.ts');
      const made = await createAccessToken(app, SYSTEM, userId, {
        name: `test ${Math.random()}`,
        scopes: parseScopes(scopes),
      });
      return made.token;
    },
    repository: async (owner, name, options = {}) => {
      const actor = await person(owner);
      const { createRepository } = await import('../../../src/features/repos/repos.service.ts');
      const { repositoryDirectory } = await import('../../../src/platform/git/repository.ts');
      const row = await createRepository(app, actor, {
        name,
        description: '',
        visibility: options.visibility ?? 'public',
        readme: false,
        gitignore: '',
        licence: '',
        defaultBranch: '',
        objectFormat: options.objectFormat ?? 'sha1',
      });
      return { row, dir: repositoryDirectory(app.paths, row.storageKey), path: `/${owner}/${name}.git` };
    },
    close: async () => {
      await ssh.close(0);
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      await close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Runs a real git that knows nothing of this machine. Never rejects. */
export function git(cwd: string, args: string[], env: Record<string, string> = {}): Promise<ClientResult> {
  return command('git', args, { cwd, env });
}

/** As `git`, but fails the test when git fails; returns what it printed. */
export async function gitOk(cwd: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const result = await git(cwd, args, env);
  if (result.code !== 0)
    throw new Error(`git ${args.join(' ')}: ${result.code}\n${result.stdout}${result.stderr}`);
  return result.stdout.trim();
}

/** Runs any client program in the same bare environment. Never rejects. */
export function command(
  program: string,
  args: string[],
  options: { cwd?: string; env?: Record<string, string>; input?: string | Buffer } = {},
): Promise<ClientResult> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { cwd: options.cwd, env: { ...CLEAN, ...options.env }, maxBuffer: 64 * 1024 * 1024, encoding: 'utf8' },
      (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : 255) : 0;
        resolve({ code, stdout, stderr });
      },
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input);
  });
}

const CLEAN: Record<string, string> = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
  GIT_AUTHOR_DATE: '1700000000 +0000',
  GIT_COMMITTER_DATE: '1700000000 +0000',
};

let made = 0;

/** A work tree with some commits on main. */
export async function workTree(
  base: string,
  options: { commits?: number; objectFormat?: 'sha1' | 'sha256' } = {},
): Promise<string> {
  made += 1;
  const directory = join(base, `work-${made}`);
  await gitOk(base, [
    'init',
    '-q',
    '-b',
    'main',
    `--object-format=${options.objectFormat ?? 'sha1'}`,
    directory,
  ]);
  for (let i = 0; i < (options.commits ?? 3); i++) {
    await command('sh', ['-c', `echo ${i} > file-${i}.txt`], { cwd: directory });
    await gitOk(directory, ['add', '.']);
    await gitOk(directory, ['commit', '-q', '-m', `commit ${i}`]);
  }
  return directory;
}

/** Command lines of git processes that work on a directory now. */
export async function processesOn(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(directory) && !line.includes('cat-file')) found.push(line.replaceAll('\0', ' '));
  }
  return found;
}

/** Waits until a condition holds; fails after ten seconds. */
export async function eventually(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 25) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`It never happened that ${what}`);
}
