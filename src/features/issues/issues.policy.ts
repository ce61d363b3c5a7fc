// What whoever opened a repository may do with its issues, for showing it; services judge again.
import { isArchived, permissionIncludes, readsUnit } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import type { IssueRow } from './issues.types.ts';

/** What is done with an issue or a pull request; the abilities of both have the same names. */
export type Deed = 'read' | 'comment' | 'follow' | 'triage' | 'manage';

type OfKind = Pick<IssueRow, 'isPull'>;

/** The ability that something takes on an issue, or on a pull request: each is judged by the unit it belongs to. */
export function abilityOn({ isPull }: OfKind, deed: Deed): Ability {
  return isPull ? `pulls:${deed}` : `issues:${deed}`;
}

/** The unit that an issue or a pull request belongs to. */
export function unitOf({ isPull }: OfKind): 'issues' | 'pulls' {
  return isPull ? 'pulls' : 'issues';
}

/** Whether whoever opened the repository may read what is of this kind in it. */
export function readsKind(open: Pick<OpenRepository, 'repository' | 'units'>, issue: OfKind): boolean {
  return readsUnit(open, unitOf(issue));
}

/** Which of the two kinds whoever opened the repository may read. */
export function kindsReadIn(open: Pick<OpenRepository, 'repository' | 'units'>) {
  return { issues: readsUnit(open, 'issues'), pulls: readsUnit(open, 'pulls') };
}

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
export function mayManage(open: OpenRepository, issue: OfKind): boolean {
  return mayWrite(open) && open.units[unitOf(issue)] === 'write';
}

/** What the actor of an opened repository may do with an issue; `triage`: whether they may sort issues at all. */
export function rightsOf(
  open: OpenRepository,
  issue: Pick<IssueRow, 'authorId' | 'lockedAt' | 'isPull'>,
  triage: boolean,
): IssueRights {
  const { actor } = open;
  const isSignedIn = mayWrite(open);
  const isAuthor = actor.kind === 'user' && actor.userId === issue.authorId;
  const comment = isSignedIn && (issue.lockedAt === null || mayManage(open, issue));
  return {
    isSignedIn,
    isAuthor,
    comment,
    close: triage || (isAuthor && comment),
    triage,
    manage: mayManage(open, issue),
    remove: !issue.isPull && mayManage(open, issue) && permissionIncludes(open.permission, 'admin'),
  };
}

function mayWrite({ actor, repository }: OpenRepository): boolean {
  return actor.kind === 'user' && !isArchived(repository);
}
