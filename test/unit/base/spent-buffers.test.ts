// Memory of sent chunks is given back, and only theirs.
import { expect, test } from 'vitest';
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

test('every 8 MB of garbage the collector frees what is young', () => {
  const before = process.memoryUsage().arrayBuffers;
  const looked: boolean[] = [];
  for (let i = 0; i < 32; i++) looked.push(noteGarbage(Buffer.alloc(1024 * 1024, i).length));
  expect(looked.filter(Boolean)).toHaveLength(4);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24 * 1024 * 1024);
});
