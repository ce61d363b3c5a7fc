// Files that ship with the program: from the executable's assets, or from the checkout when running from sources.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { getAssetKeys, getRawAsset } from 'node:sea';
import { sourceRoot } from './source-tree.ts';
import { isExecutable } from './version.ts';

/** The first part of a resource's name, and the folder of the checkout it stands for. */
const FOLDERS: Readonly<Record<string, string>> = {
  templates: 'templates',
  migrations: 'src/platform/db/migrations',
  assets: 'dist/assets',
  lists: 'src/features/users/lists',
  wasm: 'node_modules/@silvia-odwyer/photon-node',
  treesitter: 'node_modules/web-tree-sitter',
  grammars: 'node_modules/tree-sitter-wasms/out',
};

const NAME = /^[a-z]+(?:\/[A-Za-z0-9@_][A-Za-z0-9@_.-]*)+$/;

let shipped: ReadonlySet<string> | undefined;

/** A file by its name, e.g. `templates/layout/page.eta`. The bytes are shared and must not be written to. */
export function resource(name: string): Buffer {
  const found = findResource(name);
  if (!found) throw new Error(`The resource ${name} does not exist`);
  return found;
}

/** A file by its name, or undefined; safe to ask with a name that came from outside. */
export function findResource(name: string): Buffer | undefined {
  if (!NAME.test(name)) return undefined;
  if (isExecutable()) return shippedNames().has(name) ? Buffer.from(getRawAsset(name)) : undefined;
  const path = pathInCheckout(name);
  return path !== undefined && existsSync(path) ? readFileSync(path) : undefined;
}

/** A file's text, decoded as UTF-8. */
export function resourceText(name: string): string {
  return resource(name).toString('utf8');
}

/** The sorted names of all files below a prefix such as `migrations/sqlite/`. */
export function resourceNames(prefix: string): string[] {
  if (isExecutable()) return [...shippedNames()].filter((name) => name.startsWith(prefix)).sort();
  const folder = prefix.split('/')[0] ?? '';
  const root = pathInCheckout(folder);
  if (root === undefined || !existsSync(root)) return [];
  return globSync('**/*', { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${folder}/${relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')}`)
    .filter((name) => name.startsWith(prefix))
    .sort();
}

function shippedNames(): ReadonlySet<string> {
  shipped ??= new Set(getAssetKeys());
  return shipped;
}

function pathInCheckout(name: string): string | undefined {
  const [first = '', ...rest] = name.split('/');
  const folder = FOLDERS[first];
  return folder === undefined ? undefined : join(sourceRoot(), folder, ...rest);
}
