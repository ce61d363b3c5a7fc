// Lists of issues across repositories: one's own, and those of an organization. Nothing of a repository that the visitor may
// not see is in them, nor counted.
import { type AccountAccess, accountGate, organizationGate } from '../../platform/web/gates.ts';
import { page } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { organizationFrame } from '../orgs/frame.service.ts';
import { openOrganization } from '../orgs/orgs.service.ts';
import type { OpenOrganization } from '../orgs/orgs.types.ts';
import { completeWord } from './completions.service.ts';
import { type AskedList, askedList } from './list.present.ts';
import { listModel, viewsModel } from './list-model.present.ts';
import type { ListScope } from './listing.types.ts';
import { viewsFor } from './views.service.ts';
import { viewRoutes } from './views.web.ts';

const MINE = '/issues';
const ORGANIZATION = '/orgs/:org/issues';
const STANDARD = 'is:issue is:open';
const COMPLETIONS = `${MINE}/completions`;

const TABS = {
  created: { label: 'Created', icon: 'issue-opened', href: MINE, query: `${STANDARD} author:@me` },
  assigned: {
    label: 'Assigned',
    icon: 'person',
    href: `${MINE}/assigned`,
    query: `${STANDARD} assignee:@me`,
  },
  mentioned: {
    label: 'Mentioned',
    icon: 'mention',
    href: `${MINE}/mentioned`,
    query: `${STANDARD} mentions:@me`,
  },
  recent: {
    label: 'Recent activity',
    icon: 'history',
    href: `${MINE}/recent`,
    query: `${STANDARD} involves:@me sort:updated-desc`,
  },
} as const;
type Tab = keyof typeof TABS;

const accountRoutes: Route<AccountAccess, unknown>[] = [
  ...(Object.keys(TABS) as Tab[]).map(
    (tab): Route<AccountAccess, unknown> => ({
      method: 'get',
      path: TABS[tab].href,
      access: 'signed-in',
      handler: (c) => getMine(c, tab),
    }),
  ),
  { method: 'get', path: COMPLETIONS, access: 'signed-in', handler: getCompletions },
  ...viewRoutes,
];

const organizationRoutes: Route<'organization:see', OpenOrganization>[] = [
  { method: 'get', path: ORGANIZATION, access: 'organization:see', handler: getOfOrganization },
  { method: 'get', path: `${ORGANIZATION}/completions`, access: 'organization:see', handler: getCompletions },
];

/** Adds the lists across repositories and saved views. Mounted before what answers at `/:owner` and `/:owner/:repo`. */
export function mountIssuesEverywhere(web: WebApp): void {
  mountRoutes(web, accountGate, accountRoutes);
  mountRoutes(web, organizationGate(openOrganization), organizationRoutes);
}

async function getMine(c: WebContext, tab: Tab): Promise<Response> {
  const { q } = c.req.query();
  const chosen = (Object.keys(TABS) as Tab[]).find((key) => TABS[key].query === q?.trim());
  const shown = q === undefined ? tab : chosen;
  const asked = askedList(MINE, TABS[shown ?? 'created'].query, q, isBehind(c));
  const nothing =
    'Nothing here needs you. Issues that you open, or that somebody assigns to you, are listed on this page.';
  return page(c, 'issues/list-mine', {
    title: 'Issues',
    tab: shown,
    tabs: (Object.keys(TABS) as Tab[]).map((key) => ({ key, ...TABS[key] })),
    ...(await modelOf(c, asked, { kind: 'all' }, nothing)),
    completionsHref: COMPLETIONS,
  });
}

async function getOfOrganization(c: WebContext, open: OpenOrganization): Promise<Response> {
  const asked = askedList(`${open.path}/issues`, STANDARD, c.req.query('q'), isBehind(c));
  const nothing = 'Issues of the organization’s repositories that you may see are listed here.';
  const [org, model] = await Promise.all([
    organizationFrame(c.var.app, open, 'issues'),
    modelOf(c, asked, { kind: 'organization', organizationId: open.organization.id }, nothing),
  ]);
  return page(c, 'issues/list-organization', {
    title: `Issues · ${open.organization.name}`,
    org,
    ...model,
    completionsHref: `${open.path}/issues/completions`,
  });
}

/** There is no place to open an issue, nothing to select, and no menu that would need every label there is. */
async function modelOf(c: WebContext, asked: AskedList, scope: ListScope, nothing: string) {
  const { app, actor } = c.var;
  const { after, before } = c.req.query();
  const [list, views] = await Promise.all([
    listModel(app, actor, asked, { scope, after, before, nothing }),
    viewsFor(app, actor),
  ]);
  return {
    ...list,
    views: viewsModel(asked, actor, views),
    menus: [],
    places: undefined,
    bulk: undefined,
    savePlace: undefined,
  };
}

function isBehind(c: WebContext): boolean {
  return c.req.query('after') !== undefined || c.req.query('before') !== undefined;
}

async function getCompletions(c: WebContext): Promise<Response> {
  return c.json(await completeWord(c.var.app, c.var.actor, undefined, c.req.query('word') ?? ''));
}
