// Which branches a filter lets pass, and that no filter takes long.
import { expect, it } from 'vitest';
import {
  branchFilterFault,
  passesBranchFilter,
} from '../../../src/features/webhooks/branch-filters.policy.ts';

it.each([
  ['', ['main', 'a/b'], []],
  ['*', ['main', 'a/b'], []],
  ['**', ['main', 'a/b'], []],
  ['main', ['main'], ['mainly', 'a/main', 'Main']],
  ['release/*', ['release/1', 'release/1/2', 'release/'], ['release', 'xrelease/1']],
  ['*-fix', ['a-fix', 'a/b-fix', '-fix'], ['fix']],
  ['v?', ['v1', 'vä', 'v🎉'], ['v', 'v12']],
  ['{main,release/*}', ['main', 'release/2'], ['develop', 'main,release/2']],
  ['{a,b}{1,2}', ['a1', 'b2'], ['a', 'a3']],
  ['{,x}main', ['main', 'xmain'], ['ymain']],
  ['v[0-9]', ['v1'], ['va', 'v10']],
  ['v[!0-9]', ['va'], ['v1']],
  ['[a-]x', ['ax', '-x'], ['bx']],
  ['a\\*', ['a*'], ['ab']],
  ['a.b+', ['a.b+'], ['axb', 'a.bb']],
])('%s', (filter, passing, others) => {
  expect(branchFilterFault(filter)).toBeUndefined();
  for (const name of passing) expect([name, passesBranchFilter(filter, name)]).toEqual([name, true]);
  for (const name of others) expect([name, passesBranchFilter(filter, name)]).toEqual([name, false]);
});

it.each([
  '{main',
  'main}',
  '{a,{b}}',
  '[ab',
  'a\\',
  '{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}',
  'a\nb',
  'ä'.repeat(128),
])('what is no pattern is refused, and lets nothing pass: %s', (filter) => {
  expect(branchFilterFault(filter)).toBeTypeOf('string');
  if (!filter.includes('ä') && !filter.includes('\n')) expect(passesBranchFilter(filter, 'main')).toBe(false);
});

it('takes steps in proportion to the pattern times the name, whatever somebody wrote', () => {
  const name = `${'ab'.repeat(125)}`;
  for (const evil of [
    `${'*a'.repeat(120)}c`,
    `{a,b,c,d}{*,e}${'*ab'.repeat(75)}c`,
    `${'[a-b]*'.repeat(40)}c`,
  ])
    expect(passesBranchFilter(evil, name)).toBe(false);
  expect(branchFilterFault(`${'{*a,*b}'.repeat(6)}c`)).toBeTypeOf('string');
  expect(branchFilterFault(`{${'a,'.repeat(30)}}${'x'.repeat(150)}`)).toBeTypeOf('string');
});

it('agrees with a plain walk of all ways', () => {
  const walk = (pattern: string, name: string): boolean => {
    if (pattern === '') return name === '';
    if (pattern[0] === '*')
      return walk(pattern.slice(1), name) || (name !== '' && walk(pattern, name.slice(1)));
    return (
      name !== '' && (pattern[0] === '?' || pattern[0] === name[0]) && walk(pattern.slice(1), name.slice(1))
    );
  };
  let seed = 7;
  const some = (letters: string, length: number) =>
    Array.from({ length }, () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return letters[seed % letters.length];
    }).join('');
  for (let round = 0; round < 3000; round++) {
    const [pattern, name] = [some('ab*?', 1 + (round % 7)), some('ab', round % 8)];
    expect([pattern, name, passesBranchFilter(pattern, name)]).toEqual([pattern, name, walk(pattern, name)]);
  }
});

it('a name longer than any that is shown is compared with no filter, so that hundreds cost no minutes', () => {
  const long = `deep/${'a/'.repeat(1900)}z`;
  expect(passesBranchFilter('deep/*', long)).toBe(false);
  expect(passesBranchFilter('', long)).toBe(true);
  expect(passesBranchFilter('deep/*', `deep/${'a/'.repeat(500)}z`)).toBe(true);
});
