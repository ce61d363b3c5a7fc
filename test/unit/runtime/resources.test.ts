// Resources from a checkout, and names that lead out of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { helperCommand } from '../../../src/platform/runtime/processes.ts';
import {
  findResource,
  resource,
  resourceNames,
  resourceText,
} from '../../../src/platform/runtime/resources.ts';
import { VERSION } from '../../../src/platform/runtime/version.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

test('names what lies below a prefix, sorted, and reads it', () => {
  const names = resourceNames('migrations/sqlite/');
  expect(names.length).toBeGreaterThan(0);
  expect(names).toEqual([...names].sort());
  for (const name of names) expect(name.startsWith('migrations/sqlite/')).toBe(true);
  const [first = ''] = names;
  const onDisk = join(ROOT, 'src/platform/db', ...first.split('/'));
  expect(resource(first)).toEqual(readFileSync(onDisk));
  expect(resourceText(first)).toBe(readFileSync(onDisk, 'utf8'));
});

test.each([
  'templates/../package.json',
  'assets/../../package.json',
  'assets//etc/passwd',
  '/etc/passwd',
  'assets/.env',
  'assets/a\0b',
  'package.json',
  'src/main.ts',
  'assets/',
  '',
])('finds nothing by the name %j', (name) => {
  expect(findResource(name)).toBeUndefined();
});

test('says which resource is missing', () => {
  expect(() => resource('templates/no/such.eta')).toThrow('templates/no/such.eta');
});

test('knows its version and its helpers', () => {
  expect(VERSION).toMatch(/^\d+\.\d+\.\d+/);
  const { command, args } = helperCommand('spawn-helper');
  expect(command).toBe(process.execPath);
  expect(args).toEqual([join(ROOT, 'src/platform/git/spawn-helper.ts')]);
  expect(() => helperCommand('no-such-helper')).toThrow('no-such-helper.ts');
});
