// The languages whose definitions are found: by a grammar of tree-sitter, or by a scanner of our own where there is none.
import { languageOfFile } from '../render/languages.ts';

/** Language (as linguist names it) -> grammar. */
const GRAMMARS: Readonly<Record<string, string>> = {
  C: 'c',
  'C#': 'c_sharp',
  'C++': 'cpp',
  Go: 'go',
  Java: 'java',
  JavaScript: 'javascript',
  Kotlin: 'kotlin',
  Lua: 'lua',
  PHP: 'php',
  Python: 'python',
  Ruby: 'ruby',
  Rust: 'rust',
  Scala: 'scala',
  Shell: 'bash',
  Swift: 'swift',
  TSX: 'tsx',
  TypeScript: 'typescript',
};

/**
 * Swift's grammar is four times the size of the others and the one on which V8's optimizing compiler ends the process
 * ("Fatal process out of memory: Zone"). The worker keeps that compiler away; Swift is read by lines all the same.
 */
export const SCANNED = 'swift';

/** The grammar for a file by its name and first line; undefined for other languages. */
export function grammarOf(fileName: string, firstLine = ''): string | undefined {
  const language = languageOfFile(fileName, firstLine)?.name;
  return language !== undefined && Object.hasOwn(GRAMMARS, language) ? GRAMMARS[language] : undefined;
}

/** Changes whenever other definitions are found in the same text: what is kept of an earlier version is not used. */
export const SYMBOLS_VERSION = 1;
