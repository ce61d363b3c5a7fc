// What the build made for the browser: each asset's hashed file and its integrity.
import { findResource } from './resources.ts';

export interface BrowserAsset {
  /** The hashed name; the bytes are the resource `assets/<file>`, compressed as `assets/<file>.br` and `.gz`. */
  file: string;
  /** The media type. */
  type: string;
  /** For the `integrity` attribute. */
  integrity: string;
}

export type BrowserAssets = Readonly<Record<string, BrowserAsset>>;

/** All assets by their plain name, e.g. `app.css`; empty in a checkout that was never built. */
export function browserAssets(): BrowserAssets {
  const manifest = findResource('assets/manifest.json');
  return manifest ? (JSON.parse(manifest.toString('utf8')) as BrowserAssets) : {};
}
