// What the parsers of source code find: where names are defined.

export const SYMBOL_KINDS = [
  'class',
  'interface',
  'struct',
  'enum',
  'trait',
  'type',
  'module',
  'function',
  'method',
  'constant',
  'variable',
  'property',
  'macro',
] as const;

export type SymbolKind = (typeof SYMBOL_KINDS)[number];

export interface CodeSymbol {
  name: string;
  kind: SymbolKind;
  /** From 1. */
  line: number;
  /** How many other definitions it lies within. */
  depth: number;
}

/** Finds the definitions in source code, in a worker thread and in bounded time and memory. */
export interface SymbolParser {
  /** In the order of their lines. `late` when it took too long or failed, `busy` when asking again may help. */
  parse(source: { text: string; grammar: string }): Promise<CodeSymbol[] | 'late' | 'busy'>;
  close(): Promise<void>;
}

export interface ParseRequest {
  id: number;
  text: string;
  grammar: string;
  /** The grammar's WebAssembly, compressed; given once to each worker. */
  wasm?: Uint8Array;
}

export interface ParseAnswer {
  id: number;
  result: CodeSymbol[] | undefined;
}
