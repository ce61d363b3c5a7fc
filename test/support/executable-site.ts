// A data directory per test, with the executable serving it and commanded beside it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach } from 'vitest';
import { type CommandOutcome, runCommand } from './command-line.ts';
import { buildExecutable } from './executable.ts';
import { type Serving, startServing } from './serving.ts';

export interface ExecutableSite {
  /** Empty before each test, removed after it. */
  directory: string;
  /** The data directory inside it, not created yet. */
  data: string;
  /** Starts a server, which is killed after the test if it still runs. */
  serve(args?: string[], env?: Record<string, string>): Promise<Serving>;
  /** Runs `opencodehub admin … --data <data>`. */
  admin(...args: string[]): Promise<CommandOutcome>;
  /** Creates the administrator ada; returns an access token of hers. */
  createAda(): Promise<string>;
}

/** Prepares the tests of a file. */
export function executableSite(): ExecutableSite {
  let servers: Serving[] = [];
  const site: ExecutableSite = {
    directory: '',
    data: '',
    async serve(args = [], env = {}) {
      const server = await startServing(['--data', site.data, ...args], { env, built: true });
      servers.push(server);
      return server;
    },
    admin: (...args) => runCommand(['admin', ...args, '--data', site.data], { built: true }),
    async createAda() {
      const user = ['--username', 'ada'];
      await site.admin(
        'user',
        'create',
        ...user,
        '--email',
        'ada@example.org',
        '--random-password',
        '--admin',
      );
      const token = ['generate-access-token', '--name', 'test', '--scopes', 'all', '--raw'];
      return (await site.admin('user', ...token, ...user)).stdout.trim();
    },
  };

  beforeAll(buildExecutable);
  beforeEach(() => {
    site.directory = mkdtempSync(join(tmpdir(), 'och-life-'));
    site.data = join(site.directory, 'data');
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) server.signal('SIGKILL');
    await Promise.all(servers.map((server) => server.ended));
    rmSync(site.directory, { recursive: true, force: true });
  });
  return site;
}
