// Finds pull requests.
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { findPullById, findPullByNumber, listReviewsByIds } from './pulls.store.ts';
import type { Pull, ReviewRow } from './pulls.types.ts';

/** The pull request of a number; throws AppError not_found. */
export async function requirePull(app: App, open: OpenRepository, number: number): Promise<Pull> {
  const found = await findPullByNumber(app.db.read, open.repository.id, number);
  if (!found) throw notFound('pull request');
  return found;
}

/** The pull request whose issue has an id; undefined for issues and for what is gone. Judges nothing. */
export async function findPull(app: App, issueId: number): Promise<Pull | undefined> {
  return findPullById(app.db.read, issueId);
}

/** Those of the reviews that belong to a pull request, in no order. Judges nothing. */
export async function listReviews(app: App, issueId: number, ids: readonly number[]): Promise<ReviewRow[]> {
  return listReviewsByIds(app.db.read, issueId, ids);
}
