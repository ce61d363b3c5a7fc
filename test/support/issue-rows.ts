// Issues by rows alone, at random from a fixed seed, and the same read plainly: for tests of lists.
import { type Random, startRandom } from '../../scripts/corpus/random.ts';
import type { UserActor } from '../../src/base/actor.ts';
import type { Owned } from '../../src/features/repos/repos.types.ts';
import type { Db, Tx } from '../../src/platform/db/db.types.ts';
import {
  issueAssignees,
  issueDependencies,
  issueLabels,
  issuePeople,
  issues,
  labels,
  milestones,
} from '../../src/platform/db/tables/issues.ts';
import { insertReturning } from '../../src/platform/db/write-forms.ts';

export const NOW = Date.UTC(2026, 5, 15, 12);
export const LABELS = ['bug', 'help wanted', 'rare'];
export const MILESTONES = ['v1', 'next one'];
const DAY = 86_400_000;

/** An issue as the rows have it. */
export interface PlainIssue {
  row: typeof issues.$inferSelect;
  labels: string[];
  assignees: number[];
  milestone: string | undefined;
  commenters: number[];
  mentioned: number[];
  isBlocked: boolean;
  isBlocking: boolean;
  hasParts: boolean;
  hasParent: boolean;
}

export interface RandomIssues {
  random: Random;
  ids: number[];
  labelIds: Map<string, number>;
  milestoneIds: Map<string, number>;
}

/** Adds so many issues to the repositories, with everything that lists ask about. */
export async function addRandomIssues(
  db: Db,
  owned: readonly Owned[],
  people: readonly UserActor[],
  count: number,
  seed: number,
): Promise<RandomIssues> {
  const random = startRandom(seed);
  const made: RandomIssues = { random, ids: [], labelIds: new Map(), milestoneIds: new Map() };
  await db.write((tx) => addNames(tx, made, owned));
  for (let number = 1; number <= count; number += 1)
    made.ids.push(await db.write((tx) => addRandomIssue(tx, made, random.pick(owned), people, number)));
  const pairs = new Set<string>();
  for (let i = 0; i < count / 4; i += 1) {
    const [one, other] = [random.pick(made.ids), random.pick(made.ids)];
    if (one > other) pairs.add(`${one} ${other}`);
  }
  await db.write(async (tx) => {
    for (const pair of pairs) {
      const [blockedId = 0, blockerId = 0] = pair.split(' ').map(Number);
      await tx.insert(issueDependencies).values({ blockedId, blockerId, createdAt: NOW });
    }
  });
  return made;
}

/** Adds one issue, with its labels and people. */
export async function addRandomIssue(
  tx: Tx,
  { random, ids, labelIds, milestoneIds }: RandomIssues,
  { repository: { id: repositoryId } }: Owned,
  people: readonly UserActor[],
  number: number,
): Promise<number> {
  const issue = await insertReturning(tx, issues, {
    ...randomRow(random, ids),
    ...{ repositoryId, number, isPull: random.next() < 0.1, authorId: random.pick(people).userId },
    ...{ title: `Issue ${number}`, body: '' },
    milestoneId:
      random.next() < 0.4 ? (milestoneIds.get(`${repositoryId}:${random.pick(MILESTONES)}`) ?? null) : null,
  });
  for (const name of LABELS) {
    const labelId = labelIds.get(`${repositoryId}:${name}`) ?? 0;
    if (random.next() < (name === 'rare' ? 0.05 : 0.4))
      await tx.insert(issueLabels).values({ issueId: issue.id, labelId });
  }
  for (const { userId } of people) {
    if (random.next() < 0.2)
      await tx.insert(issueAssignees).values({ issueId: issue.id, userId, createdAt: NOW });
    for (const role of ['commenter', 'mentioned'] as const)
      if (random.next() < 0.15) await tx.insert(issuePeople).values({ issueId: issue.id, userId, role });
  }
  return issue.id;
}

