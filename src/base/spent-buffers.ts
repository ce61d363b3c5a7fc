// Gives the memory of bytes that were sent back at once: the garbage collector comes only after 64 MB of them.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Frees a chunk that a socket or a file produced and that nobody will read again; it is empty afterwards. Chunks that
 * share their memory with others are left to the garbage collector.
 */
export function freeSpent(chunk: Buffer): void {
  const { buffer } = chunk;
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== chunk.length || buffer.detached) return;
  buffer.transfer(0);
}

const GARBAGE = 8 * 1024 * 1024;
let garbage = 0;
let collect: NodeJS.GCFunction | undefined;

/**
 * Counts bytes in buffers that only the garbage collector can free, and has it look at young ones from time to time; by
 * itself it would wait for 64 MB. Returns whether it looked.
 */
export function noteGarbage(bytes: number): boolean {
  garbage += bytes;
  if (garbage < GARBAGE) return false;
  garbage = 0;
  collect ??= openCollector();
  collect({ type: 'minor' });
  return true;
}

/**
 * Has the garbage collector look at everything. A start leaves the compressed and the plain code of the program behind,
 * and a nursery that has grown; a quiet server would keep them for ever.
 */
export function collectAll(): void {
  collect ??= openCollector();
  collect({ type: 'major', flavor: 'last-resort' });
}

/** The flag is taken back at once: while it is set, V8 refuses code that was compiled without it. */
function openCollector(): NodeJS.GCFunction {
  setFlagsFromString('--expose-gc');
  try {
    return runInNewContext('gc') as NodeJS.GCFunction;
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}
