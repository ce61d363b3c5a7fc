// The newest events of many sources, at a cost that does not grow with the number of events. The newest event of each
// source is one look into an index; a page of n events can only come from the n sources whose newest are newest, and
// of those n events each are read from the index and merged.
import { and, desc, eq, gte, inArray, isNull, ne, or, type SQL, sql } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import {
  organizationMembers,
  organizations,
  teamAncestors,
  teamMembers,
} from '../../platform/db/tables/orgs.ts';
import { events } from '../../platform/db/tables/platform.ts';
import { collaborators, repositories, stars, teamRepositories } from '../../platform/db/tables/repos.ts';
import { follows } from '../../platform/db/tables/users.ts';
import type { Source } from './feed.types.ts';

/** Repositories of each way to have them, and people, that a feed looks at: the latest. */
const MOST_SOURCES = 1000;

/** Of the repositories somebody owns, works in or starred: those whose newest event before `before` is newest. */
export async function repositorySources(
  db: Reader,
  userId: number,
  before: number,
  limit: number,
): Promise<Rated[]> {
  const mine = ownedBy(db, userId)
    .union(givenTo(db, userId))
    .union(starredBy(db, userId))
    .union(ofTeams(db, userId))
    .as('mine');
  // Named by hand: drizzle drops the table's name of columns where a statement has one table only.
  const newest = sql<
    number | null
  >`(select max(e.id) from events e where e.repository_id = mine.id and e.id < ${before})`;
  const rows = await db
    .select({ id: mine.id, newest: newest.as('newest') })
    .from(mine)
    .orderBy(sql`newest desc`)
    .limit(limit);
  return rated('repository', rows);
}

/** Of the people somebody follows: those whose newest event before `before` is newest. */
export async function actorSources(
  db: Reader,
  userId: number,
  before: number,
  limit: number,
): Promise<Rated[]> {
  const followed = db
    .select({ id: follows.followedId })
    .from(follows)
    .where(eq(follows.followerId, userId))
    .orderBy(desc(follows.createdAt))
    .limit(MOST_SOURCES)
    .as('followed');
  const newest = sql<
    number | null
  >`(select max(e.id) from events e where e.actor_id = followed.followed_id and e.id < ${before})`;
  const rows = await db
    .select({ id: followed.id, newest: newest.as('newest') })
    .from(followed)
    .orderBy(sql`newest desc`)
    .limit(limit);
  return rated('actor', rows);
}

/** The repositories that a team reaches, by itself or by those above it, with their newest event before an id. */
export async function teamSources(db: Reader, teamId: number, before: number): Promise<Rated[]> {
  const reached = db
    .selectDistinct({ id: repositories.id, updatedAt: repositories.updatedAt })
    .from(teamAncestors)
    .innerJoin(teamRepositories, eq(teamRepositories.teamId, teamAncestors.ancestorId))
    .innerJoin(repositories, eq(repositories.id, teamRepositories.repositoryId))
    .where(and(eq(teamAncestors.teamId, teamId), isNull(repositories.deletedAt)))
    .orderBy(desc(repositories.updatedAt))
    .limit(MOST_SOURCES)
    .as('owned');
  const newest = sql<
    number | null
  >`(select max(e.id) from events e where e.repository_id = owned.id and e.id < ${before})`;
  const rows = await db
    .select({ id: reached.id, newest: newest.as('newest') })
    .from(reached)
    .orderBy(sql`newest desc`);
  return rated('repository', rows);
}

/** Of an organization's repositories those with events before `before`, the newest first. */
export async function organizationSources(
  db: Reader,
  organizationId: number,
  before: number,
): Promise<Rated[]> {
  const owned = db
    .select({ id: repositories.id })
    .from(repositories)
    .where(and(eq(repositories.ownerId, organizationId), isNull(repositories.deletedAt)))
    .orderBy(desc(repositories.updatedAt))
    .limit(MOST_SOURCES)
    .as('owned');
  const newest = sql<
    number | null
  >`(select max(e.id) from events e where e.repository_id = owned.id and e.id < ${before})`;
  const rows = await db
    .select({ id: owned.id, newest: newest.as('newest') })
    .from(owned)
    .orderBy(sql`newest desc`);
  return rated('repository', rows);
}

export interface Rated {
  source: Source;
  newest: number;
}

