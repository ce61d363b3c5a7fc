// What all forms share that end in a commit: message, address, where it goes, and where it leads afterwards.

import { invalid } from '../../base/errors.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import type { TreeChange } from '../../platform/git/write-commit.ts';
import { redirectWithMessage } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { forecastPush } from '../repos/push-judges.service.ts';
import { PushRefused } from '../repos/ref-changes.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { authorOf, commitEmails, messageOf } from './commit-authors.service.ts';
import { type BranchPlace, suggestedBranch } from './edits.service.ts';
import { encodePath, visibleText } from './paths.service.ts';
import { type Committed, commitChanges } from './web-commits.service.ts';

export type Fields = Record<string, string>;

/** What the part of a form about the commit shows. */
export interface CommitPanel {
  branch: string;
  emails: string[];
  suggestedBranch: string;
  /** What the message is when nothing is typed. */
  fallback: string;
  base: Oid | undefined;
  began: Oid | undefined;
  /** Whether there is a commit to branch off from. */
  canBranch: boolean;
  /** What rules say against a commit on the branch itself: then only another branch is offered. */
  refusals: string[];
}

/** The model of the part about the commit; what was typed stays in the form's fields. */
export async function commitPanel(
  c: WebContext,
  open: OpenRepository,
  place: BranchPlace,
  { fallback, fields = {} }: { fallback: string; fields?: Fields },
): Promise<CommitPanel> {
  const { app, actor } = c.var;
  const name = actor.kind === 'user' ? actor.name : 'new';
  const base = fields.base || place.commit?.oid;
  return {
    branch: visibleText(place.branch),
    emails: await commitEmails(app, actor),
    suggestedBranch: fields.newBranch || (await suggestedBranch(app, open, name)),
    fallback,
    base,
    began: fields.began || base,
    canBranch: place.commit !== undefined,
    refusals: await forecastPush(app, open, `refs/heads/${place.branch}`),
  };
}

/** Commits what a form asks for. Throws what `commitChanges` throws, and AppError invalid for the fields of the panel. */
export async function commitForm(
  c: WebContext,
  open: OpenRepository,
  request: { branch: string; fields: Fields; fallback: string; changes: readonly TreeChange[] },
): Promise<Committed> {
  const { app, actor } = c.var;
  const { branch, fields, fallback, changes } = request;
  const author = await authorOf(app, actor, fields.email);
  const message = messageOf(typedMessage(fields), fallback, author);
  const isBeside = fields.target === 'new-branch';
  const base = (isBeside && fields.began) || fields.base || undefined;
  const newBranch = isBeside ? (fields.newBranch ?? '').trim() : undefined;
  return keepingForm(isBeside ? 'newBranch' : 'target', () =>
    commitChanges(app, actor, open, { branch, base, newBranch, changes, message, author }),
  );
}

/** What a rule forbids is an error of the form, so that nothing that was typed is lost. */
export async function keepingForm<T>(field: 'target' | 'newBranch', commit: () => Promise<T>): Promise<T> {
  try {
    return await commit();
  } catch (error) {
    if (error instanceof PushRefused) throw invalid({ [field]: error.message });
    throw error;
  }
}

/** The message's fields. */
export function typedMessage(fields: Fields) {
  return {
    summary: fields.summary,
    description: fields.description,
    signsOff: fields.signoff === 'on',
  };
}

/** To the place that was changed, or to what a new branch has that the other has not. */
export function answerCommitted(
  c: WebContext,
  open: OpenRepository,
  {
    committed,
    from,
    path,
    kind,
  }: { committed: Committed; from: string; path: Buffer; kind: 'blob' | 'tree' },
): Response {
  const { branch, wasThere } = committed;
  const said = wasThere ? 'This change is on the branch already.' : 'Your change was committed.';
  if (branch !== from) return redirectWithMessage(c, comparison(open, from, branch), said);
  const rest = path.length > 0 ? `/${encodePath(path)}` : '';
  return redirectWithMessage(c, `${open.path}/${kind}/${encodePath(branch)}${rest}`, said);
}

/** A fork's new branch is compared with the repository it came from, where it may be seen. */
function comparison(open: OpenRepository, from: string, branch: string): string {
  const { parent } = open.forks;
  if (!parent) return `${open.path}/compare/${encodePath(from)}...${encodePath(branch)}`;
  const { ownerName, repository } = parent;
  const base = encodePath(repository.defaultBranch);
  return `/${ownerName}/${repository.name}/compare/${base}...${open.owner.name}:${encodePath(branch)}`;
}
