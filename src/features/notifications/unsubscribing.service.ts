// The address in every mail that ends what it came for with one click (RFC 8058): it names a person and a thread, signed,
// and works without signing in, for that one thing alone.
import { equalInConstantTime } from '../../base/crypto.ts';
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { findIssue } from '../issues/lookups.service.ts';
import { setSubscriptionWithin } from '../issues/subscriptions.service.ts';
import { watchLessWithin } from '../repos/watches.service.ts';
import { findUserById } from '../users/users.service.ts';
import { finishThread } from './threads.store.ts';

/** What somebody may end: hearing of an issue (or pull request), or of the releases of a repository. */
export interface Ending {
  userId: number;
  of: 'issue' | 'releases';
  /** Of the issue, or of the repository. */
  id: number;
}

const PURPOSE = 'unsubscribe';

/** The path that ends it; it never changes, so links in old mails go on working. */
export function unsubscribePath(app: App, { userId, of, id }: Ending): string {
  const text = `${userId}-${of}-${id}`;
  return `/notifications/unsubscribe/${text}-${app.secrets.authenticate(PURPOSE, text)}`;
}

/** What a token ends; throws AppError not_found for one that this site did not make. */
export function endingOf(app: App, token: string): Ending {
  const match = /^((\d{1,15})-(issue|releases)-(\d{1,15}))-([0-9a-f]{64})$/.exec(token);
  const [, text = '', userId, of, id, signature = ''] = match ?? [];
  if (!match || !equalInConstantTime(app.secrets.authenticate(PURPOSE, text), signature))
    throw notFound('page');
  return { userId: Number(userId), of: of === 'issue' ? 'issue' : 'releases', id: Number(id) };
}

/** Ends it; nothing happens where it was ended before, or what it is about is gone. */
export async function unsubscribe(app: App, { userId, of, id }: Ending): Promise<void> {
  if (!(await findUserById(app, userId))) return;
  if (of === 'releases') return app.db.write((tx) => watchLessWithin(tx, app, userId, id, 'releases'));
  const issue = await findIssue(app, id);
  if (!issue) return;
  await app.db.write(async (tx) => {
    await setSubscriptionWithin(tx, app, id, userId, 'muted');
    await finishThread(tx, userId, issue.isPull ? 'pull' : 'issue', id);
  });
}
