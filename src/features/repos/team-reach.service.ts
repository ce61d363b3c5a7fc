// Teams that are in every repository of their organization, and teams whose permission changes everywhere at once.
import { type Actor, doneBy, SYSTEM } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { teamsTakingAll } from '../orgs/team-defaults.service.ts';
import type { TeamReach } from '../orgs/team-reach.service.ts';
import type { RepositoryRow } from './repos.types.ts';
import { setTeamGrant } from './team-access.store.ts';
import { changeGrantsOf, grantEverywhere } from './team-reach.store.ts';

/** Gives a team what its new reach says, in the transaction that changes the team; that transaction records its event. */
export async function followReach(app: App, tx: Tx, _actor: Actor, reach: TeamReach): Promise<void> {
  const { organizationId, teamId, permission, isPermissionNew, takesAllNow } = reach;
  if (isPermissionNew) await changeGrantsOf(tx, teamId, permission);
  if (!takesAllNow) return;
  await grantEverywhere(tx, { organizationId, teamId, permission, createdAt: app.clock.now() });
}

/** Adds the teams that are in every repository of its owner to one that is new there. */
export async function addTakingTeams(
  app: App,
  tx: Tx,
  { id: repositoryId, ownerId }: Pick<RepositoryRow, 'id' | 'ownerId'>,
): Promise<void> {
  for (const { teamId, permission } of await teamsTakingAll(tx, ownerId)) {
    const row = { teamId, repositoryId, permission };
    await setTeamGrant(tx, { ...row, createdAt: app.clock.now() });
    await app.events.record(tx, { kind: 'team_repository.set', ...doneBy(SYSTEM), ...row });
  }
}
