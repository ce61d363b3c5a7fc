// Finds the sources of workers (`<name>.worker.ts`) and helper programs (`<name>-helper.ts`) by their file names.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { sourceRoot } from './source-tree.ts';

const found = new Map<string, string>();

/** The one source file of this name anywhere below src, e.g. `highlight.worker.ts`, as an absolute path. */
export function entryFile(fileName: string): string {
  const known = found.get(fileName);
  if (known !== undefined) return known;
  const src = join(sourceRoot(), 'src');
  const [first, ...others] = globSync(`**/${fileName}`, { cwd: src });
  if (first === undefined) throw new Error(`There is no ${fileName} below src`);
  if (others.length > 0)
    throw new Error(`${fileName} exists twice below src: ${first}, ${others.join(', ')}`);
  const path = join(src, first);
  found.set(fileName, path);
  return path;
}
