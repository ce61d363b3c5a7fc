// Loads native addons in the executable: unpacked under their checksum, which is compared before each load.
// From sources the packages load their own; the build redirects them to `loadAddon`.
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { AppError } from '../../base/errors.ts';
import { resource, resourceNames } from './resources.ts';
import { openPrivateDirectory, unpackFile } from './unpacking.ts';

const DIRECTORY = 'opencodehub.addon-directory';
const PREFIX = 'addons/';

const loaded = new Map<string, unknown>();

/** Says where addons are unpacked. Called once at start, before the first one is needed; workers inherit it. */
export function useAddonDirectory(directory: string): void {
  setEnvironmentData(DIRECTORY, directory);
}

/** The exports of an addon shipped in the executable, by its short name (`better-sqlite3`, `argon2`). */
export function loadAddon(name: string): unknown {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const exports = link(unpackAddon(name));
  loaded.set(name, exports);
  return exports;
}

function unpackAddon(name: string): string {
  const directory = getEnvironmentData(DIRECTORY);
  if (typeof directory !== 'string') throw new Error('useAddonDirectory was not called');
  const asset = resourceNames(PREFIX).find((key) => key.endsWith(`-${name}.node`));
  if (asset === undefined) throw new Error(`This executable holds no addon ${name}`);
  const file = asset.slice(PREFIX.length);
  const sha256 = file.slice(0, file.indexOf('-'));
  return unpackFile(openPrivateDirectory(directory), file, sha256, () => resource(asset));
}

function link(path: string): unknown {
  const module: { exports: unknown } = { exports: {} };
  try {
    process.dlopen(module, path);
  } catch (cause) {
    throw new AppError(
      'unavailable',
      `${path} cannot be loaded: ${(cause as Error).message}. Where it lies on a file system mounted noexec, set data.addon_directory.`,
      { cause },
    );
  }
  return module.exports;
}
