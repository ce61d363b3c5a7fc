// Milestones of repositories.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { requireStillOpen } from '../repos/access.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { type CountedKinds, countByMilestone } from './index-counts.service.ts';
import { kindsReadIn, readsKind } from './issues.policy.ts';
import { parseMilestone } from './milestones.input.ts';
import {
  countIssuesUpTo,
  countMilestones,
  findMilestone,
  findMilestoneByTitle,
  insertMilestone,
  listMilestonesOf,
  noteMilestoned,
  removeMilestone,
  updateMilestone,
} from './milestones.store.ts';
import {
  type MilestoneProgress,
  type MilestoneRow,
  type MilestoneSort,
  MOST_MILESTONES,
} from './milestones.types.ts';

/** So many are counted faster than the index is asked. */
const FEW_ISSUES = 1000;

export type { MilestoneProgress, MilestoneRow } from './milestones.types.ts';

/** The milestones of a repository, by title. */
export async function listMilestones(
  app: App,
  open: OpenRepository,
  state: 'open' | 'closed' | 'all',
): Promise<MilestoneRow[]> {
  return listMilestonesOf(app.db.read, open.repository.id, state);
}

/** The milestone of a title, in any case. */
export async function findMilestoneNamed(
  app: App,
  open: OpenRepository,
  title: string,
): Promise<MilestoneRow | undefined> {
  return findMilestoneByTitle(app.db.read, open.repository.id, title.trim());
}

/** Throws AppError not_found. */
export async function requireMilestone(app: App, open: OpenRepository, id: number): Promise<MilestoneRow> {
  const milestone = await findMilestone(app.db.read, open.repository.id, id);
  if (!milestone) throw notFound('milestone');
  return milestone;
}

/** How far the milestones of a repository have come, by their id; those without issues are left out. */
export async function progressOf(app: App, open: OpenRepository): Promise<Map<number, MilestoneProgress>> {
  return countByMilestone(app, open.repository.id, kindsReadIn(open));
}

/** How far one milestone has come: small ones are counted in the database, large ones by the index in memory. */
export async function progressOfOne(
  app: App,
  open: OpenRepository,
  { id }: MilestoneRow,
): Promise<MilestoneProgress> {
  const few = await countIssuesUpTo(app.db.read, id, FEW_ISSUES, (issue) => readsKind(open, issue));
  return few ?? (await progressOf(app, open)).get(id) ?? { open: 0, closed: 0 };
}

/**
 * How far some milestones have come, by their id: a single one is counted as `progressOfOne` does, several by one walk of the
 * index per repository. Milestones of repositories that `kindsOf` does not know are left out.
 */
export async function progressAmong(
  app: App,
  kindsOf: (repositoryId: number) => CountedKinds | undefined,
  rows: readonly MilestoneRow[],
): Promise<Map<number, MilestoneProgress>> {
  const [first] = rows;
  const kinds = first && kindsOf(first.repositoryId);
  if (first && kinds && rows.length === 1) {
    const counts = ({ isPull }: { isPull: boolean }) => (isPull ? kinds.pulls : kinds.issues);
    const few = await countIssuesUpTo(app.db.read, first.id, FEW_ISSUES, counts);
    if (few) return new Map([[first.id, few]]);
  }
  const found = new Map<number, MilestoneProgress>();
  for (const repositoryId of new Set(rows.map((row) => row.repositoryId))) {
    const kindsHere = kindsOf(repositoryId);
    const counted = kindsHere ? await countByMilestone(app, repositoryId, kindsHere) : [];
    for (const [id, progress] of counted) found.set(id, progress);
  }
  return found;
}

/** How many milestones are open and closed. */
export async function milestoneCounts(app: App, open: OpenRepository): Promise<MilestoneProgress> {
  return countMilestones(app.db.read, open.repository.id);
}

/** Milestones with their progress in the order that somebody chose; what has no date comes after what has one. */
export function sortMilestones<M extends { row: MilestoneRow; progress: MilestoneProgress }>(
  items: readonly M[],
  sort: MilestoneSort,
): M[] {
  const share = ({ progress: { open, closed } }: M) => (open + closed === 0 ? 0 : closed / (open + closed));
  const due = ({ row }: M) => row.dueOn ?? '9999-99-99';
  const orders: Record<MilestoneSort, (one: M, two: M) => number> = {
    due: (one, two) => (due(one) < due(two) ? -1 : due(one) > due(two) ? 1 : 0),
    complete: (one, two) => share(two) - share(one),
    title: () => 0,
    recent: (one, two) => two.row.updatedAt - one.row.updatedAt,
  };
  return items.toSorted(
    (one, two) => orders[sort](one, two) || (one.row.titleKey < two.row.titleKey ? -1 : 1),
  );
}

