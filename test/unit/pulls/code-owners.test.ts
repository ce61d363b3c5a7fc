// The syntax of CODEOWNERS.
import { describe, expect, test } from 'vitest';
import { ownersOf, parseCodeOwners } from '../../../src/features/pulls/code-owners-file.service.ts';

const FILE = `# Who owns what
*       @everyone
*.js    @js-owner #trailing words
*.go docs@example.com
/build/logs/ @doctocat
docs/*  @shallow
apps/   @octocat
/docs/  @org/docs-team
/apps/github
**/logs @logs
with\\ blank.txt @blank
!nothing @refused
*.bad @@bad
`;

const owners = parseCodeOwners('CODEOWNERS', FILE);

function ownerOf(path: string): string {
  return ownersOf(owners, [path])
    .flatMap((group) => group.owners.map(({ name }) => name))
    .join(' ');
}

describe('the last rule that matches counts', () => {
  test.each([
    ['README', 'everyone'],
    ['src/a.js', 'js-owner'],
    ['a/b/c.go', 'docs@example.com'],
    ['build/logs/x/y.txt', 'logs'],
    ['x/build/logs/deep.txt', 'logs'],
    ['docs/a.md', 'org/docs-team'],
    ['docs/a/b.md', 'org/docs-team'],
    ['x/docs/a.md', 'everyone'],
    ['apps/x/y.txt', 'octocat'],
    ['src/apps/x.txt', 'octocat'],
    ['apps/github/x.txt', ''],
    ['with blank.txt', 'blank'],
  ])('%s: %s', (path, expected) => {
    expect(ownerOf(path)).toBe(expected);
  });
});

test('what cannot be followed is named with its line', () => {
  expect(owners.problems.map(({ line }) => line)).toEqual([12, 13]);
});

test('paths are grouped by their rule', () => {
  const groups = ownersOf(owners, ['a.js', 'b.js', 'README', 'apps/github/x']);
  expect(groups.map(({ pattern, paths }) => [pattern, paths])).toEqual([
    ['*', ['README']],
    ['*.js', ['a.js', 'b.js']],
  ]);
});

test('a folder of which only the files right in it are owned', () => {
  const shallow = parseCodeOwners('CODEOWNERS', 'docs/* @a\n');
  expect(ownersOf(shallow, ['docs/a.md'])).toHaveLength(1);
  expect(ownersOf(shallow, ['docs/a/b.md'])).toHaveLength(0);
});

test('patterns and paths that take too long let every rule count', () => {
  const rules = Array.from({ length: 1000 }, (_, at) => `${'*a'.repeat(100)}${at} @a`).join('\n');
  const slow = parseCodeOwners('CODEOWNERS', `${rules}\nsecret/ @guard\n`);
  const paths = Array.from({ length: 200 }, (_, at) => `${'a'.repeat(1000)}${at}`);
  expect(ownersOf(slow, paths).map(({ pattern }) => pattern)).toContain('secret/');
});

test('changes that were not all listed let every rule count', () => {
  expect(ownersOf(parseCodeOwners('CODEOWNERS', '/a @a\n/b @b\n'), ['a'], true)).toHaveLength(2);
});
