// What a new repository begins with: README, .gitignore and licence, as its first commit.
import type { App } from '../../platform/app.types.ts';
import { writeFirstCommit } from '../../platform/git/first-commit.ts';
import type { RepoDir } from '../../platform/git/git.types.ts';
import { commitEmailOf } from '../users/emails.service.ts';
import type { UserRow } from '../users/users.types.ts';
import { gitignoreText } from './gitignores.data.ts';
import { licenceText } from './licences.data.ts';
import type { NewRepository } from './repos.input.ts';
import type { RepositoryRow } from './repos.types.ts';

/** Writes the first commit of a repository that is not made empty. */
export async function commitFirstFiles(
  app: App,
  author: UserRow,
  dir: RepoDir,
  row: Omit<RepositoryRow, 'id'>,
  input: NewRepository,
): Promise<void> {
  const name = (author.displayName || author.name).replace(/[<>\r\n]/g, '');
  await writeFirstCommit(app.git, dir, row.objectFormat, {
    branch: row.defaultBranch,
    files: firstFiles(input, name, new Date(app.clock.now()).getUTCFullYear()),
    author: { name, email: commitEmailOf(app, author), time: app.clock.now(), offset: 0 },
    message: 'Initial commit',
  });
}

function firstFiles(input: NewRepository, holder: string, year: number): { name: string; content: string }[] {
  const files: { name: string; content: string }[] = [];
  const ignored = gitignoreText(input.gitignore);
  if (ignored !== undefined) files.push({ name: '.gitignore', content: ignored });
  const licence = licenceText(input.licence, year, holder);
  if (licence !== undefined) files.push({ name: 'LICENSE', content: licence });
  if (input.readme) files.push({ name: 'README.md', content: readmeText(input) });
  return files;
}

function readmeText(input: NewRepository): string {
  return input.description ? `# ${input.name}\n\n${input.description}\n` : `# ${input.name}\n`;
}
