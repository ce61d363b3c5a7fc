// Large libraries that a quiet server never needs: bundles of their own in the executable, read when first asked for.
import type { Plugin } from 'esbuild';

/** Asset name -> what the sources import. Only packages: a file of ours in two bundles would be two modules. */
export const LIBRARIES: Readonly<Record<string, string>> = {
  'isomorphic-git': 'isomorphic-git',
  mysql: 'mysql2/promise',
  nodemailer: 'nodemailer',
  openpgp: 'openpgp',
  pg: 'pg',
  webauthn: '@simplewebauthn/server',
  yaml: 'yaml',
};

const ID = 'opencodehub:';
const IMPORTED = new Map(Object.entries(LIBRARIES).map(([name, specifier]) => [specifier, name]));
const SPECIFIERS = new RegExp(`^(?:${[...IMPORTED.keys()].join('|').replaceAll('/', '\\/')})$`);

/** Puts in the place of a library a line that asks the boot part for it. */
export const libraryPlugin: Plugin = {
  name: 'libraries',
  setup(build) {
    build.onResolve({ filter: SPECIFIERS }, ({ path }) => ({ path, namespace: 'library' }));
    build.onResolve({ filter: new RegExp(`^${ID}`) }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /.*/, namespace: 'library' }, ({ path }) => ({
      contents: `module.exports = require('${ID}${IMPORTED.get(path)}');`,
      loader: 'js',
    }));
  },
};

/** The source of a library's own bundle. */
export function librarySource(specifier: string): string {
  return `module.exports = require(${JSON.stringify(specifier)});`;
}
