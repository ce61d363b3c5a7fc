// Writes src/features/users/lists/common-passwords.txt from @zxcvbn-ts/language-common: the 10,000 commonest passwords
// that are long enough to be chosen at all, in lower case and sorted. Run after updating that package:
// node scripts/make-common-passwords.ts
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dictionary } from '@zxcvbn-ts/language-common';

const COUNT = 10_000;
/** The least that accounts.min_password_length can be. */
const SHORTEST = 8;

const words = new Set<string>();
for (const word of dictionary['passwords-common'] as string[]) {
  const folded = word.normalize('NFKC').trim().toLowerCase();
  if ([...folded].length >= SHORTEST && words.size < COUNT) words.add(folded);
}
// A line break before each word and behind the last, so that one search finds whole lines.
const text = `\n${[...words].sort().join('\n')}\n`;
writeFileSync(
  join(import.meta.dirname, '..', 'src', 'features', 'users', 'lists', 'common-passwords.txt'),
  text,
);
console.log(`${words.size} passwords, ${text.length} characters`);
