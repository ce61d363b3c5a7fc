// What is printed after a push of branches: where a pull request of them is, or can be opened. With `-o stack` they are opened.
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import { encodePath } from '../code/paths.service.ts';
import { openedOrNot } from '../issues/writers.service.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import { readsUnit } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { OpenTransport } from '../repos/transport.service.ts';
import { readProposalOptions } from './agit-options.input.ts';
import { listOpenByHead } from './pulls.store.ts';
import { openStack } from './stacks.service.ts';

const HEADS = 'refs/heads/';
const ZERO = /^0+$/;
/** Branches of one push that are told of. */
const MOST_TOLD = 3;

/** Of each branch its pull requests; of a new one without any, where one can be opened. `-o stack` opens them beforehand. */
export async function wordsOfBranches(
  app: App,
  { actor, repository }: OpenTransport,
  updates: readonly RefUpdate[],
  pushOptions: readonly string[],
): Promise<string[]> {
  const pushed = updates
    .filter(({ ref, newOid }) => ref.startsWith(HEADS) && !ZERO.test(newOid))
    .map(({ ref, oldOid }) => ({ branch: ref.slice(HEADS.length), isNew: ZERO.test(oldOid) }))
    .filter(({ branch }) => branch !== repository.defaultBranch);
  if (pushed.length === 0) return [];
  const open = await openRepositoryById(app, actor, repository.id, 'code:read');
  const { isStack, isDraft } = readProposalOptions(pushOptions);
  const branches = pushed.map(({ branch }) => branch);
  const lines = isStack ? await stacked(app, open, branches, isDraft) : [];
  const told = pushed.slice(0, isStack ? app.config.pulls.stack_size : MOST_TOLD);
  for (const { branch, isNew } of told) {
    const known = await knownOf(app, open, branch);
    lines.push(...(known.length > 0 || !isNew ? known : await invitation(app, open, branch)));
  }
  return lines;
}

/** Opens a pull request of each branch that has none, on the nearest below it; returns what kept it from that. */
async function stacked(
  app: App,
  open: OpenRepository,
  branches: readonly string[],
  isDraft: boolean,
): Promise<string[]> {
  const { stack_size: most } = app.config.pulls;
  if (branches.length > most) return ['', `A stack has at most ${most} branches: none was opened.`, ''];
  if (open.repository.parentId !== null)
    return ['', 'Stacks are opened of branches of the repository itself: push to it, or to refs/for/.', ''];
  try {
    const heads = branches.map((branch) => ({ open, branch }));
    await openStack(app, open.actor, open, { base: open.repository.defaultBranch, heads, isDraft });
    return [];
  } catch (error) {
    if (!isAppError(error)) throw error;
    return ['', `No pull request was opened: ${error.message}`, ''];
  }
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
