// The page of a person or an organization, one tab at a time.
import { notFound } from '../../base/errors.ts';
import { capital } from '../../platform/render/words.ts';
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { organizationsOf } from '../orgs/memberships.service.ts';
import { pageOfStars } from '../repos/stars.service.ts';
import { followingAmong, isFollowing, pageOfFollows } from '../users/follows.service.ts';
import { maySeeAccount } from '../users/people.service.ts';
import { findUserByName } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import { contributionsOf, dayOf } from './contributions.service.ts';
import { activityOf } from './feed.service.ts';
import { atomLink, feedModel, hideWhatItWas } from './feed.web.ts';
import { graphDays, graphModel } from './graph.present.ts';
import { listItem } from './lists.present.ts';
import { listItems, listModel, nextAddress } from './lists.web.ts';
import { answerOrganization } from './organization.web.ts';
import { pinsOf } from './pins.service.ts';
import { personFacts } from './profiles.present.ts';
import { profileReadme } from './readme.present.ts';

const TABS = ['overview', 'repositories', 'stars', 'followers', 'following'] as const;
type Tab = (typeof TABS)[number];

/** `/:owner` */
export async function getOwner(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  const owner = await findUserByName(app, c.req.param('owner') ?? '');
  if (!owner) throw notFound('page');
  if (owner.kind === 'organization') return answerOrganization(c, owner.name).catch(hideWhatItWas);
  if (!maySeeAccount(actor, owner)) throw notFound('page');
  return answerPerson(c, owner);
}

async function answerPerson(c: WebContext, owner: UserRow): Promise<Response> {
  const { app, actor } = c.var;
  const tab = TABS.find((one) => one === c.req.query('tab')) ?? 'overview';
  const [organizations, follows, content] = await Promise.all([
    organizationsOf(app, actor, owner.id),
    isFollowing(app, actor, owner.id),
    CONTENT[tab](c, owner),
  ]);
  return page(c, `profiles/person-${tab}`, {
    title: titleOf(owner, tab),
    person: personFacts(owner, actor),
    isSelf: actor.kind === 'user' && actor.userId === owner.id,
    follows,
    organizations: organizations.map(({ organization }) => organization),
    selected: tab,
    feed: atomLink(owner.name),
    ...content,
  });
}

function titleOf({ name, displayName }: UserRow, tab: Tab): string {
  const who = displayName ? `${name} (${displayName})` : name;
  return tab === 'overview' ? who : `${capital(tab)} · ${who}`;
}

type Content = (c: WebContext, owner: UserRow) => Promise<object>;

const CONTENT: Record<Tab, Content> = {
  overview: overviewOf,
  repositories: (c, owner) => listModel(c, { ownerId: owner.id }, { tab: 'repositories' }),
  stars: starsOf,
  followers: (c, owner) => peopleOf(c, owner, 'followers'),
  following: (c, owner) => peopleOf(c, owner, 'following'),
};

async function overviewOf(c: WebContext, owner: UserRow): Promise<Record<string, unknown>> {
  const { app, actor } = c.var;
  const days = graphDays(dayOf(app.clock.now()));
  const [readme, pins, contributions, activity] = await Promise.all([
    profileReadme(app, actor, owner.name),
    pinsOf(app, actor, owner.id),
    contributionsOf(app, actor, owner.id, days),
    activityOf(app, actor, owner.id, c.req.query('before')),
  ]);
  return {
    readme,
    pins: pins.map((pin) => listItem(pin)),
    graph: graphModel(contributions.last, contributions.counts),
    ...feedModel(c, activity),
  };
}

async function starsOf(c: WebContext, owner: UserRow): Promise<Record<string, unknown>> {
  const after = c.req.query('after');
  const { items, next } = await pageOfStars(c.var.app, c.var.actor, owner.id, after);
  return {
    items: await listItems(c, items),
    next: nextAddress(c, { tab: 'stars' }, 'after', next),
    isFirst: !after,
  };
}

async function peopleOf(
  c: WebContext,
  owner: UserRow,
  side: 'followers' | 'following',
): Promise<Record<string, unknown>> {
  const { app, actor } = c.var;
  const after = c.req.query('after');
  const { items, next } = await pageOfFollows(app, owner.id, side, after);
  const followed = await followingAmong(
    app,
    actor,
    items.map(({ id }) => id),
  );
  return {
    people: items.map((person) => ({ ...person, isFollowed: followed.has(person.id) })),
    next: nextAddress(c, { tab: side }, 'after', next),
    isFirst: !after,
  };
}
