// The two lists of a repository, of issues and of pull requests, which are one list asked for two kinds.
import type { WebContext } from '../../platform/web/web.types.ts';

export const LIST_KINDS = {
  issues: {
    title: 'Issues',
    standard: 'is:issue is:open',
    nothing: 'Issues keep track of bugs, wishes and plans. What is opened here is listed on this page.',
    newAt: 'issues/new/choose',
  },
  pulls: {
    title: 'Pull requests',
    standard: 'is:pr is:open',
    nothing:
      'Pull requests propose changes, to be reviewed and merged. Push a branch, then compare it to open one.',
    newAt: 'compare',
  },
} as const;
export type ListKind = keyof typeof LIST_KINDS;

/** Which of the two an address below a repository is of. */
export function listKindOf(c: WebContext): ListKind {
  return c.var.route.startsWith('/:owner/:repo/pulls') ? 'pulls' : 'issues';
}
