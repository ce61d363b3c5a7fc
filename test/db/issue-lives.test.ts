// Whatever happens to issues, in whatever order and at once: what is counted beside them is what is there, and the index in
// memory that followed every change says the same as one that was loaded anew.
import { and, count, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Random, startRandom } from '../../scripts/corpus/random.ts';
import { isAppError } from '../../src/base/errors.ts';
import { closeIssue, reopenIssue } from '../../src/features/issues/closing.service.ts';
import { addComment, deleteComment } from '../../src/features/issues/comments.service.ts';
import { addBlocker } from '../../src/features/issues/dependencies.service.ts';
import { createIssue, requireIssue } from '../../src/features/issues/issues.service.ts';
import type { IssueRow } from '../../src/features/issues/issues.types.ts';
import { createLabel } from '../../src/features/issues/labels.service.ts';
import { pageOfIssues } from '../../src/features/issues/listing.service.ts';
import { changeAssignees, changeLabels } from '../../src/features/issues/metadata.service.ts';
import { addPart } from '../../src/features/issues/parts.service.ts';
import { pinIssue, unpinIssue } from '../../src/features/issues/pins.service.ts';
import { purgeIssues } from '../../src/features/issues/purge.service.ts';
import { parseQuery } from '../../src/features/issues/queries.service.ts';
import { react } from '../../src/features/issues/reactions.service.ts';
import { deleteIssue, transferIssue } from '../../src/features/issues/transfer.service.ts';
import { openRepository } from '../../src/features/repos/access.service.ts';
import { giveAccess } from '../../src/features/repos/collaborators.service.ts';
import { parseNewRepository } from '../../src/features/repos/repos.input.ts';
import { createRepository } from '../../src/features/repos/repos.service.ts';
import type { OpenRepository } from '../../src/features/repos/repos.types.ts';
import { turnIntoGhost } from '../../src/features/users/deletion.store.ts';
import type { App } from '../../src/platform/app.types.ts';
import {
  issueCounters,
  issueDependencies,
  issueEntries,
  issueLabels,
  issues,
  labels,
  reactions,
} from '../../src/platform/db/tables/issues.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { type TestApp, testApp } from '../support/test-app.ts';

const NAMES = ['one', 'two', 'three'];
const PEOPLE = ['ada', 'bob', 'cyd'];
let place: TestDatabase;
let t: TestApp;

beforeAll(async () => {
  place = await openTestDb();
  t = await testApp({ database: place.config, issues: { posts_per_hour: 100_000 } });
  const ada = await t.actor('ada');
  for (const name of NAMES) {
    await createRepository(t.app, ada, parseNewRepository({ name, visibility: 'public' }));
    const open = await openRepository(t.app, ada, 'ada', name, 'issues:read');
    for (const username of ['bob', 'cyd']) {
      await t.actor(username);
      await giveAccess(t.app, ada, open, { username, permission: 'write' });
    }
    for (const label of ['kind/a', 'kind/b'])
      await createLabel(t.app, ada, open, { name: label, color: '00ff00', isExclusive: true });
  }
}, 60_000);
afterAll(async () => {
  await t.close();
  await place.close();
});

const opened = async (name: string, who = 'ada') =>
  openRepository(t.app, await t.actor(who), 'ada', name, 'issues:read');

type Step = (random: Random, open: OpenRepository, issue: IssueRow) => Promise<unknown>;

