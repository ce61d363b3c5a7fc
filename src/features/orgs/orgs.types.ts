// The values of the organizations room.
import type { LevelOf } from '../../base/abilities.ts';
import type { Actor } from '../../base/actor.ts';
import type {
  invitations,
  OrganizationVisibility,
  organizations,
  teamDefaults,
  teamMembers,
  teams,
} from '../../platform/db/tables/orgs.ts';

export type { OrganizationVisibility } from '../../platform/db/tables/orgs.ts';

export type OrganizationRow = typeof organizations.$inferSelect;
export type InvitationRow = typeof invitations.$inferSelect;
export type TeamRow = typeof teams.$inferSelect;
/** What a team does of itself in its organization. */
export type TeamDefaults = Omit<typeof teamDefaults.$inferSelect, 'teamId'>;
export type TeamRole = (typeof teamMembers.$inferSelect)['role'];

export const ORGANIZATION_VISIBILITIES = [
  'public',
  'internal',
  'private',
] as const satisfies readonly OrganizationVisibility[];
export const MEMBER_ROLES = ['member', 'owner'] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];
export const BASE_PERMISSIONS = ['none', 'read', 'write', 'admin'] as const;
export type BasePermission = (typeof BASE_PERMISSIONS)[number];
export const MEMBER_CREATIONS = ['none', 'private', 'all'] as const;
export type MemberCreation = (typeof MEMBER_CREATIONS)[number];

/** Where somebody stands towards an organization, weakest first: none, visitor, member, owner. */
export type OrganizationLevel = LevelOf<'organization'>;

/** An organization: its account together with its rules. */
export interface Organization {
  id: number;
  name: string;
  displayName: string;
  bio: string;
  /** Where people outside write to; empty for nowhere. */
  email: string;
  location: string;
  website: string;
  avatarHash: string | null;
  createdAt: number;
  visibility: OrganizationVisibility;
  basePermission: BasePermission;
  memberCreation: MemberCreation;
  requiresTwoFactor: boolean;
}

/** An organization after the gate: found, visible to the actor, and the asked ability granted. */
export interface OpenOrganization {
  organization: Organization;
  level: OrganizationLevel;
  actor: Actor;
  /** `/orgs/name`, as it is written today. */
  path: string;
}

/** What an organization is made from, after its check. */
export interface NewOrganization {
  name: string;
  displayName: string;
  bio: string;
  email: string;
  location: string;
  website: string;
  visibility: OrganizationVisibility;
}

/** What is typed of it; only a name and a visibility must be. */
export interface RawOrganization {
  name: string;
  visibility: string;
  displayName?: string | undefined;
  bio?: string | undefined;
  email?: string | undefined;
  location?: string | undefined;
  website?: string | undefined;
}

/** What owners change about an organization. */
export interface OrganizationChanges {
  displayName?: string;
  bio?: string;
  email?: string;
  location?: string;
  website?: string;
  visibility?: OrganizationVisibility;
  basePermission?: BasePermission;
  memberCreation?: MemberCreation;
  requiresTwoFactor?: boolean;
}

/** The same as it comes from outside, before its check. */
export type RawChanges = { [F in keyof OrganizationChanges]?: unknown };

/** A person in a list of members. */
export interface Member {
  userId: number;
  name: string;
  nameKey: string;
  displayName: string;
  avatarHash: string | null;
  role: MemberRole;
  isPublic: boolean;
  isSuspended: boolean;
  hasSecondFactor: boolean;
  createdAt: number;
}

/** An organization somebody belongs to, with their part in it. */
export interface Membership {
  organization: Organization;
  role: MemberRole;
  isPublic: boolean;
}

/** Whose eyes see a list: everything, what anybody sees, or what one person sees. */
export type Viewer = 'all' | 'anyone' | { userId: number; isRestricted: boolean };

/** A person in a list of a team's people. */
export interface TeamMember {
  userId: number;
  name: string;
  nameKey: string;
  displayName: string;
  avatarHash: string | null;
  role: TeamRole;
}

/** A team that the actor may know of, and what they may do there. */
export interface OpenTeam {
  team: TeamRow;
  /** The teams above, the nearest first. */
  ancestors: TeamRow[];
  /** The actor's own part in it. */
  role: TeamRole | undefined;
  /** Whether they add and remove its people. */
  canMaintain: boolean;
  /** `/orgs/name/teams/team`. */
  path: string;
}

/** A team that was opened by its id, with its organization. */
export interface OpenTeamOf extends OpenTeam {
  organization: OpenOrganization;
}
