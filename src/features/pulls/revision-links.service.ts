// Where the page of changes leads to what changed between heads.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { issueHref } from '../issues/addresses.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Pull } from './pulls.types.ts';
import { newestReviewOf } from './threads.service.ts';

export interface RevisionLinks {
  /** What changed since the reader's own last review; undefined where nothing did. */
  sinceReviewHref: string | undefined;
  /** The newest head and the one before; undefined while there is only one. */
  revisionsHref: string | undefined;
}

/** The links for whoever reads. */
export async function revisionLinks(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
): Promise<RevisionLinks> {
  const { revision } = pull.pull;
  if (revision === 1) return { sinceReviewHref: undefined, revisionsHref: undefined };
  const href = `${issueHref(open.path, pull.issue)}/revisions`;
  const review = await newestReviewOf(app, actor, pull);
  const isOlder = review !== undefined && review.revision < revision;
  return {
    sinceReviewHref: isOlder ? `${href}/${review.revision}..${revision}` : undefined,
    revisionsHref: `${href}/${revision - 1}..${revision}`,
  };
}
