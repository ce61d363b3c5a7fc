// Node's single executable: the stripped Node with boot code and assets injected into it.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CACHE, EXECUTABLE, PINNED_NODE, STAGE } from './places.ts';

/** The marker in Node's own binary that says it may hold an application. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

interface Postject {
  inject(file: string, resource: string, data: Buffer, options: { sentinelFuse: string }): Promise<void>;
}

/** Node without its debug symbols, made once per Node version. Must happen before anything is injected. */
export function strippedNode(): string {
  const stripped = join(CACHE, `node-${process.versions.node}`);
  if (existsSync(stripped)) return stripped;
  mkdirSync(CACHE, { recursive: true });
  const temporary = `${stripped}.new`;
  copyFileSync(PINNED_NODE, temporary);
  chmodSync(temporary, 0o755);
  strip(temporary);
  renameSync(temporary, stripped);
  return stripped;
}

function strip(path: string): void {
  try {
    execFileSync('strip', ['--strip-all', path], { stdio: 'inherit' });
  } catch {
    console.error('opencodehub: strip (package binutils) is not here; the executable is about 18 MB larger.');
  }
}

/** Writes dist/opencodehub from boot code and assets (asset name -> file). */
export async function writeExecutable(boot: string, assets: Map<string, string>): Promise<void> {
  const node = strippedNode();
  const blob = makeBlob(node, boot, assets);
  const temporary = `${EXECUTABLE}.new`;
  copyFileSync(node, temporary);
  await inject(temporary, readFileSync(blob));
  chmodSync(temporary, 0o755);
  renameSync(temporary, EXECUTABLE);
}

/** Injects without postject's dozen harmless warnings about Node's unnamed note sections. */
async function inject(file: string, blob: Buffer): Promise<void> {
  const postject = createRequire(import.meta.url)('postject') as Postject;
  const warn = console.warn;
  console.warn = (text: unknown) => String(text).includes('string offset for section name') || warn(text);
  try {
    await postject.inject(file, 'NODE_SEA_BLOB', blob, { sentinelFuse: FUSE });
  } finally {
    console.warn = warn;
  }
}

/**
 * `execArgvExtension: none` makes the executable deaf to NODE_OPTIONS; without --disable-sigusr1 anybody with the same
 * user could open a debugger in the server. V8 would let garbage of 128 MB pile up on a large machine before it looks. Flags
 * that count in V8's hash of them, e.g. --expose-gc, would make it refuse all code compiled without.
 */
function makeBlob(node: string, boot: string, assets: Map<string, string>): string {
  const main = join(STAGE, 'boot.js');
  const blob = join(STAGE, 'application.blob');
  const config = join(STAGE, 'sea.json');
  writeFileSync(main, boot);
  const settings = {
    main,
    output: blob,
    disableExperimentalSEAWarning: true,
    execArgv: ['--max-semi-space-size=16', '--disable-sigusr1', '--disable-warning=ExperimentalWarning'],
    execArgvExtension: 'none',
    assets: Object.fromEntries(assets),
  };
  writeFileSync(config, JSON.stringify(settings, null, 1));
  execFileSync(node, ['--experimental-sea-config', config], { stdio: 'pipe', env: {} });
  return blob;
}
