// `npm run check`: types, lint and format, and the import rules, all at once. `npm run format` mends what it can.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, environment, PINNED_NODE, ROOT } from './project.mjs';

const BIN = join(ROOT, 'node_modules', '.bin');
/** The program itself: the package around it asks for platforms that nobody builds this on. */
const BIOME = join(ROOT, 'node_modules', '@biomejs', 'cli-linux-x64', 'biome');

/** Runs every check; resolves to their names, outcomes, and outputs. */
export async function runChecks() {
  const checks = [
    ['types', join(BIN, 'tsc'), ['--noEmit', '-p', '.']],
    ['lint and format', BIOME, ['check', '--colors=off', '--max-diagnostics=50']],
    ['imports', PINNED_NODE, ['scripts/check-imports.ts']],
  ];
  if (hasBrowserScripts()) {
    checks.push(['types of browser scripts', join(BIN, 'tsc'), ['--noEmit', '-p', 'assets/js']]);
  }
  return Promise.all(checks.map(([name, command, args]) => run(name, command, args)));
}

/** Prints the outcomes, with the output of those that failed or warned. */
export function report(results) {
  for (const { name, passed, output } of results) {
    if (!passed || output.includes('warning')) console.log(output.trimEnd());
    console.log(`${passed ? 'ok    ' : 'FAILED'} check: ${name}`);
  }
}

function hasBrowserScripts() {
  return readdirSync(join(ROOT, 'assets', 'js'), { recursive: true }).some((name) => name.endsWith('.ts'));
}

function run(name, command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => resolve({ name, passed: false, output: error.message }));
    child.on('close', (code) => resolve({ name, passed: code === 0, output }));
  });
}

if (process.argv[1]?.endsWith('check.mjs')) {
  ensureInstalled();
  const results = await runChecks();
  report(results);
  process.exitCode = results.every((result) => result.passed) ? 0 : 1;
}
