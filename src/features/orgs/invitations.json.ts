// Invitations into organizations as the API shows them: ours, in Gitea's style.
import type { Actor } from '../../base/actor.ts';
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { accountsJson } from '../users/accounts.json.ts';
import { organizationJson } from './organizations.json.ts';
import { organizationsByIds } from './orgs.service.ts';
import type { InvitationRow } from './orgs.types.ts';

type Json = Record<string, unknown>;

/** Invitations in a constant number of statements; the caller has judged that the actor may know of them. */
export async function invitationsJson(
  app: App,
  actor: Actor,
  invitations: readonly InvitationRow[],
): Promise<Json[]> {
  const ids = invitations.flatMap(({ userId, invitedBy }) => [userId, invitedBy]);
  const accounts = await accountsJson(
    app,
    actor,
    ids.filter((id) => id !== null),
  );
  const organizations = await organizationsByIds(app, new Set(invitations.map((row) => row.organizationId)));
  return invitations.flatMap((row) => {
    const organization = organizations.get(row.organizationId);
    if (!organization) return [];
    return {
      id: row.id,
      organization: organizationJson(app, organization),
      user: row.userId === null ? null : accounts.get(row.userId),
      email: row.email,
      role: row.role,
      team_ids: row.teamIds,
      inviter: row.invitedBy === null ? null : accounts.get(row.invitedBy),
      created_at: isoTime(row.createdAt),
      expires_at: isoTime(row.expiresAt),
    };
  });
}
