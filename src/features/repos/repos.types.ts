// The values of the repository room: rows, permissions, abilities, and an opened repository.
import type { AbilityOn, LevelOf, Unit, UnitAccess } from '../../base/abilities.ts';
import type { Actor } from '../../base/actor.ts';
import type { WatchedKind, WatchLevel } from '../../platform/db/tables/notifications.ts';
import type { GivenPermission, repositories } from '../../platform/db/tables/repos.ts';
import type { AccountKind } from '../../platform/db/tables/users.ts';
import type { RepoDir } from '../../platform/git/git.types.ts';

export type { GivenPermission } from '../../platform/db/tables/repos.ts';
export type RepositoryRow = typeof repositories.$inferSelect;
export type OwnerKind = AccountKind;
export type Visibility = RepositoryRow['visibility'];

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
  /** What they hold on each unit, leaving aside which units are on: teams may give less than their permission. */
  levels: Readonly<Record<Unit, Permission>>;
  /** The same as access: none, read or write. */
  units: Readonly<Record<Unit, UnitAccess>>;
}

/** A repository with who owns it, as every check needs them. */
export interface Owned {
  repository: RepositoryRow;
  ownerKind: OwnerKind;
}

/** What of all repositories somebody sees. */
export interface Viewer {
  /** What they were given is seen besides. */
  userId?: number;
  /** The visibilities they see without having been given anything. */
  sees: readonly Visibility[];
  /** A token limited to these: of all others it sees what is public, if its person does. */
  selection?: readonly number[];
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
  forks: ForkStanding;
  /** What its tabs count; zero for whoever comes without a page. */
  openIssues: number;
  openPulls: number;
  /** How many watch it; zero for whoever comes without a page. */
  watchers: number;
  /** What the person at the page watches of it; undefined for everybody who comes without a session. */
  watch?: WatchChoice;
  /** Of pull mirrors: the address it follows, without credentials. */
  mirrorOf?: string;
}

/** How much of a repository somebody is told of. */
export interface WatchChoice {
  level: WatchLevel;
  /** Of the level `custom`. */
  kinds: readonly WatchedKind[];
}

/** What pages say of a repository's network; nothing where there is none, or for whoever comes without a page. */
export interface ForkStanding {
  /** What it was forked from, if the visitor may see that. */
  parent?: RepositorySummary;
  /** The visitor's own repository of the same network. */
  own?: RepositorySummary;
}

/** A row of a list of repositories. */
export interface RepositorySummary {
  repository: RepositoryRow;
  ownerName: string;
  ownerKind: OwnerKind;
}
