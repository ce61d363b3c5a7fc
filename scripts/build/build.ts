// Builds dist/opencodehub: bundles, templates, browser assets and migrations inside Node's single executable.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import { resource, resourceNames } from '../../src/platform/runtime/resources.ts';
import { RULES } from '../../src/platform/symbols/definition-rules.ts';
import { addonAssets } from './addons.ts';
import { buildBrowserAssets } from './browser.ts';
import { withBuildLock } from './build-lock.ts';
import { type Bundle, bundleBoot, bundlePrograms, bundleWorkers } from './bundles.ts';
import { cacheOf, makeCodeCaches } from './code-cache.ts';
import { writeExecutable } from './executable.ts';
import { type BuildRecord, hashInputs, isFresh } from './inputs.ts';
import { collectLicences } from './licences.ts';
import { BROWSER, BUILD_RECORD, CACHE, DIST, ROOT, STAGE } from './places.ts';

const SMALLEST = {
  params: { [constants.ZSTD_c_compressionLevel]: 22, [constants.ZSTD_c_windowLog]: 23 },
};
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 12 } };

async function build(inputs: string): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  rmSync(STAGE, { recursive: true, force: true });
  const [boot, programs, workers] = await Promise.all([
    bundleBoot(version),
    bundlePrograms(version),
    bundleWorkers(version),
    buildBrowserAssets({ compress: true }),
  ]);
  stageBundles(programs);
  stageBundles(workers);
  stageFiles();
  stage('notices/licences.txt', collectLicences([boot, ...programs.values(), ...workers.values()]));
  const assets = stagedAssets();
  makeCodeCaches([...programs.keys()]);
  for (const name of programs.keys()) compressProgram(name, assets);
  await writeExecutable(boot.code, assets);
  const record: BuildRecord = { inputs, version, node: process.versions.node };
  writeFileSync(`${BUILD_RECORD}.new`, JSON.stringify(record, null, 1));
  renameSync(`${BUILD_RECORD}.new`, BUILD_RECORD);
}

/** What is read once at start is kept compressed: pages of the executable that were touched stay in memory. */
function compressProgram(name: string, assets: Map<string, string>): void {
  assets.delete(name);
  for (const part of [name, cacheOf(name)]) {
    stage(`${part}.zst`, zstdCompressSync(readFileSync(join(STAGE, part)), ZSTD));
    assets.set(`${part}.zst`, join(STAGE, `${part}.zst`));
  }
}

function stageBundles(bundles: Map<string, Bundle>): void {
  for (const [name, bundle] of bundles) stage(name, bundle.code);
}

function stageFiles(): void {
  cpSync(BROWSER, join(STAGE, 'assets'), { recursive: true });
  for (const name of resourceNames('migrations/')) {
    if (name.endsWith('.sql')) stage(name, resource(name));
  }
  stage('wasm/photon_rs_bg.wasm', resource('wasm/photon_rs_bg.wasm'));
  stage('treesitter/tree-sitter.wasm', resource('treesitter/tree-sitter.wasm'));
  for (const name of Object.keys(RULES)) stage(`grammars/tree-sitter-${name}.wasm`, compressedGrammar(name));
  for (const name of resourceNames('lists/')) stage(name, resource(name));
  for (const [name, path] of addonAssets()) stage(name, readFileSync(path));
}

/** Thirty megabytes that are read when a file of their language is: compressed once, and kept from build to build. */
function compressedGrammar(name: string): Buffer {
  const bytes = resource(`grammars/tree-sitter-${name}.wasm`);
  const cached = join(CACHE, 'grammars', createHash('sha256').update(bytes).digest('hex'));
  if (!existsSync(cached)) {
    mkdirSync(dirname(cached), { recursive: true });
    writeFileSync(`${cached}.new`, zstdCompressSync(bytes, SMALLEST));
    renameSync(`${cached}.new`, cached);
  }
  return readFileSync(cached);
}

function stage(name: string, content: string | Buffer): void {
  const path = join(STAGE, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function stagedAssets(): Map<string, string> {
  const files = globSync('**/*', { cwd: STAGE, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [path.slice(STAGE.length + 1), path]));
}

await withBuildLock(async () => {
  const inputs = hashInputs();
  if (process.argv.includes('--if-stale') && isFresh(inputs)) return;
  const start = performance.now();
  console.error('opencodehub: building dist/opencodehub …');
  try {
    await build(inputs);
  } catch (error) {
    console.error(`opencodehub: ${(error as Error).message}`);
    process.exitCode = 1;
    return;
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.error(`opencodehub: built ${DIST}/opencodehub in ${seconds} s`);
});
