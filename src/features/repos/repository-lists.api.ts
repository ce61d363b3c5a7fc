// Lists of repositories in Gitea's REST API v1: searched, one's own, and those of an owner.
import { z } from 'zod';
import type { Actor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { lazily } from '../../platform/api/description.ts';
import { queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { openGate, organizationGate, requireUserActor } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { findOrganizationByName, openOrganization } from '../orgs/orgs.service.ts';
import type { OpenOrganization } from '../orgs/orgs.types.ts';
import { openTeamById } from '../orgs/teams.service.ts';
import { maySeeAccount } from '../users/people.service.ts';
import { findUserById, findUserByName } from '../users/users.service.ts';
import type { RepositorySummary } from './repos.types.ts';
import { summariesJson } from './repository.json.ts';
import { findRepositories, type RepositorySearch, SEARCH_ORDERS } from './search.service.ts';

const text = (most: number) => z.string().max(most, `At most ${most} characters are possible.`).optional();
const flag = z.enum(['true', 'false', '1', '0'], { error: 'Give true or false.' }).optional();
const id = z.coerce.number({ error: 'Give a number.' }).int().positive('Give a number.').max(1e15).optional();

const searchQuery = lazily(() =>
  z.object({
    q: text(100),
    topic: flag,
    includeDesc: flag,
    uid: id,
    priority_owner_id: id,
    team_id: id,
    starredBy: id,
    private: flag,
    is_private: flag,
    template: flag,
    archived: flag,
    mode: z
      .enum(['fork', 'source', 'mirror', 'collaborative'], {
        error: 'Choose fork, source, mirror or collaborative.',
      })
      .optional(),
    exclusive: flag,
    sort: z.enum(SEARCH_ORDERS, { error: `Choose one of ${SEARCH_ORDERS.join(', ')}.` }).optional(),
    order: z.enum(['asc', 'desc'], { error: 'Choose asc or desc.' }).optional(),
  }),
);
type SearchQuery = ReturnType<ReturnType<typeof searchQuery>['parse']>;

const LIST = { tag: 'repository', answer: 'Repository[]', paged: true } as const;

const routes: Route<'repositories:list', Actor>[] = [
  {
    method: 'get',
    path: '/api/v1/repos/search',
    access: 'repositories:list',
    expensive: true,
    handler: getSearch,
    api: {
      tag: 'repository',
      id: 'repoSearch',
      summary: 'Find repositories',
      about:
        'Of another person than oneself `uid` finds what they own; what they were given is told to nobody else.',
      query: searchQuery,
      answer: 'SearchResults',
      paged: true,
    },
  },
  {
    method: 'get',
    path: '/api/v1/user/repos',
    access: 'repositories:list',
    handler: getOwn,
    api: {
      ...LIST,
      id: 'userCurrentListRepos',
      summary: 'List the repositories that one owns or was given',
    },
  },
  {
    method: 'get',
    path: '/api/v1/users/:username/repos',
    access: 'repositories:list',
    handler: getOfOwner,
    api: { ...LIST, id: 'userListRepos', summary: 'List the repositories that somebody owns' },
  },
];

const organizationRoutes: Route<'organization:see', OpenOrganization>[] = [
  {
    method: 'get',
    path: '/api/v1/orgs/:org/repos',
    access: 'organization:see',
    handler: (c, { organization }) => answerList(c, { ownerId: organization.id }, 'id'),
    api: {
      ...LIST,
      tag: 'organization',
      id: 'orgListRepos',
      summary: 'List the repositories of an organization',
    },
  },
];

/** Adds the lists of repositories of `/api/v1`. */
export function mountRepositoryListApi(web: WebApp): void {
  mountRoutes(web, openGate, routes);
  mountRoutes(web, organizationGate(openOrganization), organizationRoutes);
}

async function getSearch(c: WebContext, actor: Actor): Promise<Response> {
  const { app } = c.var;
  const query = queryOf(c, searchQuery);
  const asked = pageOf(c);
  for (const id of [query.uid, query.starredBy]) if (id !== undefined) await requireShown(c, id);
  // Whoever may not know of a team finds nothing by it.
  if (query.team_id !== undefined) await openTeamById(app, actor, query.team_id, 'teams:read');
  const { items, total } = await findRepositories(app, actor, searchOf(query), {
    ...asked,
    order: query.sort ?? 'alpha',
    descending: query.sort !== undefined && query.order === 'desc',
    firstOwnerId: query.priority_owner_id,
  });
  setPages(c, { ...asked, total });
  return c.json({ ok: true, data: await summariesJson(app, actor, items) });
}

/** What somebody starred or owns is told of those alone whose page may be seen. */
async function requireShown(c: WebContext, accountId: number): Promise<void> {
  const account = await findUserById(c.var.app, accountId);
  const isOrganization = account?.kind === 'organization';
  if (!account || (!isOrganization && !maySeeAccount(c.var.actor, account))) throw notFound('user');
}

function searchOf(query: SearchQuery): RepositorySearch {
  const { q, uid, starredBy, mode } = query;
  const isTopic = isTrue(query.topic);
  const whose = isTrue(query.exclusive) ? { ownerId: uid } : { memberId: uid };
  return {
    ...(uid === undefined ? {} : whose),
    starredById: starredBy,
    teamId: query.team_id,
    words: isTopic ? undefined : q,
    topic: isTopic ? q?.toLowerCase() : undefined,
    inDescription: isTrue(query.includeDesc),
    isPublic: publicOf(query),
    isTemplate: isTrue(query.template) ?? undefined,
    isArchived: isTrue(query.archived) ?? undefined,
    ...modeOf(mode),
  };
}

function isTrue(value: string | undefined): boolean | undefined {
  return value === undefined ? undefined : value === 'true' || value === '1';
}

/** `private=false` leaves out what is private; `is_private` chooses. */
function publicOf(query: SearchQuery): boolean | undefined {
  if (isTrue(query.private) === false) return true;
  const isPrivate = isTrue(query.is_private);
  return isPrivate === undefined ? undefined : !isPrivate;
}

function modeOf(mode: SearchQuery['mode']): RepositorySearch {
  if (mode === 'fork') return { isFork: true };
  if (mode === 'source') return { isFork: false, isMirror: false };
  if (mode === 'mirror') return { isMirror: true };
  return mode === 'collaborative' ? { isGiven: true } : {};
}

function getOwn(c: WebContext): Promise<Response> {
  return answerList(c, { memberId: requireUserActor(c.var.actor).userId }, 'alpha');
}

async function getOfOwner(c: WebContext, actor: Actor): Promise<Response> {
  const name = c.req.param('username') ?? '';
  const account =
    (await findOrganizationByName(c.var.app, actor, name)) ?? (await findUserByName(c.var.app, name));
  // What is left of organizations by then may not be seen.
  const isHidden =
    account && 'kind' in account && (account.kind === 'organization' || !maySeeAccount(actor, account));
  if (!account || isHidden) throw notFound('user');
  return answerList(c, { ownerId: account.id }, 'id');
}

async function answerList(c: WebContext, search: RepositorySearch, order: 'alpha' | 'id'): Promise<Response> {
  const asked = pageOf(c);
  const { items, total } = await findRepositories(c.var.app, c.var.actor, search, { ...asked, order });
  setPages(c, { ...asked, total });
  return c.json(await listJson(c, items));
}

function listJson(c: WebContext, items: readonly RepositorySummary[]): Promise<Record<string, unknown>[]> {
  return summariesJson(c.var.app, c.var.actor, items);
}
