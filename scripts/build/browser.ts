// The browser's side: scripts and styles bundled, pictures copied, all under hashed names and compressed beforehand.
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, extname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import type { BrowserAsset } from '../../src/platform/runtime/browser-assets.ts';
import { BROWSER, CACHE, ROOT } from './places.ts';

const SOURCE = join(ROOT, 'assets');
const ENTRIES = ['js/app.ts', 'js/editor.ts', 'js/conflicts.ts', 'css/app.css'];

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

const ALREADY_SMALL = new Set(['.gif', '.jpg', '.png', '.webp', '.woff2']);

interface Made {
  /** The plain name, which pages ask for. */
  name: string;
  file: string;
  bytes: Buffer;
}

/** Makes dist/assets anew: hashed files, manifest.json and, for the executable, their .br and .gz. */
export async function buildBrowserAssets({ compress }: { compress: boolean }): Promise<void> {
  const made = [...(await bundleEntries()), ...copiedFiles()];
  const fresh = `${BROWSER}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const manifest: Record<string, BrowserAsset> = {};
  await Promise.all(
    made.map(async ({ file, bytes }) => {
      writeFileSync(join(fresh, file), bytes);
      if (compress && !ALREADY_SMALL.has(extname(file))) await writeCompressed(join(fresh, file), bytes);
    }),
  );
  for (const { name, file, bytes } of made.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    manifest[name] = { file, type: typeOf(file), integrity: integrityOf(bytes) };
  }
  writeFileSync(join(fresh, 'manifest.json'), JSON.stringify(manifest, null, 1));
  rmSync(BROWSER, { recursive: true, force: true });
  renameSync(fresh, BROWSER);
}

function browserBundling(): BuildOptions {
  return {
    entryPoints: ENTRIES.map((entry) => join(SOURCE, entry)).filter((path) => existsSync(path)),
    absWorkingDir: ROOT,
    outdir: BROWSER,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022', 'chrome111', 'firefox113', 'safari16.4'],
    minify: true,
    metafile: true,
    write: false,
    legalComments: 'none',
    entryNames: '[name]-[hash]',
    chunkNames: 'chunk-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.svg': 'file', '.woff2': 'file', '.png': 'file' },
    logLevel: 'warning',
  };
}

async function bundleEntries(): Promise<Made[]> {
  const options = browserBundling();
  if ((options.entryPoints as string[]).length === 0) return [];
  const result = await build(options);
  const entryOf = new Map<string, string>();
  for (const [path, output] of Object.entries(result.metafile?.outputs ?? {})) {
    // What is imported later counts as an entry point too, and several of them have the same name.
    const isEntry = ENTRIES.some((entry) => output.entryPoint === `assets/${entry}`);
    if (output.entryPoint && isEntry) entryOf.set(basename(path), plainName(output.entryPoint));
  }
  return (result.outputFiles ?? []).map(({ path, contents }) => {
    const file = basename(path);
    return { name: entryOf.get(file) ?? file, file, bytes: Buffer.from(contents) };
  });
}

/** `assets/js/app.ts` is asked for as `app.js`, `assets/css/app.css` as `app.css`. */
function plainName(entryPoint: string): string {
  return basename(entryPoint).replace(/\.ts$/, '.js');
}

/** Everything else below assets: pictures, fonts, the web manifest; named by its path, e.g. `icons/logo.svg`. */
function copiedFiles(): Made[] {
  return globSync('**/*', { cwd: SOURCE, withFileTypes: true })
    .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
    .map((entry) => relative(SOURCE, join(entry.parentPath, entry.name)))
    .filter((name) => !name.startsWith('js/') && !name.startsWith('css/'))
    .map((name) => {
      const bytes = readFileSync(join(SOURCE, name));
      const extension = extname(name);
      const file = `${basename(name, extension)}-${shortHash(bytes)}${extension}`;
      return { name, file, bytes };
    });
}

async function writeCompressed(path: string, bytes: Buffer): Promise<void> {
  const cached = join(CACHE, 'compressed', shortHash(bytes, 40));
  if (!existsSync(`${cached}.gz`)) {
    mkdirSync(join(CACHE, 'compressed'), { recursive: true });
    const [br, gz] = await Promise.all([
      promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
      promisify(gzip)(bytes, { level: 9 }),
    ]);
    writeFileSync(`${cached}.br`, br);
    writeFileSync(`${cached}.gz`, gz);
  }
  for (const encoding of ['br', 'gz']) {
    writeFileSync(`${path}.${encoding}`, readFileSync(`${cached}.${encoding}`));
  }
}

function typeOf(file: string): string {
  const type = TYPES[extname(file)];
  if (type === undefined)
    throw new Error(`No media type is known for ${file}; add it to scripts/build/browser.ts`);
  return type;
}

function integrityOf(bytes: Buffer): string {
  return `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
}

function shortHash(bytes: Buffer, length = 10): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, length);
}
