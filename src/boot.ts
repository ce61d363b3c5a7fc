// What Node runs first in the executable: as little code as possible, which then runs the server's or a helper's.
// From sources it is not used; there src/main.ts is the entry.
import { getAssetKeys, getRawAsset } from 'node:sea';
import { Script } from 'node:vm';
import { zstdDecompressSync } from 'node:zlib';
import { VERSION } from './platform/runtime/version.ts';

const LARGEST_PROGRAM = 16 * 1024 * 1024;
/** Large libraries that are rarely needed lie beside the server's code; see scripts/build/libraries.ts. */
const LIBRARY = /^opencodehub:([a-z-]+)$/;
const HELPER = /^[a-z-]+-helper$/;

type Program = (
  require: (id: string) => unknown,
  module: { exports: object },
  exports: object,
  file: string,
  directory: string,
) => void;

boot(process.argv.slice(2));

function boot(args: string[]): void {
  const [first, second] = args;
  if (args.length === 1 && (first === '--version' || first === '-V'))
    process.stdout.write(`OpenCodeHub ${VERSION}\n`);
  else if (first === 'internal' && second === 'describe')
    process.stdout.write(`${JSON.stringify(describe())}\n`);
  else if (first === 'internal' && second !== undefined && isHelper(second)) runHelper(second);
  else run('server');
}

function isHelper(name: string): boolean {
  return HELPER.test(name) && getAssetKeys().includes(`code/${name}.js.zst`);
}

/** A helper sees the arguments after its name, as it does from sources. */
function runHelper(name: string): void {
  process.argv.splice(2, 2);
  run(name);
}

function run(name: string): unknown {
  const module = { exports: {} };
  const program = compile(name).runInThisContext() as Program;
  program(requireFromNode, module, module.exports, '/opencodehub.js', '/');
  return module.exports;
}

/** The bundles are ASCII, which latin1 decodes fastest. */
function compile(name: string): Script {
  return new Script(decompress(`code/${name}.js.zst`).toString('latin1'), {
    filename: `opencodehub/${name}.js`,
    cachedData: decompress(`code/${name}.cache.zst`),
  });
}

/** In one piece larger than the content: many small pieces would stay behind in the allocator's heap. */
function decompress(asset: string): Buffer {
  return zstdDecompressSync(getRawAsset(asset), { chunkSize: LARGEST_PROGRAM });
}

/** Code in the executable reaches Node's own modules, the libraries beside it, and nothing on the disk. */
function requireFromNode(id: string): unknown {
  const library = LIBRARY.exec(id)?.[1];
  if (library !== undefined) return run(`library-${library}`);
  const found = process.getBuiltinModule(id);
  if (found !== undefined) return found;
  throw Object.assign(new Error(`Cannot find module ${id}`), { code: 'MODULE_NOT_FOUND' });
}

/** What the tests want to know of a build. */
function describe(): object {
  const programs = getAssetKeys()
    .filter((key) => key.startsWith('code/') && key.endsWith('.js.zst'))
    .map((key) => key.slice('code/'.length, -'.js.zst'.length));
  return {
    version: VERSION,
    node: process.versions.node,
    codeCacheAccepted: Object.fromEntries(
      programs.map((name) => [name, compile(name).cachedDataRejected === false]),
    ),
    assets: getAssetKeys().sort(),
  };
}
