// Giving a webhook up: what waits for it is dropped, nothing more is kept, and those who manage it are told once.
import { SYSTEM } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { mailMessage } from '../../platform/mail/mail-message.ts';
import { actorOfAccount } from '../auth/actors.service.ts';
import { ownersOf } from '../orgs/memberships.service.ts';
import { findOrganizationById } from '../orgs/orgs.service.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import { primaryEmailOf } from '../users/emails.service.ts';
import { findUserById } from '../users/users.service.ts';
import { failWaiting } from './deliveries.store.ts';
import { ownerOf, requireMayReadHooks } from './hooks.policy.ts';
import { openHook, placeOf } from './hooks.service.ts';
import { findHook, updateHook } from './hooks.store.ts';
import type { HookRow } from './hooks.types.ts';

/** Why: nothing got through for the whole time, nothing but refusals came back, it says that it is gone, too much waits. */
export type SuspensionReason = 'unreachable' | 'refusing' | 'gone' | 'overrun';

const GIVEN_UP = 'The webhook was given up before this was sent.';

/** Gives a webhook up, if it is not yet. */
export async function suspend(app: App, row: HookRow, reason: SuspensionReason): Promise<void> {
  const told = await toldOf(app, row);
  await app.db.write((tx) => suspendWithin(app, tx, row.id, reason, told));
}

async function suspendWithin(
  app: App,
  tx: Tx,
  id: number,
  reason: SuspensionReason,
  { place, userIds }: Told,
): Promise<void> {
  const row = await findHook(tx, id);
  if (!row || row.suspendedAt !== null) return;
  const now = app.clock.now();
  const { host } = new URL(openHook(app, row).url);
  await updateHook(tx, id, { suspendedAt: now, retryAt: null });
  await failWaiting(tx, id, GIVEN_UP, now);
  await app.events.record(tx, {
    ...{ kind: 'webhook.suspended', origin: { name: 'system', via: 'system' } },
    ...{ webhookId: id, host },
    ...placeOf(ownerOf(row)),
  });
  for (const userId of userIds) await mailTo(app, tx, userId, sentenceOf(app, reason, host), place, id);
}

interface Place {
  /** As people call it. */
  name: string;
  /** Of the page of its webhooks. */
  path: string;
}

interface Told {
  place: Place;
  userIds: readonly number[];
}

/** Whoever made it and whoever owns the place, as far as they may look at it today. */
async function toldOf(app: App, row: HookRow): Promise<Told> {
  const { place, owners } = await placeAndOwners(app, row);
  const makers = row.createdById === null ? [] : [row.createdById];
  const userIds: number[] = [];
  for (const id of new Set([...makers, ...owners])) if (await mayLook(app, row, id)) userIds.push(id);
  return { place, userIds };
}

async function placeAndOwners(app: App, row: HookRow): Promise<{ place: Place; owners: readonly number[] }> {
  const owner = ownerOf(row);
  if (owner.scope === 'repository') return ofRepository(app, owner.repositoryId);
  if (owner.scope === 'site') return { place: { name: 'this site', path: '/admin/hooks' }, owners: [] };
  if (owner.scope === 'organization') return ofOrganization(app, owner.ownerId);
  return { place: { name: 'your account', path: '/settings/hooks' }, owners: [owner.ownerId] };
}

async function ofRepository(app: App, id: number): Promise<{ place: Place; owners: readonly number[] }> {
  const open = await openRepositoryById(app, SYSTEM, id, 'webhooks:read').catch(missing);
  const place = { name: open?.path.slice(1) ?? 'a repository', path: `${open?.path ?? ''}/settings/hooks` };
  if (!open) return { place, owners: [] };
  const isPerson = open.owner.kind === 'user';
  return { place, owners: isPerson ? [open.owner.id] : await ownersOf(app, open.owner.id) };
}

async function ofOrganization(app: App, id: number): Promise<{ place: Place; owners: readonly number[] }> {
  const organization = await findOrganizationById(app, id);
  const name = organization?.name ?? 'an organization';
  return { place: { name, path: `/orgs/${name}/settings/hooks` }, owners: await ownersOf(app, id) };
}

async function mayLook(app: App, row: HookRow, userId: number): Promise<boolean> {
  const user = await findUserById(app, userId);
  const actor = user && (await actorOfAccount(app, user, 'session'));
  if (!actor) return false;
  const refused = await requireMayReadHooks(app, actor, ownerOf(row)).then(() => false, isRefusal);
  return !refused;
}

function isRefusal(error: unknown): boolean {
  if (!isAppError(error)) throw error;
  return true;
}

function missing(error: unknown): undefined {
  if (!isAppError(error, 'not_found')) throw error;
}

function sentenceOf(app: App, reason: SuspensionReason, host: string): string {
  const hours = app.config.webhooks.retry_hours;
  if (reason === 'gone') return `${host} answered that nothing is to be sent to it any more (410 Gone).`;
  if (reason === 'refusing') return `${host} has refused everything that was sent to it for ${hours} hours.`;
  if (reason === 'overrun') return `${host} answers so slowly that too much waits to be sent to it.`;
  return `Nothing got through to ${host} for ${hours} hours.`;
}

async function mailTo(
  app: App,
  tx: Tx,
  userId: number,
  reason: string,
  { name, path }: Place,
  webhookId: number,
): Promise<void> {
  const account = await findUserById(app, userId, tx);
  const address = account && (await primaryEmailOf(app, account, tx));
  if (!account || !address?.isVerified) return;
  const message = mailMessage(app, {
    to: address.email,
    subject: `A webhook of ${name} was switched off`,
    name: account.displayName || account.name,
    paragraphs: [
      reason,
      'Its webhook was given up: what waited was dropped, and nothing more is sent until you switch it on again.',
    ],
    action: { label: 'Look at what came back', path: `${path}/${webhookId}` },
  });
  await app.mail.sendLater(tx, message);
}
