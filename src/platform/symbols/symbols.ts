// The pool of one worker that parses source code to find its definitions.
import type { Worker } from 'node:worker_threads';
import { MINUTE, SECOND } from '../../base/time.ts';
import { resource } from '../runtime/resources.ts';
import { openWorkerPool } from '../runtime/worker-pool.ts';
import { startWorker } from '../runtime/workers.ts';
import { SCANNED } from './grammars.ts';
import type { CodeSymbol, ParseRequest, SymbolParser } from './symbols.types.ts';

/** Characters of source that are parsed; longer files have no symbols. */
export const MAX_SOURCE = 512 * 1024;

export interface SymbolParserOptions {
  /** Told when a file took too long or a worker failed. */
  onTrouble?(message: string): void;
  /** Milliseconds one file may take. */
  timeout?: number;
}

/** Opens the parser; no thread is started before the first file. */
export function openSymbolParser(options: SymbolParserOptions = {}): SymbolParser {
  const given = new WeakMap<Worker, Set<string>>();

  function withGrammar(request: ParseRequest, worker: Worker): ParseRequest {
    const known = given.get(worker) ?? new Set();
    given.set(worker, known);
    if (known.has(request.grammar) || request.grammar === SCANNED) return request;
    known.add(request.grammar);
    return { ...request, wasm: resource(`grammars/tree-sitter-${request.grammar}.wasm`) };
  }

  const pool = openWorkerPool<ParseRequest, CodeSymbol[] | undefined>({
    start: () =>
      startWorker('symbols', { wasm: resource('treesitter/tree-sitter.wasm') }, { heapMegabytes: 96 }),
    message: withGrammar,
    nameOf: ({ grammar }) => `Finding the symbols of a file in ${grammar}`,
    workers: 1,
    timeout: options.timeout ?? 5 * SECOND,
    idle: MINUTE,
    maxWaiting: 40,
    ...(options.onTrouble ? { onTrouble: options.onTrouble } : {}),
  });

  return {
    async parse({ text, grammar }) {
      if (text.length > MAX_SOURCE) return 'late';
      const outcome = await pool.run({ text, grammar });
      if (outcome === 'refused') return 'busy';
      return outcome === 'late' ? 'late' : (outcome.result ?? 'late');
    },
    close: () => pool.close(),
  };
}
