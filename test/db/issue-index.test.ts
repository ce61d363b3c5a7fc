// The index in memory finds what a plain reading of the rows finds, whatever is asked and whatever changed meanwhile.
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Random } from '../../scripts/corpus/random.ts';
import { type Actor, ANONYMOUS, type UserActor } from '../../src/base/actor.ts';
import { noteChange } from '../../src/features/issues/issues.store.ts';
import { pageOfIssues } from '../../src/features/issues/listing.service.ts';
import type { ListScope } from '../../src/features/issues/listing.types.ts';
import { parseQuery } from '../../src/features/issues/queries.service.ts';
import { combine } from '../../src/features/repos/repos.policy.ts';
import type { OpenRepository, Owned } from '../../src/features/repos/repos.types.ts';
import type { App } from '../../src/platform/app.types.ts';
import type { Db } from '../../src/platform/db/db.types.ts';
import {
  issueAssignees,
  issueChanges,
  issueCounters,
  issueLabels,
  issues,
} from '../../src/platform/db/tables/issues.ts';
import { collaborators } from '../../src/platform/db/tables/repos.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import {
  addRandomIssue,
  addRandomIssues,
  NOW,
  type PlainIssue,
  plainIssues,
  type RandomIssues,
  randomRow,
} from '../support/issue-rows.ts';
import { worldIn } from '../support/standing.ts';

/** What a grant without caps opens. */
const WHOLE = { source: 'member', permission: 'read', caps: {} } as const;

let place: TestDatabase;
let app: App;
let people: UserActor[];
let owned: Owned[];
let made: RandomIssues;

const appOn = (db: Db) => ({ db, clock: { now: () => NOW } }) as App;
const [ANN, BEN, CAT] = [0, 1, 2];
const idOf = (who: number) => people[who]?.userId ?? 0;

beforeEach(async () => {
  place = await openTestDb();
  const world = worldIn(place.db);
  people = [];
  for (const name of ['ann', 'ben', 'cat', 'dan']) people.push(await world.person(name));
  const owner = { id: idOf(ANN), kind: 'user' as const };
  owned = [
    await world.repository(owner, 'one'),
    await world.repository(owner, 'two'),
    await world.repository(owner, 'secret', { visibility: 'private' }),
    await world.repository(owner, 'off', { disabledUnits: 'issues,pulls' }),
  ];
  const none = { lastNumber: 9999, openIssues: 0, closedIssues: 0, openPulls: 0, closedPulls: 0 };
  for (const { repository } of owned)
    await place.db.write((tx) => tx.insert(issueCounters).values({ repositoryId: repository.id, ...none }));
  made = await addRandomIssues(place.db, owned, people, 160, 5);
  app = appOn(place.db);
});
afterEach(() => place.close());

const scopeOf = (at: number): ListScope => {
  const { repository } = owned[at] as Owned;
  const opened = { repository, owner: { id: repository.ownerId, name: 'ann', kind: 'user' } };
  return { kind: 'repository', open: { ...opened, units: combine([WHOLE]).units } as OpenRepository };
};

interface Asked {
  text: string;
  matches(issue: PlainIssue): boolean;
}

const day = (date: string) => Date.parse(`${date}T00:00:00Z`);

