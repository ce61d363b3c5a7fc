// Tells whether the executable is older than what it is made from, by content and not by time.
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD_RECORD, EXECUTABLE, ROOT } from './places.ts';

const INPUTS = [
  'src/**/*',
  'templates/**/*',
  'assets/**/*',
  'scripts/build/*',
  'scripts/project.mjs',
  'package.json',
  'package-lock.json',
];

export interface BuildRecord {
  inputs: string;
  version: string;
  node: string;
}

/** A hash over the names and contents of everything the build reads. */
export function hashInputs(): string {
  const hash = createHash('sha256');
  for (const name of globSync(INPUTS, { cwd: ROOT }).sort()) {
    const path = join(ROOT, name);
    if (!statSync(path).isFile()) continue;
    hash.update(`${name}\0`).update(createHash('sha256').update(readFileSync(path)).digest());
  }
  return hash.digest('hex');
}

/** Whether dist/opencodehub was made from inputs with this hash. */
export function isFresh(inputs: string): boolean {
  if (!existsSync(EXECUTABLE) || !existsSync(BUILD_RECORD)) return false;
  const record = JSON.parse(readFileSync(BUILD_RECORD, 'utf8')) as BuildRecord;
  return record.inputs === inputs;
}
