// Issues that a pull request closes by its text (`closes #12`): kept while it is open, and closed in the name of whoever merges
// it into the default branch, as far as that person may.
import { SYSTEM } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { RecordedEvent } from '../../platform/events/events.types.ts';
import { closeIssue } from './closing.service.ts';
import {
  findBase,
  insertClosing,
  listClosingCommits,
  listClosings,
  removeClosings,
} from './closings.store.ts';
import { abilityOn } from './issues.policy.ts';
import { findIssueById, noteChange } from './issues.store.ts';
import type { IssueRow } from './issues.types.ts';
import { findNamedThings } from './named-things.service.ts';
import { referencesIn } from './references.service.ts';
import { actorOf, openedOrNot } from './writers.service.ts';

/** Issues that one pull request may close. */
const MOST_CLOSED = 50;

/** Keeps what the text of a pull request closes as it is now; of what its author may not see it closes nothing. */
export async function keepClosings(app: App, issueId: number): Promise<void> {
  const issue = await findIssueById(app.db.read, issueId);
  if (!issue?.isPull) return;
  const wanted = await closedBy(app, issue);
  await app.db.write(async (tx) => {
    const now = await findIssueById(tx, issueId);
    if (now?.bodyVersion !== issue.bodyVersion) return;
    const known = await listClosings(tx, issueId);
    const gone = known.filter((id) => !wanted.includes(id));
    const fresh = wanted.filter((id) => !known.includes(id));
    await removeClosings(tx, issueId, gone);
    for (const id of fresh) await insertClosing(tx, issueId, id);
    if (gone.length + fresh.length > 0) await noteChange(tx, issueId, app.clock.now());
  });
}

async function closedBy(app: App, issue: IssueRow): Promise<number[]> {
  const { closes } = referencesIn(issue.body, { origin: app.publicUrl() });
  const actor = closes.length === 0 ? undefined : await actorOf(app, issue.authorId);
  const open = actor && (await openedOrNot(app, actor, issue.repositoryId, abilityOn(issue, 'read')));
  if (!open) return [];
  const references = closes.slice(0, MOST_CLOSED).map((one) => ({ kind: 'issue' as const, ...one }));
  const things = await findNamedThings(app, open, references);
  const found = references.flatMap((one) => things.issueOf(one) ?? []);
  return [...new Set(found.filter(({ isPull }) => !isPull).map(({ id }) => id))];
}

/** Closes what a pull request closes once it was merged into the default branch; doing it again changes nothing. */
export async function closeMerged(app: App, event: RecordedEvent & { kind: 'pull.merged' }): Promise<void> {
  const pull = await findIssueById(app.db.read, event.issueId);
  const here = pull && (await openedOrNot(app, SYSTEM, pull.repositoryId, 'repository:see'));
  if (!here || (await findBase(app.db.read, event.issueId)) !== here.repository.defaultBranch) return;
  await keepClosings(app, event.issueId);
  const actor = await actorOf(app, event.actorId);
  if (!actor) return;
  for (const id of await listClosings(app.db.read, event.issueId)) {
    const issue = await findIssueById(app.db.read, id);
    const open = issue && (await openedOrNot(app, actor, issue.repositoryId, 'issues:read'));
    if (!open || issue.state !== 'open') continue;
    // Whoever opens it again is not undone by a reaction that runs a second time.
    if ((await listClosingCommits(app.db.read, id)).includes(event.oid)) continue;
    try {
      const commit = { oid: event.oid, repositoryId: here.repository.id };
      await closeIssue(app, actor, open, issue, { reason: 'completed', commit });
    } catch (error) {
      // Whoever merged may not close it: it stays open, and is shown as linked.
      if (!isAppError(error, 'forbidden', 'not_found', 'unauthenticated', 'invalid')) throw error;
    }
  }
}
