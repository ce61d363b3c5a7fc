// What people, organizations and repositories did, and how much on which day, in Gitea's REST API v1.
import { z } from 'zod';
import type { Actor } from '../../base/actor.ts';
import { DAY, SECOND } from '../../base/time.ts';
import { lazily } from '../../platform/api/description.ts';
import { queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { openGate, organizationGate, repositoryGate, teamGate } from '../../platform/web/gates.ts';
import { pageByNumber } from '../../platform/web/numbered-pages.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openOrganization } from '../orgs/orgs.service.ts';
import type { OpenOrganization, OpenTeamOf } from '../orgs/orgs.types.ts';
import { openTeamById } from '../orgs/teams.service.ts';
import { openRepository } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { requirePerson } from '../users/people.service.ts';
import { activitiesJson } from './activities.json.ts';
import { contributionsOf } from './contributions.service.ts';
import {
  activityOf,
  endOfDay,
  feedOf,
  organizationActivity,
  repositoryActivity,
  teamActivity,
} from './feed.service.ts';
import type { FeedPage } from './feed.types.ts';

const HEATMAP_DAYS = 366;
/** Reads in a row that find nothing to show: what somebody may see lies too far behind what they may not. */
const MOST_BARREN = 20;

const date = () => z.iso.date({ error: 'Give a day such as 2027-01-31.' }).optional();
const dateQuery = lazily(() => z.object({ date: date() }));
const personQuery = lazily(() =>
  z.object({ date: date(), 'only-performed-by': z.enum(['true', 'false', '1', '0']).optional() }),
);

const LIST = { answer: 'Activity[]', paged: true } as const;
const DEEP = 'The newest 5,000 can be paged through.';

const routes: Route<'repositories:list', Actor>[] = [
  {
    method: 'get',
    path: '/api/v1/users/:username/heatmap',
    access: 'repositories:list',
    handler: getHeatmap,
    api: {
      tag: 'user',
      id: 'userGetHeatmapData',
      summary: 'Get how much somebody contributed on each day of the last year, as far as you may see it',
      answer: 'UserHeatmapData[]',
    },
  },
  {
    method: 'get',
    path: '/api/v1/users/:username/activities/feeds',
    access: 'repositories:list',
    handler: getOfPerson,
    api: {
      tag: 'user',
      id: 'userListActivityFeeds',
      summary: 'List what somebody did, as far as you may see it',
      about: `Of yourself also what happened around you, unless \`only-performed-by\` is true. ${DEEP}`,
      query: personQuery,
      ...LIST,
    },
  },
];

const organizationRoutes: Route<'organization:see', OpenOrganization>[] = [
  {
    method: 'get',
    path: '/api/v1/orgs/:org/activities/feeds',
    access: 'organization:see',
    handler: getOfOrganization,
    api: {
      tag: 'organization',
      id: 'orgListActivityFeeds',
      summary: "List what happened in an organization's repositories, as far as you may see it",
      about: DEEP,
      query: dateQuery,
      ...LIST,
    },
  },
];

const teamRoutes: Route<'teams:read', OpenTeamOf>[] = [
  {
    method: 'get',
    path: '/api/v1/teams/:id/activities/feeds',
    access: 'teams:read',
    handler: getOfTeam,
    api: {
      tag: 'organization',
      id: 'orgListTeamActivityFeeds',
      summary: "List what happened in a team's repositories, as far as you may see it",
      about: DEEP,
      query: dateQuery,
      ...LIST,
    },
  },
];

const repositoryRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: '/api/v1/repos/:owner/:repo/activities/feeds',
    access: 'repository:see',
    handler: getOfRepository,
    api: {
      tag: 'repository',
      id: 'repoListActivityFeeds',
      summary: 'List what happened in a repository',
      about: DEEP,
      query: dateQuery,
      ...LIST,
    },
  },
];

/** Adds activities and heat maps to `/api/v1`. */
export function mountActivitiesApi(web: WebApp): void {
  mountRoutes(web, openGate, routes);
  mountRoutes(web, organizationGate(openOrganization), organizationRoutes);
  mountRoutes(web, teamGate(openTeamById), teamRoutes);
  mountRoutes(web, repositoryGate(openRepository), repositoryRoutes);
}

async function getHeatmap(c: WebContext, actor: Actor): Promise<Response> {
  const { app } = c.var;
  const person = await requirePerson(app, actor, c.req.param('username') ?? '');
  const { counts } = await contributionsOf(app, actor, person.id, HEATMAP_DAYS);
  const days = [...counts].toSorted(([one], [other]) => one - other);
  return c.json(days.map(([day, contributions]) => ({ timestamp: (day * DAY) / SECOND, contributions })));
}

async function getOfPerson(c: WebContext, actor: Actor): Promise<Response> {
  const { app } = c.var;
  const { date: day, 'only-performed-by': only } = queryOf(c, personQuery);
  const person = await requirePerson(app, actor, c.req.param('username') ?? '');
  const isOwn = actor.kind === 'user' && actor.userId === person.id && actor.repositoryIds === undefined;
  const isAround = isOwn && only !== 'true' && only !== '1';
  return answer(c, person.id, day, (before) =>
    isAround ? feedOf(app, actor, before) : activityOf(app, actor, person.id, before),
  );
}

async function getOfOrganization(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { app, actor } = c.var;
  const { date: day } = queryOf(c, dateQuery);
  return answer(c, open.organization.id, day, (before) => organizationActivity(app, actor, open, before));
}

async function getOfTeam(c: WebContext, opened: OpenTeamOf): Promise<Response> {
  const { app, actor } = c.var;
  const { date: day } = queryOf(c, dateQuery);
  return answer(c, opened.team.organizationId, day, (before) => teamActivity(app, actor, opened, before));
}

async function getOfRepository(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { date: day } = queryOf(c, dateQuery);
  return answer(c, open.owner.id, day, (before) => repositoryActivity(app, actor, open, before));
}

/** One page of a feed; of one day where it is named. */
async function answer(
  c: WebContext,
  ownerId: number,
  day: string | undefined,
  read: (before: string | undefined) => Promise<FeedPage>,
): Promise<Response> {
  const { app, actor } = c.var;
  const asked = pageOf(c);
  const start = day === undefined ? 0 : Date.parse(`${day}T00:00:00Z`);
  const first = day === undefined ? undefined : await endOfDay(app, start);
  let barren = 0;
  const { items, hasMore } = await pageByNumber(asked, async (after: number | undefined) => {
    const before = after ?? first;
    const { entries, next } = await read(before === undefined ? undefined : String(before));
    const items = entries.filter(({ event }) => event.createdAt >= start);
    barren = items.length === 0 ? barren + 1 : 0;
    const isLast = items.length < entries.length || barren === MOST_BARREN;
    return { items, next: isLast ? undefined : next };
  });
  setPages(c, { ...asked, total: undefined, hasMore });
  return c.json(await activitiesJson(app, actor, ownerId, items));
}