const TERMS: (() => Asked[])[] = [
  () => [
    { text: 'is:issue', matches: ({ row }) => !row.isPull },
    { text: 'is:pr', matches: ({ row }) => row.isPull },
  ],
  () => [
    { text: 'author:@me', matches: ({ row }) => row.authorId === idOf(ANN) },
    { text: 'author:ben,cat', matches: ({ row }) => [idOf(BEN), idOf(CAT)].includes(row.authorId) },
    { text: 'author:nobody', matches: () => false },
  ],
  () => [
    { text: 'assignee:Cat', matches: ({ assignees }) => assignees.includes(idOf(CAT)) },
    { text: 'assignee:none', matches: ({ assignees }) => assignees.length === 0 },
    {
      text: 'assignee:none,ben',
      matches: ({ assignees }) => assignees.length === 0 || assignees.includes(idOf(BEN)),
    },
    { text: 'assignee:*', matches: ({ assignees }) => assignees.length > 0 },
    { text: 'no:assignee', matches: ({ assignees }) => assignees.length === 0 },
  ],
  () => [
    { text: 'label:bug', matches: ({ labels }) => labels.includes('bug') },
    { text: 'label:"help wanted",RARE', matches: ({ labels }) => labels.some((one) => one !== 'bug') },
    { text: 'no:label', matches: ({ labels }) => labels.length === 0 },
    { text: 'label:unknown', matches: () => false },
  ],
  () => [
    { text: 'milestone:"Next one"', matches: ({ milestone }) => milestone === 'next one' },
    { text: 'milestone:none,v1', matches: ({ milestone }) => milestone !== 'next one' },
    { text: 'has:milestone', matches: ({ milestone }) => milestone !== undefined },
  ],
  () => [
    { text: 'commenter:ben', matches: ({ commenters }) => commenters.includes(idOf(BEN)) },
    { text: 'mentions:@me', matches: ({ mentioned }) => mentioned.includes(idOf(ANN)) },
    {
      text: 'involves:cat',
      matches: (one) =>
        one.row.authorId === idOf(CAT) ||
        [one.assignees, one.commenters, one.mentioned].some((ids) => ids.includes(idOf(CAT))),
    },
  ],
  () => [
    { text: 'created:>2026-05-20', matches: ({ row }) => row.createdAt >= day('2026-05-21') },
    {
      text: 'created:2026-05-01..2026-05-10',
      matches: ({ row }) => row.createdAt >= day('2026-05-01') && row.createdAt < day('2026-05-11'),
    },
    { text: 'created:<=@today-10d', matches: ({ row }) => row.createdAt < day('2026-06-06') },
    {
      text: 'updated:<2026-06-01T10:30:00+02:00',
      matches: ({ row }) => row.updatedAt < Date.parse('2026-06-01T08:30:00Z'),
    },
    { text: 'closed:>=2026-06-01', matches: ({ row }) => (row.closedAt ?? 0) >= day('2026-06-01') },
    { text: 'due:<@today+5d', matches: ({ row }) => row.dueOn !== null && row.dueOn < '2026-06-20' },
    { text: 'due:2026-06-20..*', matches: ({ row }) => row.dueOn !== null && row.dueOn >= '2026-06-20' },
    { text: 'no:due', matches: ({ row }) => row.dueOn === null },
  ],
  () => [
    { text: 'comments:>3', matches: ({ row }) => row.commentCount > 3 },
    { text: 'comments:0', matches: ({ row }) => row.commentCount === 0 },
    { text: 'reactions:1..2', matches: ({ row }) => row.reactionCount === 1 || row.reactionCount === 2 },
  ],
  () => [
    { text: 'reason:completed', matches: ({ row }) => row.closeReason === 'completed' },
    {
      text: 'reason:"not planned",duplicate',
      matches: ({ row }) => ['not_planned', 'duplicate'].includes(row.closeReason ?? ''),
    },
    { text: 'is:locked', matches: ({ row }) => row.lockedAt !== null },
    { text: 'is:unlocked', matches: ({ row }) => row.lockedAt === null },
    { text: 'is:pinned', matches: ({ row }) => row.pinnedAt !== null },
    { text: 'is:locked,pinned', matches: ({ row }) => row.lockedAt !== null || row.pinnedAt !== null },
    { text: 'is:blocked', matches: (one) => one.isBlocked },
    { text: 'is:blocking', matches: (one) => one.isBlocking },
    { text: 'has:sub-issue', matches: (one) => one.hasParts },
    { text: 'no:parent', matches: (one) => !one.hasParent },
    { text: 'is:locked,blocked', matches: (one) => one.row.lockedAt !== null || one.isBlocked },
    { text: 'no:label,milestone', matches: (one) => one.labels.length === 0 || one.milestone === undefined },
  ],
];

const STATES: Asked[] = [
  { text: '', matches: () => true },
  { text: 'is:open', matches: ({ row }) => row.state === 'open' },
  { text: 'state:closed', matches: ({ row }) => row.state === 'closed' },
  { text: '-is:open', matches: ({ row }) => row.state === 'closed' },
];

