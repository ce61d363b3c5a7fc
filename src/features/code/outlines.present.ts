// The panel of a file's symbols.
import type { CodeSymbol, SymbolKind } from '../../platform/symbols/symbols.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';

export interface OutlineModel {
  /** Undefined while they are being looked for; `lateHref` has them then. */
  symbols: OutlineItem[] | undefined;
  /** Whether there are more than are listed. */
  isCut: boolean;
  lateHref: string;
  /** Where a name is looked up in the whole repository. */
  searchHref: string;
}

export interface OutlineItem extends CodeSymbol {
  letter: string;
  /** Class of its indentation. */
  level: string;
}

const MAX_LISTED = 2000;
const DEEPEST = 5;

const LETTERS: Readonly<Record<SymbolKind, string>> = {
  class: 'C',
  interface: 'I',
  struct: 'S',
  enum: 'E',
  trait: 'T',
  type: 'T',
  module: 'N',
  function: 'F',
  method: 'M',
  constant: 'K',
  variable: 'V',
  property: 'P',
  macro: '#',
};

export function outlineModel(
  open: OpenRepository,
  symbols: CodeSymbol[] | undefined,
  lateHref: string,
): OutlineModel {
  return {
    symbols: symbols?.slice(0, MAX_LISTED).map(outlineItem),
    isCut: (symbols?.length ?? 0) > MAX_LISTED,
    lateHref,
    searchHref: `${open.path}/symbols`,
  };
}

function outlineItem(symbol: CodeSymbol): OutlineItem {
  return { ...symbol, letter: letterOf(symbol.kind), level: `outline-${Math.min(symbol.depth, DEEPEST)}` };
}

/** One letter for a kind; unknown ones, as of an older index, have a dot. */
export function letterOf(kind: string): string {
  return Object.hasOwn(LETTERS, kind) ? LETTERS[kind as SymbolKind] : '·';
}
