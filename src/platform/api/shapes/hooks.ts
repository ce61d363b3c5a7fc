// Webhooks. Field names and types are those of Gitea's API; what is ours besides stands last in each.
import type { Shapes } from '../shape.ts';

export const hooksShapes = {
  Hook: {
    active: 'boolean',
    authorization_header: 'string',
    branch_filter: 'string',
    config: 'map:string',
    created_at: 'date-time',
    events: 'string[]',
    id: 'integer',
    type: 'string',
    updated_at: 'date-time',
  },
} as const satisfies Shapes;
