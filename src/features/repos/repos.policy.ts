// Who may do what in a repository: one table, one function that reads it.
import type { Actor } from '../../base/actor.ts';
import { scopesAllow } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { findCollaborator } from './repos.store.ts';
import type { Ability, Permission, RepositoryRow } from './repos.types.ts';

/** The permission each ability needs, and whether it only reads (for token scopes). */
export const ABILITIES: Readonly<Record<Ability, { needs: Permission; reads: boolean }>> = {
  'code:read': { needs: 'read', reads: true },
  'code:write': { needs: 'write', reads: false },
  'settings:manage': { needs: 'admin', reads: false },
  'collaborators:manage': { needs: 'admin', reads: false },
  'repository:own': { needs: 'owner', reads: false },
};

const ORDER: readonly Permission[] = ['none', 'read', 'write', 'admin', 'owner'];

/** Whether a permission includes another. */
export function permissionIncludes(held: Permission, needed: Permission): boolean {
  return ORDER.indexOf(held) >= ORDER.indexOf(needed);
}

/** What the actor holds on a repository, leaving token scopes aside. */
export async function permissionOf(
  reader: Reader | Tx,
  actor: Actor,
  repository: RepositoryRow,
): Promise<Permission> {
  if (actor.kind === 'system') return 'owner';
  const floor: Permission = repository.visibility === 'public' ? 'read' : 'none';
  if (actor.kind === 'anonymous') return floor;
  if (actor.isAdmin || actor.userId === repository.ownerId) return 'owner';
  const collaborator = await findCollaborator(reader, repository.id, actor.userId);
  return collaborator?.permission ?? floor;
}

/**
 * Grants an ability or throws: `not_found` to whoever may not even see the repository, `unauthenticated` to
 * anonymous people who can see it, `forbidden` to everybody else.
 */
export async function requireAbility(
  reader: Reader | Tx,
  actor: Actor,
  repository: RepositoryRow,
  ability: Ability,
): Promise<Permission> {
  const held = await permissionOf(reader, actor, repository);
  if (!permissionIncludes(held, 'read')) throw notFound('repository');
  requireScope(actor, ability);
  if (permissionIncludes(held, ABILITIES[ability].needs)) return held;
  if (actor.kind === 'anonymous') throw new AppError('unauthenticated', 'Sign in to do this.');
  throw new AppError(
    'forbidden',
    `You need ${ABILITIES[ability].needs} permission on this repository to do this.`,
  );
}

/** An access token may do only what its scopes say, whoever its owner is. */
export function requireScope(actor: Actor, ability: Ability): void {
  if (actor.kind !== 'user' || actor.scopes === undefined) return;
  const need = ABILITIES[ability].reads ? 'read' : 'write';
  if (scopesAllow(actor.scopes, need, 'repository')) return;
  throw new AppError(
    'forbidden',
    `This access token lacks the scope ${need}:repository. Make one that has it.`,
  );
}
