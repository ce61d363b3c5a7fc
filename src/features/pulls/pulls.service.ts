// Finds pull requests.
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import {
  findPullById,
  findPullByNumber,
  findPullsByIds,
  listOpenByHead,
  listReviewsByIds,
} from './pulls.store.ts';
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

/** Those of the ids that are pull requests, in the order of the ids. Judges nothing. */
export async function pullsInOrder(app: App, issueIds: readonly number[]): Promise<Pull[]> {
  const byId = new Map((await findPullsByIds(app.db.read, issueIds)).map((pull) => [pull.issue.id, pull]));
  return issueIds.flatMap((id) => byId.get(id) ?? []);
}

/** The open pull request that brings a branch to a base; undefined where there is none. Judges nothing. */
export async function findOpenBetween(
  app: App,
  open: OpenRepository,
  baseBranch: string,
  head: { repository: OpenRepository; branch: string },
): Promise<Pull | undefined> {
  const { id } = head.repository.repository;
  const found = await listOpenByHead(app.db.read, id, head.branch);
  return found.find(({ pull }) => pull.repositoryId === open.repository.id && pull.baseBranch === baseBranch);
}
