// What whoever opened a repository may do with its issues, for showing it; services judge again.
import { isArchived, permissionIncludes } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { IssueRow } from './issues.types.ts';

/** What may be done with one issue. */
export interface IssueRights {
  /** Whether it is somebody at all, who could write. */
  isSignedIn: boolean;
  isAuthor: boolean;
  comment: boolean;
  /** Closes, reopens and renames: its author may too. */
  close: boolean;
  triage: boolean;
  manage: boolean;
  remove: boolean;
}

/** Whether they may change what others wrote, lock, pin and move issues. */
export function mayManage(open: OpenRepository): boolean {
  return mayWrite(open) && open.units.issues === 'write';
}

/** What the actor of an opened repository may do with an issue; `triage`: whether they may sort issues at all. */
export function rightsOf(
  open: OpenRepository,
  issue: Pick<IssueRow, 'authorId' | 'lockedAt'>,
  triage: boolean,
): IssueRights {
  const { actor } = open;
  const isSignedIn = mayWrite(open);
  const isAuthor = actor.kind === 'user' && actor.userId === issue.authorId;
  const comment = isSignedIn && (issue.lockedAt === null || mayManage(open));
  return {
    isSignedIn,
    isAuthor,
    comment,
    close: triage || (isAuthor && comment),
    triage,
    manage: mayManage(open),
    remove: mayManage(open) && permissionIncludes(open.permission, 'admin'),
  };
}

function mayWrite({ actor, repository }: OpenRepository): boolean {
  return actor.kind === 'user' && !isArchived(repository);
}