function rated(kind: Source['kind'], rows: { id: number; newest: number | null }[]): Rated[] {
  return rows.flatMap(({ id, newest }) =>
    newest === null ? [] : [{ source: { kind, id: Number(id) }, newest: Number(newest) }],
  );
}

/** The ids of the newest events of some sources, newest first. */
export async function newestIds(
  db: Reader,
  sources: readonly Rated[],
  before: number,
  limit: number,
): Promise<number[]> {
  const shares = sharesOf(sources, limit);
  if (shares.length === 0) return [];
  const parts = shares.map(({ source, most }, place) => idsOf(source, before, most, place));
  const merged = sql`(${sql.join(parts, sql` union all `)}) merged`;
  const rows = await db.select({ id: sql<number>`merged.id` }).from(merged);
  const ids = new Set(rows.map(({ id }) => Number(id)));
  return [...ids].sort((one, other) => other - one).slice(0, limit);
}

/**
 * How many events of each source can be among the newest: those that as many others come before as there are newer
 * newest events. One event may be the newest of two sources, of its repository and of its actor, and counts once.
 */
function sharesOf(sources: readonly Rated[], limit: number): { source: Source; most: number }[] {
  const ordered = sources.toSorted((one, other) => other.newest - one.newest);
  const newer = new Set<number>();
  return ordered.flatMap(({ source, newest }) => {
    newer.add(newest);
    const most = limit - (newer.size - 1);
    return most > 0 ? [{ source, most }] : [];
  });
}

/** As text: drizzle takes longer to put forty statements together than the database to run them. */
function idsOf({ kind, id }: Source, before: number, limit: number, place: number): SQL {
  const column = sql.raw(kind === 'actor' ? 'actor_id' : 'repository_id');
  const name = sql.raw(`s${place}`);
  // A statement of its own inside: some engines take no limit beside a union.
  return sql`select ${name}.id from (select id from events where ${column} = ${id} and id < ${before} order by id desc limit ${limit}) ${name}`;
}

function ownedBy(db: Reader, userId: number) {
  const organizationsOf = db
    .select({ id: organizationMembers.organizationId })
    .from(organizationMembers)
    .innerJoin(organizations, eq(organizations.userId, organizationMembers.organizationId))
    .where(
      and(
        eq(organizationMembers.userId, userId),
        or(eq(organizationMembers.role, 'owner'), ne(organizations.basePermission, 'none')),
      ),
    );
  const owned = db
    .select({ id: repositories.id })
    .from(repositories)
    .where(
      and(
        or(eq(repositories.ownerId, userId), inArray(repositories.ownerId, organizationsOf)),
        isNull(repositories.deletedAt),
      ),
    )
    .orderBy(desc(repositories.updatedAt))
    .limit(MOST_SOURCES)
    .as('owned');
  return db.select({ id: owned.id }).from(owned);
}

function givenTo(db: Reader, userId: number) {
  return db
    .select({ id: collaborators.repositoryId })
    .from(collaborators)
    .where(eq(collaborators.userId, userId));
}

function starredBy(db: Reader, userId: number) {
  const starred = db
    .select({ id: stars.repositoryId })
    .from(stars)
    .where(eq(stars.userId, userId))
    .orderBy(desc(stars.createdAt))
    .limit(MOST_SOURCES)
    .as('starred');
  return db.select({ id: starred.id }).from(starred);
}

function ofTeams(db: Reader, userId: number) {
  return db
    .select({ id: teamRepositories.repositoryId })
    .from(teamMembers)
    .innerJoin(teamAncestors, eq(teamAncestors.teamId, teamMembers.teamId))
    .innerJoin(teamRepositories, eq(teamRepositories.teamId, teamAncestors.ancestorId))
    .where(eq(teamMembers.userId, userId));
}

/**
 * The id of the first event at an instant or later; behind the last one where there is none. Ids grow with time, so that a
 * few looks into the primary key find it.
 */
export async function firstEventSince(db: Reader, instant: number): Promise<number> {
  const [last] = await db.select({ id: events.id }).from(events).orderBy(desc(events.id)).limit(1);
  let [low, high] = [1, (last?.id ?? 0) + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [found] = await db
      .select({ id: events.id, createdAt: events.createdAt })
      .from(events)
      .where(gte(events.id, middle))
      .orderBy(events.id)
      .limit(1);
    if (found && found.createdAt < instant) low = found.id + 1;
    else high = middle;
  }
  return low;
}
