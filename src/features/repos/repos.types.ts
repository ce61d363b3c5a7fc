// The values of the repository room: rows, permissions, abilities, and an opened repository.
import type { AbilityOn, LevelOf, Unit, UnitAccess } from '../../base/abilities.ts';
import type { Actor } from '../../base/actor.ts';
import type { GivenPermission, repositories } from '../../platform/db/tables/repos.ts';
import type { AccountKind } from '../../platform/db/tables/users.ts';
import type { RepoDir } from '../../platform/git/git.types.ts';

export type { GivenPermission } from '../../platform/db/tables/repos.ts';
export type RepositoryRow = typeof repositories.$inferSelect;
export type OwnerKind = AccountKind;

/** What a collaborator or a team may be given, weakest first. */
export const GIVEN_PERMISSIONS = [
  'read',
  'triage',
  'write',
  'maintain',
  'admin',
] as const satisfies readonly GivenPermission[];

/** Everything one may hold on a repository, weakest first. */
export type Permission = LevelOf<'repository'>;

/** What somebody wants to do in a repository; base/abilities.ts says what each needs. */
export type Ability = AbilityOn<'repository'>;

/** Where somebody stands towards a repository. */
export interface RepositoryStanding {
  permission: Permission;
  /** What they reach of each unit, leaving aside which units are on. */
  units: Readonly<Record<Unit, UnitAccess>>;
}

/** A repository after the gate: found, visible to the actor, and the asked ability granted. */
export interface OpenRepository {
  repository: RepositoryRow;
  owner: { id: number; name: string; kind: OwnerKind };
  permission: Permission;
  units: RepositoryStanding['units'];
  dir: RepoDir;
  actor: Actor;
  /** `/owner/name` as it is written today. */
  path: string;
  /** True when it was found under an earlier name: answer with a redirect to `path`. */
  moved: boolean;
  /** Whether the person at the page has starred it; false for everybody who comes without a session. */
  isStarred: boolean;
}

/** A row of a list of repositories. */
export interface RepositorySummary {
  repository: RepositoryRow;
  ownerName: string;
  ownerKind: OwnerKind;
}
