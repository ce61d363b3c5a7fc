// Starts throw-away database servers for the store suites, from the programs Debian installs, on unix sockets.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Engine {
  /** The URL of a database on it that the suites do not use. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL with an empty cluster; durability is off, since nobody keeps this data. With the folder of an earlier
 * start that was stopped, its cluster is used and kept.
 */
export async function startPostgres(kept?: string): Promise<Engine> {
  const programs = globSync('/usr/lib/postgresql/*/bin').sort().at(-1);
  if (!programs) throw new Error('PostgreSQL is missing: apt-get install postgresql');
  const { folder, as } = accountFolder('postgres');
  const data = kept === undefined ? join(folder, 'data') : join(keptFolder('postgres', kept), 'data');
  if (!existsSync(data))
    run([
      ...as,
      join(programs, 'initdb'),
      ...['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8'],
    ]);
  const settings = {
    listen_addresses: '',
    unix_socket_directories: folder,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '100',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = start([...as, join(programs, 'postgres'), '-D', data, ...options]);
  await accepting(join(folder, '.s.PGSQL.5432'), server);
  await ready(join(programs, 'pg_isready'), folder);
  const url = `postgres://postgres@localhost/postgres?socket=${encodeURIComponent(folder)}`;
  return { url, stop: () => stop(server, 'SIGINT', folder) };
}

/** Starts MariaDB with an empty data directory; durability is off, since nobody keeps this data. */
export async function startMariadb(): Promise<Engine> {
  const program = '/usr/sbin/mariadbd';
  if (!existsSync(program)) throw new Error('MariaDB is missing: apt-get install mariadb-server');
  const { folder, as } = accountFolder('mysql');
  const data = join(folder, 'data');
  const socket = join(folder, 'sock');
  run([
    ...as,
    ...['/usr/bin/mariadb-install-db', '--no-defaults', `--datadir=${data}`],
    ...['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'],
  ]);
  const server = start([
    ...as,
    ...[program, '--no-defaults', `--datadir=${data}`, `--socket=${socket}`, '--skip-networking'],
    ...[
      `--tmpdir=${folder}`,
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-doublewrite=0',
      '--skip-log-bin',
    ],
    ...['--innodb-buffer-pool-size=64M', '--innodb-flush-method=nosync', '--character-set-server=latin1'],
  ]);
  await accepting(socket, server);
  const url = `mysql://root@localhost/mysql?socket=${encodeURIComponent(socket)}`;
  return { url, stop: () => stop(server, 'SIGTERM', folder) };
}

/** A folder the server's account owns, and the words before a command that make it run as that account. */
function accountFolder(account: string): { folder: string; as: string[] } {
  const folder = mkdtempSync(join(tmpdir(), `och-${account}-`));
  if (process.getuid?.() !== 0) return { folder, as: [] };
  giveTo(account, folder);
  return { folder, as: ['runuser', '-u', account, '--'] };
}

function keptFolder(account: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  if (process.getuid?.() === 0) giveTo(account, folder);
  return folder;
}

function giveTo(account: string, folder: string): void {
  const [uid, gid] = ['-u', '-g'].map((flag) =>
    Number(execFileSync('id', [flag, account], { encoding: 'utf8' })),
  );
  chownSync(folder, uid ?? 0, gid ?? 0);
}

function run([program = '', ...args]: string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
}

function start([program = '', ...args]: string[]): ChildProcess {
  const keepOutput = process.env.OPENCODEHUB_TEST_ENGINE_LOG ? 'inherit' : 'ignore';
  return spawn(program, args, { stdio: ['ignore', keepOutput, keepOutput], cwd: '/', detached: true });
}

async function accepting(socket: string, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (server.exitCode !== null) throw new Error(`The database server ended with code ${server.exitCode}.`);
    if (await connects(socket)) return;
    await sleep(50);
  }
  throw new Error('The database server does not accept connections.');
}

/** A server that was stopped hard takes connections before it answers them. */
async function ready(program: string, folder: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (spawnSync(program, ['-h', folder, '-q']).status === 0) return;
    await sleep(100);
  }
  throw new Error('The database server does not get ready.');
}

function connects(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket, () => {
      connection.destroy();
      resolve(true);
    });
    connection.on('error', () => resolve(false));
  });
}

/** Ends the server and everything it started (its own process group), then removes its folder. */
async function stop(server: ChildProcess, signal: NodeJS.Signals, folder: string): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    if (server.exitCode !== null) resolve();
    server.once('exit', () => resolve());
  });
  if (server.pid !== undefined && server.exitCode === null) process.kill(-server.pid, signal);
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
