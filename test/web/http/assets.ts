// Makes sure the browser's files were built, for tests that serve or load them.
import { buildBrowserAssets } from '../../../scripts/build/browser.ts';
import { browserAssets } from '../../../src/platform/runtime/browser-assets.ts';
import { findResource } from '../../../src/platform/runtime/resources.ts';

/** Builds the assets with their compressed forms unless that was done. */
export async function ensureAssets(): Promise<void> {
  const style = browserAssets()['app.css'];
  if (style && findResource(`assets/${style.file}.br`)) return;
  await buildBrowserAssets({ compress: true });
}
