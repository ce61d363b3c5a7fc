// Pages of what happened in a repository and an organization, and the Atom and RSS feeds of these and of people.
import type { Actor } from '../../base/actor.ts';
import { isAppError, notFound } from '../../base/errors.ts';
import { escapeHtml, type SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import { path } from '../../platform/render/addresses.ts';
import { answerFeed, FEED_ENDING, type FeedEntryModel, feedId, formatOf } from '../../platform/web/atom.ts';
import {
  type AccountAccess,
  accountGate,
  organizationGate,
  repositoryGate,
} from '../../platform/web/gates.ts';
import { page } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { organizationFrame } from '../orgs/frame.service.ts';
import { openOrganization } from '../orgs/orgs.service.ts';
import type { OpenOrganization } from '../orgs/orgs.types.ts';
import { openRepository } from '../repos/access.service.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { maySeeAccount } from '../users/people.service.ts';
import { findUserByName } from '../users/users.service.ts';
import { type FeedLine, feedLine, lineText } from './feed.present.ts';
import { activityOf, organizationActivity, repositoryActivity } from './feed.service.ts';
import type { FeedPage } from './feed.types.ts';
import { nextAddress } from './lists.web.ts';

const REPOSITORY = '/:owner/:repo/activity';

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: REPOSITORY, access: 'repository:see', handler: getRepositoryActivity },
  { method: 'get', path: `${REPOSITORY}.atom`, access: 'repository:see', handler: getRepositoryFeed },
  { method: 'get', path: `${REPOSITORY}.rss`, access: 'repository:see', handler: getRepositoryFeed },
];
/** Gitea's address of a repository's feed; no repository is named so. */
const namedRoutes: Route<Ability, OpenRepository>[] = [
  {
    path: '/:owner/:repo{[^/]+\\.(?:atom|rss)}',
    ...{ method: 'get', access: 'repository:see', handler: getRepositoryFeed },
  },
];
const organizationRoutes: Route<'organization:see', OpenOrganization>[] = [
  {
    method: 'get',
    path: '/orgs/:org/activity',
    access: 'organization:see',
    handler: getOrganizationActivity,
  },
];
const ownerRoutes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/:feed{[^/]+\\.(?:atom|rss)}', access: 'anyone', handler: getOwnerFeed },
];

/** Adds the pages and feeds. No account is named `….atom` or `….rss`, so those of owners stand before their pages. */
export function mountFeeds(web: WebApp): void {
  // First: `/:owner/:repo/activity` would match it too.
  mountRoutes(web, organizationGate(openOrganization), organizationRoutes);
  mountRoutes(web, repositoryGate(openRepository), routes);
  mountRoutes(web, repositoryGate(openOfFeed), namedRoutes);
  mountRoutes(web, accountGate, ownerRoutes);
}

/** The repository whose feed an address asks for; one that has moved leads to the feed at its new name. */
async function openOfFeed(
  app: App,
  actor: Actor,
  owner: string,
  name: string,
  ability: Ability,
): Promise<OpenRepository> {
  const open = await openRepository(app, actor, owner, name.replace(FEED_ENDING, ''), ability);
  return open.moved ? { ...open, path: `${open.path}.${formatOf(name)}` } : open;
}

/** What the head of a page says of the feed of a person or an organization. */
export function atomLink(name: string): { href: string; title: string } {
  return { href: `${path('', name)}.atom`, title: `Activity of ${name}` };
}

/** The lines of a page of a feed, and where the older ones are. */
export function feedModel(c: WebContext, feed: FeedPage) {
  return {
    lines: feed.entries.map(feedLine),
    olderFeed: nextAddress(c, {}, 'before', feed.next),
    isNewestFeed: !c.req.query('before'),
  };
}

async function getRepositoryActivity(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const name = open.path.slice(1);
  return page(c, 'profiles/repository-activity', {
    title: `Activity · ${name}`,
    repo: repositoryFrame(open, 'insights'),
    feed: { href: `${open.path}/activity.atom`, title: `Activity of ${name}` },
    ...feedModel(c, await repositoryActivity(app, actor, open, c.req.query('before'))),
  });
}

async function getOrganizationActivity(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { app, actor } = c.var;
  const { name, displayName } = open.organization;
  const [org, activity] = await Promise.all([
    organizationFrame(app, open, 'activity'),
    organizationActivity(app, actor, open, c.req.query('before')),
  ]);
  return page(c, 'profiles/organization-activity', {
    title: `Activity · ${displayName || name}`,
    org,
    feed: atomLink(name),
    ...feedModel(c, activity),
  });
}

async function getRepositoryFeed(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  return answer(c, await repositoryActivity(app, actor, open), {
    id: `repository/${open.repository.id}/activity`,
    name: open.path.slice(1),
    page: `${open.path}/activity`,
    feed: `${open.path}/activity`,
  });
}

/** `/name.atom`, of a person or an organization; hidden ones answer as if missing. */
async function getOwnerFeed(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  const asked = (c.req.param('feed') ?? '').replace(FEED_ENDING, '');
  const owner = await findUserByName(app, asked);
  if (!owner) throw notFound('page');
  const of = (page: string) => ({
    id: `account/${owner.id}/activity`,
    name: owner.name,
    page,
    feed: path('', owner.name),
  });
  if (owner.kind === 'organization') {
    const open = await openOrganization(app, actor, owner.name, 'organization:see').catch(hideWhatItWas);
    return answer(c, await organizationActivity(app, actor, open), of(`${open.path}/activity`));
  }
  if (!maySeeAccount(actor, owner)) throw notFound('page');
  return answer(c, await activityOf(app, actor, owner.id), of(path('', owner.name)));
}

/** A name at this address may be anybody's: the refusal must not tell that it is an organization's. */
export function hideWhatItWas(error: unknown): never {
  throw isAppError(error, 'not_found') ? notFound('page') : error;
}

interface Answered {
  /** Stays when the thing is renamed. */
  id: string;
  name: string;
  page: string;
  /** Without its ending. */
  feed: string;
}

function answer(c: WebContext, found: FeedPage, { id, name, page, feed }: Answered): Response {
  const base = c.var.app.publicUrl();
  const format = formatOf(c.req.path);
  const model = {
    title: `Activity of ${name}`,
    id: feedId(c, id),
    href: base + page,
    self: `${base}${feed}.${format}`,
    entries: found.entries.map((entry): FeedEntryModel => {
      const line = feedLine(entry);
      const href = line.about?.href ?? line.ref?.href ?? line.repository.href;
      return {
        id: feedId(c, `event/${entry.event.id}`),
        title: lineText(line),
        href: base + href,
        updated: line.at,
        author: line.actor.name,
        html: lineHtml(line),
      };
    }),
  };
  return answerFeed(c, model, format);
}

/** Addresses are relative to the feed's page, as `xml:base` says. */
function lineHtml(line: FeedLine): SafeHtml {
  const link = (href: string, text: string) => `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>`;
  const ref = line.ref && (line.ref.href ? link(line.ref.href, line.ref.label) : escapeHtml(line.ref.label));
  const more = line.more ? ` and ${line.more} more` : '';
  const place = link(line.repository.href, line.repository.label);
  const said = `<p>${link(path('', line.actor.name), line.actor.name)} ${line.verb} ${ref ? `${ref}${more} ${line.link} ` : ''}${place}</p>`;
  return (said + (line.about ? `<p>${link(line.about.href, line.about.text)}</p>` : '')) as SafeHtml;
}