const seconds = (at: number) => Math.floor(at / 1000);
const dueDay = (row: PlainIssue['row'], none: number) => (row.dueOn === null ? none : day(row.dueOn));

const SORTS: { text: string; order(one: PlainIssue['row'], other: PlainIssue['row']): number }[] = [
  { text: '', order: (a, b) => seconds(b.createdAt) - seconds(a.createdAt) || b.id - a.id },
  { text: 'sort:created-asc', order: (a, b) => seconds(a.createdAt) - seconds(b.createdAt) || a.id - b.id },
  { text: 'sort:updated', order: (a, b) => b.updatedAt - a.updatedAt || b.id - a.id },
  { text: 'sort:updated-asc', order: (a, b) => a.updatedAt - b.updatedAt || a.id - b.id },
  { text: 'sort:comments-desc', order: (a, b) => b.commentCount - a.commentCount || b.id - a.id },
  { text: 'sort:reactions-asc', order: (a, b) => a.reactionCount - b.reactionCount || a.id - b.id },
  { text: 'sort:due-asc', order: (a, b) => dueDay(a, 9e15) - dueDay(b, 9e15) || a.id - b.id },
  { text: 'sort:due-desc', order: (a, b) => dueDay(b, 0) - dueDay(a, 0) || b.id - a.id },
];

/** Asks some random questions, and compares every page in both directions with the plain reading. */
async function compareAll(on: App, random: Random, questions: number): Promise<void> {
  const plain = await plainIssues(on.db, [owned[3]?.repository.id ?? 0]);
  for (let i = 0; i < questions; i += 1) {
    const asked = TERMS.filter(() => random.next() < 0.25).map((terms) =>
      negated(random, random.pick(terms())),
    );
    const [state, sort] = [random.pick(STATES), random.pick(SORTS)];
    const text = [...asked, state, sort].map((one) => one.text).join(' ');
    const at = random.below(5);
    const scope = at < 3 ? scopeOf(at) : ({ kind: 'all' } as const);
    const inScope = plain.filter(({ row }) =>
      scope.kind === 'repository'
        ? row.repositoryId === scope.open.repository.id
        : row.repositoryId !== owned[3]?.repository.id,
    );
    const matching = inScope.filter((issue) => asked.every((one) => one.matches(issue)));
    const listed = matching.filter((issue) => state.matches(issue)).map(({ row }) => row);
    const expected = listed.toSorted(sort.order).map(({ id }) => id);
    const open = matching.filter(({ row }) => row.state === 'open').length;
    const pages = await allPages(on, people[ANN] as Actor, scope, text);
    expect({ text, ...pages }).toEqual({
      text,
      open,
      closed: matching.length - open,
      ids: expected,
      back: expected,
    });
  }
}

function negated(random: Random, asked: Asked): Asked {
  if (random.next() > 0.3) return asked;
  return { text: `-${asked.text}`, matches: (issue) => !asked.matches(issue) };
}

async function allPages(on: App, actor: Actor, scope: ListScope, text: string) {
  const query = parseQuery(text);
  expect(query.problems).toEqual([]);
  const ids: number[] = [];
  const back: number[] = [];
  let page = await pageOfIssues(on, actor, { scope, query, size: 7 });
  const { open, closed } = page;
  expect(page.previous).toBeUndefined();
  for (;;) {
    ids.push(...page.issues.map(({ id }) => id));
    if (!page.next) break;
    page = await pageOfIssues(on, actor, { scope, query, size: 7, after: page.next });
  }
  for (;;) {
    back.unshift(...page.issues.map(({ id }) => id));
    if (!page.previous) break;
    page = await pageOfIssues(on, actor, { scope, query, size: 7, before: page.previous });
  }
  return { open, closed, ids, back };
}

test('any query finds what a plain reading finds, page by page in both directions', async () => {
  await compareAll(app, made.random, 150);
});

test('changes are followed, also those of another process', async () => {
  const other = appOn(await place.openAnother());
  await compareAll(other, made.random, 3);
  for (let round = 0; round < 6; round += 1) {
    const by = round % 2 === 0 ? app : other;
    await changeSome(by.db, made.random);
    await compareAll(round % 3 === 0 ? app : other, made.random, 6);
  }
});

