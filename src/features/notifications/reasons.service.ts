// Why somebody is told, and which of several reasons is named: the strongest.
import type { NotificationReason } from './notifications.types.ts';

/** The strongest first. */
export const REASONS = [
  'review_requested',
  'assign',
  'mention',
  'team_mention',
  'author',
  'comment',
  'state_change',
  'manual',
  'subscribed',
] as const satisfies readonly NotificationReason[];

/** The stronger of two reasons. */
export function stronger(one: NotificationReason, other: NotificationReason | undefined): NotificationReason {
  if (other === undefined) return one;
  return REASONS.indexOf(one) <= REASONS.indexOf(other) ? one : other;
}

/** A reason as it was stored elsewhere; undefined for none that this version knows. */
export function reasonOf(text: string | undefined): NotificationReason | undefined {
  return REASONS.find((reason) => reason === text);
}

/** Whether somebody takes part, rather than only watches. */
export function isParticipating(reason: NotificationReason): boolean {
  return reason !== 'subscribed';
}

const WHY: Readonly<Record<NotificationReason, string>> = {
  review_requested: 'You receive this because your review was requested.',
  assign: 'You receive this because you were assigned.',
  mention: 'You receive this because you were mentioned.',
  team_mention: 'You receive this because a team of yours was mentioned.',
  author: 'You receive this because you opened the thread.',
  comment: 'You receive this because you commented.',
  state_change: 'You receive this because you changed its state.',
  manual: 'You receive this because you subscribed.',
  subscribed: 'You receive this because you watch the repository.',
};

/** A reason as a whole sentence. */
export function whyOf(reason: NotificationReason): string {
  return WHY[reason];
}
