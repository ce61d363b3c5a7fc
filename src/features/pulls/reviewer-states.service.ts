// The last word of everybody who reviewed a pull request.
import type { App } from '../../platform/app.types.ts';
import type { ReviewState } from './pulls.types.ts';
import { listLastReviews } from './review-requests.store.ts';

export interface ReviewerState {
  person: { id: number; name: string; displayName: string; avatarHash: string | null };
  state: ReviewState;
  isStale: boolean;
}

/** Opinions outlast comments that came after them, as everywhere; those who reviewed last come last. */
export async function reviewersSoFar(app: App, issueId: number): Promise<ReviewerState[]> {
  const rows = await listLastReviews(app.db.read, issueId);
  const found = new Map<number, ReviewerState>();
  for (const { person, state, isStale } of rows) {
    const known = found.get(person.id);
    if (known && state === 'commented' && known.state !== 'commented') continue;
    found.delete(person.id);
    found.set(person.id, { person, state, isStale });
  }
  return [...found.values()];
}
