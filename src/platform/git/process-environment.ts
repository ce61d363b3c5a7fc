// The environment of git processes: nothing of the server's own, and configuration that every repository shares,
// passed at each start so that an upgrade applies to all of them.
import { delimiter } from 'node:path';
import type { RepoDir } from './git.types.ts';

const FALLBACK_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(
  delimiter,
);

/** In force for every git process. */
const SHARED_CONFIG: readonly (readonly [string, string])[] = [
  // Repositories are reached by storage key only, and restored backups may belong to another user.
  ['safe.directory', '*'],
  ['safe.bareRepository', 'all'],
  // No process may reach out to another repository or host unless its caller says so.
  ['protocol.allow', 'never'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['core.logAllRefUpdates', 'false'],
  ['core.commitGraph', 'true'],
  // What a push acknowledges survives a power failure.
  ['core.fsync', 'loose-object,pack,pack-metadata,reference'],
  ['core.fsyncMethod', 'batch'],
  ['commitGraph.changedPaths', 'true'],
  ['commitGraph.generationVersion', '2'],
  ['core.quotePath', 'false'],
];

/** The environment all git processes share. */
export function gitEnvironment(home: string): Record<string, string> {
  return {
    PATH: process.env.PATH || FALLBACK_PATH,
    LC_ALL: 'C',
    TZ: 'UTC',
    HOME: home,
    XDG_CONFIG_HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_DEFAULT_REF_FORMAT: 'files',
  };
}

/** One process's environment: the shared one, its repository, its configuration and what the caller adds. */
export function processEnvironment(
  shared: Record<string, string>,
  options: {
    dir?: RepoDir | undefined;
    env?: Record<string, string> | undefined;
    config?: readonly (readonly [string, string])[];
  },
): Record<string, string> {
  return {
    ...shared,
    ...configEnvironment([...SHARED_CONFIG, ...(options.config ?? [])]),
    ...(options.dir === undefined ? {} : { GIT_DIR: options.dir }),
    ...options.env,
  };
}

// git reads these like `-c`: they win over the repository's own file (git-config, "ENVIRONMENT").
function configEnvironment(entries: readonly (readonly [string, string])[]): Record<string, string> {
  const env: Record<string, string> = { GIT_CONFIG_COUNT: String(entries.length) };
  entries.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return env;
}
