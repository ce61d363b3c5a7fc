// Which teams of the owning organization may work in a repository, as its access page shows and changes it.
import { type Actor, doneBy } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { permissionIncludes, requireAbility } from './repos.policy.ts';
import { findLiveById } from './repos.store.ts';
import type { GivenPermission, OpenRepository, RepositorySummary } from './repos.types.ts';
import { listTeamAccess, removeTeamGrant, setTeamGrant, type TeamAccess } from './team-access.store.ts';

/**
 * The teams of the owning organization, with what they were given. Secret ones are named to the organization's owners
 * alone; of others is told how many were given something.
 */
export async function teamAccessOf(
  app: App,
  actor: Actor,
  open: OpenRepository,
): Promise<{ teams: TeamAccess[]; secretCount: number }> {
  await requireAbility(app.db.read, actor, open, 'access:read');
  if (open.owner.kind !== 'organization') return { teams: [], secretCount: 0 };
  const all = await listTeamAccess(app.db.read, open.owner.id, open.repository.id);
  const teams = all.filter((team) => isNamed(open, team));
  const secretCount = all.filter((team) => !isNamed(open, team) && team.permission).length;
  return { teams, secretCount };
}

function isNamed(open: Pick<OpenRepository, 'permission'>, team: TeamAccess): boolean {
  return !team.isSecret || permissionIncludes(open.permission, 'owner');
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
    const team = await findTeam(tx, open, repository.ownerId, teamId);
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
    if (!(await findTeam(tx, open, repository.ownerId, teamId))) throw notFound('team');
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
  tx: Tx,
  open: OpenRepository,
  ownerId: number,
  teamId: number,
): Promise<TeamAccess | undefined> {
  const teams = await listTeamAccess(tx, ownerId, open.repository.id);
  return teams.find((team) => team.teamId === teamId && isNamed(open, team));
}
