// Judges, at the moment a mail is sent, whether it still may be: what is allowed changes while mails wait.
import type { UserActor } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { actorOfAccount } from '../auth/actors.service.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { primaryEmailOf } from '../users/emails.service.ts';
import { findUserById } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import type { NotificationReason } from './notifications.types.ts';
import { isTold, type Occurrence, occurrenceOf, type ToldEvent } from './occurrences.service.ts';
import { recipientsAmong } from './recipients.service.ts';

/** A mail that may be sent. */
export interface AllowedMail {
  event: ToldEvent;
  /** The repository as the person sees it. */
  open: OpenRepository;
  by: UserRow | undefined;
  to: { userId: number; address: string; reason: NotificationReason };
}

/** What a queued mail needs to be written; undefined when nobody may or wants to get it any more. */
export async function allowedMail(
  app: App,
  { eventId, userId }: { eventId: number; userId: number },
): Promise<AllowedMail | undefined> {
  const [event] = await app.events.byIds([eventId]);
  if (!event || !isTold(event)) return undefined;
  const user = await findUserById(app, userId);
  const actor = user && (await actorOfAccount(app, user, 'password'));
  const email = user && (await primaryEmailOf(app, user));
  if (!actor || !email?.isVerified) return undefined;
  const occurrence = await occurrenceOf(app, event);
  const [recipient] = occurrence ? await recipientsAmong(app, occurrence, [userId]) : [];
  if (!occurrence || !recipient?.byMail) return undefined;
  const open = await opened(app, actor, occurrence);
  if (!open) return undefined;
  const by = event.actorId === undefined ? undefined : await findUserById(app, event.actorId);
  return { event, open, by, to: { userId, address: email.email, reason: recipient.reason } };
}

/** As the person would see it if they came now; undefined when they would not be let in. */
async function opened(
  app: App,
  actor: UserActor,
  { owned, unit }: Occurrence,
): Promise<OpenRepository | undefined> {
  const ability = `${unit}:read` as const;
  try {
    return await openRepositoryById(app, actor, owned.repository.id, ability);
  } catch (error) {
    if (isAppError(error, 'not_found', 'forbidden')) return undefined;
    throw error;
  }
}
