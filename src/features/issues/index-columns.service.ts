// Puts issues into the columns in memory, changes them there, finds them, and brings the columns into order.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DAY, SECOND } from '../../base/time.ts';
import { keepSet, newSetPool } from './id-sets.service.ts';
import { type Columns, FLAG, type IndexRow, type IssueIndex, type Span } from './issue-index.types.ts';

const ROOM_FOR = 1024;
/** Issues whose places are worked out before others have the thread: a millisecond or two. */
const AT_ONCE = 50_000;

/** The sets of an issue, each in ascending order. */
export interface RowSets {
  labels: readonly number[];
  assignees: readonly number[];
}

/** An index without issues. */
export function newIndex(): IssueIndex {
  return {
    columns: newColumns(ROOM_FOR),
    labelSets: newSetPool(),
    assigneeSets: newSetPool(),
    byId: new Uint32Array(0),
    laterById: new Map(),
    spans: new Map(),
    later: new Map(),
    foreign: { blocked: new Map(), blocking: new Map(), parts: new Map(), parent: new Map() },
    version: 0,
    people: new Map(),
  };
}

/** Where an issue lies; undefined when it is not there. */
export function slotOf({ columns, byId, laterById }: IssueIndex, id: number): number | undefined {
  const later = laterById.get(id);
  if (later !== undefined) return later;
  let [low, high] = [0, byId.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const slot = byId[middle] ?? 0;
    const found = columns.id[slot] ?? 0;
    if (found === id) return isGone(columns, slot) ? undefined : slot;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

/** Puts an issue in, or changes it where it lies. Bits of the flags that other rows decide stay as they were. */
export function putRow(index: IssueIndex, row: IndexRow, sets: RowSets): void {
  const known = slotOf(index, row.id);
  if (known !== undefined && index.columns.repository[known] === row.repositoryId) {
    write(index, known, row, sets);
    return;
  }
  const kept = known === undefined ? 0 : (index.columns.flags[known] ?? 0);
  if (known !== undefined) removeSlot(index, known);
  const slot = appendRow(index, row, sets);
  index.columns.flags[slot] = (index.columns.flags[slot] ?? 0) | (kept & OF_OTHERS);
  index.laterById.set(row.id, slot);
  const slots = index.later.get(row.repositoryId);
  if (slots) slots.push(slot);
  else index.later.set(row.repositoryId, [slot]);
}

/** Takes an issue out. */
export function removeRow(index: IssueIndex, id: number): void {
  const slot = slotOf(index, id);
  if (slot !== undefined) removeSlot(index, slot);
}

/** Sets or clears one bit of the flags. */
export function setFlag(columns: Columns, slot: number, flag: number, isSet: boolean): void {
  const flags = columns.flags[slot] ?? 0;
  columns.flags[slot] = isSet ? flags | flag : flags & ~flag;
}

/** Adds a row at the end without any order; `arrange` must follow. */
export function appendRow(index: IssueIndex, row: IndexRow, sets: RowSets): number {
  if (index.columns.count === index.columns.id.length) index.columns = enlarged(index.columns);
  const slot = index.columns.count;
  index.columns.count += 1;
  index.columns.flags[slot] = 0;
  write(index, slot, row, sets);
  return slot;
}

/** Brings all issues into the order of repository and id, in small steps that leave the thread to others. */
export async function arrange(index: IssueIndex): Promise<IssueIndex> {
  const inOrderOfId = await slotsById(index);
  const { byId, spans, order } = await orderOf(index.columns, inOrderOfId);
  const columns = newColumns(Math.ceil(order.length * 1.02) + ROOM_FOR);
  columns.count = order.length;
  columns.sorted = order.length;
  for (const name of NAMES) {
    const [from, to] = [index.columns[name], columns[name]];
    await inParts(order.length, (i) => {
      to[i] = from[order[i] ?? 0] ?? 0;
    });
  }
  return { ...index, columns, byId, spans, laterById: new Map(), later: new Map(), people: new Map() };
}

/** Does something for each number below `count`, and leaves the thread to others again and again. */
export async function inParts(count: number, work: (at: number) => void): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE) {
    const end = Math.min(count, from + AT_ONCE);
    for (let at = from; at < end; at += 1) work(at);
    await nextTurn();
  }
}

/** Whether so many issues came since the columns were in order that finding them is slower than it could be. */
export function isDisordered({ columns }: IssueIndex): boolean {
  return columns.count - columns.sorted > Math.max(50_000, columns.sorted / 4);
}

type ColumnName = Exclude<keyof Columns, 'count' | 'sorted'>;

const NAMES: readonly ColumnName[] = [
  'id',
  'repository',
  'flags',
  'author',
  'milestone',
  'created',
  'updated',
  'closed',
  'due',
  'comments',
  'reactions',
  'parent',
  'labels',
  'assignees',
  'head',
  'base',
];

/** Bits that other rows decide: of dependencies and parts. */
const OF_OTHERS = FLAG.blocked | FLAG.blocking | FLAG.hasParts;

const REASON_FLAGS = {
  completed: FLAG.completed,
  not_planned: FLAG.notPlanned,
  duplicate: FLAG.duplicate,
  merged: 0,
} as const;

function newColumns(size: number): Columns {
  return {
    count: 0,
    sorted: 0,
    id: new Uint32Array(size),
    repository: new Uint32Array(size),
    flags: new Uint16Array(size),
    author: new Uint32Array(size),
    milestone: new Uint32Array(size),
    created: new Uint32Array(size),
    updated: new Float64Array(size),
    closed: new Uint32Array(size),
    due: new Uint16Array(size),
    comments: new Uint32Array(size),
    reactions: new Uint16Array(size),
    parent: new Uint32Array(size),
    labels: new Uint32Array(size),
    assignees: new Uint32Array(size),
    head: new Uint32Array(size),
    base: new Uint32Array(size),
  };
}