/** What a new or a changed issue may have. */
export function randomRow(random: Random, ids: readonly number[]) {
  const isClosed = random.next() < 0.4;
  const at = NOW - random.below(60) * DAY - random.below(1000);
  return {
    state: isClosed ? ('closed' as const) : ('open' as const),
    closeReason: isClosed ? random.pick(['completed', 'not_planned', 'duplicate'] as const) : null,
    closedAt: isClosed ? at + DAY : null,
    lockedAt: random.next() < 0.1 ? NOW : null,
    pinnedAt: random.next() < 0.05 ? NOW : null,
    dueOn: random.next() < 0.3 ? new Date(NOW + random.below(20) * DAY).toISOString().slice(0, 10) : null,
    parentId: ids.length > 0 && random.next() < 0.2 ? random.pick(ids) : null,
    commentCount: random.below(6),
    reactionCount: random.below(4),
    createdAt: at,
    updatedAt: at + random.below(30) * DAY,
  };
}

/** All issues as the rows have them, for somebody who knows nothing of issues in the `hidden` repositories. */
export async function plainIssues(db: Db, hidden: readonly number[] = []): Promise<PlainIssue[]> {
  const { read } = db;
  const rows = await read.select().from(issues);
  const known = new Set(rows.flatMap(({ id, repositoryId }) => (hidden.includes(repositoryId) ? [] : [id])));
  const labelNames = new Map((await read.select().from(labels)).map((one) => [one.id, one.name]));
  const titles = new Map((await read.select().from(milestones)).map((one) => [one.id, one.title]));
  const ofLabels = await read.select().from(issueLabels);
  const ofPeople = await read.select().from(issuePeople);
  const assigned = await read.select().from(issueAssignees);
  const dependencies = await read.select().from(issueDependencies);
  const open = new Set(rows.filter(({ state }) => state === 'open').map(({ id }) => id));
  const live = dependencies.filter(({ blockedId, blockerId }) => open.has(blockedId) && open.has(blockerId));
  return rows.map((row) => ({
    row,
    labels: ofLabels
      .filter(({ issueId }) => issueId === row.id)
      .map(({ labelId }) => labelNames.get(labelId) ?? ''),
    assignees: assigned.filter(({ issueId }) => issueId === row.id).map(({ userId }) => userId),
    milestone: row.milestoneId === null ? undefined : titles.get(row.milestoneId),
    commenters: ofPeople
      .filter((one) => one.issueId === row.id && one.role === 'commenter')
      .map((one) => one.userId),
    mentioned: ofPeople
      .filter((one) => one.issueId === row.id && one.role === 'mentioned')
      .map((one) => one.userId),
    isBlocked: live.some(({ blockedId, blockerId }) => blockedId === row.id && known.has(blockerId)),
    isBlocking: live.some(({ blockedId, blockerId }) => blockerId === row.id && known.has(blockedId)),
    hasParts: rows.some(({ id, parentId }) => parentId === row.id && known.has(id)),
    hasParent: row.parentId !== null && known.has(row.parentId),
  }));
}

async function addNames(tx: Tx, made: RandomIssues, owned: readonly Owned[]): Promise<void> {
  for (const { repository } of owned) {
    for (const name of LABELS) {
      const row = { repositoryId: repository.id, name, nameKey: name, description: '', color: 'ff0000' };
      const label = await insertReturning(tx, labels, { ...row, isExclusive: false, createdAt: NOW });
      made.labelIds.set(`${repository.id}:${name}`, label.id);
    }
    for (const title of MILESTONES) {
      const row = { repositoryId: repository.id, title, titleKey: title, description: '' };
      const milestone = await insertReturning(tx, milestones, { ...row, createdAt: NOW, updatedAt: NOW });
      made.milestoneIds.set(`${repository.id}:${title}`, milestone.id);
    }
  }
}
