// Unpacked files are ours byte for byte, whatever somebody put in their place.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256Hex } from '../../../src/base/crypto.ts';
import { openPrivateDirectory, unpackFile } from '../../../src/platform/runtime/unpacking.ts';

const BYTES = Buffer.from('what was shipped');

let directory: string;

function unpack(): string {
  return unpackFile(directory, 'x.node', sha256Hex(BYTES), () => BYTES);
}

beforeEach(() => {
  directory = openPrivateDirectory(join(mkdtempSync(join(tmpdir(), 'unpacking-')), 'a', 'b'));
});

afterEach(() => rmSync(join(directory, '..', '..'), { recursive: true, force: true }));

test('writes the file for its owner alone and leaves nothing else behind', () => {
  const path = unpack();
  expect(readFileSync(path)).toEqual(BYTES);
  expect(statSync(path).mode & 0o777).toBe(0o500);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(readdirSync(directory)).toEqual(['x.node']);
});

test('keeps a file that is right', () => {
  const first = statSync(unpack()).ino;
  expect(statSync(unpack()).ino).toBe(first);
});

test.each([
  ['other bytes of the same length', Buffer.from('what was planted')],
  ['a truncated file', BYTES.subarray(0, 5)],
  ['an empty file', Buffer.alloc(0)],
])('replaces %s', (_what, planted) => {
  writeFileSync(join(directory, 'x.node'), planted);
  expect(readFileSync(unpack())).toEqual(BYTES);
});

test('replaces a symbolic link, even one to the right bytes, and leaves its target alone', () => {
  const target = join(directory, '..', 'target');
  writeFileSync(target, BYTES);
  symlinkSync(target, join(directory, 'x.node'));
  const path = unpack();
  expect(statSync(path).ino).not.toBe(statSync(target).ino);
  expect(readFileSync(target)).toEqual(BYTES);
});

test('replaces a right file that others may write to', () => {
  writeFileSync(join(directory, 'x.node'), BYTES);
  chmodSync(join(directory, 'x.node'), 0o777);
  expect(statSync(unpack()).mode & 0o022).toBe(0);
});

test('fails when what it ships is not what the name says', () => {
  expect(() => unpackFile(directory, 'x.node', sha256Hex('other'), () => BYTES)).toThrow(
    /changed by somebody/,
  );
});

test('fails rather than trust what cannot be replaced', () => {
  mkdirSync(join(directory, 'x.node'));
  expect(() => unpack()).toThrow();
  expect(readdirSync(directory)).toEqual(['x.node']);
});

test.each([0o770, 0o707])('refuses a directory of mode %o', (mode) => {
  chmodSync(directory, mode);
  expect(() => openPrivateDirectory(directory)).toThrow(/chmod 700/);
  expect(existsSync(join(directory, 'x.node'))).toBe(false);
});
