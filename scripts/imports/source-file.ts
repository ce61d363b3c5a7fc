// Reads a source file as the import rules see it: what it imports, where, and whether only types.
import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

export interface Import {
  /** What stands in the quotes. */
  specifier: string;
  /** The imported file relative to the root, or undefined for packages. */
  file: string | undefined;
  line: number;
  typeOnly: boolean;
}

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  path: string;
  lines: number;
  imports: Import[];
  /** Whether it only passes on what other files export. */
  isBarrel: boolean;
  usesImportMeta: boolean;
}

const STATIC = /^(import|export)\b([^;'"`]*?)\bfrom\s*['"]([^'"]+)['"]/gm;
const BARE = /^import\s*['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]/g;

/** Parses one file below root. Sources are formatted by one tool, so statements start at the line's start. */
export function readSourceFile(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const code = withoutComments(text);
  return {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports: findImports(code, path),
    isBarrel: isBarrel(code),
    usesImportMeta: /\bimport\.meta\b/.test(code),
  };
}

function findImports(code: string, path: string): Import[] {
  const make = (specifier: string, index: number, typeOnly: boolean): Import => ({
    specifier,
    file: specifier.startsWith('.') ? posix.normalize(posix.join(dirname(path), specifier)) : undefined,
    line: code.slice(0, index).split('\n').length,
    typeOnly,
  });
  return [
    ...[...code.matchAll(STATIC)].map((m) => make(m[3] ?? '', m.index, isTypeOnly(m[2] ?? ''))),
    ...[...code.matchAll(BARE)].map((m) => make(m[1] ?? '', m.index, false)),
    ...[...code.matchAll(DYNAMIC)].map((m) => make(m[1] ?? '', m.index, false)),
  ];
}

/** `type { A }`, and `{ type A, type B }`; with verbatimModuleSyntax the latter still loads the file. */
function isTypeOnly(clause: string): boolean {
  return /^\s*type\b(?!\s*(?:,|\bfrom\b))/.test(clause);
}

function isBarrel(code: string): boolean {
  if (/^export\s*\*\s*from\b/m.test(code)) return true;
  const rest = code.replace(/^export\s+(?:type\s+)?\{[^}]*\}\s*from\s*['"][^'"]+['"];?/gm, '');
  return rest.trim() === '' && code.trim() !== '';
}

/** Blanks comments, keeping line numbers; text in quotes stays, so an import inside a string could be misread. */
function withoutComments(text: string): string {
  const pattern = /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")|\/\*[\s\S]*?\*\/|(^|\s)\/\/[^\n]*/g;
  return text.replace(pattern, (all, quoted: string | undefined) =>
    quoted !== undefined ? quoted : all.replace(/[^\n]/g, ' '),
  );
}
