// Files that belong to rows: whole or not at all, of the announced content only, continued where they broke off.
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { spareBytes } from '../../../src/platform/observability/disk.ts';
import { openStorage, type Storage } from '../../../src/platform/storage/storage.ts';

let folder: string;
let storage: Storage;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'och-storage-'));
  storage = openStorage(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* chunksOf(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function* breakingAfter(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
  throw new Error('the client left');
}

async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

const files = async () => (await readdir(folder, { recursive: true })).filter((name) => /\/\w+$/.test(name));
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

it('keeps what arrived, with its size and checksum', async () => {
  const stored = await storage.put('assets/a', chunksOf('hello ', 'world'), { maxBytes: 100 });
  expect(stored).toEqual({ size: 11, sha256: sha256('hello world') });
  expect(await storage.inspect('assets/a')).toEqual(stored);
  expect(await textOf(storage.read('assets/a'))).toBe('hello world');
  expect(await textOf(storage.read('assets/a', { start: 6, end: 8 }))).toBe('wor');
});

it('keeps nothing of what breaks off, is too large, or is not what was announced', async () => {
  await expect(storage.put('assets/a', breakingAfter('half'), { maxBytes: 100 })).rejects.toThrow('left');
  await expect(storage.put('assets/a', chunksOf('12345'), { maxBytes: 4 })).rejects.toMatchObject({
    code: 'too_large',
  });
  const expected = { sha256: sha256('something else') };
  await expect(storage.put('assets/a', chunksOf('this'), { maxBytes: 9, expected })).rejects.toMatchObject({
    code: 'invalid',
  });
  expect(await storage.size('assets/a')).toBeUndefined();
  expect((await readdir(join(folder, 'assets'))).length).toBe(0);
});

it('leaves the file before when its replacement fails', async () => {
  await storage.put('assets/a', chunksOf('first'), { maxBytes: 9 });
  await expect(storage.put('assets/a', breakingAfter('sec'), { maxBytes: 9 })).rejects.toThrow();
  expect(await textOf(storage.read('assets/a'))).toBe('first');
});

it('continues an upload from where it broke off, and not from beyond that', async () => {
  await expect(storage.append('uploads/u', 0, breakingAfter('abc'), 10)).rejects.toThrow('left');
  expect(await storage.size('uploads/u')).toBe(3);
  await expect(storage.append('uploads/u', 5, chunksOf('x'), 10)).rejects.toMatchObject({ code: 'conflict' });
  expect(await storage.append('uploads/u', 2, chunksOf('CD', 'EF'), 10)).toBe(6);
  await storage.move('uploads/u', 'assets/deep/er');
  expect(await textOf(storage.read('assets/deep/er'))).toBe('abCDEF');
  expect(await storage.size('uploads/u')).toBeUndefined();
});

it('refuses keys that could lead out of its folder', async () => {
  for (const key of ['../a', 'a/../../b', '/etc/passwd', 'a', 'A/b', 'a/b.', 'a//b', `a/${'b'.repeat(120)}`])
    expect(() => storage.read(key), key).toThrow('Not a storage key');
});

it('lists what has not been written for long', async () => {
  await storage.put('uploads/old', chunksOf('1'), { maxBytes: 9 });
  expect(await storage.list('uploads', Date.now() - 60_000)).toEqual([]);
  expect(await storage.list('uploads', Date.now() + 60_000)).toEqual(['uploads/old']);
  expect(await storage.list('nothing', Date.now())).toEqual([]);
  await storage.remove('uploads/old');
  await storage.remove('uploads/old');
  expect(await files()).toEqual([]);
});

it('an endless upload ends before the disk is full, and leaves the database its room', async () => {
  const MEBIBYTE = 1024 * 1024;
  let spare = 70 * MEBIBYTE;
  const small = openStorage(folder, async () => spare);
  async function* endless(): AsyncGenerator<Buffer> {
    for (;;) {
      spare -= MEBIBYTE;
      yield Buffer.alloc(MEBIBYTE);
    }
  }
  const upload = small.append('lfs/incoming/a', 0, endless(), Number.MAX_SAFE_INTEGER);
  await expect(upload).rejects.toMatchObject({ code: 'unavailable' });
  expect(spare).toBeGreaterThanOrEqual(0);
  expect(spareBytes({ totalBytes: 100e9, freeBytes: 1e9 })).toBe(0);
  expect(spareBytes({ totalBytes: 5e9, freeBytes: 1e9 })).toBe(0.9e9);
  expect(spareBytes({ totalBytes: 0, freeBytes: 0 })).toBeGreaterThan(1e12);
});
