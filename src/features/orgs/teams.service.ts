// Teams of organizations and how they are nested; their people are in team-members.service.ts.
import type { AbilityOn } from '../../base/abilities.ts';
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, invalid, isAppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { judgeOrganization, organizationLevelIncludes, organizationLevelOf } from './orgs.policy.ts';
import { findById } from './orgs.store.ts';
import type {
  OpenOrganization,
  OpenTeam,
  OpenTeamOf,
  OrganizationLevel,
  TeamDefaults,
  TeamRow,
} from './orgs.types.ts';
import { changeDefaults } from './team-defaults.service.ts';
import { findTeamMembership, listTeamIdsAround } from './team-members.store.ts';
import { parseTeam, type TeamInput, type UnitCaps } from './teams.input.ts';
import {
  countTeams,
  findTeam,
  findTeamByNameKey,
  findTeamOfAny,
  hasOpenBelow,
  insertTeam,
  listAbove,
  listBelow,
  listTeamNames,
  listTeams,
  moveTeam,
  removeTeam,
  type TeamFilter,
  updateTeam,
} from './teams.store.ts';

export const TEAMS_PER_PAGE = 50;
const MOST_TEAMS = 2000;
const MOST_LEVELS = 10;

/** Every team of an organization that the actor may know of, by name: for choices. */
export async function teamsOf(app: App, actor: Actor, organizationId: number): Promise<TeamRow[]> {
  const known = await requireKnown(app, actor, organizationId);
  return listTeams(app.db.read, organizationId, known);
}

export interface TeamPage {
  teams: TeamRow[];
  /** The `after` of the next page; undefined on the last one. */
  next: string | undefined;
}

/** One page of the teams the actor may know of, by name, or of those nested in one. */
export async function pageOfTeams(
  app: App,
  actor: Actor,
  organizationId: number,
  request: { words?: string; after?: string; parentId?: number } = {},
): Promise<TeamPage> {
  const known = await requireKnown(app, actor, organizationId);
  const rows = await listTeams(app.db.read, organizationId, {
    ...known,
    ...request,
    limit: TEAMS_PER_PAGE + 1,
  });
  const teams = rows.slice(0, TEAMS_PER_PAGE);
  return { teams, next: rows.length > TEAMS_PER_PAGE ? teams.at(-1)?.nameKey : undefined };
}

/** Teams of an organization by their ids, judged by nobody: for rooms that judge. */
export async function teamsByIds(
  app: App,
  organizationId: number,
  ids: readonly number[],
): Promise<TeamRow[]> {
  return listTeams(app.db.read, organizationId, { onlyIds: ids });
}

/** The names of the teams that some are nested in: whoever knows of a team knows of those above it. */
export async function parentNames(app: App, teams: readonly TeamRow[]): Promise<Map<number, string>> {
  const ids = teams.map(({ parentId }) => parentId).filter((id) => id !== null);
  return listTeamNames(app.db.read, [...new Set(ids)]);
}

/** How many teams the actor may know of; none where they may know of no teams at all. */
export async function countTeamsFor(app: App, actor: Actor, open: OpenOrganization): Promise<number> {
  const { organization, level } = open;
  if (!organizationLevelIncludes(level, 'member')) return 0;
  return countTeams(app.db.read, organization.id, await knownTo(app.db.read, actor, organization.id, level));
}

/** Which teams of an organization the actor may know of, as a condition of queries. Throws as the judgement. */
export async function knownTeams(
  app: App,
  actor: Actor,
  organizationId: number,
): Promise<Pick<TeamFilter, 'knownIds'>> {
  return requireKnown(app, actor, organizationId);
}

async function requireKnown(app: App, actor: Actor, organizationId: number): Promise<TeamFilter> {
  const organization = await findById(app.db.read, organizationId);
  if (!organization) throw notFound('organization');
  const level = await judgeOrganization(app.db.read, actor, organization, 'teams:read');
  return knownTo(app.db.read, actor, organizationId, level);
}

/** Owners know of every team; members of those that are not secret, and of those they are in and those above. */
async function knownTo(
  reader: Reader | Tx,
  actor: Actor,
  organizationId: number,
  level: OrganizationLevel,
): Promise<TeamFilter> {
  if (level === 'owner' || actor.kind !== 'user') return {};
  return { knownIds: await listTeamIdsAround(reader, organizationId, actor.userId) };
}

/**
 * Opens a team by its id, with its organization, for one ability. Whoever is no member of the organization learns of none of
 * its teams: AppError not_found, as for missing ones and for secret ones of others.
 */