const STEPS: Step[] = [
  (_, open) => createIssue(t.app, open.actor, open, { title: 'Another', body: 'text' }),
  (random, open, issue) =>
    closeIssue(t.app, open.actor, open, issue, { reason: random.pick(['completed', 'not_planned']) }),
  async (random, open, issue) => {
    const [other] = await someIssues(random);
    const at = other && `ada/${await nameOf(other.repositoryId)}#${other.number}`;
    return closeIssue(t.app, open.actor, open, issue, {
      reason: 'duplicate',
      ...(at ? { duplicateOf: at } : {}),
    });
  },
  (_, open, issue) => reopenIssue(t.app, open.actor, open, issue),
  (_, open, issue) => addComment(t.app, open.actor, open, issue, 'A comment'),
  async (random, open, issue) => {
    const comment = await someComment(random, issue.id);
    if (comment) await deleteComment(t.app, open.actor, open, issue, comment);
  },
  async (random, open, issue) => {
    const comment = await someComment(random, issue.id);
    const entryId = random.next() < 0.5 ? 0 : (comment?.id ?? 0);
    const content = random.pick(['heart', 'eyes'] as const);
    return react(t.app, open.actor, open, issue, { entryId, content, isGiven: random.next() < 0.7 });
  },
  async (random, open, issue) => {
    const own = await t.app.db.read.select().from(labels).where(eq(labels.repositoryId, open.repository.id));
    return changeLabels(t.app, open.actor, open, issue, {
      add: [random.pick(own).id],
      remove: [random.pick(own).id],
    });
  },
  async (random, open, issue) => {
    const { userId } = await t.actor(random.pick(PEOPLE));
    const what = random.next() < 0.6 ? { add: [userId] } : { remove: [userId] };
    return changeAssignees(t.app, open.actor, open, issue, what);
  },
  (_, open, issue) => pinIssue(t.app, open.actor, open, issue),
  (_, open, issue) => unpinIssue(t.app, open.actor, open, issue),
  async (random, open, issue) => {
    const [other] = await someIssues(random);
    if (other)
      await addBlocker(
        t.app,
        open.actor,
        open,
        issue,
        `ada/${await nameOf(other.repositoryId)}#${other.number}`,
      );
  },
  async (random, open, issue) => {
    const [other] = await someIssues(random);
    if (other)
      await addPart(
        t.app,
        open.actor,
        open,
        issue,
        `ada/${await nameOf(other.repositoryId)}#${other.number}`,
        { replace: true },
      );
  },
  (random, open, issue) =>
    transferIssue(t.app, open.actor, open, issue, { to: `ada/${random.pick(NAMES)}`, isConfirmed: true }),
  async (random, open, issue) => {
    if (random.next() < 0.5)
      await deleteIssue(t.app, await t.actor('ada'), await opened(open.repository.name), issue);
  },
];

async function someIssues(random: Random): Promise<IssueRow[]> {
  const rows = await t.app.db.read.select().from(issues);
  return rows.length === 0 ? [] : [random.pick(rows)];
}

async function someComment(random: Random, issueId: number) {
  const isComment = and(eq(issueEntries.issueId, issueId), eq(issueEntries.kind, 'comment'));
  const rows = await t.app.db.read.select().from(issueEntries).where(isComment);
  return rows.length === 0 ? undefined : random.pick(rows);
}

async function nameOf(repositoryId: number): Promise<string> {
  for (const name of NAMES) if ((await opened(name)).repository.id === repositoryId) return name;
  return 'none';
}

async function takeStep(random: Random): Promise<void> {
  const [issue] = await someIssues(random);
  const step = issue ? random.pick(STEPS) : STEPS[0];
  const open = await opened(
    issue ? await nameOf(issue.repositoryId) : random.pick(NAMES),
    random.pick(PEOPLE),
  );
  try {
    await step?.(random, open, issue ?? ({} as IssueRow));
  } catch (error) {
    // What the rules refuse, or what another one was faster with.
    if (!isAppError(error, 'invalid', 'conflict', 'not_found', 'forbidden')) throw error;
  }
}

async function expectCounts(): Promise<void> {
  const rows = await t.app.db.read.select().from(issues);
  const counters = await t.app.db.read.select().from(issueCounters);
  for (const row of counters) {
    const own = rows.filter(({ repositoryId }) => repositoryId === row.repositoryId);
    const counted = {
      openIssues: own.filter(({ state }) => state === 'open').length,
      closedIssues: own.filter(({ state }) => state === 'closed').length,
    };
    expect(row).toMatchObject({ ...counted, openPulls: 0, closedPulls: 0 });
    expect(row.lastNumber).toBeGreaterThanOrEqual(Math.max(0, ...own.map(({ number }) => number)));
    expect(own.filter(({ pinnedAt }) => pinnedAt !== null).length).toBeLessThanOrEqual(3);
  }
  expect(await circles()).toEqual([]);
  const exclusive = await t.app.db.read
    .select({ issueId: issueLabels.issueId, total: count() })
    .from(issueLabels)
    .innerJoin(labels, eq(labels.id, issueLabels.labelId))
    .where(eq(labels.isExclusive, true))
    .groupBy(issueLabels.issueId);
  expect(exclusive.filter(({ total }) => total > 1)).toEqual([]);
  for (const { id, commentCount, reactionCount } of rows) {
    const isComment = and(eq(issueEntries.issueId, id), eq(issueEntries.kind, 'comment'));
    expect(commentCount).toBe((await t.app.db.read.select().from(issueEntries).where(isComment)).length);
    const toText = and(eq(reactions.issueId, id), eq(reactions.entryId, 0));
    expect(reactionCount).toBe((await t.app.db.read.select().from(reactions).where(toText)).length);
  }
}

