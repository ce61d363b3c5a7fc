// Repositories of the code scenarios.
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import type { TestApp } from '../../support/test-app.ts';
import { type ImportedCommit, importCommits } from './import-commits.ts';

/** Creates `owner/name` holding these commits. */
export async function makeRepository(
  t: TestApp,
  owner: string,
  name: string,
  commits: ImportedCommit[],
  options: Record<string, unknown> = {},
): Promise<OpenRepository> {
  const actor = await t.actor(owner);
  await createRepository(t.app, actor, parseNewRepository({ name, visibility: 'public', ...options }));
  const open = await openRepository(t.app, actor, owner, name, 'code:read');
  if (commits.length > 0) importCommits(open.dir, commits);
  return open;
}

export const HEAD = 'refs/heads/main';
