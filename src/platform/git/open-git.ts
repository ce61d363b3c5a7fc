// Wires git: the programs behind the spawn helper, the object readers, the refs and the hooks' pipes.
import { join } from 'node:path';
import type { Caches } from '../cache/cache.ts';
import type { Config } from '../config/config.schema.ts';
import type { DataPaths } from '../config/data-directory.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Git } from './git.types.ts';
import { type GitPrograms, openGitPrograms } from './git-programs.ts';
import { type GitVersion, gitMissing, requireGitVersion } from './git-version.ts';
import { openHooks } from './hooks.ts';
import { openObjectReaders } from './objects.ts';
import { readRef, readRefs } from './refs.ts';
import { openRepositoryActivity } from './repository-activity.ts';

export interface GitOptions {
  config: Config;
  paths: DataPaths;
  log: Log;
  metrics: Metrics;
  caches: Caches;
}

/** Opens git for the whole process. Throws AppError unavailable, with the remedy, when git is missing or too old. */
export async function openGit(options: GitOptions): Promise<Git> {
  const { config, paths, log } = options;
  const programs = await openGitPrograms(options);
  try {
    const version = await checkedVersion(programs, config.git.binary);
    const readers = openObjectReaders({
      spawn: programs.spawn,
      maxProcesses: config.git.reader_processes,
      caches: options.caches,
      log,
    });
    const hooks = await openHooks({
      directory: join(paths.cache, 'hooks'),
      pipeDirectory: paths.runtime,
      runOther: programs.runOther,
      log,
    });
    return {
      version,
      spawn: programs.spawn,
      run: programs.run,
      hooks,
      activity: openRepositoryActivity(),
      objects: (dir) => readers.objects(dir),
      refs: readRefs,
      ref: readRef,
      forget: async (dir) => readers.forget(dir),
      close: async () => {
        await readers.close();
        hooks.close();
        await programs.close();
      },
    };
  } catch (error) {
    await programs.close();
    throw error;
  }
}

async function checkedVersion(programs: GitPrograms, binary: string): Promise<GitVersion> {
  const { stdout } = await programs.run(['version']).catch((error: unknown) => {
    throw gitMissing(binary, error);
  });
  return requireGitVersion(stdout.toString('utf8'), binary);
}
