// Reads all issues into memory, in parts that leave the thread to others in between, and follows what changes.
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MINUTE, SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader } from '../../platform/db/db.types.ts';
import { appendRow, arrange, inParts, newIndex, putRow, removeRow, slotOf } from './index-columns.service.ts';
import { relate, unrelate } from './index-relations.service.ts';
import {
  assigneePairs,
  changesAfter,
  type Dependency,
  dependenciesAfter,
  dependenciesOf,
  indexRowsAfter,
  indexRowsByIds,
  labelPairs,
  type Pair,
  partPairs,
  peopleOf,
  placeBefore,
} from './index-rows.store.ts';
import type { IssueIndex } from './issue-index.types.ts';

/** Rows read at once: a few milliseconds of the thread on SQLite. */
const ROWS_AT_ONCE = 1000;
const CHANGES_AT_ONCE = 5000;
/** Ids in one statement at most. */
const IDS_AT_ONCE = 500;
/** Before a load, changes of this long are read again: clocks of several processes may differ. */
const LOOK_BACK = 3 * MINUTE;
/** Transactions end within 30 s, so by then every change with a smaller id is there or never comes. */
const SETTLED_AFTER_MS = 35 * SECOND;

/** How far the log of changes was followed. */
export interface Place {
  /** Everything up to here was applied. */
  settled: number;
  /** Applied behind that: on servers smaller ids may still appear between them. */
  applied: Set<number>;
  /** The highest id known at some moments, the oldest first. */
  marks: { id: number; at: number }[];
}

/** Reads everything. */
export async function loadIndex(app: App): Promise<{ index: IssueIndex; place: Place }> {
  const { read } = app.db;
  const settled = await placeBefore(read, app.clock.now() - LOOK_BACK);
  const loading = newIndex();
  for (let after = 0; ; ) {
    const rows = await indexRowsAfter(read, after, ROWS_AT_ONCE);
    const to = rows.at(-1)?.id;
    if (to === undefined) break;
    const labels = grouped(await labelPairs(read, { after, to }));
    const assignees = grouped(await assigneePairs(read, { after, to }));
    for (const row of rows)
      appendRow(loading, row, { labels: labels.get(row.id) ?? [], assignees: assignees.get(row.id) ?? [] });
    after = to;
    await nextTurn();
  }
  const index = await arrange(loading);
  await markParents(index);
  await markDependencies(read, index);
  return { index, place: { settled, applied: new Set(), marks: [] } };
}

/** Applies what changed since; afterwards the index shows every change committed before the call. */
export async function followChanges(app: App, index: IssueIndex, place: Place): Promise<void> {
  for (let from = place.settled; ; ) {
    const changes = await changesAfter(app.db.read, from, CHANGES_AT_ONCE);
    const fresh = changes.filter(({ id }) => !place.applied.has(id));
    if (fresh.length > 0)
      await applyChanges(app.db.read, index, [...new Set(fresh.map((one) => one.issueId))]);
    for (const { id } of fresh) place.applied.add(id);
    const last = changes.at(-1)?.id;
    if (last !== undefined) settle(place, last, app.db.dialect === 'sqlite');
    if (last === undefined || changes.length < CHANGES_AT_ONCE) return;
    from = last;
  }
}

/** On SQLite ids are committed in their order; elsewhere those before a mark are settled once it is old enough. */
function settle(place: Place, last: number, isInOrder: boolean): void {
  const now = performance.now();
  if (isInOrder) place.settled = Math.max(place.settled, last);
  else if (last > (place.marks.at(-1)?.id ?? place.settled)) place.marks.push({ id: last, at: now });
  while (place.marks[0] && now - place.marks[0].at > SETTLED_AFTER_MS)
    place.settled = place.marks.shift()?.id ?? place.settled;
  for (const id of place.applied) if (id <= place.settled) place.applied.delete(id);
}

/** Reads these issues anew and everything that depends on them. */
async function applyChanges(db: Reader, index: IssueIndex, ids: readonly number[]): Promise<void> {
  for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
    if (from > 0) await nextTurn();
    await applyPart(db, index, ids.slice(from, from + IDS_AT_ONCE));
  }
  index.version += 1;
}

