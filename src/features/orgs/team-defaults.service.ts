// What teams do of themselves in their organizations: what they are given where they are added, and whether that is everywhere.
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import type { TeamDefaults } from './orgs.types.ts';
import { listTakingAll, listTeamDefaults } from './team-defaults.store.ts';

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
