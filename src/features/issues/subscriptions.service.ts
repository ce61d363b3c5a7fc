// Who is told of an issue: those who take part in it, and those who chose so. Muting outlasts taking part.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { watchesKind } from '../repos/watches.policy.ts';
import { watchOf } from '../repos/watches.service.ts';
import { requirePerson } from './changing.service.ts';
import { abilityOn, unitOf } from './issues.policy.ts';
import type { IssueRow } from './issues.types.ts';
import {
  findSubscription,
  insertSubscription,
  listSubscriptions,
  putSubscription,
  removeSubscription,
  type SubscriptionRow,
  subscriptionsAmong,
  updateReason,
} from './subscriptions.store.ts';

/** What somebody chose, or became by taking part. */
export type SubscriptionState = SubscriptionRow;

/** Why somebody is subscribed, the strongest reason first. */
export const SUBSCRIPTION_REASONS = [
  'review_requested',
  'assign',
  'mention',
  'team_mention',
  'author',
  'comment',
  'state_change',
  'manual',
] as const;
export type SubscriptionReason = (typeof SUBSCRIPTION_REASONS)[number];

/**
 * Subscribes somebody who took part (now, unless said otherwise), in the caller's transaction. A stronger reason replaces a
 * weaker one; muting stays.
 */
export async function subscribeWithin(
  tx: Tx,
  app: App,
  {
    issueId,
    userId,
    reason,
    at: createdAt = app.clock.now(),
  }: { issueId: number; userId: number; reason: SubscriptionReason; at?: number },
): Promise<void> {
  if (await insertSubscription(tx, { issueId, userId, state: 'subscribed', reason, createdAt })) return;
  const known = await findSubscription(tx, issueId, userId);
  if (known?.state !== 'subscribed' || !isStronger(reason, known.reason)) return;
  await updateReason(tx, issueId, userId, reason);
}

function isStronger(reason: SubscriptionReason, than: string): boolean {
  const order: readonly string[] = SUBSCRIPTION_REASONS;
  return order.indexOf(reason) < order.indexOf(than);
}

/** What the person at the page is told of an issue, and why. */
export interface Subscription {
  state: 'subscribed' | 'muted' | 'none';
  isNotified: boolean;
  /** A whole sentence. */
  why: string;
}

/** How the actor stands towards the notifications of an issue; undefined for whoever is nobody's account. */
export async function subscriptionOf(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: Pick<IssueRow, 'id' | 'isPull'>,
): Promise<Subscription | undefined> {
  if (actor.kind !== 'user') return undefined;
  const row = await findSubscription(app.db.read, issue.id, actor.userId);
  const watch = open.watch ?? (await watchOf(app, actor.userId, open.repository.id));
  if (watch.level === 'ignore') return { state: row?.state ?? 'none', isNotified: false, why: WHY.ignore };
  if (row?.state === 'muted') return { state: 'muted', isNotified: false, why: WHY.muted };
  if (row) return { state: 'subscribed', isNotified: true, why: BECAUSE[row.reason] ?? WHY.manual };
  return watchesKind(watch, unitOf(issue))
    ? { state: 'none', isNotified: true, why: WHY.watching }
    : { state: 'none', isNotified: false, why: WHY.none };
}

const WHY = {
  ignore: 'You ignore this repository, so you are told of nothing in it.',
  muted: 'You unsubscribed, so you are told of nothing that happens here.',
  watching: 'You receive notifications because you watch this repository.',
  manual: 'You receive notifications because you subscribed.',
  none: 'You receive no notifications from here unless you take part or are mentioned.',
} as const;

const BECAUSE: Readonly<Record<string, string>> = {
  review_requested: 'You receive notifications because your review was requested.',
  assign: 'You receive notifications because you were assigned.',
  mention: 'You receive notifications because you were mentioned.',
  team_mention: 'You receive notifications because a team of yours was mentioned.',
  author: 'You receive notifications because you opened it.',
  comment: 'You receive notifications because you commented.',
  state_change: 'You receive notifications because you changed its state.',
};

/** Subscribes the actor, or mutes the issue, or leaves it to what they take part in (`none`). */
export async function chooseSubscription(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: Pick<IssueRow, 'id' | 'isPull'>,
  state: Subscription['state'],
): Promise<void> {
  await requireAbility(app.db.read, actor, open, abilityOn(issue, 'follow'));
  const userId = requirePerson(actor);
  await app.db.write((tx) => setSubscriptionWithin(tx, app, issue.id, userId, state));
}

/** As `chooseSubscription`, in the caller's transaction; the caller has judged. */
export async function setSubscriptionWithin(
  tx: Tx,
  app: App,
  issueId: number,
  userId: number,
  state: Subscription['state'],
): Promise<void> {
  if (state === 'none') return removeSubscription(tx, issueId, userId);
  const known = await findSubscription(tx, issueId, userId);
  // Who is subscribed already keeps the reason for it.
  if (known?.state === state) return;
  const row = { issueId, userId, state, reason: 'manual', createdAt: app.clock.now() };
  await putSubscription(tx, row);
}

/** Part of those who subscribed to or muted an issue, in order of their ids. */
export async function subscribersAfter(
  app: App,
  issueId: number,
  after: number,
  limit: number,
): Promise<SubscriptionRow[]> {
  return listSubscriptions(app.db.read, issueId, { after, limit });
}

/** What some people chose for an issue, by their ids; people who chose nothing are left out. */
export async function subscriptionsOf(
  app: App,
  issueId: number,
  userIds: readonly number[],
): Promise<Map<number, SubscriptionRow>> {
  const rows = await subscriptionsAmong(app.db.read, issueId, userIds);
  return new Map(rows.map((row) => [row.userId, row]));
}
