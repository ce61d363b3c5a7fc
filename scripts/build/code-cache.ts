// V8's compiled code of each program, made by running it once: what it used at start is then never compiled again.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strippedNode } from './executable.ts';
import { STAGE } from './places.ts';

/** Writes `<code>.cache` for the server (after serving a few pages) and returns the assets to add. */
export function makeCodeCaches(codeAssets: string[]): Map<string, string> {
  const caches = new Map<string, string>();
  for (const asset of codeAssets) {
    const cache = asset.replace(/\.js$/, '.cache');
    const target = join(STAGE, cache);
    rmSync(target, { force: true });
    runOnce(join(STAGE, asset), target);
    if (existsSync(target)) caches.set(cache, target);
    else throw new Error(`No code cache was made for ${asset}; see the messages above`);
  }
  return caches;
}

function runOnce(code: string, target: string): void {
  const work = mkdtempSync(join(tmpdir(), 'opencodehub-build-'));
  const runner = join(import.meta.dirname, 'warm-run.mjs');
  try {
    spawnSync(strippedNode(), [runner, code, STAGE, target, work], {
      cwd: work,
      env: { PATH: process.env.PATH ?? '', HOME: work },
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
