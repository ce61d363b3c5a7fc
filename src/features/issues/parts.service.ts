// Sub-issues: issues that are parts of another one, in an order that people choose.
import { type Actor, doneBy } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { openRepositoryById, requireStillOpen } from '../repos/access.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { changeIssue, changeWithin } from './changing.service.ts';
import { abilityOn } from './issues.policy.ts';
import { createIssue } from './issues.service.ts';
import { findIssueById } from './issues.store.ts';
import type { IssueChange, IssueRow } from './issues.types.ts';
import { requireNamedIssue } from './named-issues.service.ts';
import { countParts, findParentId, findPartIds, listParts, setPlace } from './parts.store.ts';

/** Parts of one issue at most. */
export const MOST_PARTS = 100;
/** Issues above one another at most, the uppermost and the lowest among them. */
export const DEEPEST_PARTS = 8;
/** Parts of parts that are looked at; where there are more, nothing is put above them. */
const MOST_WALKED = 5000;

/**
 * Makes the issue that `text` names a part of another one; triage of both is needed. With `replace` it leaves the issue
 * whose part it is by now. Throws AppError invalid on `part`.
 */
export async function addPart(
  app: App,
  actor: Actor,
  open: OpenRepository,
  parent: IssueRow,
  text: string,
  { replace = false }: { replace?: boolean } = {},
): Promise<IssueRow> {
  await requireAbility(app.db.read, actor, open, abilityOn(parent, 'triage'));
  const { issue: part } = await requireNamedIssue(app, actor, open, text, 'part');
  await openRepositoryById(app, actor, part.repositoryId, abilityOn(part, 'triage'));
  await changeIssue(app, actor, open, parent.id, abilityOn(parent, 'triage'), async (change) => {
    const { tx } = change;
    const still = await findIssueById(tx, part.id);
    if (!still) throw invalid({ part: 'There is no such issue.' });
    await requireStillOpen(tx, actor, still.repositoryId, abilityOn(still, 'triage'));
    if (still.parentId === parent.id) return;
    if (still.parentId !== null && !replace)
      throw invalid({ part: 'This issue is a part of another one already.' });
    if (still.parentId !== null) await leaveParent(app, actor, tx, still);
    await attach(app, actor, change, still);
  });
  return part;
}

/** Opens an issue in the same repository that is a part of another one. Throws AppError invalid on `title`. */
export async function createPart(
  app: App,
  actor: Actor,
  open: OpenRepository,
  parent: IssueRow,
  input: { title: string; body: string },
): Promise<IssueRow> {
  await requireAbility(app.db.read, actor, open, abilityOn(parent, 'triage'));
  return createIssue(app, actor, open, {
    ...input,
    more: (change, tx) => becomePartWithin(app, actor, open, parent.id, change, tx),
  });
}

/** Makes an issue under change, which is a new one, a part of another of the same repository. */
async function becomePartWithin(
  app: App,
  actor: Actor,
  open: OpenRepository,
  parentId: number,
  { issue }: IssueChange,
  tx: Tx,
): Promise<void> {
  const parent = await findIssueById(tx, parentId);
  if (!parent || parent.repositoryId !== open.repository.id) throw notFound('issue');
  await requireStillOpen(tx, actor, open.repository.id, abilityOn(parent, 'triage'));
  await changeWithin(app, tx, actor, parent, (change) => attach(app, actor, change, issue));
}

async function attach(app: App, actor: Actor, change: IssueChange, part: IssueRow): Promise<void> {
  const { tx, issue: parent } = change;
  const { total, nextPlace } = await countParts(tx, parent.id);
  if (total >= MOST_PARTS) throw invalid({ part: `An issue can have ${MOST_PARTS} parts at most.` });
  await refuseTooDeep(tx, parent.id, part.id);
  await changeWithin(app, tx, actor, part, async (inner) => {
    inner.set({ parentId: parent.id, parentPlace: nextPlace });
    await inner.addEntry('part_of', {}, sourceOf(parent));
  });
  await change.addEntry('part_added', {}, sourceOf(part));
  await record(app, tx, actor, 'issue.part_added', parent, part.id);
}

