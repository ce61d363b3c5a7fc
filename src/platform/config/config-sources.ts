// The three places values come from, read into one form; names that mean nothing are mistakes.
import { closestName } from './closest-name.ts';
import type { ConfigFile } from './config-file.ts';
import type { ConfigKey, ConfigValue } from './config-keys.ts';

/** A value given on the command line, e.g. `--port 80` for server.port. */
export interface FlagValue {
  flag: string;
  /** `section.key`. */
  key: string;
  value: string;
}

export type Origin =
  | { kind: 'default' }
  | { kind: 'file'; path: string }
  | { kind: 'environment'; variable: string }
  | { kind: 'flag'; flag: string };

/** By `section.key`. */
export type ConfigOrigins = Map<string, Origin>;

/** A value as it was found, not yet checked. */
export interface Given {
  value: unknown;
  origin: Origin;
}

/** Values by `section.key`. */
export type Layer = Map<string, Given>;

/** Variables with the program's prefix that are no settings. */
const OTHER_VARIABLES = ['OPENCODEHUB_CONFIG', 'OPENCODEHUB_DEV', 'OPENCODEHUB_TEST_DIALECT'];

/** An origin in words, e.g. `OPENCODEHUB_SERVER_PORT`, `--port`, the file's path, or `default`. */
export function describeOrigin(origin: Origin): string {
  if (origin.kind === 'file') return origin.path;
  if (origin.kind === 'environment') return origin.variable;
  return origin.kind === 'flag' ? origin.flag : 'default';
}

/** What a file sets, by `section.key`. */
export function readTables(keys: ConfigKey[], file: ConfigFile, mistakes: string[]): Layer {
  const layer: Layer = new Map();
  const sections = [...new Set(keys.map((key) => key.section))];
  for (const [section, table] of Object.entries(file.tables)) {
    if (!sections.includes(section)) {
      mistakes.push(`${file.path}: [${section}] is not a section${suggestion(section, sections)}.`);
    } else if (typeof table !== 'object' || table === null || Array.isArray(table)) {
      mistakes.push(`${file.path}: ${section} must be a section: write [${section}] on its own line.`);
    } else {
      const known = keys.filter((key) => key.section === section);
      for (const [key, value] of Object.entries(table)) {
        const mistake = mistakeOfKey(file, section, key, known);
        if (mistake) mistakes.push(mistake);
        else layer.set(`${section}.${key}`, { value, origin: { kind: 'file', path: file.path } });
      }
    }
  }
  return layer;
}

function mistakeOfKey(
  file: ConfigFile,
  section: string,
  key: string,
  known: ConfigKey[],
): string | undefined {
  const names = known.map((candidate) => candidate.key);
  if (!names.includes(key))
    return `${file.path}: ${section}.${key} is not a setting${suggestion(key, names)}.`;
  if (!file.implied || `${section}.${key}` !== 'data.directory') return undefined;
  return (
    `${file.path}: data.directory cannot be set in the file that was found inside the data directory; ` +
    'use --data or OPENCODEHUB_DATA_DIRECTORY.'
  );
}

/** What the environment sets, by `section.key`. */
export function readEnvironment(
  keys: ConfigKey[],
  environment: Record<string, string | undefined>,
  mistakes: string[],
): Layer {
  const given: Layer = new Map();
  const variables = keys.map((key) => key.variable);
  for (const [variable, text] of Object.entries(environment)) {
    if (text === undefined || !variable.startsWith('OPENCODEHUB_') || OTHER_VARIABLES.includes(variable))
      continue;
    const key = keys.find((candidate) => candidate.variable === variable);
    if (!key)
      mistakes.push(`${variable} in the environment is not a setting${suggestion(variable, variables)}.`);
    else given.set(key.name, { value: fromText(key, text), origin: { kind: 'environment', variable } });
  }
  return given;
}

/** What the command line sets, by `section.key`. */
export function readFlags(keys: ConfigKey[], flags: FlagValue[], mistakes: string[]): Layer {
  const given: Layer = new Map();
  const names = keys.map((key) => key.name);
  for (const { flag, key: name, value } of flags) {
    const key = keys.find((candidate) => candidate.name === name);
    if (!key) mistakes.push(`${flag} ${name} is not a setting${suggestion(name, names)}.`);
    else given.set(name, { value: fromText(key, value), origin: { kind: 'flag', flag } });
  }
  return given;
}

// Text that does not look like the kind stays text, so that the schema refuses it.
function fromText(key: ConfigKey, text: string): ConfigValue {
  if (key.kind === 'number') return /^-?\d+$/.test(text.trim()) ? Number(text) : text;
  if (key.kind === 'flag') return text === 'true' || text === 'false' ? text === 'true' : text;
  if (key.kind !== 'list') return text;
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function suggestion(name: string, candidates: readonly string[]): string {
  const closest = closestName(name, candidates);
  return closest === undefined ? '' : ` (did you mean ${closest}?)`;
}
