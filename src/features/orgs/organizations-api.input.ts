// The bodies of the API about organizations, in Gitea's names.
import { z } from 'zod';
import { lazily } from '../../platform/api/description.ts';

const about = () => ({
  full_name: z.string().optional(),
  description: z.string().optional(),
  /** Where people outside write to; never used to sign in. */
  email: z.string().optional(),
  location: z.string().optional(),
  website: z.string().optional(),
  /** `limited`: for everybody who is signed in. */
  visibility: z.enum(['public', 'limited', 'private'], 'Choose public, limited or private.').optional(),
  /** Taken and not used: whoever administers a repository decides here which teams work in it. */
  repo_admin_change_team_access: z.boolean().optional(),
});

/** A new organization. */
export const newOrganizationBody = lazily(() => z.object({ username: z.string(), ...about() }));

/** Changes of an organization: Gitea's fields and the rules that are ours. */
export const organizationChangesBody = lazily(() =>
  z.object({
    ...about(),
    /** What every member holds on every repository. */
    default_repository_permission: z.enum(['none', 'read', 'write', 'admin']).optional(),
    /** Which repositories plain members create. */
    members_can_create_repositories: z.enum(['none', 'private', 'all']).optional(),
    two_factor_required: z.boolean().optional(),
  }),
);

/** What a member is in an organization. */
export const memberRoleBody = lazily(() => z.object({ role: z.enum(['member', 'owner']) }));

/** Whom an organization invites, by name or by address. */
export const invitationBody = lazily(() =>
  z.object({
    username: z.string().optional(),
    email: z.string().optional(),
    role: z.enum(['member', 'owner']).optional(),
    team_ids: z.array(z.int()).optional(),
  }),
);

/** Ours for the names that the API has for what is said of an organization. */
export const ORGANIZATION_FIELDS = {
  name: 'username',
  displayName: 'full_name',
  bio: 'description',
  basePermission: 'default_repository_permission',
  memberCreation: 'members_can_create_repositories',
  requiresTwoFactor: 'two_factor_required',
} as const;
