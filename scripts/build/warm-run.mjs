// Runs one bundled program as the executable would, with assets from the stage directory, and saves V8's code cache.
// Arguments: code file, stage directory, work directory, cache file, `warm` or `cold`. Without a cache file it runs a helper.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import workerThreads from 'node:worker_threads';

const PAGES = ['/', '/login', '/register', '/healthz', '/api/v1/version', '/a/b', '/-/missing'];
const READY_SECONDS = 30;

const [codeFile, stage, work, cacheFile, mode, ...helperArguments] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const stagedSeaFile = fileURLToPath(new URL('staged-sea.cjs', import.meta.url));
const stagedSea = require(stagedSeaFile)(stage);

/** Workers of the bundle see staged assets too. */
class StagedWorker extends workerThreads.Worker {
  constructor(code, options) {
    const [file, folder] = [stagedSeaFile, stage].map((path) => JSON.stringify(path));
    const patch = `{
      const real = process.getBuiltinModule;
      const sea = real('node:module').createRequire(${file})(${file})(${folder});
      process.getBuiltinModule = (id) => (id === 'node:sea' ? sea : real(id));
    }`;
    super(patch.replaceAll('\n', ' ') + code, options);
  }
}

const replaced = {
  'node:sea': stagedSea,
  'node:worker_threads': { ...workerThreads, Worker: StagedWorker },
};

const script = new Script(readFileSync(codeFile, 'latin1'), { filename: codeFile });

function runProgram() {
  const module = { exports: {} };
  const load = (id) => replaced[id] ?? require(id.startsWith('opencodehub:') ? libraryOf(id) : id);
  script.runInThisContext()(load, module, module.exports, '/opencodehub.js', '/');
}

/** What the server does at build needs no library; a page that did would find it in node_modules. */
function libraryOf(id) {
  return id.slice('opencodehub:'.length);
}

function save() {
  writeFileSync(cacheFile, script.createCachedData());
  process.exit(0);
}

/** Helpers are started by the server through this very file, in place of the executable. */
function writeStandIn() {
  const path = join(work, 'stand-in');
  const here = fileURLToPath(import.meta.url);
  const line = `exec '${process.execPath}' '${here}' '${stage}/code/'"$helper.js" '${stage}' '${work}' '' '' "$@"`;
  writeFileSync(path, `#!/bin/sh\nhelper=$2\nshift 2\n${line}\n`, { mode: 0o755 });
  return path;
}

/** The address the server prints once it listens. */
function printedAddress() {
  return new Promise((resolve) => {
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream);
      stream.write = (chunk, ...rest) => {
        const found = /https?:\/\/[\w.-]+:\d+/.exec(String(chunk));
        if (found) resolve(found[0]);
        return write(chunk, ...rest);
      };
    }
  });
}

/** Serves a few pages, so that the code they need is compiled when the cache is taken. */
async function warmServer() {
  const address = printedAddress();
  process.execPath = writeStandIn();
  process.argv = [
    'opencodehub',
    'opencodehub',
    'serve',
    '--data',
    join(work, 'data'),
    '--port',
    '0',
    '--ssh-port',
    '0',
  ];
  runProgram();
  const base = await Promise.race([address, sleep(READY_SECONDS * 1000)]);
  if (base === undefined) throw new Error(`The server printed no address within ${READY_SECONDS} s`);
  for (const page of PAGES) await (await fetch(base + page)).text();
}

if (!cacheFile) {
  process.argv = ['opencodehub', 'opencodehub', ...helperArguments];
  runProgram();
} else {
  if (mode === 'warm') await warmServer();
  save();
}
