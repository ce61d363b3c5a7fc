// Organizations: their rules, members, teams and invitations. An organization itself is a row of `users`.
import { bool, id, index, int, json, key, primaryKey, table, text, time, unique } from '../columns.ts';
import { users } from './users.ts';

export type OrganizationVisibility = 'public' | 'internal' | 'private';

export const organizations = table(
  'organizations',
  {
    userId: int('user_id')
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** internal: people signed in see it; private: its members alone. */
    visibility: key('visibility', 16).notNull().$type<OrganizationVisibility>(),
    /** What every member holds on every repository. */
    basePermission: key('base_permission', 16).notNull().$type<'none' | 'read' | 'write' | 'admin'>(),
    /** Which repositories plain members may create. */
    memberCreation: key('member_creation', 16).notNull().$type<'none' | 'private' | 'all'>(),
    /** Members without a second factor reach nothing but its set-up. */
    requiresTwoFactor: bool('requires_two_factor').notNull(),
  },
  () => [],
);

export const organizationMembers = table(
  'organization_members',
  {
    organizationId: int('organization_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    role: key('role', 16).notNull().$type<'member' | 'owner'>(),
    /** Whether others than members see the membership. */
    isPublic: bool('is_public').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.userId] }),
    index('organization_members_user').on(t.userId),
  ],
);

export const teams = table(
  'teams',
  {
    id: id(),
    organizationId: int('organization_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** The team it is nested in, whose access it has as well. */
    parentId: int('parent_id'),
    name: key('name', 64).notNull(),
    nameKey: key('name_key', 64).notNull(),
    description: text('description').notNull(),
    /** Secret teams are seen by their members and the owners alone. */
    isSecret: bool('is_secret').notNull(),
    /** At most this much access to a unit, e.g. `{ "code": "read", "wiki": "none" }`; others as the permission says. */
    unitCaps: json('unit_caps').notNull().$type<Record<string, 'none' | 'read' | 'write'>>(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [unique('teams_name').on(t.organizationId, t.nameKey), index('teams_parent').on(t.parentId)],
);

/** What a team does of itself in its organization; a team without a row reads what it is added to, and no more. */
export const teamDefaults = table(
  'team_defaults',
  {
    teamId: int('team_id')
      .primaryKey()
      .references(() => teams.id, { onDelete: 'cascade' }),
    /** What it is given on a repository that it is added to without a word about it. */
    permission: key('permission', 16).notNull().$type<'read' | 'write' | 'admin'>(),
    /** Whether it is added to every repository of the organization, new ones too. */
    takesAll: bool('takes_all').notNull(),
    /** Whether its people create repositories where plain members do not. */
    createsRepositories: bool('creates_repositories').notNull(),
  },
  () => [],
);

/** Every team with itself and each team above it: access is inherited downwards. */
export const teamAncestors = table(
  'team_ancestors',
  {
    teamId: int('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    ancestorId: int('ancestor_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    depth: int('depth').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.ancestorId] }), index('team_ancestors_up').on(t.ancestorId)],
);

export const teamMembers = table(
  'team_members',
  {
    teamId: int('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Maintainers add and remove the team's people. */
    role: key('role', 16).notNull().$type<'member' | 'maintainer'>(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.userId] }), index('team_members_user').on(t.userId)],
);

/** Invitations into an organization, to an account or to an address; accepted by whoever holds the one or the other. */
export const invitations = table(
  'invitations',
  {
    id: id(),
    organizationId: int('organization_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Exactly one of `userId` and `email` is set. */
    userId: int('user_id').references(() => users.id, { onDelete: 'cascade' }),
    email: key('email', 254),
    emailKey: key('email_key', 254),
    role: key('role', 16).notNull().$type<'member' | 'owner'>(),
    teamIds: json('team_ids').notNull().$type<number[]>(),
    tokenHash: key('token_hash', 64).notNull(),
    invitedBy: int('invited_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
  },
  (t) => [
    unique('invitations_token').on(t.tokenHash),
    index('invitations_organization').on(t.organizationId),
    index('invitations_user').on(t.userId),
    index('invitations_email').on(t.emailKey),
  ],
);
