// The people of teams. Owners and a team's maintainers add and remove them; everybody may leave.
import { type Actor, doneBy } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { findUserByName } from '../users/users.service.ts';
import { findMembership } from './memberships.store.ts';
import { judgeOrganization } from './orgs.policy.ts';
import { findById } from './orgs.store.ts';
import type { OpenTeam, TeamMember, TeamRole, TeamRow } from './orgs.types.ts';
import {
  countMembersByTeam,
  countTeamMembers,
  findTeamMembership,
  insertTeamMember,
  listTeamMembers,
  removeTeamMember,
  updateTeamRole,
} from './team-members.store.ts';
import { parseTeamRole } from './teams.input.ts';
import { requireTeamMaintainer } from './teams.service.ts';
import { findTeam } from './teams.store.ts';

export const TEAM_MEMBERS_PER_PAGE = 50;

/** One page of a team's people, by name, with how many there are; whoever opened the team may know them. */
export async function pageOfTeamMembers(
  app: App,
  { team }: OpenTeam,
  after: string | undefined,
): Promise<{ members: TeamMember[]; next: string | undefined; total: number }> {
  const filter = { limit: TEAM_MEMBERS_PER_PAGE + 1, ...(after === undefined ? {} : { after }) };
  const rows = await listTeamMembers(app.db.read, team.id, filter);
  const members = rows.slice(0, TEAM_MEMBERS_PER_PAGE);
  const next = rows.length > TEAM_MEMBERS_PER_PAGE ? members.at(-1)?.nameKey : undefined;
  return { members, next, total: await countTeamMembers(app.db.read, team.id) };
}

/** How many people each of these teams has; for lists of teams that were judged. */
export async function teamSizes(app: App, teams: readonly TeamRow[]): Promise<Map<number, number>> {
  const ids = teams.map(({ id }) => id);
  return countMembersByTeam(app.db.read, ids);
}

/** Whether somebody is in a team; whoever opened the team may know. */
export async function isInTeam(app: App, { id }: Pick<TeamRow, 'id'>, userId: number): Promise<boolean> {
  return (await findTeamMembership(app.db.read, id, userId)) !== undefined;
}

/** Adds a member of the organization to a team. Throws AppError invalid on `username` or `role`. */
export async function addTeamMember(
  app: App,
  actor: Actor,
  organizationId: number,
  teamId: number,
  input: { username: string; role: string },
): Promise<void> {
  const user = await findUserByName(app, input.username.trim());
  await app.db.write(async (tx) => {
    await requireTeamMaintainer(tx, actor, organizationId, teamId);
    const role = parseTeamRole(input.role);
    const isMember = user !== undefined && (await findMembership(tx, organizationId, user.id)) !== undefined;
    if (!isMember)
      throw invalid({ username: `No member of this organization is named ${input.username.trim()}.` });
    if (!(await joinTeam(app, tx, actor, { organizationId, teamId, userId: user.id, role })))
      throw invalid({ username: `${user.name} is in this team already.` });
  });
}

/** Puts a member into a team in the caller's transaction, which has judged it; says whether they were not in it before. */
export async function joinTeam(
  app: App,
  tx: Tx,
  actor: Actor,
  values: { organizationId: number; teamId: number; userId: number; role: TeamRole },
): Promise<boolean> {
  const { teamId, userId, role } = values;
  if (!(await insertTeamMember(tx, { teamId, userId, role, createdAt: app.clock.now() }))) return false;
  await app.events.record(tx, { kind: 'team_member.added', ...doneBy(actor), ...values });
  return true;
}

/** Changes what somebody may do in a team. Throws AppError invalid on `role`. */
export async function setTeamRole(
  app: App,
  actor: Actor,
  organizationId: number,
  teamId: number,
  userId: number,
  wanted: string,
): Promise<void> {
  await app.db.write(async (tx) => {
    await requireTeamMaintainer(tx, actor, organizationId, teamId);
    const role = parseTeamRole(wanted);
    const before = await findTeamMembership(tx, teamId, userId);
    if (!before) throw notFound('member');
    if (before.role === role) return;
    await updateTeamRole(tx, teamId, userId, role);
    const change = { organizationId, teamId, userId, role };
    await app.events.record(tx, { kind: 'team_member.role_changed', ...doneBy(actor), ...change });
  });
}

/** Takes somebody out of a team; oneself without being its maintainer. */
export async function removeFromTeam(
  app: App,
  actor: Actor,
  organizationId: number,
  teamId: number,
  userId: number,
): Promise<void> {
  await app.db.write(async (tx) => {
    if (actor.kind === 'user' && actor.userId === userId) await requireOwnPlace(tx, actor, organizationId);
    else await requireTeamMaintainer(tx, actor, organizationId, teamId);
    if (!(await isTeamOf(tx, organizationId, teamId)) || !(await removeTeamMember(tx, teamId, userId)))
      throw notFound('member');
    const change = { organizationId, teamId, userId };
    await app.events.record(tx, { kind: 'team_member.removed', ...doneBy(actor), ...change });
  });
}

async function requireOwnPlace(tx: Tx, actor: Actor, organizationId: number): Promise<void> {
  const organization = await findById(tx, organizationId);
  if (!organization) throw notFound('organization');
  await judgeOrganization(tx, actor, organization, 'team-members:manage');
}

async function isTeamOf(tx: Tx, organizationId: number, teamId: number): Promise<boolean> {
  return (await findTeam(tx, organizationId, teamId)) !== undefined;
}
