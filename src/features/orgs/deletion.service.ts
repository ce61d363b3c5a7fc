// The end of an organization: its members, teams and invitations go with it, its name is nobody's any more.
import { type Actor, doneBy } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { bury } from '../users/deletion.service.ts';
import { judgeOrganization } from './orgs.policy.ts';
import { findById } from './orgs.store.ts';

/** Removes an organization in the caller's transaction, which has deleted its repositories. Throws as the judgement. */
export async function removeOrganization(
  app: App,
  tx: Tx,
  actor: Actor,
  organizationId: number,
): Promise<void> {
  const organization = await findById(tx, organizationId);
  if (!organization) throw notFound('organization');
  await judgeOrganization(tx, actor, organization, 'organization:delete');
  const { name } = organization;
  await app.events.record(tx, { kind: 'organization.deleted', ...doneBy(actor), organizationId, name });
  await bury(app, tx, organizationId, name.toLowerCase());
}
