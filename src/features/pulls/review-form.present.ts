// The form by which a review is submitted.
import type { FieldErrors } from '../../base/errors.ts';
import { issueHref } from '../issues/addresses.service.ts';
import { isArchived } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Pull, ReviewDraftRow } from './pulls.types.ts';
import { isOwnText } from './review-drafts.service.ts';

export interface ReviewFormModel {
  action: string;
  /** The head that is looked at. */
  headOid: string;
  /** How many comments are pending. */
  pending: number;
  discardAction: string;
  /** Whether approving and refusing are offered: not for one's own. */
  mayJudge: boolean;
  body: string;
  state: string;
  errors: FieldErrors;
}

/** Undefined for who may not review; after a refusal with what was typed. */
export function reviewFormModel(
  open: OpenRepository,
  { issue, pull }: Pull,
  drafts: readonly ReviewDraftRow[],
  again: { body?: string; state?: string; errors?: FieldErrors } = {},
): ReviewFormModel | undefined {
  const { actor } = open;
  const isLocked = issue.lockedAt !== null && open.units.pulls !== 'write';
  if (actor.kind !== 'user' || isArchived(open.repository) || isLocked) return undefined;
  const href = issueHref(open.path, issue);
  const comments = drafts.filter((draft) => !isOwnText(draft));
  return {
    action: `${href}/reviews`,
    headOid: pull.headOid,
    pending: comments.length,
    discardAction: `${href}/review/deletion`,
    mayJudge: actor.userId !== issue.authorId,
    body: again.body ?? drafts.find(isOwnText)?.body ?? '',
    state: again.state ?? 'commented',
    errors: again.errors ?? {},
  };
}
