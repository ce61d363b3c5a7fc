// `opencodehub admin org list | create`.
import { COMMAND_LINE } from '../../base/actor.ts';
import { isoTime } from '../../base/time.ts';
import type { ListedOrganization } from '../../features/admin/organizations.service.ts';
import { requireAccount } from './admin-user-commands.ts';
import type { CliHost, CommonOptions } from './cli.types.ts';
import { withApp } from './cli-config.ts';
import { printJson, printLine, printTable } from './cli-output.ts';

const PAGE = 500;

/** Prints the organizations. */
export async function listOrganizations(host: CliHost, options: CommonOptions): Promise<void> {
  const organizations = await withApp(host, options, async ({ app }) => {
    const { pageOfOrganizations } = await import('../../features/admin/organizations.service.ts');
    const all: ListedOrganization[] = [];
    for (let before: number | undefined; ; ) {
      const { items, next } = await pageOfOrganizations(app, COMMAND_LINE, {
        ...(before ? { before } : {}),
        limit: PAGE,
      });
      all.push(...items);
      if (next === undefined) return all;
      before = next;
    }
  });
  if (options.json) {
    printJson(organizations.map(({ createdAt, ...row }) => ({ ...row, createdAt: isoTime(createdAt) })));
    return;
  }
  printTable(
    ['ID', 'NAME', 'VISIBILITY', 'MEMBERS', 'REPOSITORIES', 'CREATED'],
    organizations.map((row) => [
      ...[String(row.id), row.name, row.visibility, String(row.members), String(row.repositories)],
      isoTime(row.createdAt),
    ]),
    'There are no organizations yet: `opencodehub admin org create` makes one.',
  );
}

interface CreateOptions extends CommonOptions {
  name: string;
  owner: string;
  displayName?: string;
  visibility: string;
}

/** Creates an organization and its first owner's membership. */
export async function createOrganization(host: CliHost, options: CreateOptions): Promise<void> {
  const { name, displayName = '', visibility } = options;
  const made = await withApp(host, options, async ({ app }) => {
    const orgs = await import('../../features/orgs/orgs.service.ts');
    const { id: ownerId } = await requireAccount(app, options.owner);
    return orgs.createOrganization(app, COMMAND_LINE, { name, displayName, visibility, ownerId });
  });
  if (options.json) printJson({ id: made.id, name: made.name, visibility, owner: options.owner });
  else printLine(`Created the organization ${made.name}, owned by ${options.owner}.`);
}
