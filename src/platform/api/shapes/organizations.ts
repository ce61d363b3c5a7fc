// Organizations and their teams. Field names and types are those of Gitea's API; what is ours besides stands last in each.
import type { Shapes } from '../shape.ts';

export const organizationsShapes = {
  Organization: {
    avatar_url: 'string',
    description: 'string',
    email: 'string',
    full_name: 'string',
    id: 'integer',
    location: 'string',
    name: 'string',
    repo_admin_change_team_access: 'boolean',
    username: 'string',
    visibility: 'string',
    website: 'string',
  },
  OrganizationPermissions: {
    can_create_repository: 'boolean',
    can_read: 'boolean',
    can_write: 'boolean',
    is_admin: 'boolean',
    is_owner: 'boolean',
  },
  Team: {
    can_create_org_repo: 'boolean',
    description: 'string',
    id: 'integer',
    includes_all_repositories: 'boolean',
    name: 'string',
    organization: 'Organization|null',
    permission: 'string',
    units: 'string[]|null',
    units_map: 'map:string|null',
    html_url: 'string',
    is_secret: 'boolean',
    parent_id: 'integer|null',
  },
} as const satisfies Shapes;