export async function openTeamById(
  app: App,
  actor: Actor,
  id: number,
  ability: AbilityOn<'organization'>,
): Promise<OpenTeamOf> {
  if (actor.kind === 'anonymous') throw new AppError('unauthenticated', 'Sign in to see teams.');
  const reader = app.db.read;
  const team = await findTeamOfAny(reader, id);
  const organization = team && (await findById(reader, team.organizationId));
  if (!team || !organization) throw notFound('team');
  const level = await organizationLevelOf(reader, actor, organization);
  if (!organizationLevelIncludes(level, 'member')) throw notFound('team');
  const path = `/orgs/${organization.name}`;
  const opened = await openFound(app, { organization, level, actor, path }, team);
  await judgeOrganization(reader, actor, organization, ability);
  return { ...opened, organization: { organization, level, actor, path } };
}

/** Opens a team by its name. Throws AppError not_found for missing ones and for secret ones of others alike. */
export async function openTeam(app: App, open: OpenOrganization, name: string): Promise<OpenTeam> {
  const team = await findTeamByNameKey(app.db.read, open.organization.id, name.slice(0, 64).toLowerCase());
  if (!team) throw notFound('team');
  return openFound(app, open, team);
}

async function openFound(app: App, open: OpenOrganization, team: TeamRow): Promise<OpenTeam> {
  const { organization, level, actor } = open;
  const reader = app.db.read;
  const { knownIds } = await knownTo(reader, actor, organization.id, level);
  if (team.isSecret && knownIds && !knownIds.includes(team.id)) throw notFound('team');
  const own = actor.kind === 'user' ? await findTeamMembership(reader, team.id, actor.userId) : undefined;
  return {
    team,
    ancestors: await listAbove(reader, team.id),
    role: own?.role,
    canMaintain: level === 'owner' || own?.role === 'maintainer',
    path: `${open.path}/teams/${team.name}`,
  };
}

/**
 * Creates a team. Throws AppError invalid on `name`, `description`, `parent` or `isSecret`: below a secret team there
 * are only secret teams, so that none betrays the one above.
 */
export async function createTeam(
  app: App,
  actor: Actor,
  organizationId: number,
  raw: Record<string, unknown>,
  defaults: Partial<TeamDefaults> = {},
): Promise<TeamRow> {
  const input = parseTeam(raw);
  return takingName(input.name, () =>
    app.db.write(async (tx) => {
      await requireManager(tx, actor, organizationId);
      if ((await countTeams(tx, organizationId)) >= MOST_TEAMS)
        throw invalid({ name: `An organization has at most ${MOST_TEAMS} teams.` });
      const parent = await findParent(tx, organizationId, input);
      if (parent) await requireRoomBelow(tx, parent, 1);
      const team = await insertTeam(tx, {
        organizationId,
        parentId: parent?.id ?? null,
        ...ownValues(input, {}),
        createdAt: app.clock.now(),
      });
      const made = { organizationId, teamId: team.id, name: team.name };
      await app.events.record(tx, { kind: 'team.created', ...doneBy(actor), ...made });
      await changeDefaults(app, tx, actor, team, defaults);
      return team;
    }),
  );
}

/** Changes a team, and moves it with all below it. Throws as `createTeam`, and on `parent` for a circle. */
export async function changeTeam(
  app: App,
  actor: Actor,
  organizationId: number,
  teamId: number,
  raw: Record<string, unknown>,
  defaults: Partial<TeamDefaults> = {},
): Promise<TeamRow> {
  const input = parseTeam(raw);
  return takingName(input.name, () =>
    app.db.write(async (tx) => {
      await requireManager(tx, actor, organizationId);
      const before = await requireTeam(tx, organizationId, teamId);
      const parent = await findParent(tx, organizationId, input);
      await requireSecretBelow(tx, before, input);
      const parentId = parent?.id ?? null;
      if (parentId !== before.parentId) await moveChecked(tx, before, parent);
      const values = ownValues(input, before.unitCaps as UnitCaps);
      await updateTeam(tx, teamId, values);
      const after = { ...before, ...values, parentId };
      const others = await changeDefaults(app, tx, actor, before, defaults);
      const changes = [...changedFields(before, after), ...others];
      const changed = { organizationId, teamId, changes };
      if (changes.length > 0)
        await app.events.record(tx, { kind: 'team.updated', ...doneBy(actor), ...changed });
      return after;
    }),
  );
}

