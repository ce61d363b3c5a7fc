// The commands git clients send over SSH, and everything that only looks like one.
import { expect, test } from 'vitest';
import { parseSshCommand } from '../../../src/surfaces/ssh/ssh-command.ts';

test.each([
  ["git-upload-pack '/owner/repo.git'", 'upload-pack', '/owner/repo.git'],
  ["git upload-pack '/owner/repo.git'", 'upload-pack', '/owner/repo.git'],
  ["git-receive-pack 'owner/repo'", 'receive-pack', 'owner/repo'],
  ['git-upload-archive /owner/repo.git', 'upload-archive', '/owner/repo.git'],
  ["git-upload-pack '/o/it'\\''s'\\!''", 'upload-pack', "/o/it's!"],
])('%s', (text, service, path) => {
  expect(parseSshCommand(text)).toEqual({ service, path });
});

test.each([
  '',
  'git-upload-pack',
  'git-upload-pack ',
  "git-upload-pack ''; id",
  "git-upload-pack '/a/b' '/c/d'",
  "git-upload-pack '/a/b",
  "git-upload-pack '/a/b''",
  'git-upload-pack "/a/b"',
  'git-upload-pack /a/b;id',
  'git-upload-pack $(id)',
  "git-upload-pack '/a/b!'",
  "git-upload-pack '/a/\n/b'",
  "git-upload-pack '/a/\0b'",
  "git-upload-packs '/a/b'",
  "xgit-upload-pack '/a/b'",
  `git-upload-pack '/${'a'.repeat(2000)}'`,
])('is no command: %j', (text) => {
  expect(parseSshCommand(text)).toBeUndefined();
});
