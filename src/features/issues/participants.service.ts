// Who took part in an issue or pull request by writing.
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { addIssuePerson } from './people.store.ts';
import { subscribeWithin } from './subscriptions.service.ts';

/** Counts somebody among those who commented and subscribes them, in the transaction that keeps what they wrote. */
export async function takePart(
  app: App,
  tx: Tx,
  { issueId, userId }: { issueId: number; userId: number },
): Promise<void> {
  await addIssuePerson(tx, { userId, role: 'commenter', issueId });
  await subscribeWithin(tx, app, { issueId, userId, reason: 'comment' });
}
