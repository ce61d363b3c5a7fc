// Names of repositories and branches, as GitHub and git accept them.
import { describe, expect, it } from 'vitest';
import { licenceText } from '../../../src/features/repos/licences.data.ts';
import { parseNewRepository, parseRepositoryChanges } from '../../../src/features/repos/repos.input.ts';

describe('repository names', () => {
  it.each(['a', 'A.b_c-d', '0', 'x'.repeat(100), '.github', 'a..b'])('accepts %s', (name) => {
    expect(parseNewRepository({ name }).name).toBe(name);
  });

  it.each([
    '.',
    '..',
    '-',
    'a b',
    'a/b',
    'a\\b',
    'a\0b',
    'é',
    'x.git',
    'X.GIT',
    'y.wiki',
    'z.atom',
    'K.lock',
    '\u212A',
  ])('refuses %j', (name) => expect(() => parseNewRepository({ name })).toThrow());

  it('changes only what is given', () => {
    expect(parseRepositoryChanges({ description: ' x ' })).toEqual({ description: 'x' });
  });
});

describe('branch names', () => {
  it.each(['main', 'feature/x', 'v1.0', 'ünï', 'a-b_c'])('accepts %s', (name) =>
    expect(parseNewRepository({ name: 'a', defaultBranch: name }).defaultBranch).toBe(name),
  );
  it.each([
    '-x',
    'a b',
    'a..b',
    'a.lock',
    '.a',
    'a/.b',
    'a/',
    '/a',
    'a//b',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[',
    'a\\b',
    '@',
    'a@{b',
    'HEAD',
    'a.',
    'a\x7f',
  ])('refuses %j', (name) => expect(() => parseNewRepository({ name: 'a', defaultBranch: name })).toThrow());
});

describe('licences', () => {
  it('fills in year and holder', () => {
    expect(licenceText('MIT', 2026, 'Ada Lovelace')).toContain('Copyright (c) 2026 Ada Lovelace');
    expect(licenceText('toString', 2026, 'x')).toBeUndefined();
  });
});
