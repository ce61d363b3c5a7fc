// What teams do of themselves in their organizations: what they are given where they are added, and whether that is everywhere.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import type { TeamDefaults, TeamRow } from './orgs.types.ts';
import { listTakingAll, listTeamDefaults, setTeamDefaults } from './team-defaults.store.ts';
import { changeReach } from './team-reach.service.ts';

/** What holds for a team for which nothing was set. */
export const PLAIN_DEFAULTS: TeamDefaults = {
  permission: 'read',
  takesAll: false,
  createsRepositories: false,
};

/** The defaults of these teams by id; for teams that were judged. `reader` may be a running transaction. */
export async function teamDefaultsOf(
  app: App,
  teamIds: readonly number[],
  reader: Reader | Tx = app.db.read,
): Promise<Map<number, TeamDefaults>> {
  const set = await listTeamDefaults(reader, teamIds);
  return new Map(teamIds.map((id) => [id, set.get(id) ?? PLAIN_DEFAULTS]));
}

/** The teams that are added to every repository of an organization, judged by nobody: for the room that adds them. */
export async function teamsTakingAll(
  tx: Tx,
  organizationId: number,
): Promise<{ teamId: number; permission: TeamDefaults['permission'] }[]> {
  return listTakingAll(tx, organizationId);
}

/**
 * Changes what a team does of itself, in the caller's transaction, which has judged it; says what changed. A new permission
 * holds wherever the team was given one, as Gitea's teams have the same everywhere: taken back, it must not stay anywhere.
 */
export async function changeDefaults(
  app: App,
  tx: Tx,
  actor: Actor,
  { id: teamId, organizationId }: Pick<TeamRow, 'id' | 'organizationId'>,
  wanted: Partial<TeamDefaults>,
): Promise<string[]> {
  const before = (await listTeamDefaults(tx, [teamId])).get(teamId);
  const after = { ...PLAIN_DEFAULTS, ...before, ...wanted };
  const fields = ['permission', 'takesAll', 'createsRepositories'] as const;
  const changed = fields.filter((field) => after[field] !== (before ?? PLAIN_DEFAULTS)[field]);
  const isPermissionNew = wanted.permission !== undefined && wanted.permission !== before?.permission;
  if (changed.length === 0 && !isPermissionNew) return [];
  await setTeamDefaults(tx, teamId, after);
  const takesAllNow = after.takesAll && before?.takesAll !== true;
  const { permission } = after;
  await changeReach(app, tx, actor, { organizationId, teamId, permission, isPermissionNew, takesAllNow });
  return changed;
}
