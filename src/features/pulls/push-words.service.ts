// What is printed after a push of branches: where a pull request of them is, or can be opened.
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import { encodePath } from '../code/paths.service.ts';
import { openedOrNot } from '../issues/writers.service.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import { readsUnit } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { OpenTransport } from '../repos/transport.service.ts';
import { listOpenByHead } from './pulls.store.ts';

const HEADS = 'refs/heads/';
const ZERO = /^0+$/;
/** Branches of one push that are told of. */
const MOST_TOLD = 3;

/** Of each branch its pull requests; of a new one without any, where one can be opened. */
export async function wordsOfBranches(
  app: App,
  { actor, repository }: OpenTransport,
  updates: readonly RefUpdate[],
): Promise<string[]> {
  const told = updates
    .filter(({ ref, newOid }) => ref.startsWith(HEADS) && !ZERO.test(newOid))
    .map(({ ref, oldOid }) => ({ branch: ref.slice(HEADS.length), isNew: ZERO.test(oldOid) }))
    .filter(({ branch }) => branch !== repository.defaultBranch)
    .slice(0, MOST_TOLD);
  if (told.length === 0) return [];
  const open = await openRepositoryById(app, actor, repository.id, 'code:read');
  const lines: string[] = [];
  for (const { branch, isNew } of told) {
    const known = await knownOf(app, open, branch);
    lines.push(...(known.length > 0 || !isNew ? known : await invitation(app, open, branch)));
  }
  return lines;
}

async function knownOf(app: App, open: OpenRepository, branch: string): Promise<string[]> {
  const lines: string[] = [];
  for (const { pull } of (await listOpenByHead(app.db.read, open.repository.id, branch)).slice(
    0,
    MOST_TOLD,
  )) {
    const base = await openedOrNot(app, open.actor, pull.repositoryId, 'pulls:read');
    if (base)
      lines.push(
        ...said(`Pull request #${pull.number} of '${branch}':`, `${base.path}/pull/${pull.number}`, app),
      );
  }
  return lines;
}

/** Of a fork into its parent, if that can be seen. */
async function invitation(app: App, open: OpenRepository, branch: string): Promise<string[]> {
  const { parentId } = open.repository;
  const parent = parentId === null ? undefined : await openedOrNot(app, open.actor, parentId, 'pulls:read');
  const base = parent ?? open;
  if (!readsUnit(base, 'pulls')) return [];
  const head = parent ? `${open.owner.name}:${branch}` : branch;
  const range = `${encodePath(base.repository.defaultBranch)}...${encodePath(head)}`;
  return said(`Create a pull request for '${branch}' by visiting:`, `${base.path}/compare/${range}`, app);
}

function said(words: string, path: string, app: App): string[] {
  return ['', words, `  ${app.publicUrl()}${path}`, ''];
}
