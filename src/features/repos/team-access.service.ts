// Which teams of the owning organization may work in a repository, as its access page shows and changes it.
import { type Actor, doneBy } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { organizationLevelIncludes, organizationLevelOf } from '../orgs/orgs.policy.ts';
import { findOrganizationById } from '../orgs/orgs.service.ts';
import { permissionIncludes, requireAbility } from './repos.policy.ts';
import { findLiveById } from './repos.store.ts';
import type { GivenPermission, OpenRepository, RepositorySummary } from './repos.types.ts';
import { listTeamAccess, removeTeamGrant, setTeamGrant, type TeamAccess } from './team-access.store.ts';

export type { TeamAccess } from './team-access.store.ts';

/**
 * The teams of the owning organization, with what they were given. Secret ones are named to the organization's owners
 * alone; of others is told how many were given something. Whoever is no member learns only of those that were.
 */
export async function teamAccessOf(
  app: App,
  actor: Actor,
  open: OpenRepository,
): Promise<{ teams: TeamAccess[]; secretCount: number }> {
  await requireAbility(app.db.read, actor, open, 'access:read');
  if (open.owner.kind !== 'organization') return { teams: [], secretCount: 0 };
  const all = await listTeamAccess(app.db.read, open.owner.id, open.repository.id);
  const isNamed = await namingFor(app, app.db.read, actor, open);
  const teams = all.filter(isNamed);
  const secretCount = all.filter((team) => team.permission && !isNamed(team)).length;
  return { teams, secretCount };
}

/** A team of the owning organization by its name, if the actor may know of it; throws AppError not_found. */
export async function requireTeamNamed(
  app: App,
  actor: Actor,
  open: OpenRepository,
  name: string,
): Promise<TeamAccess> {
  const { teams } = await teamAccessOf(app, actor, open);
  const team = teams.find(({ nameKey }) => nameKey === name.toLowerCase());
  if (!team) throw notFound('team');
  return team;
}

/** Which teams the actor may know of: a collaborator from outside administers a repository, and not its organization. */
async function namingFor(
  app: App,
  reader: Reader | Tx,
  actor: Actor,
  { permission, owner }: OpenRepository,
): Promise<(team: TeamAccess) => boolean> {
  if (permissionIncludes(permission, 'owner')) return () => true;
  const organization = await findOrganizationById(app, owner.id, reader);
  const level = organization ? await organizationLevelOf(reader, actor, organization) : 'none';
  const isMember = organizationLevelIncludes(level, 'member');
  return (team) => !team.isSecret && (isMember || team.permission !== undefined);
}

/** Gives a team a permission, or changes what it was given. Throws AppError invalid on `team`. */
export async function giveTeamAccess(
  app: App,
  actor: Actor,
  open: OpenRepository,
  input: { teamId: number; permission: GivenPermission },
): Promise<void> {
  await app.db.write(async (tx) => {
    const { repository } = await requireManaged(tx, actor, open);
    const { teamId, permission } = input;
    const team = await findTeam(app, tx, actor, open, repository.ownerId, teamId);
    if (!team) throw invalid({ team: 'Choose a team of this organization.' });
    if (team.permission === permission) return;
    const row = { teamId, repositoryId: repository.id, permission };
    await setTeamGrant(tx, { ...row, createdAt: app.clock.now() });
    await app.events.record(tx, { kind: 'team_repository.set', ...doneBy(actor), ...row });
  });
}

/** Takes away what a team was given; nothing happens when that was nothing. */
export async function takeTeamAccess(
  app: App,
  actor: Actor,
  open: OpenRepository,
  teamId: number,
): Promise<void> {
  await app.db.write(async (tx) => {
    const { repository } = await requireManaged(tx, actor, open);
    if (!(await findTeam(app, tx, actor, open, repository.ownerId, teamId))) throw notFound('team');
    if (!(await removeTeamGrant(tx, teamId, repository.id))) return;
    const removed = { repositoryId: repository.id, teamId };
    await app.events.record(tx, { kind: 'team_repository.removed', ...doneBy(actor), ...removed });
  });
}

/** As it is now: it may have gone to another owner since the page was shown. */
async function requireManaged(tx: Tx, actor: Actor, open: OpenRepository): Promise<RepositorySummary> {
  const found = await findLiveById(tx, open.repository.id);
  if (!found) throw notFound('repository');
  await requireAbility(tx, actor, found, 'access:manage');
  return found;
}

async function findTeam(
  app: App,
  tx: Tx,
  actor: Actor,
  open: OpenRepository,
  ownerId: number,
  teamId: number,
): Promise<TeamAccess | undefined> {
  const teams = await listTeamAccess(tx, ownerId, open.repository.id);
  const isNamed = await namingFor(app, tx, actor, open);
  return teams.find((team) => team.teamId === teamId && isNamed(team));
}
