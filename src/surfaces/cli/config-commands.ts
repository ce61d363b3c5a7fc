// `opencodehub config show | init | docs`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { configReference, sampleConfig } from '../../platform/config/config-documents.ts';
import { CONFIG_FILE_NAME } from '../../platform/config/config-file.ts';
import { showConfig } from '../../platform/config/show-config.ts';
import type { CliHost, CommonOptions } from './cli.types.ts';
import { configSources, loadOrRefuse } from './cli-config.ts';
import { printJson, printLine, printTable } from './cli-output.ts';

/** Prints each setting, its value and its origin. */
export function showSettings(host: CliHost, options: CommonOptions): void {
  const loaded = loadOrRefuse(configSources(host, options));
  const shown = showConfig(loaded);
  if (options.json) {
    printJson({ file: loaded.file ?? null, settings: shown });
    return;
  }
  const rows = shown.map(({ key, value, origin }) => [key, JSON.stringify(value), origin]);
  printTable(['SETTING', 'VALUE', 'FROM'], rows, '');
}

/** Writes the commented sample to --config, or into the data directory. Refuses to replace a file without --force. */
export function writeSample(host: CliHost, options: CommonOptions & { force?: boolean }): void {
  const { config: path, ...others } = options;
  const target =
    path ?? join(loadOrRefuse(configSources(host, others)).config.data.directory, CONFIG_FILE_NAME);
  try {
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    writeFileSync(target, sampleConfig(), { flag: options.force ? 'w' : 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new AppError('conflict', `${target} exists already: --force replaces it.`);
  }
  if (options.json) printJson({ file: target });
  else printLine(`Wrote ${target}: every setting is in it, commented out.`);
}

/** Prints docs/configuration.md. */
export function printReference(): void {
  process.stdout.write(configReference());
}
