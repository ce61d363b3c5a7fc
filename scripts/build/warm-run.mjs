// Runs one bundled program as the executable would, with assets from the stage directory, and saves V8's code cache.
// Arguments: code file, stage directory, cache file, work directory. With `internal <helper>` it runs that helper.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const PAGES = ['/', '/login', '/register', '/healthz', '/api/v1/version', '/a/b', '/-/missing'];
const READY_SECONDS = 30;

const [codeFile, stage, cacheFile, work] = process.argv.slice(2);
const nodeRequire = createRequire(import.meta.url);

const executableModule = {
  isSea: () => true,
  getAssetKeys: () =>
    readdirSync(stage, { recursive: true }).filter((name) => statSync(join(stage, name)).isFile()),
  getRawAsset: (name) => {
    const bytes = readFileSync(join(stage, name));
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  },
};

function requireAsExecutable(id) {
  return id === 'node:sea' ? executableModule : nodeRequire(id);
}

const script = new Script(readFileSync(codeFile, 'latin1'), { filename: codeFile });

function save() {
  writeFileSync(cacheFile, script.createCachedData());
}

function runProgram() {
  const module = { exports: {} };
  script.runInThisContext()(requireAsExecutable, module, module.exports);
}

/** Helpers are started by the server through this very file, in place of the executable. */
function writeStandIn() {
  const path = join(work, 'stand-in');
  const here = fileURLToPath(import.meta.url);
  const line = `exec '${process.execPath}' '${here}' "${stage}/code/$2.js" '${stage}' '' '${work}'`;
  writeFileSync(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return path;
}

/** The address the server prints on standard output once it listens. */
function printedAddress() {
  return new Promise((resolve) => {
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (chunk, ...rest) => {
      const found = /https?:\/\/[^\s"'/]+/.exec(String(chunk));
      if (found) resolve(found[0]);
      return write(chunk, ...rest);
    };
  });
}

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
  process.argv = ['opencodehub', 'opencodehub'];
  runProgram();
} else if (codeFile.endsWith('/server.js')) {
  await warmServer();
  save();
  process.exit(0);
} else {
  save();
  process.exit(0);
}
