// Giving somebody a place in a team whatever they are in the organization so far, as the API asks for it.
import type { Actor } from '../../base/actor.ts';
import { hasAdminPowerToChange } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import type { UserRow } from '../users/users.types.ts';
import { inviteIntoTeam } from './invitations.service.ts';
import { addMember } from './members.service.ts';
import { membershipOf } from './memberships.service.ts';
import { organizationLevelOf } from './orgs.policy.ts';
import { requireOrganizationById } from './orgs.service.ts';
import type { TeamRole, TeamRow } from './orgs.types.ts';
import { addTeamMember, isInTeam, setTeamRole } from './team-members.service.ts';

/**
 * Puts somebody into a team, or changes what they are in it. Who is no member of the organization is invited by its owners,
 * since nobody becomes one without accepting; administrators of the site add them. Throws as `addTeamMember`.
 */
export async function putIntoTeam(
  app: App,
  actor: Actor,
  team: TeamRow,
  user: UserRow,
  role: TeamRole | undefined,
): Promise<void> {
  const { id, organizationId } = team;
  if (await isInTeam(app, team, user.id)) {
    if (role !== undefined) await setTeamRole(app, actor, organizationId, id, user.id, role);
    return;
  }
  if (!(await membershipOf(app, organizationId, user.id))) {
    const isInvited = await bringIn(app, actor, team, user);
    if (isInvited) return;
  }
  await addTeamMember(app, actor, organizationId, id, { username: user.name, role: role ?? 'member' });
}

/** Says whether they were invited, so that they are in the team once they accept. */
async function bringIn(app: App, actor: Actor, team: TeamRow, user: UserRow): Promise<boolean> {
  const organization = await requireOrganizationById(app, team.organizationId);
  if ((await organizationLevelOf(app.db.read, actor, organization)) !== 'owner') return false;
  if (hasAdminPowerToChange(actor)) {
    await addMember(app, actor, organization.id, user.id, 'member');
    return false;
  }
  await inviteIntoTeam(app, actor, team, user);
  return true;
}
