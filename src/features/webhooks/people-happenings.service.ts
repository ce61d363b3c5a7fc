// What happens to organizations, their teams and accounts, as wide webhooks are told of it.
import type { App } from '../../platform/app.types.ts';
import type { EventOf, HappeningPart, Makers } from './happenings.types.ts';

type Member = EventOf<
  'member.added' | 'member.removed' | 'member.role_changed' | 'invitation.sent' | 'organization.created'
>;

const MEMBERS: Readonly<Record<Member['kind'] | Rest['kind'], string>> = {
  'member.added': 'member_added',
  'member.removed': 'member_removed',
  'member.role_changed': 'member_role_changed',
  'invitation.sent': 'member_invited',
  'organization.created': 'created',
  'organization.updated': 'edited',
  'organization.deleted': 'deleted',
};

type Rest = EventOf<'organization.updated' | 'organization.deleted'>;

function ofOrganization(_app: App, event: Member | Rest): HappeningPart[] {
  const about = 'userId' in event ? { about: { userId: event.userId } } : {};
  return [
    {
      ...{ part: 'organization', name: 'organization', action: MEMBERS[event.kind] },
      ...{ ownerIds: [event.organizationId], ...about },
    },
  ];
}

const TEAMS: Readonly<Record<Team['kind'], string>> = {
  'team.created': 'created',
  'team.updated': 'edited',
  'team.deleted': 'deleted',
  'team_member.added': 'added',
  'team_member.removed': 'removed',
};

type Team = EventOf<
  'team.created' | 'team.updated' | 'team.deleted' | 'team_member.added' | 'team_member.removed'
>;

function ofTeam(_app: App, event: Team): HappeningPart[] {
  const { organizationId, teamId } = event;
  const person = 'userId' in event ? { userId: event.userId } : {};
  return [
    {
      ...{ part: 'team', name: 'team', action: TEAMS[event.kind] },
      ...{ ownerIds: [organizationId], about: { teamId, ...person } },
    },
  ];
}

/** Only webhooks of the site are told of accounts. */
function ofUser(_app: App, { kind, userId }: EventOf<'user.created' | 'user.deleted'>): HappeningPart[] {
  const action = kind === 'user.created' ? 'created' : 'deleted';
  return [{ part: 'user', name: 'user', action, about: { userId } }];
}

export const PEOPLE_MAKERS = {
  'organization.created': ofOrganization,
  'organization.updated': ofOrganization,
  'organization.deleted': ofOrganization,
  'member.added': ofOrganization,
  'member.removed': ofOrganization,
  'member.role_changed': ofOrganization,
  'invitation.sent': ofOrganization,
  'team.created': ofTeam,
  'team.updated': ofTeam,
  'team.deleted': ofTeam,
  'team_member.added': ofTeam,
  'team_member.removed': ofTeam,
  'user.created': ofUser,
  'user.deleted': ofUser,
} satisfies Makers;
