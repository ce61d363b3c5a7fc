// Native addons: shipped as assets under their checksum, and their packages' loaders redirected to src/platform/runtime.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { ROOT } from './places.ts';

const LOADER = join(ROOT, 'src/platform/runtime/addons.ts');

const ADDONS = {
  'better-sqlite3': 'node_modules/better-sqlite3/prebuilds/linux-x64.node',
  argon2: 'node_modules/@node-rs/argon2-linux-x64-gnu/argon2.linux-x64-gnu.node',
};

/** The addons as assets: `addons/<sha256>-<name>.node` and the file each comes from. */
export function addonAssets(): Map<string, string> {
  const assets = new Map<string, string>();
  for (const [name, path] of Object.entries(ADDONS)) {
    const hash = createHash('sha256')
      .update(readFileSync(join(ROOT, path)))
      .digest('hex');
    assets.set(`addons/${hash}-${name}.node`, join(ROOT, path));
  }
  return assets;
}

/** Redirects the two packages' loaders. Both load on first use, since the directory is known only at run time. */
export const addonPlugin: Plugin = {
  name: 'addons',
  setup(build) {
    build.onLoad({ filter: /better-sqlite3\/lib\/binding\.js$/ }, () => ({
      contents: `exports.getBinding = (given) => given || require(${JSON.stringify(LOADER)}).loadAddon('better-sqlite3');`,
      loader: 'js',
    }));
    build.onLoad({ filter: /@node-rs\/argon2\/index\.js$/ }, () => ({
      contents: argon2Loader(),
      loader: 'js',
    }));
  },
};

function argon2Loader(): string {
  const functions = ['hash', 'hashRaw', 'hashRawSync', 'hashSync', 'parseOptions', 'verify', 'verifySync'];
  const values = ['Algorithm', 'Version'];
  return [
    `const addon = () => require(${JSON.stringify(LOADER)}).loadAddon('argon2');`,
    ...functions.map((name) => `exports.${name} = (...given) => addon().${name}(...given);`),
    ...values.map((name) => `Object.defineProperty(exports, '${name}', { get: () => addon().${name} });`),
  ].join('\n');
}
