// Which reviews count: of each reviewer the last one that approves or refuses, unless that one was dismissed.
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { writersAmong } from '../repos/readers.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Pull, PullRow, ReviewRow } from './pulls.types.ts';
import { listOpinions } from './reviews.store.ts';
import type { CountedReview } from './threads.types.ts';

type Here = Pick<OpenRepository, 'repository' | 'owner'>;

/** The opinion of each reviewer, the newest first; those of people without write permission are among them, marked so. */
export async function reviewsThatCount(
  app: App,
  open: Here,
  { issue }: Pick<Pull, 'issue'>,
  reader: Reader | Tx = app.db.read,
): Promise<CountedReview[]> {
  const last = lastOfEach(await listOpinions(reader, issue.id));
  if (last.length === 0) return [];
  const owned = { repository: open.repository, ownerKind: open.owner.kind };
  const reviewers = last.map(({ reviewerId }) => reviewerId);
  const writers = await writersAmong(app, owned, 'pulls', reviewers, reader);
  return last.map((review) => counted(review, writers.has(review.reviewerId)));
}

/** What the lists show of a pull request, as of this transaction. */
export async function decisionWithin(
  app: App,
  tx: Tx,
  open: Here,
  issueId: number,
): Promise<PullRow['decision']> {
  const last = lastOfEach(await listOpinions(tx, issueId));
  const owned = { repository: open.repository, ownerKind: open.owner.kind };
  const writers = await writersAmong(
    app,
    owned,
    'pulls',
    last.map(({ reviewerId }) => reviewerId),
    tx,
  );
  const states = last.flatMap(({ reviewerId, state }) => (writers.has(reviewerId) ? [state] : []));
  if (states.includes('changes_requested')) return 'changes_requested';
  return states.includes('approved') ? 'approved' : 'none';
}

type Opinion = ReviewRow & { state: CountedReview['state'] };

/** Rows come newest first; who was dismissed last has no opinion, whatever they said before. */
function lastOfEach(rows: readonly ReviewRow[]): Opinion[] {
  const seen = new Set<number>();
  const last: Opinion[] = [];
  for (const row of rows) {
    if (seen.has(row.reviewerId)) continue;
    seen.add(row.reviewerId);
    if (isOpinion(row)) last.push(row);
  }
  return last;
}

function isOpinion(row: ReviewRow): row is Opinion {
  return row.state === 'approved' || row.state === 'changes_requested';
}

function counted(review: Opinion, mayWrite: boolean): CountedReview {
  const { reviewerId, id: reviewId, state, isStale, commitOid, revision, submittedAt } = review;
  return { reviewerId, reviewId, state, mayWrite, isStale, commitOid, revision, submittedAt };
}
