// From a command's options to the configuration, and from there to an open application.
import { existsSync } from 'node:fs';
import { AppError } from '../../base/errors.ts';
import type { Config } from '../../platform/config/config.schema.ts';
import type { FlagValue } from '../../platform/config/config-sources.ts';
import { dataPaths } from '../../platform/config/data-directory.ts';
import { type ConfigSources, type LoadedConfig, loadConfig } from '../../platform/config/load-config.ts';
import { createLog } from '../../platform/observability/log.ts';
import { becomeOwner } from './become-owner.ts';
import type { CliHost, CommonOptions, OpenedApp } from './cli.types.ts';
import { UsageError } from './usage-error.ts';

/** The sources a command's options stand for; `flags` are those of the command itself. */
export function configSources(host: CliHost, options: CommonOptions, flags: FlagValue[] = []): ConfigSources {
  const given =
    options.data === undefined ? [] : [{ flag: '--data', key: 'data.directory', value: options.data }];
  return {
    file: options.config,
    environment: host.environment,
    flags: [...given, ...flags, ...(options.set ?? []).map(settingOf)],
  };
}

/** Loads the configuration; its mistakes are mistakes of usage. */
export function loadOrRefuse(sources: ConfigSources): LoadedConfig {
  try {
    return loadConfig(sources);
  } catch (error) {
    if (error instanceof AppError) throw new UsageError(error.message);
    throw error;
  }
}

/**
 * Opens the application, without git, for one command beside a server that may be running; closes it afterwards.
 * Throws AppError not_found, and creates nothing, where there is no data.
 */
export function withApp<T>(host: CliHost, options: CommonOptions, work: Work<T>): Promise<T> {
  return open(host, options, work, { withoutGit: true });
}

/** As `withApp`, but creates the data directory and the tables where there are none. */
export function withAppOrNew<T>(host: CliHost, options: CommonOptions, work: Work<T>): Promise<T> {
  return open(host, options, work, { withoutGit: true, mayCreate: true });
}

/** As `withApp`, but with git, and only while no server runs on the data: AppError conflict otherwise. */
export function withWholeApp<T>(host: CliHost, options: CommonOptions, work: Work<T>): Promise<T> {
  return open(host, options, work, { exclusive: true });
}

/** The configuration of a command that looks before it opens anything; throws AppError not_found where there is no data. */
export function openForDoctor(host: CliHost, options: CommonOptions): Config {
  const { config } = loadOrRefuse(configSources(host, options));
  requireData(config);
  becomeOwner(config.data.directory);
  return config;
}

type Work<T> = (opened: OpenedApp) => Promise<T>;

interface Opening {
  exclusive?: boolean;
  withoutGit?: boolean;
  mayCreate?: boolean;
}

async function open<T>(
  host: CliHost,
  options: CommonOptions,
  work: Work<T>,
  { mayCreate = false, ...how }: Opening,
): Promise<T> {
  const { config } = loadOrRefuse(configSources(host, options));
  if (!mayCreate) requireData(config);
  becomeOwner(config.data.directory);
  const opened = await host.openApp(config, { log: createLog('error', process.stderr), ...how });
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

/** A mistyped directory must not look like an empty one, nor be made. */
function requireData(config: Config): void {
  const paths = dataPaths(config.data.directory);
  if (existsSync(config.database.url === '' ? paths.database : paths.repositories)) return;
  throw new AppError(
    'not_found',
    `There is no data in ${paths.root}: name the data directory of the server with --data.`,
  );
}

function settingOf(text: string): FlagValue {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) {
    throw new UsageError(`--set takes section.key=value, e.g. --set log.level=debug, not "${text}".`);
  }
  return { flag: '--set', key: key.trim(), value };
}
