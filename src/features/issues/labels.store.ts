// Queries on labels and on which issues have them.
import { and, asc, count, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issueChanges, issueLabels, labels } from '../../platform/db/tables/issues.ts';
import { insertFrom, insertIfAbsent, insertReturning } from '../../platform/db/write-forms.ts';
import type { LabelInput, LabelPlace, LabelRow } from './labels.types.ts';

type Db = Reader | Tx;

/** Labels of the places together, by name. */
export async function listLabels(db: Db, places: readonly LabelPlace[]): Promise<LabelRow[]> {
  return db
    .select()
    .from(labels)
    .where(or(...places.map(isAt)))
    .orderBy(asc(labels.nameKey), asc(labels.id));
}

export async function findLabel(db: Db, place: LabelPlace, id: number): Promise<LabelRow | undefined> {
  const [row] = await db
    .select()
    .from(labels)
    .where(and(eq(labels.id, id), isAt(place)));
  return row;
}

/** Those of the ids that one of the places has, in no order. */
export async function findLabelsAmong(
  db: Db,
  places: readonly LabelPlace[],
  ids: readonly number[],
): Promise<LabelRow[]> {
  if (ids.length === 0) return [];
  return db
    .select()
    .from(labels)
    .where(and(inArray(labels.id, [...ids]), or(...places.map(isAt))));
}

export async function findLabelByName(
  db: Db,
  place: LabelPlace,
  name: string,
): Promise<LabelRow | undefined> {
  const [row] = await db
    .select()
    .from(labels)
    .where(and(isAt(place), eq(labels.nameKey, name.toLowerCase())));
  return row;
}

export async function countLabels(db: Db, place: LabelPlace): Promise<number> {
  const [row] = await db.select({ total: count() }).from(labels).where(isAt(place));
  return row?.total ?? 0;
}

/** Throws AppError conflict when the place has a label of this name. */
export async function insertLabel(
  tx: Tx,
  place: LabelPlace,
  input: LabelInput,
  createdAt: number,
): Promise<LabelRow> {
  return insertReturning(tx, labels, rowOf(place, input, createdAt));
}

/** Says whether it is new. */
export async function insertLabelIfAbsent(
  tx: Tx,
  place: LabelPlace,
  input: LabelInput,
  createdAt: number,
): Promise<boolean> {
  return insertIfAbsent(tx, labels, rowOf(place, input, createdAt));
}

/** Several at once, whose names nothing else has. */
export async function insertLabels(
  tx: Tx,
  place: LabelPlace,
  inputs: readonly LabelInput[],
  createdAt: number,
): Promise<void> {
  if (inputs.length === 0) return;
  await tx.insert(labels).values(inputs.map((input) => rowOf(place, input, createdAt)));
}

export async function updateLabel(tx: Tx, id: number, input: LabelInput): Promise<void> {
  await tx
    .update(labels)
    .set({ ...input, nameKey: input.name.toLowerCase() })
    .where(eq(labels.id, id));
}

export async function removeLabel(tx: Tx, id: number): Promise<void> {
  await tx.delete(labels).where(eq(labels.id, id));
}

/** Tells the index of every issue that has a label, in one statement however many there are. */
export async function noteLabelled(tx: Tx, labelId: number, at: number): Promise<void> {
  const having = sql`select ${issueLabels.issueId}, ${at} from ${issueLabels} where ${eq(issueLabels.labelId, labelId)}`;
  await insertFrom(tx, issueChanges, ['issueId', 'at'], having);
}

/** The labels of issues, by name. */
export async function listLabelsOf(
  db: Db,
  issueIds: readonly number[],
): Promise<{ issueId: number; label: LabelRow }[]> {
  if (issueIds.length === 0) return [];
  return db
    .select({ issueId: issueLabels.issueId, label: labels })
    .from(issueLabels)
    .innerJoin(labels, eq(labels.id, issueLabels.labelId))
    .where(inArray(issueLabels.issueId, [...issueIds]))
    .orderBy(asc(labels.nameKey), asc(labels.id));
}

export async function insertIssueLabel(tx: Tx, issueId: number, labelId: number): Promise<boolean> {
  return insertIfAbsent(tx, issueLabels, { issueId, labelId });
}

export async function removeIssueLabels(tx: Tx, issueId: number, labelIds: readonly number[]): Promise<void> {
  if (labelIds.length === 0) return;
  await tx
    .delete(issueLabels)
    .where(and(eq(issueLabels.issueId, issueId), inArray(issueLabels.labelId, [...labelIds])));
}

function isAt(place: LabelPlace): SQL {
  return 'repositoryId' in place
    ? eq(labels.repositoryId, place.repositoryId)
    : eq(labels.organizationId, place.organizationId);
}

function rowOf(place: LabelPlace, input: LabelInput, createdAt: number) {
  return { ...place, ...input, nameKey: input.name.toLowerCase(), createdAt };
}
