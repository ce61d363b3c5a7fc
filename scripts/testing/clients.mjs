// Clients of the API that tests run as people do. They are large, so they are no part of what the project itself installs.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { environment, fail, isInstalled, ROOT } from '../project.mjs';

const CLIENTS = ['renovate'];

/** Installs exactly what the lock files say, unless it is there. */
export function ensureClients() {
  for (const name of CLIENTS) {
    const folder = join(ROOT, 'test', 'clients', name);
    if (isInstalled(folder)) continue;
    console.error(`opencodehub: installing ${name} for its test …`);
    const args = ['ci', '--ignore-scripts', '--omit=optional', '--loglevel=error', '--no-fund', '--no-audit'];
    const { status } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 2, 2], env: environment() });
    if (status !== 0) fail(`npm ci failed in test/clients/${name}; its messages above say why.`);
  }
}