/** Throws AppError invalid per field. */
export async function createMilestone(
  app: App,
  actor: Actor,
  open: OpenRepository,
  raw: Record<string, unknown>,
): Promise<MilestoneRow> {
  const input = parseMilestone(raw);
  return change(app, actor, open, async (tx) => {
    const repositoryId = open.repository.id;
    const { open: still, closed } = await countMilestones(tx, repositoryId);
    if (still + closed >= MOST_MILESTONES)
      throw new AppError('too_large', `There can be ${MOST_MILESTONES} milestones at most.`);
    await requireFreeTitle(tx, repositoryId, input.title);
    const now = app.clock.now();
    const times = { closedAt: null, createdAt: now, updatedAt: now };
    const row = await insertMilestone(tx, {
      repositoryId,
      ...input,
      titleKey: input.title.toLowerCase(),
      ...times,
    });
    await record(app, tx, actor, 'created', row);
    return row;
  });
}

/** Throws AppError not_found, and invalid per field. */
export async function changeMilestone(
  app: App,
  actor: Actor,
  open: OpenRepository,
  id: number,
  raw: Record<string, unknown>,
): Promise<MilestoneRow> {
  const input = parseMilestone(raw);
  return changeOne(app, actor, open, id, async (tx, row) => {
    const titleKey = input.title.toLowerCase();
    if (titleKey !== row.titleKey) await requireFreeTitle(tx, row.repositoryId, input.title);
    const values = { ...input, titleKey, updatedAt: app.clock.now() };
    await updateMilestone(tx, id, values);
    await record(app, tx, actor, 'updated', { ...row, ...values });
    return { ...row, ...values };
  });
}

/** Closes a milestone, or opens it again; nothing happens where it is so already. Throws AppError not_found. */
export async function setMilestoneState(
  app: App,
  actor: Actor,
  open: OpenRepository,
  id: number,
  state: 'open' | 'closed',
): Promise<MilestoneRow> {
  return changeOne(app, actor, open, id, async (tx, row) => {
    if ((row.closedAt === null) === (state === 'open')) return row;
    const now = app.clock.now();
    const values = { closedAt: state === 'closed' ? now : null, updatedAt: now };
    await updateMilestone(tx, id, values);
    await record(app, tx, actor, state === 'closed' ? 'closed' : 'reopened', row);
    return { ...row, ...values };
  });
}

/** Its issues stay, without a milestone. Throws AppError not_found. */
export async function deleteMilestone(
  app: App,
  actor: Actor,
  open: OpenRepository,
  id: number,
): Promise<void> {
  await changeOne(app, actor, open, id, async (tx, row) => {
    await noteMilestoned(tx, id, app.clock.now());
    await removeMilestone(tx, id);
    await record(app, tx, actor, 'deleted', row);
  });
}

async function change<T>(
  app: App,
  actor: Actor,
  open: OpenRepository,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  await requireAbility(app.db.read, actor, open, 'conversations:manage');
  return app.db.write(async (tx) => {
    await requireStillOpen(tx, actor, open.repository.id, 'conversations:manage');
    return work(tx);
  });
}

async function changeOne<T>(
  app: App,
  actor: Actor,
  open: OpenRepository,
  id: number,
  work: (tx: Tx, row: MilestoneRow) => Promise<T>,
): Promise<T> {
  return change(app, actor, open, async (tx) => {
    const row = await findMilestone(tx, open.repository.id, id);
    if (!row) throw notFound('milestone');
    return work(tx, row);
  });
}

async function requireFreeTitle(tx: Tx, repositoryId: number, title: string): Promise<void> {
  if (await findMilestoneByTitle(tx, repositoryId, title))
    throw invalid({ title: `There is already a milestone named ${title}.` });
}

async function record(
  app: App,
  tx: Tx,
  actor: Actor,
  what: 'created' | 'updated' | 'closed' | 'reopened' | 'deleted',
  { id: milestoneId, repositoryId, title }: MilestoneRow,
): Promise<void> {
  await app.events.record(tx, {
    kind: `milestone.${what}`,
    ...doneBy(actor),
    repositoryId,
    milestoneId,
    title,
  });
}
