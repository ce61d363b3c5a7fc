// Opens the application: the one place where everything is wired. The server, the command line and the tests share it.
import { join } from 'node:path';
import type { Clock } from './base/time.ts';
import type { Config } from './platform/config/config.schema.ts';
import type { ConfigOrigins } from './platform/config/config-sources.ts';
import {
  createDataDirectory,
  type DataPaths,
  dataPaths,
  emptyRuntimeDirectory,
  LOCK_FILE,
} from './platform/config/data-directory.ts';
import { dialectOfUrl } from './platform/db/database-url.ts';
import { useDialect } from './platform/db/dialect.ts';
import type { Log } from './platform/observability/log.ts';
import { useAddonDirectory } from './platform/runtime/addons.ts';
import type { OpenedApp } from './surfaces/cli/cli.types.ts';

export interface OpenAppOptions {
  log?: Log;
  clock?: Clock;
  /** Refuses (AppError conflict) while another process has opened the same data directory exclusively. */
  exclusive?: boolean;
  /** Leaves git closed, for commands about accounts: any use of it is then a bug. */
  withoutGit?: boolean;
  /** Where the settings came from, for the pages of administrators. */
  origins?: ConfigOrigins;
}

/**
 * Creates the data directory, opens and migrates the database, and wires the rooms. Nothing listens and no job runs
 * yet. `close` ends what was opened, in the reverse order.
 */
export async function openApp(config: Config, options: OpenAppOptions = {}): Promise<OpenedApp> {
  const paths = dataPaths(config.data.directory);
  createDataDirectory(paths);
  useAddonDirectory(config.data.addon_directory || join(paths.cache, 'addons'));
  const unlock = options.exclusive ? await takeOver(paths) : () => undefined;
  try {
    // Tables are made for one engine when their files are loaded, so the parts are imported only now.
    useDialect(dialectOfUrl(config.database.url));
    const { openParts } = await import('./app-parts.ts');
    const { app, addresses, close } = await openParts(config, paths, options);
    return { app, addresses, close: () => close().finally(unlock) };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function takeOver(paths: DataPaths): Promise<() => void> {
  const { takeProcessLock } = await import('./platform/db/process-lock.ts');
  const lock = takeProcessLock(join(paths.runtime, LOCK_FILE));
  emptyRuntimeDirectory(paths);
  return () => lock.release();
}
