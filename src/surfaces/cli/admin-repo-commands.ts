// `opencodehub admin repo list | create | delete | maintain`. Beside a running server git stays its own: creating writes
// files only, and maintaining is a job that the server does.
import { COMMAND_LINE } from '../../base/actor.ts';
import { isoTime } from '../../base/time.ts';
import type { ListedRepository } from '../../features/admin/repositories.service.ts';
import type { OpenRepository } from '../../features/repos/repos.types.ts';
import type { App } from '../../platform/app.types.ts';
import type { CliHost, CommonOptions } from './cli.types.ts';
import { withApp } from './cli-config.ts';
import { printJson, printLine, printTable } from './cli-output.ts';
import { UsageError } from './usage-error.ts';

const PAGE = 500;

interface ListOptions extends CommonOptions {
  sort: string;
  search?: string;
}

/** Prints the repositories, the last updated or the largest first. */
export async function listRepositories(host: CliHost, options: ListOptions): Promise<void> {
  const order = options.sort === 'size' ? 'size' : 'updated';
  if (order !== options.sort) throw new UsageError(`--sort takes updated or size, not "${options.sort}".`);
  const repositories = await withApp(host, options, ({ app }) => all(app, order, options.search ?? ''));
  if (options.json) return printJson(repositories.map(shown));
  printTable(
    ['ID', 'REPOSITORY', 'VISIBILITY', 'BYTES', 'LAST PUSH'],
    repositories.map((row) => [
      ...[String(row.id), `${row.owner}/${row.name}`, row.visibility, String(row.sizeBytes)],
      row.pushedAt === null ? 'never' : isoTime(row.pushedAt),
    ]),
    'There are no such repositories.',
  );
}

async function all(app: App, order: 'size' | 'updated', words: string): Promise<ListedRepository[]> {
  const { pageOfAllRepositories } = await import('../../features/admin/repositories.service.ts');
  const found: ListedRepository[] = [];
  for (let after: string | undefined; ; ) {
    const page = await pageOfAllRepositories(app, COMMAND_LINE, {
      ...{ order, words, limit: PAGE },
      ...(after === undefined ? {} : { after }),
    });
    found.push(...page.items);
    if (page.next === undefined) return found;
    after = page.next;
  }
}

function shown({ pushedAt, updatedAt, ...row }: ListedRepository) {
  return { ...row, pushedAt: pushedAt === null ? null : isoTime(pushedAt), updatedAt: isoTime(updatedAt) };
}

interface CreateOptions extends CommonOptions {
  description?: string;
  visibility: string;
  defaultBranch?: string;
}

/** Creates an empty repository of a person or an organization. */
export async function createRepository(host: CliHost, name: string, options: CreateOptions): Promise<void> {
  const [owner, repository] = namesOf(name);
  const { description, visibility, defaultBranch } = options;
  const made = await withApp(host, options, async ({ app }) => {
    const { parseNewRepository } = await import('../../features/repos/repos.input.ts');
    const repos = await import('../../features/repos/repos.service.ts');
    const input = parseNewRepository({ owner, name: repository, description, visibility, defaultBranch });
    return repos.createRepository(app, COMMAND_LINE, input);
  });
  if (options.json) printJson({ id: made.id, owner, name: made.name, visibility: made.visibility });
  else printLine(`Created the repository ${owner}/${made.name}.`);
}

/** Deletes a repository; its data is kept aside for the grace period. */
export async function deleteRepository(
  host: CliHost,
  name: string,
  options: CommonOptions & { yes?: boolean },
): Promise<void> {
  if (!options.yes) throw new UsageError('This deletes the repository: add --yes if you mean it.');
  const days = await withApp(host, options, async ({ app }) => {
    const repos = await import('../../features/repos/repos.service.ts');
    await repos.deleteRepository(app, COMMAND_LINE, await open(app, name));
    return app.config.repositories.deleted_grace_days;
  });
  if (options.json) printJson({ repository: name, deleted: true });
  else printLine(`Deleted ${name}; its data is kept aside for ${days} day${days === 1 ? '' : 's'}.`);
}

/** Has a repository repacked: by the running server soon, or else by the next one or `admin jobs run`. */
export async function maintainRepository(host: CliHost, name: string, options: CommonOptions): Promise<void> {
  await withApp(host, options, async ({ app }) => {
    const { maintainNow } = await import('../../features/repos/maintenance.service.ts');
    await maintainNow(app, COMMAND_LINE, (await open(app, name)).repository.id);
  });
  if (options.json) printJson({ repository: name, queued: true });
  else
    printLine(
      `${name} is next for maintenance: by the running server, or by \`opencodehub admin jobs run\`.`,
    );
}

async function open(app: App, name: string): Promise<OpenRepository> {
  const { openRepository } = await import('../../features/repos/access.service.ts');
  const [owner, repository] = namesOf(name);
  return openRepository(app, COMMAND_LINE, owner, repository, 'repository:see');
}

function namesOf(text: string): [owner: string, name: string] {
  const [, owner, name] = /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
  if (owner === undefined || name === undefined)
    throw new UsageError(`A repository is written owner/name, not "${text}".`);
  return [owner, name];
}
