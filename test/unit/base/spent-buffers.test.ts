// Memory of sent chunks is given back, and only theirs.
import { expect, test } from 'vitest';
import { freeSpent } from '../../../src/base/spent-buffers.ts';

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
