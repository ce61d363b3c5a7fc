// Gives the memory of bytes that were sent back at once: the garbage collector comes only after 64 MB of them.

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

/**
 * Counts bytes in buffers that only the garbage collector can free, and has it look at young ones from time to time; by
 * itself it would wait for 64 MB. Takes less than a millisecond; does nothing from sources, where Node hides it.
 */
export function noteGarbage(bytes: number): void {
  garbage += bytes;
  if (garbage < GARBAGE) return;
  garbage = 0;
  globalThis.gc?.({ type: 'minor' });
}
