// The cache of files that can be made again: made once for many, cut short when nobody waits, bounded on the disk.
import { mkdtemp, readdir, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FileCache, openFileCache } from '../../../src/platform/cache/file-cache.ts';

let folder: string;
let cache: FileCache;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'och-files-'));
  cache = openFileCache(folder, 1000);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Something that is made step by step, as a test lets it. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

const making = (text: string) =>
  async function* () {
    yield Buffer.from(text);
  };

async function left(): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const kept: string[] = [];
  for (const name of names) {
    // What is being replaced may be gone by now.
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile()) kept.push(name);
  }
  return kept;
}

it('makes a file once for all who ask meanwhile, and hands it out as it grows', async () => {
  const half = gate();
  let made = 0;
  const make = async function* () {
    made += 1;
    yield Buffer.from('one ');
    await half.opened;
    yield Buffer.from('two');
  };
  const readers = await Promise.all([1, 2, 3].map(() => cache.get('archives', 'key', make)));
  const [first] = readers;
  expect((await first?.chunks.next())?.value?.toString()).toBe('one ');
  half.open();
  const texts = await Promise.all(readers.map(({ chunks }) => textOf(chunks)));
  expect(texts).toEqual(['two', 'one two', 'one two']);
  const again = await cache.get('archives', 'key', make);
  expect([again.size, await textOf(again.chunks)]).toEqual([7, 'one two']);
  expect(made).toBe(1);
});

it('ends the making when the last reader leaves, and keeps nothing', async () => {
  const stopped = gate();
  const make = async function* (signal: AbortSignal) {
    yield Buffer.from('part');
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    stopped.open();
  };
  const { chunks } = await cache.get('archives', 'key', make);
  await chunks.next();
  await chunks.return(undefined);
  await stopped.opened;
  expect(await cache.find('archives', 'key')).toBeUndefined();
  const next = await cache.get('archives', 'key', making('whole'));
  expect(await textOf(next.chunks)).toBe('whole');
});

it('keeps nothing of a making that fails, and says so to every reader', async () => {
  const make = async function* () {
    yield Buffer.from('part');
    throw new Error('git died');
  };
  const readers = await Promise.all([1, 2].map(() => cache.get('blame', 'key', make)));
  for (const { chunks } of readers) await expect(textOf(chunks)).rejects.toThrow('git died');
  expect(await cache.find('blame', 'key')).toBeUndefined();
  expect(await left()).toEqual([]);
});

it('lets the file used longest ago go first when there is too much', async () => {
  for (const key of ['a', 'b', 'c']) {
    await textOf((await cache.get('archives', key, making(key.repeat(300)))).chunks);
    await new Promise((done) => setTimeout(done, 15));
  }
  await textOf((await cache.find('archives', 'a'))?.chunks ?? making('')());
  await new Promise((done) => setTimeout(done, 15));
  await textOf((await cache.get('archives', 'd', making('d'.repeat(300)))).chunks);
  expect(await cache.evict()).toBeLessThanOrEqual(1000);
  expect(await cache.find('archives', 'b')).toBeUndefined();
  for (const key of ['a', 'c', 'd']) await expect(cache.find('archives', key)).resolves.toBeDefined();
});

it('hands out a file too large to be kept, and does not keep it', async () => {
  const { chunks } = await cache.get('archives', 'large', making('x'.repeat(5000)));
  expect((await textOf(chunks)).length).toBe(5000);
  await cache.evict();
  expect(await left()).toEqual([]);
});

it('ends the making of what may not outgrow the bound, and gives room to it before', async () => {
  await textOf((await cache.get('archives', 'old', making('x'.repeat(400)))).chunks);
  const steps = async function* () {
    for (let step = 0; step < 100; step++) yield Buffer.from('x'.repeat(100));
  };
  const { chunks } = await cache.get('archives', 'endless', steps, { bounded: true });
  let most = 0;
  const reading = (async () => {
    for await (const _ of chunks) {
      const sizes = await Promise.all(
        (await left()).map((name) =>
          stat(join(folder, name)).then(
            ({ size }) => size,
            () => 0,
          ),
        ),
      );
      most = Math.max(
        most,
        sizes.reduce((sum, size) => sum + size, 0),
      );
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'too_large' });
  // Names and sizes are not read at one moment: the old file may be counted although it is gone by then.
  expect(most).toBeLessThanOrEqual(1200 + 400);
  expect(await left()).toEqual([]);
});

it('lets go of what a reader that was told to leave waits for', async () => {
  const leaving = new AbortController();
  let ended = false;
  const make = async function* (signal: AbortSignal) {
    yield Buffer.from('one');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    ended = true;
  };
  const { chunks } = await cache.get('archives', 'slow', make, { signal: leaving.signal });
  const text = textOf(chunks);
  setTimeout(() => leaving.abort(), 20);
  expect(await text).toBe('one');
  await expect.poll(() => ended).toBe(true);
});

it('hands out a part, and tells a size without opening', async () => {
  await textOf((await cache.get('archives', 'key', making('0123456789'))).chunks);
  const found = await cache.find('archives', 'key');
  expect(found?.part && (await textOf(found.part(2, 5)))).toBe('234');
  expect([await cache.sizeOf('archives', 'key'), await cache.sizeOf('archives', 'no')]).toEqual([
    10,
    undefined,
  ]);
});

it('tells kinds apart, and refuses kinds that are no plain words', async () => {
  await textOf((await cache.get('archives', 'key', making('1'))).chunks);
  expect(await cache.find('blame', 'key')).toBeUndefined();
  await expect(cache.get('../x', 'key', making('1'))).rejects.toThrow('Not a kind');
});

it('closes a file that was found and is not read in the end', async () => {
  const openHere = async () => {
    const names = await readdir('/proc/self/fd');
    const links = await Promise.all(names.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
    return links.filter((link) => link.startsWith(folder)).length;
  };
  const impatient = openFileCache(folder, 1000, 20);
  const { chunks } = await impatient.get('blame', 'one', making('text'));
  expect(await textOf(chunks)).toBe('text');
  await expect.poll(async () => (await impatient.find('blame', 'one')) !== undefined).toBe(true);
  expect(await openHere()).toBeGreaterThan(0);
  await expect.poll(openHere).toBe(0);
  const again = await impatient.find('blame', 'one');
  expect(await textOf(again?.chunks ?? (async function* () {})())).toBe('text');
});
