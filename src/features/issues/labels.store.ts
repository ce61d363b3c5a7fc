// Queries on labels and on which issues have them.
import { and, asc, count, eq, inArray, isNotNull, ne, or, type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issueChanges, issueLabels, issues, labels } from '../../platform/db/tables/issues.ts';
import { insertFrom, insertIfAbsent, insertReturning } from '../../platform/db/write-forms.ts';
import type { LabelInput, LabelPlace, LabelRow } from './labels.types.ts';

type Db = Reader | Tx;

/** Rows in one statement at most. */
const AT_ONCE = 500;

/** Labels of the places together, by name. */
export async function listLabels(db: Db, places: readonly LabelPlace[]): Promise<LabelRow[]> {
  const rows: LabelRow[] = [];
  // One by one: for an "or" SQLite reads the labels of all repositories, since most are of no organization.
  for (const place of places) rows.push(...(await db.select().from(labels).where(isAt(place))));
  return rows.sort((one, other) => compare(one.nameKey, other.nameKey) || one.id - other.id);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
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

/** Labels of organizations other than the owner that issues of a repository have. */
export async function listForeignLabels(tx: Tx, repositoryId: number, ownerId: number): Promise<LabelRow[]> {
  const rows = await tx
    .selectDistinct({ id: labels.id })
    .from(issueLabels)
    .innerJoin(labels, eq(labels.id, issueLabels.labelId))
    .innerJoin(issues, eq(issues.id, issueLabels.issueId))
    .where(
      and(
        eq(issues.repositoryId, repositoryId),
        isNotNull(labels.organizationId),
        ne(labels.organizationId, ownerId),
      ),
    );
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  return tx.select().from(labels).where(inArray(labels.id, ids)).orderBy(asc(labels.id));
}

/** As `noteLabelled`, of the issues of one repository. */
export async function noteLabelledIn(
  tx: Tx,
  labelId: number,
  repositoryId: number,
  at: number,
): Promise<void> {
  const having = sql`select ${issueLabels.issueId}, ${at} from ${issueLabels} where ${and(
    eq(issueLabels.labelId, labelId),
    inArray(issueLabels.issueId, issuesOf(tx, repositoryId)),
  )}`;
  await insertFrom(tx, issueChanges, ['issueId', 'at'], having);
}

/** Gives issues of a repository another label in the place of one. */
export async function relabel(tx: Tx, repositoryId: number, fromId: number, toId: number): Promise<void> {
  const having = await tx
    .select({ issueId: issueLabels.issueId })
    .from(issueLabels)
    .innerJoin(issues, eq(issues.id, issueLabels.issueId))
    .where(and(eq(issueLabels.labelId, fromId), eq(issues.repositoryId, repositoryId)));
  for (let from = 0; from < having.length; from += AT_ONCE) {
    const ids = having.slice(from, from + AT_ONCE).map(({ issueId }) => issueId);
    const known = await tx
      .select({ issueId: issueLabels.issueId })
      .from(issueLabels)
      .where(and(eq(issueLabels.labelId, toId), inArray(issueLabels.issueId, ids)));
    const had = new Set(known.map(({ issueId }) => issueId));
    const missing = ids.filter((id) => !had.has(id)).map((issueId) => ({ issueId, labelId: toId }));
    if (missing.length > 0) await tx.insert(issueLabels).values(missing);
    await tx
      .delete(issueLabels)
      .where(and(eq(issueLabels.labelId, fromId), inArray(issueLabels.issueId, ids)));
  }
}

function issuesOf(tx: Tx, repositoryId: number) {
  return tx.select({ id: issues.id }).from(issues).where(eq(issues.repositoryId, repositoryId));
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
