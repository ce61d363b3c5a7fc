// docs/access.md says what the table in the code says.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { accessReference } from '../../scripts/make-access-table.ts';

it('docs/access.md is up to date: `npx node scripts/make-access-table.ts`', () => {
  expect(readFileSync('docs/access.md', 'utf8')).toBe(accessReference());
});