/** Deletes a team: its people and its access to repositories go, teams below it move up to its parent. */
export async function deleteTeam(
  app: App,
  actor: Actor,
  organizationId: number,
  teamId: number,
): Promise<void> {
  await app.db.write(async (tx) => {
    await requireManager(tx, actor, organizationId);
    const team = await requireTeam(tx, organizationId, teamId);
    await removeTeam(tx, team);
    const gone = { organizationId, teamId, name: team.name };
    await app.events.record(tx, { kind: 'team.deleted', ...doneBy(actor), ...gone });
  });
}

async function takingName<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isAppError(error, 'conflict') && error.fields === undefined)
      throw invalid({ name: `There is already a team named ${name}.` });
    throw error;
  }
}

async function requireManager(tx: Tx, actor: Actor, organizationId: number): Promise<void> {
  const organization = await findById(tx, organizationId);
  if (!organization) throw notFound('organization');
  await judgeOrganization(tx, actor, organization, 'teams:manage');
}

async function requireTeam(tx: Tx, organizationId: number, teamId: number): Promise<TeamRow> {
  const team = await findTeam(tx, organizationId, teamId);
  if (!team) throw notFound('team');
  return team;
}

async function findParent(tx: Tx, organizationId: number, input: TeamInput): Promise<TeamRow | undefined> {
  if (input.parent === '') return undefined;
  const parent = await findTeamByNameKey(tx, organizationId, input.parent.toLowerCase());
  if (!parent) throw invalid({ parent: `There is no team named ${input.parent}.` });
  if (parent.isSecret && !input.isSecret)
    throw invalid({ isSecret: `${parent.name} is secret, so the teams below it are secret as well.` });
  return parent;
}

async function requireSecretBelow(tx: Tx, team: TeamRow, input: TeamInput): Promise<void> {
  if (!input.isSecret || team.isSecret || !(await hasOpenBelow(tx, team.id))) return;
  throw invalid({ isSecret: 'Make the teams below it secret first: their place would betray this one.' });
}

async function moveChecked(tx: Tx, team: TeamRow, parent: TeamRow | undefined): Promise<void> {
  if (parent) {
    const below = await listBelow(tx, team.id);
    if (below.some(({ teamId }) => teamId === parent.id))
      throw invalid({ parent: 'A team cannot be nested in itself or in a team below it.' });
    await requireRoomBelow(tx, parent, 1 + Math.max(...below.map(({ depth }) => depth)));
  }
  await moveTeam(tx, team.id, parent?.id ?? null);
}

async function requireRoomBelow(tx: Tx, parent: TeamRow, levels: number): Promise<void> {
  const above = (await listAbove(tx, parent.id)).length + 1;
  if (above + levels <= MOST_LEVELS) return;
  throw invalid({ parent: `Teams can be nested ${MOST_LEVELS} levels deep at most.` });
}

/** Units the form does not show keep their caps; `write` caps nothing, so it is not kept. */
function ownValues(input: TeamInput, before: UnitCaps) {
  const caps = Object.entries({ ...before, ...input.unitCaps }).filter(([, cap]) => cap !== 'write');
  const { name, description, isSecret } = input;
  const unitCaps = Object.fromEntries(caps) as TeamRow['unitCaps'];
  return { name, nameKey: name.toLowerCase(), description, isSecret, unitCaps };
}

function changedFields(before: TeamRow, after: TeamRow): string[] {
  const fields = ['name', 'description', 'parentId', 'isSecret', 'unitCaps'] as const;
  return fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

/** Throws AppError forbidden unless the actor maintains the team; for changes of its people. */
export async function requireTeamMaintainer(
  tx: Tx,
  actor: Actor,
  organizationId: number,
  teamId: number,
): Promise<TeamRow> {
  const organization = await findById(tx, organizationId);
  if (!organization) throw notFound('organization');
  const level = await judgeOrganization(tx, actor, organization, 'team-members:manage');
  const team = await requireTeam(tx, organizationId, teamId);
  if (level === 'owner' || actor.kind !== 'user') return team;
  const own = await findTeamMembership(tx, teamId, actor.userId);
  if (own?.role === 'maintainer') return team;
  const { knownIds } = await knownTo(tx, actor, organizationId, level);
  if (team.isSecret && !knownIds?.includes(team.id)) throw notFound('team');
  throw new AppError(
    'forbidden',
    'Only maintainers of this team and owners of the organization may do this.',
  );
}