/** Issues that wait for each other, or are parts of each other. */
async function circles(): Promise<number[]> {
  const waiting = await t.app.db.read.select().from(issueDependencies);
  const parts = await t.app.db.read.select().from(issues);
  const edges = [
    waiting.map(({ blockedId, blockerId }) => [blockedId, blockerId] as const),
    parts.flatMap(({ id, parentId }) => (parentId === null ? [] : [[id, parentId] as const])),
  ];
  return edges.flatMap((pairs) => {
    // What leads nowhere is taken away until nothing is left but circles.
    for (let left = pairs; ; ) {
      const froms = new Set(left.map(([from]) => from));
      const next = left.filter(([, to]) => froms.has(to));
      if (next.length === left.length) return left.map(([from]) => from);
      left = next;
    }
  });
}

const QUERIES = [
  ...[
    'is:open',
    'is:closed',
    'is:blocked',
    'is:blocking',
    'no:parent-issue',
    'has:sub-issue',
    'no:label',
    'no:assignee',
  ],
  ...[
    'label:kind/a',
    'assignee:bob',
    'assignee:cyd',
    'sort:comments-desc',
    'sort:reactions-desc',
    'sort:updated-asc',
    'reason:duplicate',
  ],
];

async function answers(app: App): Promise<unknown[]> {
  const ada = await t.actor('ada');
  const all = [];
  for (const text of QUERIES) {
    const page = await pageOfIssues(app, ada, {
      scope: { kind: 'all' },
      query: parseQuery(`is:issue ${text}`),
      size: 100,
    });
    all.push({ text, open: page.open, closed: page.closed, ids: page.issues.map(({ id }) => id) });
  }
  return all;
}

async function expectSameIndex(): Promise<void> {
  // An index belongs to its application.
  expect(await answers(t.app)).toEqual(await answers({ ...t.app }));
}

test('counts and the index are right after anything in any order', async () => {
  const random = startRandom(7);
  await answers(t.app);
  for (let round = 0; round < 8; round += 1) {
    for (let step = 0; step < 25; step += 1) await takeStep(random);
    await expectCounts();
    await expectSameIndex();
  }
}, 240_000);

test('counts and the index are right after many things at once', async () => {
  const random = startRandom(11);
  for (let round = 0; round < 8; round += 1) {
    const settled = await Promise.allSettled(Array.from({ length: 12 }, () => takeStep(random)));
    for (const one of settled) if (one.status === 'rejected') throw one.reason;
    await expectCounts();
  }
  await expectSameIndex();
}, 240_000);

test('of an account that is deleted neither reactions nor assignments are counted any more', async () => {
  const ada = await t.actor('ada');
  const open = await opened('one');
  const issue = await createIssue(t.app, ada, open, { title: 'Liked', body: '' });
  const cyd = await opened('one', 'cyd');
  for (const content of ['heart', 'eyes'] as const)
    await react(t.app, cyd.actor, cyd, issue, { entryId: 0, content, isGiven: true });
  await changeAssignees(t.app, ada, open, issue, { add: [(await t.actor('cyd')).userId] });
  const { userId } = await t.actor('cyd');
  await answers(t.app);
  await t.app.db.write((tx) => turnIntoGhost(tx, userId, t.app.clock.now()));
  expect(await requireIssue(t.app, open, issue.number)).toMatchObject({ reactionCount: 0 });
  await expectCounts();
  await expectSameIndex();
});

test('issues of a repository that is purged go from lists, search and issues elsewhere', async () => {
  const ada = await t.actor('ada');
  const [one, two] = [await opened('one'), await opened('two')];
  const waits = await createIssue(t.app, ada, two, { title: 'Waits', body: '' });
  const above = await createIssue(t.app, ada, two, { title: 'Above', body: '' });
  for (let i = 0; i < 30; i += 1) {
    const made = await createIssue(t.app, ada, one, { title: 'Goes', body: '' });
    await addBlocker(t.app, ada, two, waits, `ada/one#${made.number}`);
    if (i < 3) await addPart(t.app, ada, two, above, `ada/one#${made.number}`);
    await closeIssue(t.app, ada, two, waits, { reason: 'duplicate', duplicateOf: `ada/one#${made.number}` });
    await reopenIssue(t.app, ada, two, waits);
  }
  const last = await createIssue(t.app, ada, one, { title: 'Duplicated', body: '' });
  await closeIssue(t.app, ada, two, above, { reason: 'duplicate', duplicateOf: `ada/one#${last.number}` });
  await answers(t.app);
  await purgeIssues(t.app, one.repository.id, new AbortController().signal);
  await purgeIssues(t.app, one.repository.id, new AbortController().signal);
  const left = await t.app.db.read.select().from(issues).where(eq(issues.repositoryId, one.repository.id));
  expect(left).toEqual([]);
  expect(await requireIssue(t.app, two, above.number)).toMatchObject({
    state: 'closed',
    duplicateOfId: null,
  });
  await expectSameIndex();
}, 60_000);
