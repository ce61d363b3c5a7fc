// Loads the configuration: file < environment < flags. Finds every mistake before it complains, and
// remembers where each value came from.
import type { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import { type Config, configSchema } from './config.schema.ts';
import { type ConfigFile, findConfigFile, readConfigFile } from './config-file.ts';
import { type ConfigKey, configSections, expectationOf } from './config-keys.ts';
import {
  type ConfigOrigins,
  describeOrigin,
  type FlagValue,
  type Layer,
  readEnvironment,
  readFlags,
  readTables,
} from './config-sources.ts';

export interface ConfigSources {
  /** The path given by --config. */
  file?: string | undefined;
  environment: Record<string, string | undefined>;
  flags: FlagValue[];
}

export interface LoadedConfig {
  config: Config;
  origins: ConfigOrigins;
  /** The configuration file that was read, if any. */
  file: string | undefined;
}

/** Loads the configuration; throws AppError invalid that lists every mistake, one a line, when there are any. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const keys = configSections().flatMap((section) => section.keys);
  const mistakes: string[] = [];
  const environment = readEnvironment(keys, sources.environment, mistakes);
  const flags = readFlags(keys, sources.flags, mistakes);
  const file = openFile(sources, [flags, environment], mistakes);
  const layers = [file ? readTables(keys, file, mistakes) : new Map(), environment, flags];
  for (const layer of layers) mistakes.push(...checkLayer(keys, layer));
  const merged: Layer = new Map(layers.flatMap((layer) => [...layer]));
  mistakes.push(...contradictions(merged));
  if (mistakes.length > 0) throw complaint(mistakes);
  return {
    config: configSchema.parse(inputOf(merged)),
    origins: new Map(keys.map((key) => [key.name, merged.get(key.name)?.origin ?? { kind: 'default' }])),
    file: file?.path,
  };
}

function openFile(sources: ConfigSources, layers: Layer[], mistakes: string[]): ConfigFile | undefined {
  const named = sources.file || sources.environment.OPENCODEHUB_CONFIG;
  const given = layers.map((layer) => layer.get('data.directory')?.value).find((value) => value);
  const path = findConfigFile(named, String(given ?? configSchema.parse({}).data.directory));
  if (!path) return undefined;
  const { file, mistake } = readConfigFile(path, !named);
  if (mistake) mistakes.push(mistake);
  return file;
}

// Each layer by itself, so that a wrong value is told even where a later layer covers it.
function checkLayer(keys: ConfigKey[], layer: Layer): string[] {
  const issues = configSchema.safeParse(inputOf(layer)).error?.issues ?? [];
  return issues.map((issue) => describeIssue(keys, layer, issue));
}

function inputOf(layer: Layer): Record<string, Record<string, unknown>> {
  const input: Record<string, Record<string, unknown>> = {};
  for (const [name, { value }] of layer) {
    const [section = '', key = ''] = name.split('.');
    input[section] = { ...input[section], [key]: value };
  }
  return input;
}

function describeIssue(keys: ConfigKey[], layer: Layer, issue: z.core.$ZodIssue): string {
  const name = issue.path.slice(0, 2).join('.');
  const key = keys.find((candidate) => candidate.name === name);
  const given = layer.get(name);
  if (!key || !given) return `${name} ${issue.message}.`;
  const expected =
    issue.code === 'custom' || issue.message.startsWith('must ')
      ? issue.message
      : `must be ${expectationOf(key)}`;
  const actual = key.secret ? '' : `, not ${JSON.stringify(given.value)}`;
  const place = describeOrigin(given.origin);
  return given.origin.kind === 'file'
    ? `${place}: ${name} ${expected}${actual}.`
    : `${place} (${name}) ${expected}${actual}.`;
}

// What no single key shows.
function contradictions(layer: Layer): string[] {
  const isSet = (name: string) => (layer.get(name)?.value ?? '') !== '';
  const found: string[] = [];
  if (isSet('server.tls_cert') !== isSet('server.tls_key')) {
    found.push('server.tls_cert and server.tls_key belong together: set both for HTTPS, or neither.');
  }
  if (isSet('server.unix_socket') && isSet('server.tls_cert')) {
    found.push('server.unix_socket and server.tls_cert exclude each other: the proxy in front ends TLS.');
  }
  return found;
}

function complaint(mistakes: string[]): AppError {
  const [only = ''] = mistakes;
  if (mistakes.length === 1) return new AppError('invalid', `The configuration has a mistake: ${only}`);
  const lines = mistakes.map((mistake) => `  ${mistake}`).join('\n');
  return new AppError('invalid', `The configuration has ${mistakes.length} mistakes:\n${lines}`);
}
