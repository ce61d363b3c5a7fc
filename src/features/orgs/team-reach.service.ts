// What follows for repositories from what a team does of itself: the repos room, which knows them, adds it here.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { TeamDefaults } from './orgs.types.ts';

export interface TeamReach {
  organizationId: number;
  teamId: number;
  permission: TeamDefaults['permission'];
  /** The permission is new: the team has it wherever it was given one. */
  isPermissionNew: boolean;
  /** The team is added to every repository that it is not in yet. */
  takesAllNow: boolean;
}

/** Writes rows only, in few statements however many repositories there are. */
export type FollowReach = (app: App, tx: Tx, actor: Actor, reach: TeamReach) => Promise<void>;

const followed = new WeakMap<App, FollowReach>();

/** Says what follows when a team's reach changes. */
export function followTeamReach(app: App, follow: FollowReach): void {
  followed.set(app, follow);
}

/** Lets follow what does, in the transaction that changes the team. */
export async function changeReach(app: App, tx: Tx, actor: Actor, reach: TeamReach): Promise<void> {
  await followed.get(app)?.(app, tx, actor, reach);
}
