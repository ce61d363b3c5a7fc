// Closes and reopens pull requests, with or without a comment, and turns drafts into what is to be reviewed and back.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { countPost, requirePerson, requireTalking } from '../issues/changing.service.ts';
import { commentWithin } from '../issues/comments.service.ts';
import { parseComment } from '../issues/issues.input.ts';
import { closePullWithin, reopenPullWithin } from '../issues/pull-states.service.ts';
import { mayOnIssues } from '../issues/standing.policy.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { changePull } from './changing-pulls.service.ts';
import { headExists } from './head-branches.service.ts';
import { findOpenTwin } from './pulls.store.ts';
import type { Pull, PullChange, PullRow } from './pulls.types.ts';

/** Closes a pull request without merging it; returns the id of the comment, if there was a text for one. */
export async function closePull(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  body = '',
): Promise<number | undefined> {
  return turn(app, actor, open, pull, body, async (change) => {
    if (await closePullWithin(app, actor, change)) change.setPull({ autoMerge: null });
  });
}

/**
 * Opens a closed pull request again. Throws AppError conflict when it was merged, when its branch is gone, or when
 * another open one brings the same branch to the same base.
 */
export async function reopenPull(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  body = '',
): Promise<number | undefined> {
  const problem = await problemOfReopening(app, open, pull);
  return turn(app, actor, open, pull, body, async (change) => {
    if (problem !== undefined && change.issue.state === 'closed') throw new AppError('conflict', problem);
    await requireNoTwin(change.tx, change.pull, change.pull.baseBranch);
    if (await reopenPullWithin(app, actor, change)) change.setPull({ mergeability: 'unknown' });
  });
}

/** Why a closed pull request cannot be opened again, as a sentence; undefined where it can. */
export async function problemOfReopening(
  app: App,
  open: Pick<OpenRepository, 'dir'>,
  { issue, pull }: Pull,
): Promise<string | undefined> {
  if (issue.closeReason === 'merged') return 'A merged pull request cannot be reopened.';
  if ((await app.git.ref(open.dir, `refs/heads/${pull.baseBranch}`)) === undefined)
    return `The branch ${pull.baseBranch}, which it was to be merged into, was deleted.`;
  if (pull.headBranch === '') return undefined;
  if (pull.headRepositoryId === null) return 'The repository of its branch was deleted.';
  if (!(await headExists(app, pull)))
    return `The branch ${pull.headBranch} was deleted: restore it, then reopen.`;
  return undefined;
}

/** Throws AppError conflict when another open pull request brings the same head to this base. */
export async function requireNoTwin(tx: PullChange['tx'], pull: PullRow, baseBranch: string): Promise<void> {
  const twin = await findOpenTwin(tx, { ...pull, baseBranch });
  if (twin !== undefined)
    throw new AppError('conflict', `#${twin} brings the same branch to ${baseBranch} already.`);
}

/** What is done with the state, and the comment that says why: all of it or nothing. */
async function turn(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { issue }: Pull,
  body: string,
  act: (change: PullChange) => Promise<void>,
): Promise<number | undefined> {
  const ability = abilityAsAuthor(actor, issue.authorId, 'pulls:triage');
  await requireAbility(app.db.read, actor, open, ability);
  const text = body.trim() === '' ? undefined : parseComment(body);
  if (text !== undefined || ability === 'pulls:comment') countPost(app, requirePerson(actor));
  return changePull(app, actor, open, issue.id, ability, async (change) => {
    await requireHeard(app, actor, open, change, 'pulls:triage');
    const entry = text === undefined ? undefined : await commentWithin(app, actor, open, change, text);
    await act(change);
    return entry?.id;
  });
}

/** Authors do with their pull requests what others need `otherwise` for. */
export function abilityAsAuthor<A extends Ability>(
  actor: Actor,
  authorId: number,
  otherwise: A,
): A | 'pulls:comment' {
  return actor.kind === 'user' && actor.userId === authorId ? 'pulls:comment' : otherwise;
}

/** Authors who were blocked or locked out change nothing any more; those with the ability do. */
export async function requireHeard(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { tx, issue }: PullChange,
  ability: Ability,
): Promise<void> {
  if (actor.kind !== 'user' || (await mayOnIssues(app, { ...open, actor }, ability, tx))) return;
  await requireTalking(app, tx, open, issue, actor.userId);
}

/** Makes a pull request a draft, or ready for review; its author may, and whoever may write. */
export async function setDraft(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { issue }: Pull,
  isDraft: boolean,
): Promise<void> {
  const ability = abilityAsAuthor(actor, issue.authorId, 'pulls:manage');
  await requireAbility(app.db.read, actor, open, ability);
  if (ability === 'pulls:comment') countPost(app, requirePerson(actor));
  await changePull(app, actor, open, issue.id, ability, async (change) => {
    await requireHeard(app, actor, open, change, 'pulls:manage');
    const { issue: now, pull } = change;
    if (now.state === 'closed') throw new AppError('conflict', 'This pull request is closed.');
    if (pull.isDraft === isDraft) return;
    change.setPull({ isDraft });
    await change.addEntry(isDraft ? 'drafted' : 'readied', {});
    await app.events.record(change.tx, {
      kind: isDraft ? 'pull.drafted' : 'pull.readied',
      ...doneBy(actor),
      repositoryId: now.repositoryId,
      issueId: now.id,
    });
  });
}

/** Says whether whoever may write here may push to the head's branch in its fork; its author says so. */
export async function setAllowsEdits(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { issue, pull }: Pull,
  allowsEdits: boolean,
): Promise<void> {
  const isElsewhere = pull.headRepositoryId !== null && pull.headRepositoryId !== open.repository.id;
  const isAuthor = actor.kind === 'user' && actor.userId === issue.authorId;
  if (!isAuthor) throw new AppError('forbidden', 'Only its author opens the branch in a fork to others.');
  if (!isElsewhere || pull.allowsEdits === allowsEdits) return;
  countPost(app, requirePerson(actor));
  await changePull(app, actor, open, issue.id, 'pulls:comment', async (change) => {
    await requireHeard(app, actor, open, change, 'pulls:manage');
    change.setPull({ allowsEdits });
  });
}
