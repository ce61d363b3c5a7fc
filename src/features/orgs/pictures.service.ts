// The picture of an organization, kept as those of people are.
import { type Actor, doneBy } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { storePicture, takePicture } from '../users/avatars.service.ts';
import { requireOrganizationAbility } from './orgs.policy.ts';

/** Throws AppError invalid on `avatar` for what is no picture or too large a one. */
export async function setOrganizationPicture(
  app: App,
  actor: Actor,
  organizationId: number,
  bytes: Buffer,
): Promise<void> {
  await requireOrganizationAbility(app, actor, organizationId, 'organization:manage');
  await storePicture(app, organizationId, bytes, (tx) => recordChange(app, tx, actor, organizationId));
}

/** Takes the picture away: the identicon of the name is shown again. */
export async function removeOrganizationPicture(
  app: App,
  actor: Actor,
  organizationId: number,
): Promise<void> {
  await requireOrganizationAbility(app, actor, organizationId, 'organization:manage');
  await takePicture(app, organizationId, (tx) => recordChange(app, tx, actor, organizationId));
}

async function recordChange(app: App, tx: Tx, actor: Actor, organizationId: number): Promise<void> {
  const changed = { organizationId, changes: ['avatar'] };
  await app.events.record(tx, { kind: 'organization.updated', ...doneBy(actor), ...changed });
}
