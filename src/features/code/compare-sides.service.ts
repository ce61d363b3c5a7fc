// What the two sides of a comparison mean: a branch, tag or commit here, or of another repository in the network of forks,
// written `owner:branch` or `owner:repository:branch`. Whose code the actor may not read is answered like what is missing.
import type { Actor } from '../../base/actor.ts';
import { isAppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { RepoDir } from '../../platform/git/git.types.ts';
import { openRepository, openRepositoryById } from '../repos/access.service.ts';
import { findInNetwork, networkIdOf } from '../repos/fork-network.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { NamedCommit } from './code.types.ts';
import { encodePath, visibleText } from './paths.service.ts';
import { findNamedCommit } from './places.service.ts';

/** One side of a comparison. */
export interface CompareSide {
  open: OpenRepository;
  at: NamedCommit;
  /** As addresses write it, percent-encoded. */
  address: string;
  /** As people read it. */
  label: string;
}

export interface CompareRange {
  base: string;
  head: string;
  /** Whether the two are compared as they are (`..`), and not since they parted (`...`). */
  isDirect: boolean;
}

/** Reads `base...head` or `base..head`; a name alone is compared with the default branch. Undefined for nothing. */
export function parseRange(text: string, defaultBranch: string): CompareRange | undefined {
  if (text === '') return undefined;
  // No name of a ref may hold two dots in a row, so the first ones are the separator.
  const at = text.indexOf('..');
  if (at < 0) return { base: defaultBranch, head: text, isDirect: false };
  const isDirect = text[at + 2] !== '.';
  return { base: text.slice(0, at), head: text.slice(at + (isDirect ? 2 : 3)), isDirect };
}

/** Two sides that were named together. */
export interface Compared {
  range: CompareRange;
  base: CompareSide;
  head: CompareSide;
}

/** What `base...head` means; undefined where a side is missing, or none that the actor may read. */
export async function findCompared(
  app: App,
  actor: Actor,
  open: OpenRepository,
  text: string,
): Promise<Compared | undefined> {
  const range = parseRange(text, open.repository.defaultBranch);
  if (!range) return undefined;
  const [base, head] = await Promise.all([
    findSide(app, actor, open, range.base),
    findSide(app, actor, open, range.head),
  ]);
  return base && head && { range, base, head };
}

/** Where git runs: in the head's repository, with the base's objects at hand. */
export function placesOf({ base, head }: Compared): { dir: RepoDir; others: RepoDir[] } {
  const isElsewhere = base.open.dir !== head.open.dir;
  return { dir: head.open.dir, others: isElsewhere ? [base.open.dir] : [] };
}

/** The side that a text means; undefined where there is none, or none that the actor may read. */
export async function findSide(
  app: App,
  actor: Actor,
  open: OpenRepository,
  text: string,
): Promise<CompareSide | undefined> {
  const parts = text.split(':');
  const name = parts.pop() ?? '';
  if (parts.length > 2) return undefined;
  const where = parts.length === 0 ? open : await findNamed(app, actor, open, parts);
  const at = where && (await findNamedCommit(app, where, name));
  if (!where || !at) return undefined;
  const before = where.repository.id === open.repository.id ? '' : prefixOf(open, where);
  return { open: where, at, address: encodePath(before) + at.address, label: visibleText(before + at.name) };
}

/** The repository `[owner, name]` of the same network. Throws AppError not_found as for what is missing. */
export async function requireInNetwork(
  app: App,
  actor: Actor,
  open: OpenRepository,
  names: readonly string[],
): Promise<OpenRepository> {
  const found = names.length === 2 ? await findNamed(app, actor, open, names) : undefined;
  if (!found) throw notFound('repository');
  return found;
}

/** The repository that `owner` or `owner, name` stands for in the same network; undefined where there is none to be read. */
export async function findInNetworkOf(
  app: App,
  actor: Actor,
  open: OpenRepository,
  names: readonly string[],
): Promise<OpenRepository | undefined> {
  return names.length === 0 || names.length > 2 ? undefined : findNamed(app, actor, open, names);
}

/** How the other repository's branches are written beside this one's. */
export function prefixOf(open: OpenRepository, other: OpenRepository): string {
  const isSameOwner = other.owner.id === open.owner.id;
  return isSameOwner ? `${other.owner.name}:${other.repository.name}:` : `${other.owner.name}:`;
}

async function findNamed(
  app: App,
  actor: Actor,
  open: OpenRepository,
  [owner = '', name]: readonly string[],
): Promise<OpenRepository | undefined> {
  try {
    if (name !== undefined)
      return await sameNetwork(open, await openRepository(app, actor, owner, name, 'code:read'));
    if (owner.toLowerCase() === open.owner.name.toLowerCase()) return open;
    const found = await findInNetwork(app, actor, open, owner);
    return found && (await openRepositoryById(app, actor, found.repository.id, 'code:read'));
  } catch (error) {
    if (['not_found', 'forbidden', 'unauthenticated'].some((code) => isAppError(error, code as 'not_found')))
      return undefined;
    throw error;
  }
}

function sameNetwork(open: OpenRepository, other: OpenRepository): OpenRepository | undefined {
  return networkIdOf(open.repository) === networkIdOf(other.repository) ? other : undefined;
}
