// The site itself. Field names and types are those of Gitea's API; what is ours besides stands last in each.
import type { Shapes } from '../shape.ts';

export const siteShapes = {
  ServerVersion: {
    version: 'string',
    opencodehub: 'string',
  },
  GeneralAPISettings: {
    default_git_trees_per_page: 'integer',
    default_max_blob_size: 'integer',
    default_paging_num: 'integer',
    max_response_items: 'integer',
  },
  GeneralAttachmentSettings: {
    allowed_types: 'string',
    enabled: 'boolean',
    max_files: 'integer',
    max_size: 'integer',
  },
  GeneralRepoSettings: {
    http_git_disabled: 'boolean',
    lfs_disabled: 'boolean',
    migrations_disabled: 'boolean',
    mirrors_disabled: 'boolean',
    stars_disabled: 'boolean',
    time_tracking_disabled: 'boolean',
  },
  GeneralUISettings: {
    allowed_reactions: 'string[]',
    custom_emojis: 'string[]',
    default_theme: 'string',
  },
  GitignoreTemplateInfo: {
    name: 'string',
    source: 'string',
  },
  LicenseTemplateInfo: {
    body: 'string',
    implementation: 'string',
    key: 'string',
    name: 'string',
    url: 'string',
  },
  LicensesTemplateListEntry: {
    key: 'string',
    name: 'string',
    url: 'string',
  },
  Cron: {
    exec_times: 'integer',
    name: 'string',
    next: 'date-time',
    prev: 'date-time',
    schedule: 'string',
  },
  Job: {
    attempts: 'integer',
    created_at: 'date-time',
    error: 'string|null',
    finished_at: 'date-time|null',
    id: 'integer',
    kind: 'string',
    max_attempts: 'integer',
    queue: 'string',
    run_at: 'date-time',
    state: 'string',
  },
  NodeInfo: {
    metadata: 'object',
    openRegistrations: 'boolean',
    protocols: 'string[]',
    services: 'NodeInfoServices',
    software: 'NodeInfoSoftware',
    usage: 'NodeInfoUsage',
    version: 'string',
  },
  NodeInfoServices: {
    inbound: 'string[]',
    outbound: 'string[]',
  },
  NodeInfoSoftware: {
    homepage: 'string',
    name: 'string',
    repository: 'string',
    version: 'string',
  },
  NodeInfoUsage: {
    'localComments?': 'integer',
    'localPosts?': 'integer',
    users: 'NodeInfoUsageUsers',
  },
  NodeInfoUsageUsers: {
    activeHalfyear: 'integer',
    activeMonth: 'integer',
    total: 'integer',
  },
} as const satisfies Shapes;