function enlarged(columns: Columns): Columns {
  const larger = newColumns(Math.ceil(columns.id.length * 1.25));
  for (const name of NAMES) larger[name].set(columns[name]);
  return { ...larger, count: columns.count, sorted: columns.sorted };
}

function write(index: IssueIndex, slot: number, row: IndexRow, sets: RowSets): void {
  const { columns, labelSets, assigneeSets } = index;
  columns.id[slot] = row.id;
  columns.repository[slot] = row.repositoryId;
  columns.flags[slot] = ((columns.flags[slot] ?? 0) & OF_OTHERS) | flagsOf(row);
  columns.author[slot] = row.authorId;
  columns.milestone[slot] = row.milestoneId ?? 0;
  columns.created[slot] = Math.floor(row.createdAt / SECOND);
  columns.updated[slot] = row.updatedAt;
  columns.closed[slot] = row.closedAt === null ? 0 : Math.floor(row.closedAt / SECOND);
  columns.due[slot] = row.dueOn === null ? 0 : dayOf(row.dueOn) + 1;
  columns.comments[slot] = row.commentCount;
  columns.reactions[slot] = Math.min(row.reactionCount, 0xffff);
  columns.parent[slot] = row.parentId ?? 0;
  columns.labels[slot] = keepSet(labelSets, sets.labels);
  columns.assignees[slot] = keepSet(assigneeSets, sets.assignees);
  columns.head[slot] = row.headBranch ? branchHash(row.headBranch) : 0;
  columns.base[slot] = row.baseBranch ? branchHash(row.baseBranch) : 0;
}

function flagsOf(row: IndexRow): number {
  return (
    (row.isPull ? FLAG.pull : 0) |
    (row.state === 'closed' ? FLAG.closed : 0) |
    (row.closeReason === null ? 0 : REASON_FLAGS[row.closeReason]) |
    (row.lockedAt === null ? 0 : FLAG.locked) |
    (row.pinnedAt === null ? 0 : FLAG.pinned) |
    (row.closeReason === 'merged' ? FLAG.merged : 0) |
    (row.isDraft ? FLAG.draft : 0) |
    (row.decision === null ? 0 : DECISION_FLAGS[row.decision])
  );
}

const DECISION_FLAGS = {
  none: 0,
  approved: FLAG.approved,
  changes_requested: FLAG.changesRequested,
} as const;

/** A branch's name as a number from 1 (FNV-1a): as good as the name, since two of a repository hardly ever share one. */
export function branchHash(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name.toLowerCase())) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash || 1;
}

/** Days since 1970 of `YYYY-MM-DD`. */
function dayOf(date: string): number {
  const at = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(at) ? 0 : Math.min(Math.max(0, Math.floor(at / DAY)), 0xfffe);
}

function removeSlot(index: IssueIndex, slot: number): void {
  setFlag(index.columns, slot, FLAG.gone, true);
  index.laterById.delete(index.columns.id[slot] ?? 0);
}

function isGone(columns: Columns, slot: number): boolean {
  return ((columns.flags[slot] ?? 0) & FLAG.gone) !== 0;
}

/** Slots of all issues that are there, in order of id. */
async function slotsById({ columns, byId }: IssueIndex): Promise<Uint32Array> {
  const { id, sorted, count } = columns;
  const early = await thereOf(columns, byId.length, (i) => byId[i] ?? 0);
  const late = await thereOf(columns, count - sorted, (i) => sorted + i);
  let isInOrder = true;
  await inParts(late.length, (i) => {
    if (i > 0 && (id[late[i - 1] ?? 0] ?? 0) >= (id[late[i] ?? 0] ?? 0)) isInOrder = false;
  });
  if (!isInOrder) late.sort((one, other) => (id[one] ?? 0) - (id[other] ?? 0));
  const merged = new Uint32Array(early.length + late.length);
  let [e, l] = [0, 0];
  await inParts(merged.length, (at) => {
    const fromLate =
      e === early.length || (l < late.length && (id[late[l] ?? 0] ?? 0) < (id[early[e] ?? 0] ?? 0));
    merged[at] = (fromLate ? late[l++] : early[e++]) ?? 0;
  });
  return merged;
}

/** Of some slots those of issues that are there. */
async function thereOf(columns: Columns, count: number, slotAt: (i: number) => number): Promise<Uint32Array> {
  const there = new Uint32Array(count);
  let left = 0;
  await inParts(count, (i) => {
    const slot = slotAt(i);
    if (!isGone(columns, slot)) there[left++] = slot;
  });
  return there.subarray(0, left);
}

/** A counting sort by repository that keeps the order of id: which old slot comes to each new one. */
async function orderOf(columns: Columns, inOrderOfId: Uint32Array) {
  const spans = new Map<number, Span>();
  await inParts(inOrderOfId.length, (at) => {
    const repositoryId = columns.repository[inOrderOfId[at] ?? 0] ?? 0;
    const span = spans.get(repositoryId);
    if (span) span.end += 1;
    else spans.set(repositoryId, { start: 0, end: 1 });
  });
  let start = 0;
  for (const span of spans.values()) {
    const size = span.end;
    span.start = start;
    // Filled below; then it is where the span ends.
    span.end = start;
    start += size;
  }
  const order = new Uint32Array(inOrderOfId.length);
  const byId = new Uint32Array(inOrderOfId.length);
  await inParts(inOrderOfId.length, (at) => {
    const slot = inOrderOfId[at] ?? 0;
    const span = spans.get(columns.repository[slot] ?? 0);
    if (!span) return;
    order[span.end] = slot;
    byId[at] = span.end;
    span.end += 1;
  });
  return { byId, spans, order };
}
