// Changes several issues of a repository at once, each by the same way as one alone; says what could not be changed.
import type { Actor } from '../../base/actor.ts';
import { AppError, isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { changeIssue } from './changing.service.ts';
import { closeIssue, reopenIssue } from './closing.service.ts';
import { abilityOn, readsKind } from './issues.policy.ts';
import type { IssueRow } from './issues.types.ts';
import { findIssuesByNumbers, listAssigneeIdsOf, listLabelIdsOf } from './lists.store.ts';
import { changeAssignees, changeLabelsWithin, setMilestone } from './metadata.service.ts';

export type BulkChange =
  | { kind: 'reopen' }
  | { kind: 'close'; reason: 'completed' | 'not_planned' }
  | { kind: 'labels' | 'assignees'; add: readonly number[]; remove: readonly number[] }
  | { kind: 'milestone'; id: number | null };

export interface BulkResult {
  changed: number;
  refused: { number: number; why: string }[];
}

/** How many of the issues have what, by the id of it. */
export type Holdings = ReadonlyMap<number, number>;

/** Issues that are changed at once at most. */
export const MOST_AT_ONCE = 100;

/**
 * Changes the issues of these numbers one by one; what one of them refuses is reported and keeps no other from being changed.
 * Throws AppError as `requireAbility` does, and invalid when nothing or too much is selected.
 */
export async function changeIssues(
  app: App,
  actor: Actor,
  open: OpenRepository,
  numbers: readonly number[],
  change: BulkChange,
): Promise<BulkResult> {
  const issues = await requireSelected(app, actor, open, numbers);
  const result: BulkResult = { changed: 0, refused: missingAmong(numbers, issues) };
  for (const issue of issues) {
    const why = await refusalOf(() => changeOne(app, actor, open, issue, change));
    if (why === undefined) result.changed += 1;
    else result.refused.push({ number: issue.number, why });
  }
  return result;
}

/** How many of the issues of these numbers have each label, or each person assigned; throws as `changeIssues`. */
export async function holdingsOf(
  app: App,
  actor: Actor,
  open: OpenRepository,
  numbers: readonly number[],
  kind: 'labels' | 'assignees',
): Promise<{ count: number; holdings: Holdings }> {
  const issues = await requireSelected(app, actor, open, numbers);
  const ids = issues.map(({ id }) => id);
  const list = kind === 'labels' ? listLabelIdsOf : listAssigneeIdsOf;
  const holdings = new Map<number, number>();
  for (const { heldId } of await list(app.db.read, ids))
    holdings.set(heldId, (holdings.get(heldId) ?? 0) + 1);
  return { count: issues.length, holdings };
}

async function requireSelected(
  app: App,
  actor: Actor,
  open: OpenRepository,
  numbers: readonly number[],
): Promise<IssueRow[]> {
  await requireAbility(app.db.read, actor, open, 'conversations:triage');
  if (numbers.length === 0) throw new AppError('invalid', 'Select the issues that you want to change.');
  if (numbers.length > MOST_AT_ONCE) throw new AppError('invalid', `Select ${MOST_AT_ONCE} issues at most.`);
  const found = await findIssuesByNumbers(app.db.read, open.repository.id, numbers);
  return found.filter((issue) => readsKind(open, issue));
}

function missingAmong(numbers: readonly number[], issues: readonly IssueRow[]): BulkResult['refused'] {
  const found = new Set(issues.map(({ number }) => number));
  return numbers
    .filter((number) => !found.has(number))
    .map((number) => ({ number, why: 'This issue does not exist.' }));
}

async function refusalOf(change: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await change();
    return undefined;
  } catch (error) {
    if (isAppError(error, 'invalid', 'forbidden', 'not_found', 'conflict')) return error.message;
    throw error;
  }
}

async function changeOne(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  change: BulkChange,
): Promise<void> {
  if (change.kind === 'reopen') await reopenIssue(app, actor, open, issue);
  else if (change.kind === 'close') await closeIssue(app, actor, open, issue, { reason: change.reason });
  else if (change.kind === 'milestone') await setMilestone(app, actor, open, issue, change.id);
  else if (change.kind === 'assignees') await changeAssignees(app, actor, open, issue, change);
  else
    await changeIssue(app, actor, open, issue.id, abilityOn(issue, 'triage'), (within) =>
      changeLabelsWithin(within, app, { ...open, actor }, change),
    );
}
