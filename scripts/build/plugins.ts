// What the bundles leave out or put in, beside the native addons.
import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';
import { compileTemplates } from '../../src/platform/render/compile-templates.ts';

/** Puts the compiled templates in the place of the module that has none. */
export const templatePlugin: Plugin = {
  name: 'templates',
  setup(build) {
    build.onLoad({ filter: /platform\/runtime\/templates\.ts$/ }, () => ({
      contents: compileTemplates(),
      loader: 'js',
    }));
  },
};

interface Octicons {
  [name: string]: { heights: Record<string, { width: number; path: string }> };
}

/** Leaves out of the icons' data file what is not drawn: keywords and syntax trees. */
export const iconPlugin: Plugin = {
  name: 'icons',
  setup(build) {
    build.onLoad({ filter: /@primer\/octicons\/build\/data\.json$/ }, ({ path }) => {
      const icons = JSON.parse(readFileSync(path, 'utf8')) as Octicons;
      const shapes = Object.entries(icons).map(([name, { heights }]) => {
        const drawn = Object.entries(heights).map(([height, { width, path }]) => [height, { width, path }]);
        return [name, { heights: Object.fromEntries(drawn) }];
      });
      return { contents: JSON.stringify(Object.fromEntries(shapes)), loader: 'json' };
    });
  },
};

/** Leaves out fifty translations of zod's messages: this program speaks English. */
export const localePlugin: Plugin = {
  name: 'locales',
  setup(build) {
    build.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
      loader: 'js',
    }));
  },
};

/** The image library reads its WebAssembly from the disk when it is loaded; in the executable whoever starts the worker gives it. */
export const wasmPlugin: Plugin = {
  name: 'wasm',
  setup(build) {
    build.onLoad({ filter: /photon-node\/photon_rs\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const reading = /^const path = require\('path'\).*\nconst bytes = require\('fs'\).*$/m;
      if (!reading.test(text))
        throw new Error(`${path} loads its WebAssembly in a way this build does not know`);
      const given = "const bytes = require('worker_threads').workerData.wasm;";
      return { contents: text.replace(reading, given), loader: 'js' };
    });
  },
};
