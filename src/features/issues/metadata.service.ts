// What is said about an issue beside its texts: labels, assignees, milestone and due date, each with its entry and event.
import { type Actor, doneBy } from '../../base/actor.ts';
import { invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { assignableAmong, MOST_ASSIGNEES } from './assignees.service.ts';
import { changeIssue } from './changing.service.ts';
import { parseDueOn } from './due-dates.input.ts';
import { abilityOn } from './issues.policy.ts';
import type { IssueChange, IssueRow } from './issues.types.ts';
import { placesOf } from './labels.service.ts';
import { findLabelsAmong, insertIssueLabel, listLabelsOf, removeIssueLabels } from './labels.store.ts';
import { type LabelRow, MOST_LABELS_OF_ISSUE, scopeOf } from './labels.types.ts';
import { insertAssignee, listAssigneesOf, removeAssignees } from './metadata.store.ts';
import { findMilestone } from './milestones.store.ts';
import { subscribeWithin } from './subscriptions.service.ts';

/** What to set; what is left out stays. */
export interface Metadata {
  labelIds?: readonly number[];
  assigneeIds?: readonly number[];
  milestoneId?: number | null;
  /** `YYYY-MM-DD`. */
  dueOn?: string | null;
}

/** What to add and what to take away, by id; `replace` takes away everything else. */
export interface SetChange {
  add?: readonly number[];
  remove?: readonly number[];
  replace?: boolean;
}

type Place = Pick<OpenRepository, 'repository' | 'owner' | 'actor'>;

/** Sets all of it on an issue in the transaction of `change`; whoever calls has judged. Throws AppError invalid per field. */
export async function applyMetadata(
  change: IssueChange,
  app: App,
  open: Place,
  { labelIds, assigneeIds, milestoneId, dueOn }: Metadata,
): Promise<void> {
  if (labelIds) await changeLabelsWithin(change, app, open, { add: labelIds, replace: true });
  if (assigneeIds) await changeAssigneesWithin(change, app, open, { add: assigneeIds, replace: true });
  if (milestoneId !== undefined) await changeMilestoneWithin(change, app, open, milestoneId);
  if (dueOn !== undefined) await changeDueOnWithin(change, app, open, dueOn);
}

/** Several of them at once, as somebody who may triage. Throws AppError as `changeIssue`, and invalid per field. */
export async function setMetadata(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  metadata: Metadata,
): Promise<void> {
  await triage(app, actor, open, issue, (change) => applyMetadata(change, app, { ...open, actor }, metadata));
}

/** Gives an issue exactly these labels. Throws AppError invalid on `labels`. */
export async function setLabels(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  ids: readonly number[],
): Promise<void> {
  await changeLabels(app, actor, open, issue, { add: ids, replace: true });
}

/** Gives an issue these labels besides; of an exclusive scope the last one stays. Throws AppError invalid on `labels`. */
export async function addLabels(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  ids: readonly number[],
): Promise<void> {
  await changeLabels(app, actor, open, issue, { add: ids });
}

/** Takes labels off an issue, those it has. */
export async function removeLabels(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  ids: readonly number[],
): Promise<void> {
  await changeLabels(app, actor, open, issue, { remove: ids });
}

/** Adds labels and takes others away in one step. Throws AppError invalid on `labels`. */
export async function changeLabels(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  what: SetChange,
): Promise<void> {
  await triage(app, actor, open, issue, (change) =>
    changeLabelsWithin(change, app, { ...open, actor }, what),
  );
}

/** Assigns exactly these people. Throws AppError invalid on `assignees`. */
export async function setAssignees(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  ids: readonly number[],
): Promise<void> {
  await changeAssignees(app, actor, open, issue, { add: ids, replace: true });
}

/** Assigns people, and takes others away. Throws AppError invalid on `assignees`. */
export async function changeAssignees(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  what: SetChange,
): Promise<void> {
  await triage(app, actor, open, issue, (change) =>
    changeAssigneesWithin(change, app, { ...open, actor }, what),
  );
}

/** Puts an issue into a milestone of its repository, or with null into none. Throws AppError invalid on `milestone`. */
export async function setMilestone(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  id: number | null,
): Promise<void> {
  await triage(app, actor, open, issue, (change) =>
    changeMilestoneWithin(change, app, { ...open, actor }, id),
  );
}

/** Says by which day an issue is due; null for none. Throws AppError invalid on `due_on`. */
export async function setDueOn(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  dueOn: string | null,
): Promise<void> {
  await triage(app, actor, open, issue, (change) =>
    changeDueOnWithin(change, app, { ...open, actor }, dueOn),
  );
}

function triage(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  work: (change: IssueChange) => Promise<void>,
): Promise<void> {
  return changeIssue(app, actor, open, issue.id, abilityOn(issue, 'triage'), work);
}

/** One entry for all that was added and removed together, what an exclusive label replaced among it. */
export async function changeLabelsWithin(
  change: IssueChange,
  app: App,
  open: Place,
  what: SetChange,
): Promise<void> {
  const { tx, issue } = change;
  const current = (await listLabelsOf(tx, [issue.id])).map(({ label }) => label);
  const wanted = await wantedLabels(change, open, current, what);
  const added = wanted.filter(({ id }) => !current.some((one) => one.id === id));
  const removed = current.filter(({ id }) => !wanted.some((one) => one.id === id));
  if (added.length + removed.length === 0) return;
  if (wanted.length > MOST_LABELS_OF_ISSUE)
    throw invalid({ labels: `An issue can have ${MOST_LABELS_OF_ISSUE} labels at most.` });
  for (const { id } of added) await insertIssueLabel(tx, issue.id, id);
  await removeIssueLabels(tx, issue.id, idsOf(removed));
  await change.addEntry('labels', { added: added.map(nameOf), removed: removed.map(nameOf) });
  if (added.length > 0)
    await app.events.record(tx, { kind: 'issue.labeled', ...of(change, open), labelIds: idsOf(added) });
  if (removed.length > 0)
    await app.events.record(tx, { kind: 'issue.unlabeled', ...of(change, open), labelIds: idsOf(removed) });
}

async function wantedLabels(
  { tx }: IssueChange,
  open: Place,
  current: readonly LabelRow[],
  { add = [], remove = [], replace = false }: SetChange,
): Promise<LabelRow[]> {
  const ids = [...new Set(add)];
  const found = await findLabelsAmong(tx, placesOf(open), ids);
  // What an issue has it may keep, also where it comes from another organization by now.
  const byId = new Map([...current, ...found].map((label) => [label.id, label]));
  const added = ids.map((id) => byId.get(id)).filter((label) => label !== undefined);
  if (added.length < ids.length) throw invalid({ labels: 'Choose labels of this repository.' });
  const kept = replace ? [] : current.filter(({ id }) => !remove.includes(id) && !ids.includes(id));
  return onePerScope([...kept, ...added]);
}

/** Of exclusive labels with the same scope the last one stays. */
function onePerScope(labels: readonly LabelRow[]): LabelRow[] {
  const scope = (label: LabelRow) => (label.isExclusive ? scopeOf(label.name) : undefined);
  const last = new Map(labels.map((label) => [scope(label), label.id]));
  return labels.filter((label) => scope(label) === undefined || last.get(scope(label)) === label.id);
}

/** Whoever is assigned is subscribed. Who may be assigned no longer stays as they are until somebody takes them away. */
async function changeAssigneesWithin(
  change: IssueChange,
  app: App,
  open: Place,
  { add = [], remove = [], replace = false }: SetChange,
): Promise<void> {
  const { tx, issue, now } = change;
  const current = (await listAssigneesOf(tx, [issue.id])).map(({ userId }) => userId);
  const wanted = [...new Set([...(replace ? [] : current.filter((id) => !remove.includes(id))), ...add])];
  const added = wanted.filter((id) => !current.includes(id));
  const removed = current.filter((id) => !wanted.includes(id));
  if (added.length + removed.length === 0) return;
  if (wanted.length > MOST_ASSIGNEES && added.length > 0)
    throw invalid({ assignees: `An issue can have ${MOST_ASSIGNEES} assignees at most.` });
  const assignable = await assignableAmong(app, open, issue, added, tx);
  if (added.some((id) => !assignable.has(id)))
    throw invalid({ assignees: 'Choose people who work on this repository and may read its issues.' });
  for (const userId of added) {
    await insertAssignee(tx, issue.id, userId, now);
    await subscribeWithin(tx, app, { issueId: issue.id, userId, reason: 'assign' });
  }
  await removeAssignees(tx, issue.id, removed);
  await change.addEntry('assignees', { added, removed });
  if (added.length > 0)
    await app.events.record(tx, { kind: 'issue.assigned', ...of(change, open), userIds: added });
  if (removed.length > 0)
    await app.events.record(tx, { kind: 'issue.unassigned', ...of(change, open), userIds: removed });
}

async function changeMilestoneWithin(
  change: IssueChange,
  app: App,
  open: Place,
  id: number | null,
): Promise<void> {
  const { tx, issue } = change;
  if (id === issue.milestoneId) return;
  const repositoryId = open.repository.id;
  const to = id === null ? undefined : await findMilestone(tx, repositoryId, id);
  if (id !== null && !to) throw invalid({ milestone: 'Choose a milestone of this repository.' });
  const before = issue.milestoneId;
  const from = before === null ? undefined : await findMilestone(tx, repositoryId, before);
  change.set({ milestoneId: id });
  await change.addEntry('milestone', {
    ...(from ? { from: from.title } : {}),
    ...(to ? { to: to.title } : {}),
  });
  const by = of(change, open);
  if (to) await app.events.record(tx, { kind: 'issue.milestoned', ...by, milestoneId: to.id });
  else if (before !== null)
    await app.events.record(tx, { kind: 'issue.demilestoned', ...by, milestoneId: before });
}

async function changeDueOnWithin(
  change: IssueChange,
  app: App,
  open: Place,
  raw: string | null,
): Promise<void> {
  const { tx, issue } = change;
  const dueOn = parseDueOn(raw);
  if (dueOn === issue.dueOn) return;
  change.set({ dueOn });
  await change.addEntry('due', {
    ...(issue.dueOn === null ? {} : { from: issue.dueOn }),
    ...(dueOn === null ? {} : { to: dueOn }),
  });
  await app.events.record(tx, {
    kind: 'issue.due_changed',
    ...of(change, open),
    ...(dueOn === null ? {} : { dueOn }),
  });
}

function of({ issue }: IssueChange, { actor }: Place) {
  return { ...doneBy(actor), repositoryId: issue.repositoryId, issueId: issue.id };
}

function nameOf({ name, color }: LabelRow) {
  return { name, color };
}

function idsOf(rows: readonly { id: number }[]): number[] {
  return rows.map(({ id }) => id);
}
