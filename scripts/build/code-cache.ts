// V8's compiled code of each program. The server's is taken after it served a few pages: later starts compile nothing.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strippedNode } from './executable.ts';
import { STAGE } from './places.ts';

/** The name of a program's code cache: `code/server.js` has `code/server.cache`. */
export function cacheOf(codeAsset: string): string {
  return codeAsset.replace(/\.js$/, '.cache');
}

/** Writes the code cache of each program into the stage directory. */
export function makeCodeCaches(codeAssets: string[]): void {
  for (const asset of codeAssets) {
    const target = join(STAGE, cacheOf(asset));
    rmSync(target, { force: true });
    if (asset === 'code/server.js') runOnce(asset, target, 'warm');
    if (!existsSync(target)) runOnce(asset, target, 'cold');
    if (!existsSync(target)) throw new Error(`V8 cannot compile ${asset}; its messages above say why`);
  }
}

function runOnce(asset: string, target: string, mode: 'warm' | 'cold'): void {
  const work = mkdtempSync(join(tmpdir(), 'opencodehub-build-'));
  const runner = join(import.meta.dirname, 'warm-run.mjs');
  try {
    const result = spawnSync(strippedNode(), [runner, join(STAGE, asset), STAGE, work, target, mode], {
      cwd: work,
      env: { PATH: process.env.PATH ?? '', HOME: work },
      encoding: 'utf8',
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    if (result.status === 0) return;
    console.error(result.stdout + result.stderr);
    if (mode === 'warm')
      console.error('opencodehub: the server did not run at build; it will start more slowly.');
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
