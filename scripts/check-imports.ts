// Holds the walls of the architecture: floors, rooms, layers, library fences, circles, barrels and long files.
// `node scripts/check-imports.ts [root]` prints what is wrong and how to mend it; the rules are in scripts/imports.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, sep } from 'node:path';
import { findCycles } from './imports/cycles.ts';
import { judgeImport, judgeName, packageOf } from './imports/rules.ts';
import { readSourceFile, type SourceFile } from './imports/source-file.ts';

export interface Finding {
  severity: 'error' | 'warning';
  /** `path` or `path:line`. */
  at: string;
  message: string;
}

const LONG = 300;
const TOO_LONG = 500;
const LENGTH_CHECKED = ['src/**/*.ts', 'test/**/*.ts', 'scripts/**/*.{ts,mjs}', 'assets/js/**/*.ts'];
const LENGTH_EXEMPT = /\.generated\.ts$|\/migrations\//;

/** Judges the tree below root; an empty list means that every wall stands. */
export function checkTree(root: string): Finding[] {
  const files = list(root, ['src/**/*.ts']).map((path) => readSourceFile(root, path));
  const known = new Set(files.map((file) => file.path));
  const packages = shippedPackages(root);
  return [
    ...files.flatMap((file) => judgeFile(file)),
    ...files.flatMap((file) => judgeImports(file, known, packages)),
    ...findCycles(files).map((cycle) =>
      error(
        cycle[0] ?? '',
        `Circle of imports: ${cycle.join(' -> ')}; move what both ends need to a third file.`,
      ),
    ),
    ...list(root, LENGTH_CHECKED).flatMap((path) => judgeLength(root, path)),
  ];
}

function judgeFile(file: SourceFile): Finding[] {
  const findings: Finding[] = [];
  const name = judgeName(file.path);
  if (name !== undefined) findings.push(error(file.path, name));
  if (file.isBarrel || file.path.endsWith('/index.ts')) {
    findings.push(error(file.path, 'Barrel file; import each thing from the file that defines it.'));
  }
  if (file.usesImportMeta && !file.path.startsWith('src/platform/runtime/')) {
    findings.push(error(file.path, 'import.meta means nothing in the executable; ask platform/runtime.'));
  }
  return findings;
}

function judgeImports(file: SourceFile, known: Set<string>, packages: Set<string> | undefined): Finding[] {
  return file.imports.flatMap((imported) => {
    const at = `${file.path}:${imported.line}`;
    const wrong = judgeImport(file, imported);
    if (wrong !== undefined) return [error(at, wrong)];
    if (imported.file !== undefined) {
      return known.has(imported.file) ? [] : [error(at, `${imported.specifier} does not exist.`)];
    }
    const name = packageOf(imported.specifier);
    if (isBuiltin(name) || packages === undefined || packages.has(name)) return [];
    return [error(at, `${name} is not among "dependencies" of package.json, so it would not ship.`)];
  });
}

function judgeLength(root: string, path: string): Finding[] {
  if (LENGTH_EXEMPT.test(path)) return [];
  const { lines } = readSourceFile(root, path);
  if (lines > TOO_LONG) return [error(path, `${lines} lines, more than ${TOO_LONG}; split it by noun.`)];
  if (lines <= LONG) return [];
  return [
    { severity: 'warning', at: path, message: `${lines} lines, more than ${LONG}; split it by noun soon.` },
  ];
}

function shippedPackages(root: string): Set<string> | undefined {
  const path = join(root, 'package.json');
  if (!existsSync(path)) return undefined;
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { dependencies?: Record<string, string> };
  return new Set(Object.keys(manifest.dependencies ?? {}));
}

function list(root: string, patterns: string[]): string[] {
  return globSync(patterns, { cwd: root, exclude: ['**/node_modules/**'] })
    .map((path) => path.split(sep).join('/'))
    .sort();
}

function error(at: string, message: string): Finding {
  return { severity: 'error', at, message };
}

if (import.meta.main) {
  const findings = checkTree(process.argv[2] ?? join(import.meta.dirname, '..'));
  for (const { severity, at, message } of findings) console.log(`${severity}: ${at}: ${message}`);
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  console.log(errors === 0 ? 'imports: every wall stands' : `imports: ${errors} errors`);
  process.exitCode = errors === 0 ? 0 : 1;
}
