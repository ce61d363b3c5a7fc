// Times of commits in the API: anybody may have written them, and clients parse them strictly.
import { expect, it } from 'vitest';
import { signedAt } from '../../../src/features/code/code.json.ts';
import { parseCommit } from '../../../src/platform/git/parse-commit.ts';

const OID = 'a'.repeat(40);

function createdOf(time: string): unknown {
  const who = `Ada <ada@example.org> ${time}`;
  const commit = parseCommit(OID, Buffer.from(`tree ${OID}\nauthor ${who}\ncommitter ${who}\n\nBegin\n`));
  return signedAt(commit.committer);
}

it.each([
  ['1700000000 +0000', '2023-11-14T22:13:20Z'],
  ['1700000000 +0530', '2023-11-15T03:43:20+05:30'],
  ['1700000000 -0230', '2023-11-14T19:43:20-02:30'],
  ['253402300800 +0000', '9999-12-30T23:59:59Z'],
  ['8640000000000 +1400', '9999-12-31T13:59:59+14:00'],
  ['-8640000000000 -1200', '0000-01-01T12:00:00-12:00'],
])('%s is %s', (time, expected) => {
  expect(createdOf(time)).toBe(expected);
});