async function changeSome(db: Db, random: Random): Promise<void> {
  const changed = [random.pick(made.ids), random.pick(made.ids), random.pick(made.ids)];
  await db.write(async (tx) => {
    for (const id of changed) {
      const { parentId: _, ...row } = randomRow(random, made.ids);
      await tx.update(issues).set(row).where(eq(issues.id, id));
      await tx.delete(issueLabels).where(eq(issueLabels.issueId, id));
      await tx.delete(issueAssignees).where(eq(issueAssignees.issueId, id));
      await noteChange(tx, id, NOW);
    }
    const moved = random.pick(made.ids);
    const to = random.pick(owned).repository.id;
    await tx
      .update(issues)
      .set({ repositoryId: to, number: 5000 + random.below(4000) })
      .where(eq(issues.id, moved));
    await tx.delete(issueLabels).where(eq(issueLabels.issueId, moved));
    await tx.update(issues).set({ milestoneId: null }).where(eq(issues.id, moved));
    await noteChange(tx, moved, NOW);
    const gone = made.ids.splice(random.below(made.ids.length), 1)[0] ?? 0;
    const parts = await tx.select({ id: issues.id }).from(issues).where(eq(issues.parentId, gone));
    await tx.delete(issues).where(eq(issues.id, gone));
    for (const id of [gone, ...parts.map((part) => part.id)]) await noteChange(tx, id, NOW);
  });
  const number = 10_000 + made.ids.length + random.below(1_000_000);
  const added = await db.write(async (tx) => {
    const id = await addRandomIssue(tx, made, random.pick(owned), people, number);
    await noteChange(tx, id, NOW);
    return id;
  });
  made.ids.push(added);
}

test('a change whose place in the log is before one that was seen is not missed', async () => {
  if (place.db.dialect === 'sqlite') return;
  const [first = 0, second = 0] = made.ids;
  await compareAll(app, made.random, 1);
  const held = Promise.withResolvers<void>();
  const noted = Promise.withResolvers<void>();
  const slow = place.db.write(async (tx) => {
    await tx.update(issues).set({ commentCount: 77 }).where(eq(issues.id, first));
    await noteChange(tx, first, NOW);
    noted.resolve();
    await held.promise;
  });
  await noted.promise;
  const other = await place.openAnother();
  await other.write(async (tx) => {
    await tx.update(issues).set({ commentCount: 78 }).where(eq(issues.id, second));
    await noteChange(tx, second, NOW);
  });
  const asked = { scope: { kind: 'all' } as const, query: parseQuery('comments:>70'), size: 9 };
  expect((await pageOfIssues(app, people[ANN] as Actor, asked)).issues.map(({ id }) => id)).toEqual([second]);
  held.resolve();
  await slow;
  const both = (await pageOfIssues(app, people[ANN] as Actor, asked)).issues.map(({ id }) => id);
  expect(both.toSorted()).toEqual([first, second].toSorted());
  const log = await place.db.read.select({ id: issueChanges.id }).from(issueChanges);
  expect(log.length).toBe(2);
});

