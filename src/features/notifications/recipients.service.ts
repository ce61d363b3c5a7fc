// Who of some people is told of what happened, why, and whether by mail too: a constant number of statements for all.
import type { App } from '../../platform/app.types.ts';
import { type SubscriptionState, subscriptionsOf } from '../issues/subscriptions.service.ts';
import { readersAmong } from '../repos/readers.service.ts';
import type { WatchChoice } from '../repos/repos.types.ts';
import { watchesKind } from '../repos/watches.policy.ts';
import { watchesOfPeople } from '../repos/watches.service.ts';
import { apartAmong } from '../users/blocks.service.ts';
import {
  DEFAULT_SETTINGS,
  type NotificationReason,
  type NotificationSettings,
} from './notifications.types.ts';
import type { Occurrence } from './occurrences.service.ts';
import { isParticipating, reasonOf, stronger } from './reasons.service.ts';
import { settingsOfPeople } from './settings.service.ts';

export interface Recipient {
  userId: number;
  reason: NotificationReason;
  byMail: boolean;
}

interface Choices {
  readers: ReadonlySet<number>;
  apart: ReadonlySet<number>;
  watches: ReadonlyMap<number, WatchChoice>;
  subscriptions: ReadonlyMap<number, SubscriptionState>;
  settings: ReadonlyMap<number, NotificationSettings>;
}

/** Of these people those who are told, in order of their ids, as everything stands now. */
export async function recipientsAmong(
  app: App,
  occurrence: Occurrence,
  userIds: readonly number[],
): Promise<Recipient[]> {
  const choices = await choicesOf(app, occurrence, userIds);
  return userIds
    .toSorted((one, other) => one - other)
    .flatMap((userId) => recipientOf(occurrence, choices, userId) ?? []);
}

async function choicesOf(app: App, occurrence: Occurrence, userIds: readonly number[]): Promise<Choices> {
  const { owned, unit, subject, subjectId, event } = occurrence;
  const repositoryId = owned.repository.id;
  const [readers, apart, watches, subscriptions, settings] = await Promise.all([
    readersAmong(app, owned, unit, userIds),
    event.actorId === undefined ? new Set<number>() : apartAmong(app, event.actorId, userIds),
    watchesOfPeople(app, repositoryId, userIds),
    subject === 'release' ? new Map<number, SubscriptionState>() : subscriptionsOf(app, subjectId, userIds),
    settingsOfPeople(app, userIds),
  ]);
  return { readers, apart, watches, subscriptions, settings };
}

function recipientOf(
  occurrence: Occurrence,
  { readers, apart, watches, subscriptions, settings }: Choices,
  userId: number,
): Recipient | undefined {
  const chosen = settings.get(userId) ?? DEFAULT_SETTINGS;
  if (!readers.has(userId) || apart.has(userId)) return undefined;
  if (userId === occurrence.event.actorId && !chosen.ownActivity) return undefined;
  const watch = watches.get(userId);
  const subscription = subscriptions.get(userId);
  if (watch?.level === 'ignore' || subscription?.state === 'muted') return undefined;
  const reason = reasonFor(occurrence, userId, watch, subscription);
  if (reason === undefined) return undefined;
  return { userId, reason, byMail: isParticipating(reason) ? chosen.mailParticipating : chosen.mailWatching };
}

function reasonFor(
  { direct, isForAll, watched, event }: Occurrence,
  userId: number,
  watch: WatchChoice | undefined,
  subscription: SubscriptionState | undefined,
): NotificationReason | undefined {
  const own = direct.get(userId);
  if (!isForAll) return own;
  // Who takes part only since then knows of it already.
  const isEarlier = subscription !== undefined && subscription.createdAt <= event.createdAt;
  const byPart = isEarlier ? reasonOf(subscription.reason) : undefined;
  const byWatch = watch && watchesKind(watch, watched) ? ('subscribed' as const) : undefined;
  return [own, byPart, byWatch].reduce<NotificationReason | undefined>(
    (strongest, reason) => (reason === undefined ? strongest : stronger(reason, strongest)),
    undefined,
  );
}
