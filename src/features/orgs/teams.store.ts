// Queries on teams and on how they are nested.
import { and, asc, count, eq, gt, inArray, notInArray, or, type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { teamAncestors, teams } from '../../platform/db/tables/orgs.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { TeamRow } from './orgs.types.ts';

type Db = Reader | Tx;

export async function findTeam(db: Db, organizationId: number, id: number): Promise<TeamRow | undefined> {
  const [row] = await db
    .select()
    .from(teams)
    .where(and(eq(teams.organizationId, organizationId), eq(teams.id, id)));
  return row;
}

/** A team of whatever organization. */
export async function findTeamOfAny(db: Db, id: number): Promise<TeamRow | undefined> {
  const [row] = await db.select().from(teams).where(eq(teams.id, id));
  return row;
}

/** A team by its name in lower case. */
export async function findTeamByNameKey(
  db: Db,
  organizationId: number,
  nameKey: string,
): Promise<TeamRow | undefined> {
  const [row] = await db
    .select()
    .from(teams)
    .where(and(eq(teams.organizationId, organizationId), eq(teams.nameKey, nameKey)));
  return row;
}

/** The names of teams by their ids. */
export async function listTeamNames(db: Db, ids: readonly number[]): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: teams.id, name: teams.name })
    .from(teams)
    .where(inArray(teams.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row.name]));
}

export interface TeamFilter {
  /** The secret teams the viewer may know of; undefined for all. */
  knownIds?: readonly number[];
  onlyIds?: readonly number[];
  parentId?: number;
  /** A part of the name, any case. */
  words?: string;
  /** Continues behind this name in lower case. */
  after?: string;
  limit?: number;
}

/** Teams of an organization by name. */
export async function listTeams(db: Db, organizationId: number, filter: TeamFilter = {}): Promise<TeamRow[]> {
  return db
    .select()
    .from(teams)
    .where(and(eq(teams.organizationId, organizationId), ...teamConditions(filter)))
    .orderBy(asc(teams.nameKey))
    .limit(filter.limit ?? Number.MAX_SAFE_INTEGER);
}

export async function countTeams(db: Db, organizationId: number, filter: TeamFilter = {}): Promise<number> {
  const [row] = await db
    .select({ total: count() })
    .from(teams)
    .where(and(eq(teams.organizationId, organizationId), ...teamConditions(filter)));
  return row?.total ?? 0;
}

function teamConditions({ knownIds, onlyIds, parentId, words, after }: TeamFilter): (SQL | undefined)[] {
  return [
    knownIds && knownTo(knownIds),
    onlyIds && among(onlyIds),
    parentId === undefined ? undefined : eq(teams.parentId, parentId),
    words ? nameContains(words) : undefined,
    after === undefined ? undefined : gt(teams.nameKey, after),
  ];
}

function among(ids: readonly number[]): SQL {
  return ids.length === 0 ? sql`1 = 0` : inArray(teams.id, [...ids]);
}

function knownTo(ids: readonly number[]): SQL | undefined {
  const open = eq(teams.isSecret, false);
  return ids.length === 0 ? open : or(open, inArray(teams.id, [...ids]));
}

/** `_` is a wildcard of LIKE and legal in names, so it is escaped by a character that no name holds. */
function nameContains(words: string): SQL {
  const literal = words.toLowerCase().replace(/[!%_]/g, '!$&');
  return sql`${teams.nameKey} like ${`%${literal}%`} escape '!'`;
}

/** Inserts a team with its place below its parent. */
export async function insertTeam(tx: Tx, row: Omit<TeamRow, 'id'>): Promise<TeamRow> {
  const team = await insertReturning(tx, teams, row);
  await tx.insert(teamAncestors).values({ teamId: team.id, ancestorId: team.id, depth: 0 });
  await placeBelow(tx, team.id, team.parentId);
  return team;
}

export async function updateTeam(tx: Tx, id: number, changes: Partial<TeamRow>): Promise<void> {
  await tx.update(teams).set(changes).where(eq(teams.id, id));
}

/** Moves a team, with all below it, under another parent or to the top; the caller refused circles. */
export async function moveTeam(tx: Tx, id: number, parentId: number | null): Promise<void> {
  await updateTeam(tx, id, { parentId });
  await placeBelow(tx, id, parentId);
}

/** Removes a team; those below it move up to its parent. */
export async function removeTeam(tx: Tx, team: TeamRow): Promise<void> {
  for (const child of await listChildIds(tx, team.id)) await moveTeam(tx, child, team.parentId);
  await tx.delete(teams).where(eq(teams.id, team.id));
}

async function listChildIds(db: Db, id: number): Promise<number[]> {
  const rows = await db.select({ id: teams.id }).from(teams).where(eq(teams.parentId, id));
  return rows.map((row) => row.id);
}

/** A team with all below it, and how far below. */
export async function listBelow(db: Db, id: number): Promise<{ teamId: number; depth: number }[]> {
  return db
    .select({ teamId: teamAncestors.teamId, depth: teamAncestors.depth })
    .from(teamAncestors)
    .where(eq(teamAncestors.ancestorId, id));
}

/** The teams above one, the nearest first, without itself. */
export async function listAbove(db: Db, id: number): Promise<TeamRow[]> {
  const rows = await db
    .select({ team: teams })
    .from(teamAncestors)
    .innerJoin(teams, eq(teams.id, teamAncestors.ancestorId))
    .where(and(eq(teamAncestors.teamId, id), gt(teamAncestors.depth, 0)))
    .orderBy(asc(teamAncestors.depth));
  return rows.map((row) => row.team);
}

/** Whether teams below one, at any distance, can be seen by every member. */
export async function hasOpenBelow(db: Db, id: number): Promise<boolean> {
  const rows = await db
    .select({ id: teams.id })
    .from(teamAncestors)
    .innerJoin(teams, eq(teams.id, teamAncestors.teamId))
    .where(and(eq(teamAncestors.ancestorId, id), gt(teamAncestors.depth, 0), eq(teams.isSecret, false)))
    .limit(1);
  return rows.length > 0;
}

/** Gives a team and all below it the ancestors of its new parent, in place of those it had. */
async function placeBelow(tx: Tx, id: number, parentId: number | null): Promise<void> {
  const below = await listBelow(tx, id);
  const inside = below.map(({ teamId }) => teamId);
  await tx
    .delete(teamAncestors)
    .where(and(inArray(teamAncestors.teamId, inside), notInArray(teamAncestors.ancestorId, inside)));
  if (parentId === null) return;
  const above = await tx
    .select({ ancestorId: teamAncestors.ancestorId, depth: teamAncestors.depth })
    .from(teamAncestors)
    .where(eq(teamAncestors.teamId, parentId));
  const rows = below.flatMap(({ teamId, depth }) =>
    above.map((up) => ({ teamId, ancestorId: up.ancestorId, depth: depth + 1 + up.depth })),
  );
  for (let from = 0; from < rows.length; from += 500) {
    await tx.insert(teamAncestors).values(rows.slice(from, from + 500));
  }
}
