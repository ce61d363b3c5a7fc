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
