// Questions of hooks: in pieces, with hostile options and ref names, and from an earlier push.
import { expect, test } from 'vitest';
import { LONGEST_QUESTION, QuestionReader } from '../../../src/platform/git/hook-question.ts';

const MARK = 'ab'.repeat(16);
const ID = '1'.repeat(40);
const ZERO = '0'.repeat(40);

const question = (options: string[], lines: string) =>
  Buffer.from(
    [MARK, 'pre-receive', '/q', String(options.length), ...options].map((field) => `${field}\0`).join('') +
      `${lines}${MARK}\n`,
  );

test('is read whatever the pieces it comes in', () => {
  const bytes = question(['a\nb', ''], `${ZERO} ${ID} refs/heads/x\n`);
  for (const step of [1, 2, 7, 33, bytes.length]) {
    const reader = new QuestionReader(MARK);
    let read: unknown;
    for (let at = 0; at < bytes.length; at += step) {
      expect(read).toBeUndefined();
      read = reader.push(bytes.subarray(at, at + step));
    }
    expect(read).toEqual({
      hook: 'pre-receive',
      quarantine: '/q',
      pushOptions: ['a\nb', ''],
      updates: [{ oldOid: ZERO, newOid: ID, ref: 'refs/heads/x' }],
    });
    expect(reader.isEmpty).toBe(true);
  }
});

test('what an earlier push left is no question', () => {
  const reader = new QuestionReader(MARK);
  expect(() => reader.push(Buffer.concat([Buffer.from('left\0'), question([], '')]))).toThrow();
});

test.each([
  ['a line that is none', 'nonsense\n'],
  ['an id too short', `${ZERO} 123 refs/heads/x\n`],
])('%s is refused', (_what, lines) => {
  expect(() => new QuestionReader(MARK).push(question([], lines))).toThrow();
});

test('a question without end is refused', () => {
  const reader = new QuestionReader(MARK);
  expect(() => reader.push(Buffer.alloc(LONGEST_QUESTION + 1))).toThrow('too many refs');
});
