// From an asset's plain name to the address browsers may keep for ever, and back to its file.
import { type BrowserAsset, type BrowserAssets, browserAssets } from '../runtime/browser-assets.ts';

export interface Assets {
  /** The address of `app.css`, `app.js` or `icons/favicon.svg`; throws for a name the build did not make. */
  address(name: string): string;
  /** What is served under a hashed file name, if anything. */
  find(file: string): BrowserAsset | undefined;
}

/** Reads what the build made. With `reload` it is read anew each time, for development. */
export function openAssets(reload: boolean): Assets {
  let known: BrowserAssets | undefined;
  let files: Map<string, BrowserAsset> | undefined;
  const manifest = (): BrowserAssets => {
    if (known === undefined || reload) {
      known = browserAssets();
      files = undefined;
    }
    return known;
  };
  return {
    address(name) {
      const asset = manifest()[name];
      // A checkout that was never built has no assets; its pages are plain but work.
      if (asset) return `/assets/${asset.file}`;
      if (Object.keys(manifest()).length === 0) return `/assets/${name}`;
      throw new Error(`There is no asset "${name}"`);
    },
    find(file) {
      const made = manifest();
      files ??= new Map(Object.values(made).map((asset) => [asset.file, asset]));
      return files.get(file);
    },
  };
}
