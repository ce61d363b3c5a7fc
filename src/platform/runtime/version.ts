// Which build this is, and whether it runs as the single executable or from its sources.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSea } from 'node:sea';
import { sourceRoot } from './source-tree.ts';

/** Replaced by the build; absent when running from sources. */
declare const OPENCODEHUB_VERSION: string | undefined;

export const VERSION: string =
  typeof OPENCODEHUB_VERSION === 'string' ? OPENCODEHUB_VERSION : versionOfSources();

/** Whether this is the single executable file. */
export function isExecutable(): boolean {
  return isSea();
}

function versionOfSources(): string {
  const manifest = JSON.parse(readFileSync(join(sourceRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
