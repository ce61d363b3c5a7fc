// Memory of sent chunks is given back, and only theirs.
import { expect, test, vi } from 'vitest';
import { freeSpent, noteGarbage } from '../../../src/base/spent-buffers.ts';

test('a chunk with memory of its own is freed', () => {
  const chunk = Buffer.from(new ArrayBuffer(1024));
  freeSpent(chunk);
  expect(chunk.length).toBe(0);
  expect(() => freeSpent(chunk)).not.toThrow();
});

test('a chunk that shares its memory keeps it', () => {
  const whole = Buffer.from(new ArrayBuffer(1024)).fill(7);
  freeSpent(whole.subarray(0, 512));
  expect(whole.equals(Buffer.alloc(1024, 7))).toBe(true);
  const pooled = Buffer.from('from the pool');
  freeSpent(pooled);
  expect(pooled.toString()).toBe('from the pool');
  const shared = Buffer.from(new SharedArrayBuffer(8));
  freeSpent(shared);
  expect(shared.length).toBe(8);
});

test('the collector is asked once for every 8 MB, where it can be', () => {
  const gc = vi.fn();
  vi.stubGlobal('gc', gc);
  for (let i = 0; i < 16; i++) noteGarbage(1024 * 1024);
  expect(gc.mock.calls).toEqual([[{ type: 'minor' }], [{ type: 'minor' }]]);
  vi.stubGlobal('gc', undefined);
  for (let i = 0; i < 8; i++) noteGarbage(1024 * 1024);
  expect(gc).toHaveBeenCalledTimes(2);
  vi.unstubAllGlobals();
});
