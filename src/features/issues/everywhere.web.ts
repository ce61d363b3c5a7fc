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
const STANDARD = 'is:issue is:open';

/** The two lists of one's own, which are one list asked for two kinds. */
const KINDS = {
  issues: {
    at: MINE,
    title: 'Issues',
    icon: 'issue-opened',
    standard: STANDARD,
  },
  pulls: {
    at: '/pulls',
    title: 'Pull requests',
    icon: 'git-pull-request',
    standard: 'is:pr is:open',
  },
} as const;
type Kind = keyof typeof KINDS;

function tabsOf(kind: Kind) {
  const { at, icon, standard } = KINDS[kind];
  return {
    created: { label: 'Created', icon, href: at, query: `${standard} author:@me` },
    assigned: {
      label: 'Assigned',
      icon: 'person',
      href: `${at}/assigned`,
      query: `${standard} assignee:@me`,
    },
    mentioned: {
      label: 'Mentioned',
      icon: 'mention',
      href: `${at}/mentioned`,
      query: `${standard} mentions:@me`,
    },
    ...(kind === 'pulls'
      ? {
          requested: {
            label: 'Review requests',
            icon: 'eye',
            href: `${at}/review-requested`,
            query: `${standard} review-requested:@me`,
          },
        }
      : {}),
    recent: {
      label: 'Recent activity',
      icon: 'history',
      href: `${at}/recent`,
      query: `${standard} involves:@me sort:updated-desc`,
    },
  };
}
type Tabs = ReturnType<typeof tabsOf>;
type Tab = keyof Tabs;

/** Whose issues or pull requests a tab lists, said while there are none. */
const WHICH: Record<Tab, string> = {
  created: 'that you open',
  assigned: 'that somebody assigns to you',
  mentioned: 'where somebody mentions you',
  requested: 'that somebody asks you to review',
  recent: 'that you take part in',
};

const accountRoutes: Route<AccountAccess, unknown>[] = [
  ...ownRoutes('issues'),
  ...ownRoutes('pulls'),
  ...(['issues', 'pulls'] as const).map((kind) => ({
    method: 'get' as const,
    path: `${KINDS[kind].at}/completions`,
    access: 'signed-in' as const,
    handler: (c: WebContext) => getCompletions(c, kind),
  })),
  ...viewRoutes,
];

function ownRoutes(kind: Kind): Route<AccountAccess, unknown>[] {
  return (Object.entries(tabsOf(kind)) as [Tab, { href: string }][]).map(([tab, { href: path }]) => ({
    method: 'get',
    path,
    access: 'signed-in',
    handler: (c) => getMine(c, kind, tab),
  }));
}

const organizationRoutes: Route<'organization:see', OpenOrganization>[] = [
  ...organizationRoutesOf('issues'),
  ...organizationRoutesOf('pulls'),
];

function organizationRoutesOf(kind: Kind): Route<'organization:see', OpenOrganization>[] {
  const path = `/orgs/:org/${kind}`;
  return [
    {
      method: 'get',
      path,
      access: 'organization:see',
      handler: (c, open) => getOfOrganization(c, open, kind),
    },
    {
      method: 'get',
      path: `${path}/completions`,
      access: 'organization:see',
      handler: (c) => getCompletions(c, kind),
    },
  ];
}

/** Adds the lists across repositories and saved views. Mounted before what answers at `/:owner` and `/:owner/:repo`. */
export function mountIssuesEverywhere(web: WebApp): void {
  mountRoutes(web, accountGate, accountRoutes);
  mountRoutes(web, organizationGate(openOrganization), organizationRoutes);
}

async function getMine(c: WebContext, kind: Kind, tab: Tab): Promise<Response> {
  const { q } = c.req.query();
  const { at, title } = KINDS[kind];
  const tabs = tabsOf(kind);
  const keys = Object.keys(tabs) as Tab[];
  const chosen = keys.find((key) => tabs[key]?.query === q?.trim());
  const shown = q === undefined ? tab : chosen;
  const asked = askedList(at, (tabs[shown ?? 'created'] ?? tabs.created).query, q, isBehind(c));
  const nothing = `${title} ${WHICH[shown ?? 'created']}, in any repository, are listed on this page.`;
  return page(c, 'issues/list-mine', {
    title,
    tab: shown,
    tabs: keys.map((key) => ({ key, ...tabs[key] })),
    ...(await modelOf(c, asked, { kind: 'all' }, nothing)),
    completionsHref: `${at}/completions`,
  });
}

async function getOfOrganization(c: WebContext, open: OpenOrganization, kind: Kind): Promise<Response> {
  const { title, standard } = KINDS[kind];
  const asked = askedList(`${open.path}/${kind}`, standard, c.req.query('q'), isBehind(c));
  const nothing = `${title} of the organization’s repositories that you may see are listed here.`;
  const [org, model] = await Promise.all([
    organizationFrame(c.var.app, open, kind),
    modelOf(c, asked, { kind: 'organization', organizationId: open.organization.id }, nothing),
  ]);
  return page(c, 'issues/list-organization', {
    title: `${title} · ${open.organization.name}`,
    heading: title,
    org,
    ...model,
    completionsHref: `${open.path}/${kind}/completions`,
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

async function getCompletions(c: WebContext, kind: Kind): Promise<Response> {
  return c.json(await completeWord(c.var.app, c.var.actor, undefined, c.req.query('word') ?? '', kind));
}
