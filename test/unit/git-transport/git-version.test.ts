// Which versions of git are good enough, and what is said of the others.
import { expect, test } from 'vitest';
import { requireGitVersion } from '../../../src/platform/git/git-version.ts';

test.each([
  ['git version 2.39.5', [2, 39, 5]],
  ['git version 2.38.0\n', [2, 38, 0]],
  ['git version 2.50.1 (Apple Git-155)', [2, 50, 1]],
  ['git version 3.0.rc1', [3, 0, 0]],
])('%s is taken', (output, version) => {
  expect(requireGitVersion(output, 'git')).toEqual(version);
});

test('old ones and strangers are refused with the remedy', () => {
  expect(() => requireGitVersion('git version 2.30.2', 'git')).toThrow(
    'git 2.30.2 is too old: install git 2.38',
  );
  expect(() => requireGitVersion('hello', '/bin/echo')).toThrow('set git.binary');
});
