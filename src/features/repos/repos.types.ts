// The values of the repository room: rows, permissions, abilities, and an opened repository.
import type { Actor } from '../../base/actor.ts';
import type { repositories } from '../../platform/db/tables/repos.ts';
import type { RepoDir } from '../../platform/git/git.types.ts';

export type RepositoryRow = typeof repositories.$inferSelect;

/** What a collaborator may be given. */
export const COLLABORATOR_PERMISSIONS = ['read', 'write', 'admin'] as const;
export type CollaboratorPermission = (typeof COLLABORATOR_PERMISSIONS)[number];

/** Everything one may hold on a repository, weakest first. */
export type Permission = 'none' | CollaboratorPermission | 'owner';

/** What somebody wants to do in a repository; `repos.policy` says which permission each needs. */
export type Ability =
  | 'code:read'
  | 'code:write'
  | 'collaborators:manage'
  | 'settings:manage'
  | 'repository:own';

/** A repository after the gate: found, visible to the actor, and the asked ability granted. */
export interface OpenRepository {
  repository: RepositoryRow;
  owner: { id: number; name: string };
  permission: Permission;
  dir: RepoDir;
  actor: Actor;
  /** `/owner/name` as it is written today. */
  path: string;
  /** True when it was found under an earlier name: answer with a redirect to `path`. */
  moved: boolean;
}

/** A row of a list of repositories. */
export interface RepositorySummary {
  repository: RepositoryRow;
  ownerName: string;
}
