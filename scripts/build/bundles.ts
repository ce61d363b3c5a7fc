// Bundles the program's own code: the boot part, the server, helper programs and workers, each one CommonJS text.
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { addonPlugin } from './addons.ts';
import { LIBRARIES, libraryPlugin, librarySource } from './libraries.ts';
import { ROOT } from './places.ts';
import { iconPlugin, localePlugin, templatePlugin, wasmPlugin } from './plugins.ts';

export interface Bundle {
  code: string;
  metafile: Metafile;
}

/** The boot part: what Node runs first in the executable. */
export function bundleBoot(version: string): Promise<Bundle> {
  return bundle('src/boot.ts', version);
}

/** Code run by the boot part, by asset name: the server and the helper programs. Functions of their `require`. */
export async function bundlePrograms(version: string): Promise<Map<string, Bundle>> {
  const programs = new Map([['server', 'src/main.ts']]);
  for (const path of globSync('src/**/*-helper.ts', { cwd: ROOT }).sort()) {
    programs.set(basename(path, '.ts'), path);
  }
  const own = await bundleAll(programs, version, (name) => `code/${name}.js`, wrapProgram);
  return new Map([...own, ...(await bundleLibraries(version))]);
}

/** Libraries with a bundle of their own: functions of their `require`, like the programs. */
async function bundleLibraries(version: string): Promise<[string, Bundle][]> {
  return Promise.all(
    Object.entries(LIBRARIES).map(async ([name, specifier]): Promise<[string, Bundle]> => {
      const entry = { stdin: { contents: librarySource(specifier), resolveDir: ROOT } };
      const made = await bundleFrom(entry, version, []);
      return [`code/library-${name}.js`, { ...made, code: wrapProgram(made.code) }];
    }),
  );
}

/** Code of worker threads, by asset name: scripts that run by themselves. */
export async function bundleWorkers(version: string): Promise<Map<string, Bundle>> {
  const workers = new Map<string, string>();
  for (const path of globSync('src/**/*.worker.ts', { cwd: ROOT }).sort()) {
    workers.set(basename(path, '.worker.ts'), path);
  }
  return bundleAll(workers, version, (name) => `workers/${name}.js`, wrapWorker);
}

async function bundleAll(
  entries: Map<string, string>,
  version: string,
  assetName: (name: string) => string,
  wrap: (code: string) => string,
): Promise<Map<string, Bundle>> {
  const bundles = await Promise.all(
    [...entries].map(async ([name, path]): Promise<[string, Bundle]> => {
      const made = await bundle(path, version);
      return [assetName(name), { ...made, code: wrap(made.code) }];
    }),
  );
  return new Map(bundles);
}

function bundle(entry: string, version: string): Promise<Bundle> {
  // Workers have no boot part that they could ask.
  const plugins = entry.endsWith('.worker.ts') ? [] : [libraryPlugin];
  return bundleFrom({ entryPoints: [join(ROOT, entry)] }, version, plugins);
}

async function bundleFrom(entry: BuildOptions, version: string, plugins: Plugin[]): Promise<Bundle> {
  const result = await build({
    ...entry,
    absWorkingDir: ROOT,
    bundle: true,
    write: false as const,
    metafile: true as const,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    charset: 'ascii',
    legalComments: 'none',
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 160,
    define: {
      OPENCODEHUB_VERSION: JSON.stringify(version),
      'import.meta.dirname': '"/"',
      'import.meta.url': '"file:///opencodehub.js"',
    },
    // Optional native speed-ups of ssh2, which it does without when they cannot be loaded.
    external: ['cpu-features', '*/sshcrypto.node'],
    plugins: [...plugins, addonPlugin, templatePlugin, iconPlugin, localePlugin, wasmPlugin],
    logLevel: 'warning',
    logOverride: { 'empty-import-meta': 'error' },
  });
  return { code: escapeNonAscii(result.outputFiles[0]?.text ?? ''), metafile: result.metafile };
}

/** esbuild leaves characters in regular expressions and comments as they are; one-byte text is half the size in V8. */
function escapeNonAscii(code: string): string {
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The boot part calls the function with a `require` that knows Node's own modules only. */
function wrapProgram(code: string): string {
  return `(function (require, module, exports, __filename, __dirname) {${code}\n})`;
}

/** A worker started from text would look for packages in the current directory; this one looks nowhere. */
function wrapWorker(code: string): string {
  return `(function (require, module, exports, __filename, __dirname) {${code}
})((id) => {
  const found = process.getBuiltinModule(id);
  if (found === undefined) throw Object.assign(new Error('Cannot find module ' + id), { code: 'MODULE_NOT_FOUND' });
  return found;
}, { exports: {} }, {}, '/worker.js', '/');`;
}
