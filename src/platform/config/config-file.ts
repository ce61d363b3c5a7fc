// The configuration file: where it is looked for and how its TOML is read.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';

export interface ConfigFile {
  path: string;
  /** Found inside the data directory, not named by anybody. */
  implied: boolean;
  tables: Record<string, unknown>;
}

/** The name of the file that is read from the data directory when no other is named. */
export const CONFIG_FILE_NAME = 'opencodehub.toml';

/** The file to read: the named one, or the one in the data directory if it exists. */
export function findConfigFile(named: string | undefined, dataDirectory: string): string | undefined {
  if (named) return named;
  const inside = join(dataDirectory, CONFIG_FILE_NAME);
  return existsSync(inside) ? inside : undefined;
}

/** Reads a file; what is wrong with it comes back as one sentence, so that other mistakes can be told with it. */
export function readConfigFile(path: string, implied: boolean): { file?: ConfigFile; mistake?: string } {
  try {
    return { file: { path, implied, tables: parse(readFileSync(path, 'utf8')) } };
  } catch (error) {
    return { mistake: describeFailure(path, error) };
  }
}

function describeFailure(path: string, error: unknown): string {
  if (error instanceof TomlError) {
    const reason = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? '';
    return `${path}:${error.line}:${error.column}: this is not valid TOML: ${reason}.`;
  }
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT')
    return `${path}: there is no such file; \`opencodehub config init\` writes a sample.`;
  if (code === 'EACCES') return `${path}: it may not be read by this user; change its owner or mode.`;
  if (code === 'EISDIR') return `${path}: this is a directory, not a file.`;
  throw error;
}
