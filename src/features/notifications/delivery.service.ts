// Tells people what happened: finds them in parts, and writes each part in a transaction of its own, so that however many
// watch, no page waits. What ran half-way runs again without telling anybody twice.
import { setImmediate } from 'node:timers/promises';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import {
  type SubscriptionReason,
  subscribersAfter,
  subscribeWithin,
} from '../issues/subscriptions.service.ts';
import { watcherIdsAfter } from '../repos/watches.service.ts';
import { beginThreads, insertMailed, listMailed, renewThreads } from './deliveries.store.ts';
import { type Occurrence, occurrenceOf, type ToldEvent } from './occurrences.service.ts';
import { type Recipient, recipientsAmong } from './recipients.service.ts';

/** People in one part. */
const AT_ONCE = 100;

/** The job that writes and sends one mail. */
export const MAIL_JOB = 'notifications.mail';

/** Tells everybody whom an event concerns; may run any number of times, in any order. */
export async function tellOf(app: App, event: ToldEvent): Promise<void> {
  const occurrence = await occurrenceOf(app, event);
  if (!occurrence) return;
  await subscribeParticipants(app, occurrence);
  const seen = new Set<number>();
  for await (const ids of candidatesOf(app, occurrence)) {
    const fresh = ids.filter((id) => !seen.has(id));
    for (const id of fresh) seen.add(id);
    const recipients = await recipientsAmong(app, occurrence, fresh);
    if (recipients.length > 0) await app.db.write((tx) => tell(app, tx, occurrence, recipients));
    // Pages come first.
    await setImmediate();
  }
}

/** Everybody who might be told, in parts; some come more than once. */
async function* candidatesOf(app: App, occurrence: Occurrence): AsyncGenerator<number[]> {
  const { direct, isForAll, subject, subjectId, owned } = occurrence;
  const named = [...direct.keys()];
  for (let from = 0; from < named.length; from += AT_ONCE) yield named.slice(from, from + AT_ONCE);
  if (!isForAll) return;
  if (subject !== 'release')
    yield* inParts(async (after) =>
      (await subscribersAfter(app, subjectId, after, AT_ONCE)).map(({ userId }) => userId),
    );
  yield* inParts((after) => watcherIdsAfter(app, owned.repository.id, after, AT_ONCE));
}

async function* inParts(read: (after: number) => Promise<number[]>): AsyncGenerator<number[]> {
  for (let after = 0; ; ) {
    const ids = await read(after);
    if (ids.length > 0) yield ids;
    const last = ids.at(-1);
    if (last === undefined || ids.length < AT_ONCE) return;
    after = last;
  }
}

/** Who takes part is told of what follows. */
async function subscribeParticipants(
  app: App,
  { event, subject, subjectId: issueId }: Occurrence,
): Promise<void> {
  const userId = event.actorId;
  const reason = PARTICIPATION[event.kind];
  if (subject === 'release' || userId === undefined || reason === undefined) return;
  await app.db.write((tx) => subscribeWithin(tx, app, { issueId, userId, reason, at: event.createdAt }));
}

const PARTICIPATION: Partial<Record<ToldEvent['kind'], SubscriptionReason>> = {
  'issue.opened': 'author',
  'issue.commented': 'comment',
  'issue.closed': 'state_change',
  'issue.reopened': 'state_change',
  'pull.review_submitted': 'comment',
};

async function tell(app: App, tx: Tx, occurrence: Occurrence, recipients: Recipient[]): Promise<void> {
  const { event, subject, subjectId, owned } = occurrence;
  const at = { lastEventId: event.id, updatedAt: app.clock.now() };
  const told = { subject, subjectId, repositoryId: owned.repository.id, ...at };
  await beginThreads(tx, told, recipients);
  for (const [reason, people] of Map.groupBy(recipients, (recipient) => recipient.reason))
    await renewThreads(
      tx,
      told,
      reason,
      people.map(({ userId }) => userId),
    );
  await subscribeNamed(app, tx, occurrence, recipients);
  if (app.mail.isConfigured()) await queueMails(app, tx, event, recipients);
}

/** Who was assigned or mentioned is told of what follows too. */
async function subscribeNamed(
  app: App,
  tx: Tx,
  { direct, subject, subjectId: issueId, event }: Occurrence,
  recipients: readonly Recipient[],
): Promise<void> {
  if (subject === 'release') return;
  for (const { userId } of recipients) {
    const reason = direct.get(userId);
    if (
      reason === 'assign' ||
      reason === 'review_requested' ||
      reason === 'mention' ||
      reason === 'team_mention'
    )
      await subscribeWithin(tx, app, { issueId, userId, reason, at: event.createdAt });
  }
}

async function queueMails(
  app: App,
  tx: Tx,
  event: ToldEvent,
  recipients: readonly Recipient[],
): Promise<void> {
  const wanted = recipients.filter(({ byMail }) => byMail);
  const mailed = new Set(
    await listMailed(
      tx,
      event.id,
      wanted.map(({ userId }) => userId),
    ),
  );
  const fresh = wanted.filter(({ userId }) => !mailed.has(userId));
  await insertMailed(
    tx,
    event.id,
    fresh.map(({ userId }) => userId),
    app.clock.now(),
  );
  for (const { userId } of fresh)
    await app.jobs.enqueue(
      tx,
      MAIL_JOB,
      { eventId: event.id, userId },
      { fairnessKey: `repo:${event.repositoryId}` },
    );
}
