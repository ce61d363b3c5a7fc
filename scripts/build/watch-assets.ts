// Development's half of the build: makes dist/assets, and again whenever a file below assets changes.
import { watch } from 'node:fs';
import { join } from 'node:path';
import { buildBrowserAssets } from './browser.ts';
import { ROOT } from './places.ts';

const QUIET_MILLISECONDS = 50;

let waiting: NodeJS.Timeout | undefined;

async function rebuild(): Promise<void> {
  try {
    await buildBrowserAssets({ compress: false });
    console.error('opencodehub: browser assets rebuilt');
  } catch (error) {
    console.error(`opencodehub: browser assets: ${(error as Error).message}`);
  }
}

watch(join(ROOT, 'assets'), { recursive: true }, () => {
  clearTimeout(waiting);
  waiting = setTimeout(rebuild, QUIET_MILLISECONDS);
});

await rebuild();
