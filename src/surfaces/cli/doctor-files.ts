// The part of `doctor check` that needs no database: permissions, the key, the disk, git, the schema.
import { chmod, lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAppError } from '../../base/errors.ts';
import type { Config } from '../../platform/config/config.schema.ts';
import { CONFIG_FILE_NAME } from '../../platform/config/config-file.ts';
import type { DataPaths } from '../../platform/config/data-directory.ts';
import { INSTANCE_FILE } from '../../platform/db/instance-id.ts';
import { pendingMigrations } from '../../platform/db/migrate.ts';
import { openEngine } from '../../platform/db/open-db.ts';
import { probeGitVersion } from '../../platform/git/git-version.ts';
import { readDiskSpace } from '../../platform/observability/disk.ts';
import { SECRETS_FILE } from '../../platform/secrets/secrets.ts';
import type { Finding } from './doctor.types.ts';

const KEY_BYTES = 32;
const OTHERS = 0o077;

/** Who may read the data directory, its keys and its database. */
export async function checkPermissions(paths: DataPaths, fix: boolean): Promise<Finding[]> {
  const root = await stat(paths.root);
  const found: Finding[] = [];
  for (const path of await guardedPaths(paths)) {
    const status = await lstat(path).catch(() => undefined);
    if (!status || status.isSymbolicLink()) continue;
    if (status.uid !== root.uid) found.push(wrongOwner(path, root.uid));
    // Public halves of keys may be read by anybody.
    if ((status.mode & OTHERS) === 0 || path.endsWith('.pub')) continue;
    const mode = (status.mode & 0o777).toString(8).padStart(4, '0');
    if (fix) await chmod(path, status.mode & 0o700);
    found.push({
      check: 'permissions',
      state: fix ? 'mended' : 'wrong',
      text: `${path} was open to others (${mode})${fix ? ': closed it' : ': chmod go= closes it'}.`,
    });
  }
  if (found.length > 0) return found;
  return [
    {
      check: 'permissions',
      state: 'fine',
      text: 'The data, the keys and the database are closed to others.',
    },
  ];
}

async function guardedPaths(paths: DataPaths): Promise<string[]> {
  const { root, database, repositories, keys, cache, runtime } = paths;
  const names = await readdir(keys).catch(() => []);
  return [
    ...[root, repositories, keys, cache, runtime],
    ...names.map((name) => join(keys, name)),
    ...['', '-wal', '-shm'].map((ending) => `${database}${ending}`),
    ...[CONFIG_FILE_NAME, INSTANCE_FILE].map((name) => join(root, name)),
  ];
}

function wrongOwner(path: string, uid: number): Finding {
  const text = `${path} belongs to another user than the data directory: chown it to user ${uid}.`;
  return { check: 'permissions', state: 'wrong', text };
}

/** Whether the key for secrets is there; without it nothing more can be said of them. */
export async function checkKeyFile(paths: DataPaths): Promise<Finding> {
  const path = join(paths.keys, SECRETS_FILE);
  const status = await stat(path).catch(() => undefined);
  const check = 'secrets key';
  if (!status)
    return {
      check,
      state: 'wrong',
      text: `${path} is missing: restore it from the backup of the database. A start would make another one, which opens nothing that was kept.`,
    };
  if (status.size === KEY_BYTES) return { check, state: 'fine', text: `${SECRETS_FILE} is there.` };
  return { check, state: 'wrong', text: `${path} is damaged: restore it from a backup.` };
}

/** How much room is left. */
export async function checkDisk(paths: DataPaths): Promise<Finding> {
  const { freeBytes, totalBytes, isLow } = await readDiskSpace(paths.root);
  const [free, total] = [freeBytes, totalBytes].map((bytes) => (bytes / 1024 ** 3).toFixed(1));
  const text = `${free} GiB of ${total} GiB are free${isLow ? ': make room, or pushes will fail' : ''}.`;
  return { check: 'disk space', state: isLow ? 'wrong' : 'fine', text };
}

/** Whether git is there and new enough. */
export async function checkGit(config: Config): Promise<Finding> {
  const check = 'git version';
  try {
    const version = await probeGitVersion(config.git.binary);
    return { check, state: 'fine', text: `git ${version.join('.')}.` };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { check, state: 'wrong', text: error.message };
  }
}

/** Whether the schema is this program's; a start, and opening with `fix`, brings it up to date. */
export async function checkMigrations(config: Config, paths: DataPaths, fix: boolean): Promise<Finding> {
  const check = 'migrations';
  try {
    const pending = await pendingOf(config, paths);
    if (pending.length === 0) return { check, state: 'fine', text: 'The database is up to date.' };
    const names = pending.join(', ');
    if (fix) return { check, state: 'mended', text: `The database was brought up to date: ${names}.` };
    return { check, state: 'wrong', text: `Not applied yet: ${names}. A start of the server applies them.` };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { check, state: 'wrong', text: error.message };
  }
}

async function pendingOf(config: Config, paths: DataPaths): Promise<string[]> {
  const engine = await openEngine(config.database, paths);
  try {
    return await pendingMigrations(engine);
  } finally {
    await engine.close();
  }
}