/** Counts the levels above and below: a circle would have no uppermost one, and is found on the way up. */
async function refuseTooDeep(tx: Tx, parentId: number, partId: number): Promise<void> {
  const above = await levelsAbove(tx, parentId, partId);
  const below = await levelsBelow(tx, partId);
  if (above + below > DEEPEST_PARTS)
    throw invalid({ part: `Issues can be parts of each other in ${DEEPEST_PARTS} levels at most.` });
}

/** The levels from the uppermost issue down to this one. */
async function levelsAbove(tx: Tx, parentId: number, partId: number): Promise<number> {
  let levels = 0;
  for (let id: number | null = parentId; id !== null; id = await findParentId(tx, id)) {
    if (id === partId)
      throw invalid({ part: 'An issue cannot be a part of itself, nor of one of its own parts.' });
    levels += 1;
    if (levels > DEEPEST_PARTS) break;
  }
  return levels;
}

/** The levels from this issue down to the lowest of its parts. */
async function levelsBelow(tx: Tx, partId: number): Promise<number> {
  let levels = 0;
  let walked = 0;
  for (
    let level = [partId];
    level.length > 0 && levels <= DEEPEST_PARTS;
    level = await findPartIds(tx, level)
  ) {
    levels += 1;
    walked += level.length;
    if (walked > MOST_WALKED) throw invalid({ part: 'This issue has too many parts to be a part itself.' });
  }
  return levels;
}

/**
 * Takes a part away from an issue; whoever may triage one of them may, and looks at it: `issue` is that one, `otherId` the
 * other. Nothing happens where they are no parent and part.
 */
export async function removePart(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: IssueRow,
  otherId: number,
  as: 'parent' | 'part',
): Promise<void> {
  await changeIssue(app, actor, open, issue.id, abilityOn(issue, 'triage'), async ({ tx }) => {
    const partId = as === 'parent' ? otherId : issue.id;
    const part = await findIssueById(tx, partId);
    if (part?.parentId !== (as === 'parent' ? issue.id : otherId)) return;
    await leaveParent(app, actor, tx, part);
  });
}

async function leaveParent(app: App, actor: Actor, tx: Tx, part: IssueRow): Promise<void> {
  const parent = part.parentId === null ? undefined : await findIssueById(tx, part.parentId);
  if (!parent) return;
  await changeWithin(app, tx, actor, part, async (change) => {
    change.set({ parentId: null, parentPlace: 0 });
    await change.addEntry('part_of', { removed: true }, sourceOf(parent));
  });
  await changeWithin(app, tx, actor, parent, async (change) => {
    await change.addEntry('part_added', { removed: true }, sourceOf(part));
  });
  await record(app, tx, actor, 'issue.part_removed', parent, part.id);
}

/** Moves a part to a place among those the actor sees, from 0; others keep their order. Throws AppError not_found. */
export async function movePart(
  app: App,
  actor: Actor,
  open: OpenRepository,
  parent: IssueRow,
  partId: number,
  to: { place: number; among: readonly number[] },
): Promise<void> {
  await changeIssue(app, actor, open, parent.id, abilityOn(parent, 'triage'), async ({ tx }) => {
    const ids = (await listParts(tx, parent.id)).map(({ id }) => id);
    if (!ids.includes(partId)) throw notFound('issue');
    const rest = ids.filter((id) => id !== partId);
    // The one it is put before; hidden parts stay beside their neighbours.
    const before = to.among.filter((id) => id !== partId && rest.includes(id))[to.place];
    const at = before === undefined ? rest.length : rest.indexOf(before);
    const ordered = rest.toSpliced(at, 0, partId);
    for (const [place, id] of ordered.entries()) await setPlace(tx, parent.id, id, place);
  });
}

function sourceOf({ id, repositoryId }: IssueRow) {
  return { sourceIssueId: id, sourceRepositoryId: repositoryId };
}

async function record(
  app: App,
  tx: Tx,
  actor: Actor,
  kind: 'issue.part_added' | 'issue.part_removed',
  { id: issueId, repositoryId }: IssueRow,
  partId: number,
): Promise<void> {
  await app.events.record(tx, { kind, ...doneBy(actor), repositoryId, issueId, partId });
}
