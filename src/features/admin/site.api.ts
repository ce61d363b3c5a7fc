// What the site tells anybody about itself in Gitea's REST API v1: its version, its limits, and how many use it.
import { VERSION } from '../../platform/runtime/version.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { acceptedEndings } from '../issues/attachment-types.service.ts';
import { REACTIONS } from '../issues/reactions.types.ts';
import { usageOf } from './site-usage.service.ts';

const MEBIBYTE = 1024 * 1024;

const routes: Route<AccountAccess, unknown>[] = [
  {
    method: 'get',
    path: '/api/v1/settings/api',
    access: 'anyone',
    handler: getApiSettings,
    api: {
      tag: 'miscellaneous',
      id: 'getGeneralAPISettings',
      summary: "Get the API's limits",
      answer: 'GeneralAPISettings',
    },
  },
  {
    method: 'get',
    path: '/api/v1/settings/attachment',
    access: 'anyone',
    handler: getAttachmentSettings,
    api: {
      tag: 'miscellaneous',
      id: 'getGeneralAttachmentSettings',
      summary: 'Get what files issues and comments take',
      answer: 'GeneralAttachmentSettings',
    },
  },
  {
    method: 'get',
    path: '/api/v1/settings/repository',
    access: 'anyone',
    handler: getRepositorySettings,
    api: {
      tag: 'miscellaneous',
      id: 'getGeneralRepositorySettings',
      summary: 'Get what repositories can do here',
      answer: 'GeneralRepoSettings',
    },
  },
  {
    method: 'get',
    path: '/api/v1/settings/ui',
    access: 'anyone',
    handler: getUiSettings,
    api: {
      tag: 'miscellaneous',
      id: 'getGeneralUISettings',
      summary: 'Get how pages look, and the reactions there are',
      answer: 'GeneralUISettings',
    },
  },
  {
    method: 'get',
    path: '/api/v1/nodeinfo',
    access: 'anyone',
    handler: getNodeInfo,
    api: {
      tag: 'miscellaneous',
      id: 'getNodeInfo',
      summary: 'Get the software and how many people use it, as NodeInfo 2.1',
      answer: 'NodeInfo',
    },
  },
];

/** Adds what the site tells of itself to `/api/v1`. */
export function mountSiteApi(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

function getApiSettings(c: WebContext): Response {
  return c.json({
    max_response_items: 50,
    default_paging_num: 30,
    default_git_trees_per_page: 1000,
    default_max_blob_size: 10 * MEBIBYTE,
  });
}

function getAttachmentSettings(c: WebContext): Response {
  const { max_attachment_bytes, attachments_per_day } = c.var.app.config.issues;
  return c.json({
    enabled: attachments_per_day > 0,
    allowed_types: acceptedEndings()
      .map((ending) => `.${ending}`)
      .join(','),
    max_size: Math.floor(max_attachment_bytes / MEBIBYTE),
    max_files: 20,
  });
}

function getRepositorySettings(c: WebContext): Response {
  return c.json({
    mirrors_disabled: false,
    http_git_disabled: false,
    migrations_disabled: false,
    stars_disabled: false,
    time_tracking_disabled: true,
    lfs_disabled: false,
  });
}

function getUiSettings(c: WebContext): Response {
  return c.json({
    default_theme: 'auto',
    allowed_reactions: REACTIONS.map(({ content }) => content),
    custom_emojis: [],
  });
}

async function getNodeInfo(c: WebContext): Promise<Response> {
  const { app } = c.var;
  const { total, activeMonth, activeHalfyear, localPosts } = await usageOf(app);
  return c.json({
    version: '2.1',
    software: { name: 'opencodehub', version: VERSION, repository: '', homepage: '' },
    protocols: [],
    services: { inbound: [], outbound: [] },
    openRegistrations: app.config.accounts.registration === 'open',
    usage: { users: { total, activeMonth, activeHalfyear }, localPosts },
    metadata: {},
  });
}
