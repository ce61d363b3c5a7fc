// Finds definitions in Swift by its lines: comments and strings are taken out first, braces tell how deep a line lies.
import { MAX_NAME, MAX_SYMBOLS } from './definitions.ts';
import type { CodeSymbol, SymbolKind } from './symbols.types.ts';

const MODIFIERS =
  '(?:@\\w+(?:\\([^)]*\\))?\\s+|(?:public|private|fileprivate|internal|open|package|static|class|final|override|mutating|nonmutating|convenience|required|indirect|lazy|weak|unowned|async|nonisolated|dynamic|optional|prefix|postfix|infix)(?:\\(set\\))?\\s+)*';

const DEFINITION = new RegExp(
  `^\\s*${MODIFIERS}(class|struct|enum|protocol|actor|extension|func|typealias|associatedtype|let|var|macro)\\s+(\`?[\\p{L}_][\\p{L}\\p{N}_.]*\`?|[-+*/=<>!&|^~%]+)`,
  'u',
);

const KINDS: Readonly<Record<string, SymbolKind>> = {
  class: 'class',
  struct: 'struct',
  enum: 'enum',
  protocol: 'interface',
  actor: 'class',
  extension: 'module',
  func: 'function',
  typealias: 'type',
  associatedtype: 'type',
  let: 'constant',
  var: 'variable',
  macro: 'macro',
};

const HELD = new Set(['class', 'struct', 'enum', 'interface', 'module']);
const LONGEST_LINE = 500;

/** The definitions in Swift source, first line first. */
export function scanSwift(text: string): CodeSymbol[] {
  const found: CodeSymbol[] = [];
  const open: { at: number; kind: SymbolKind }[] = [];
  let braces = 0;
  withoutTexts(text)
    .split('\n')
    .some((line, index) => {
      const [, word = '', rawName = ''] = DEFINITION.exec(line.slice(0, LONGEST_LINE)) ?? [];
      const name = rawName.replaceAll('`', '');
      const kind = KINDS[word];
      const inFunction = open.some((one) => one.kind === 'function' || one.kind === 'method');
      const isVariable = word === 'let' || word === 'var';
      if (kind && name.length <= MAX_NAME && !(isVariable && open.length > 0) && !inFunction) {
        const holder = open.at(-1)?.kind ?? 'function';
        const shown = kind === 'function' && HELD.has(holder) ? 'method' : kind;
        found.push({ name, kind: shown, line: index + 1, depth: open.length });
        if (line.includes('{') && !isVariable) open.push({ at: braces, kind: shown });
      }
      for (const brace of line.match(/[{}]/g) ?? []) braces += brace === '{' ? 1 : -1;
      while ((open.at(-1)?.at ?? -1) >= braces) open.pop();
      return found.length >= MAX_SYMBOLS;
    });
  return found;
}

const TEXTS = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"""[\s\S]*?(?:"""|$)|"(?:[^"\\\n]|\\.)*"?/g;

/** Comments and strings as blanks; their line ends stay. */
function withoutTexts(text: string): string {
  return text.replace(TEXTS, (part) => part.replace(/[^\n]+/g, ' '));
}