async function applyPart(db: Reader, index: IssueIndex, ids: readonly number[]): Promise<void> {
  const rows = new Map((await indexRowsByIds(db, ids)).map((row) => [row.id, row]));
  const labels = grouped(await labelPairs(db, ids));
  const assignees = grouped(await assigneePairs(db, ids));
  const parents = new Set(ids);
  for (const id of ids) {
    const row = rows.get(id);
    unrelate(index, 'parent', id);
    for (const parent of [parentOf(index, id), row?.parentId]) if (parent) parents.add(parent);
    if (row) putRow(index, row, { labels: labels.get(id) ?? [], assignees: assignees.get(id) ?? [] });
    else removeRow(index, id);
  }
  await applyParents(db, index, [...parents]);
  await applyDependencies(db, index, ids);
  if (index.people.size > 0) await applyPeople(db, index, ids);
}

function parentOf(index: IssueIndex, id: number): number {
  const slot = slotOf(index, id);
  return slot === undefined ? 0 : (index.columns.parent[slot] ?? 0);
}

async function applyParents(db: Reader, index: IssueIndex, ids: readonly number[]): Promise<void> {
  for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
    const part = ids.slice(from, from + IDS_AT_ONCE);
    const pairs = await partPairs(db, part);
    for (const id of part) unrelate(index, 'parts', id);
    for (const { id } of pairs) unrelate(index, 'parent', id);
    for (const { id, parentId } of pairs) {
      relate(index, 'parts', parentId, id);
      relate(index, 'parent', id, parentId);
    }
  }
}

/** A change of state matters to those that wait for the issue, and to those it waits for. */
async function applyDependencies(db: Reader, index: IssueIndex, ids: readonly number[]): Promise<void> {
  const direct = await dependenciesOf(db, ids);
  const sides = new Set([...ids, ...direct.flatMap(({ blockedId, blockerId }) => [blockedId, blockerId])]);
  const others = [...sides].filter((id) => !ids.includes(id));
  const all = others.length === 0 ? direct : [...direct, ...(await dependenciesOf(db, others))];
  for (const id of sides) {
    unrelate(index, 'blocked', id);
    unrelate(index, 'blocking', id);
  }
  for (const one of all) markDependency(index, one, sides);
}

function markDependency(index: IssueIndex, one: Dependency, sides?: ReadonlySet<number>): void {
  if (!one.isBlockerOpen || !one.isBlockedOpen) return;
  if (!sides || sides.has(one.blockedId)) relate(index, 'blocked', one.blockedId, one.blockerId);
  if (!sides || sides.has(one.blockerId)) relate(index, 'blocking', one.blockerId, one.blockedId);
}

async function markDependencies(db: Reader, index: IssueIndex): Promise<void> {
  for (let after = { blockedId: 0, blockerId: 0 }; ; ) {
    const found = await dependenciesAfter(db, after, ROWS_AT_ONCE);
    for (const one of found) markDependency(index, one);
    const last = found.at(-1);
    if (!last || found.length < ROWS_AT_ONCE) return;
    after = last;
    await nextTurn();
  }
}

async function markParents(index: IssueIndex): Promise<void> {
  const { count, id, parent } = index.columns;
  await inParts(count, (slot) => {
    const [child, above] = [id[slot] ?? 0, parent[slot] ?? 0];
    if (above === 0) return;
    relate(index, 'parts', above, child);
    relate(index, 'parent', child, above);
  });
}

/** Only those whose issues are kept. */
async function applyPeople(db: Reader, index: IssueIndex, ids: readonly number[]): Promise<void> {
  const rows = await peopleOf(db, ids);
  const slots = ids.flatMap((id) => slotOf(index, id) ?? []);
  for (const bits of index.people.values()) for (const slot of slots) clearBit(bits, slot);
  for (const { userId, role, issueId } of rows) {
    const key = `${role}:${userId}`;
    const bits = index.people.get(key);
    const slot = slotOf(index, issueId);
    if (bits && slot !== undefined) index.people.set(key, withBit(bits, slot));
  }
}

function clearBit(bits: Uint32Array, slot: number): void {
  const word = slot >>> 5;
  if (word < bits.length) bits[word] = (bits[word] ?? 0) & ~(1 << (slot & 31));
}

/** The bits with one more; longer ones when they are too short. */
export function withBit(bits: Uint32Array, slot: number): Uint32Array {
  const word = slot >>> 5;
  const room = word < bits.length ? bits : new Uint32Array(word + 1024);
  if (room !== bits) room.set(bits);
  room[word] = (room[word] ?? 0) | (1 << (slot & 31));
  return room;
}

function grouped(pairs: readonly Pair[]): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const { issueId, otherId } of pairs) {
    const group = groups.get(issueId);
    if (group) group.push(otherId);
    else groups.set(issueId, [otherId]);
  }
  return groups;
}
