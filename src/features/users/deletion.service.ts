// The end of an account: what it wrote stays and is by a ghost, everything personal goes, its name is nobody's any more.
import { type Actor, doneBy } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { retireName, turnIntoGhost } from './deletion.store.ts';
import { retiredNameHash } from './names.service.ts';
import { requireOtherAdministrator } from './standing.service.ts';
import { findById } from './users.store.ts';

/**
 * Makes a ghost of a person's or a bot's account in the caller's transaction, which has judged it and ended what else
 * depends on it. Throws AppError conflict for the last administrator, not_found for what is no such account.
 */
export async function makeGhost(app: App, tx: Tx, actor: Actor, userId: number): Promise<void> {
  const user = await findById(tx, userId);
  if (user?.kind !== 'user' && user?.kind !== 'bot') throw notFound('account');
  if (user.isAdmin) await requireOtherAdministrator(tx, userId);
  await app.events.record(tx, { kind: 'user.deleted', ...doneBy(actor), userId, name: user.name });
  await bury(app, tx, userId, user.nameKey);
}

/** What is left of any account, an organization's too. */
export async function bury(app: App, tx: Tx, userId: number, nameKey: string): Promise<void> {
  const now = app.clock.now();
  await retireName(tx, retiredNameHash(nameKey), now);
  await turnIntoGhost(tx, userId, now);
}