test('leak: neither issues nor counts of what one may not see, and nothing once access is taken away', async () => {
  const all = { scope: { kind: 'all' } as const, query: parseQuery(''), size: 100 };
  const plain = await plainIssues(place.db);
  const secretId = owned[2]?.repository.id ?? 0;
  const open = plain.filter(({ row }) =>
    [owned[0]?.repository.id, owned[1]?.repository.id].includes(row.repositoryId),
  );
  for (const actor of [ANONYMOUS, people[BEN] as Actor]) {
    const page = await pageOfIssues(app, actor, all);
    expect(page.open + page.closed).toBe(open.length);
    expect(page.issues.some((one) => one.repositoryId === secretId)).toBe(false);
    await expect(pageOfIssues(app, actor, { ...all, scope: scopeOf(2) })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(
      pageOfIssues(app, people[ANN] as Actor, { ...all, scope: scopeOf(3) }),
    ).rejects.toMatchObject({ code: 'not_found' });
    for (const text of ['repo:ann/secret', 'repo:ann/off', 'repo:ann/missing'])
      expect(await pageOfIssues(app, actor, { ...all, query: parseQuery(text) })).toMatchObject({
        open: 0,
        closed: 0,
        issues: [],
      });
  }
  const parent = plain.find(({ row, hasParts }) => row.repositoryId === secretId && hasParts)?.row.number;
  const byParent = { ...all, query: parseQuery(`parent:ann/secret#${parent}`) };
  expect((await pageOfIssues(app, people[ANN] as Actor, byParent)).issues.length).toBeGreaterThan(0);
  expect(await pageOfIssues(app, people[BEN] as Actor, byParent)).toMatchObject({
    open: 0,
    closed: 0,
    issues: [],
  });
  const secretParts = new Set(
    plain.filter(({ row }) => row.repositoryId === secretId).map(({ row }) => row.parentId),
  );
  for (const issue of (await pageOfIssues(app, people[BEN] as Actor, all)).issues) {
    const visible = open.filter(({ row }) => row.parentId === issue.id).length;
    expect(issue.parts?.total ?? 0).toBe(visible);
    secretParts.delete(issue.id);
  }
  const given = { repositoryId: secretId, userId: idOf(BEN), permission: 'read' as const, createdAt: NOW };
  await place.db.write((tx) => tx.insert(collaborators).values(given));
  const secret = plain.filter(({ row }) => row.repositoryId === secretId).length;
  const seen = await pageOfIssues(app, people[BEN] as Actor, all);
  expect(seen.open + seen.closed).toBe(open.length + secret);
  await place.db.write((tx) => tx.delete(collaborators).where(eq(collaborators.userId, idOf(BEN))));
  const after = await pageOfIssues(app, people[BEN] as Actor, all);
  expect(after.open + after.closed).toBe(open.length);
});

test('leak: nothing by what issues have to do with others that one may not see', async () => {
  const [secretId, offId] = [owned[2]?.repository.id ?? 0, owned[3]?.repository.id ?? 0];
  const plain = await plainIssues(place.db, [secretId, offId]);
  const all = await plainIssues(place.db);
  const seen = plain.filter(({ row }) => row.repositoryId !== secretId && row.repositoryId !== offId);
  const has: Record<string, (one: (typeof plain)[number]) => boolean> = {
    'is:blocked': (one) => one.isBlocked,
    'is:blocking': (one) => one.isBlocking,
    'has:sub-issue': (one) => one.hasParts,
    'has:parent': (one) => one.hasParent,
  };
  for (const [text, matches] of Object.entries(has)) {
    // There is something to hide.
    const ids = new Set(seen.map(({ row }) => row.id));
    const total = all.filter((one) => ids.has(one.row.id) && matches(one)).length;
    expect(total, text).toBeGreaterThan(seen.filter(matches).length);
    for (const isNegated of [false, true]) {
      const expected = seen.filter((one) => matches(one) !== isNegated);
      const query = parseQuery(`${isNegated ? '-' : ''}${text}`);
      for (const actor of [ANONYMOUS, people[BEN] as Actor]) {
        const page = await pageOfIssues(app, actor, { scope: { kind: 'all' }, query, size: 100 });
        expect(page.open + page.closed, text).toBe(expected.length);
        const wanted = new Set(expected.map(({ row }) => row.id));
        expect(page.issues.filter(({ id }) => !wanted.has(id))).toEqual([]);
      }
    }
  }
});

test('a place in a list that was never given out is refused, and odd queries find something or nothing', async () => {
  const list = { scope: { kind: 'all' } as const, query: parseQuery(''), size: 5 };
  for (const after of ['x', '1', '1_', '-1_2', '1_2_3', '99999999999999999999_1'])
    await expect(pageOfIssues(app, ANONYMOUS, { ...list, after })).rejects.toMatchObject({ code: 'invalid' });
  for (const text of [
    'author:@me',
    'label:","',
    'repo:a/b,c/d',
    'org:\u{1f600}',
    'parent:#999999999',
    'author:"a\\"b"',
  ])
    expect(await pageOfIssues(app, ANONYMOUS, { ...list, query: parseQuery(text) })).toMatchObject({
      issues: [],
    });
  const page = await pageOfIssues(app, ANONYMOUS, { ...list, query: parseQuery('author:@me') });
  expect(page.problems).toEqual(['Sign in to use “@me”.']);
});
