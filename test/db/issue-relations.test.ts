// Dependencies, sub-issues and labels of issues under concurrency: no circle, no depth and no list grows by two at once.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SYSTEM, type UserActor } from '../../src/base/actor.ts';
import { closeIssue } from '../../src/features/issues/closing.service.ts';
import { addBlocker } from '../../src/features/issues/dependencies.service.ts';
import { findBlockerIds } from '../../src/features/issues/dependencies.store.ts';
import { countByMilestone, countOpenByLabel } from '../../src/features/issues/index-counts.service.ts';
import { createIssue } from '../../src/features/issues/issues.service.ts';
import { findIssuesByIds } from '../../src/features/issues/issues.store.ts';
import type { IssueRow } from '../../src/features/issues/issues.types.ts';
import {
  changeLabel,
  createLabel,
  deleteLabel,
  labelsFor,
} from '../../src/features/issues/labels.service.ts';
import { listLabelsOf } from '../../src/features/issues/labels.store.ts';
import { addLabels, changeAssignees, setMilestone } from '../../src/features/issues/metadata.service.ts';
import { listAssigneesOf } from '../../src/features/issues/metadata.store.ts';
import {
  createMilestone,
  deleteMilestone,
  progressOfOne,
} from '../../src/features/issues/milestones.service.ts';
import { countMilestones } from '../../src/features/issues/milestones.store.ts';
import { addPart, movePart, removePart } from '../../src/features/issues/parts.service.ts';
import { listParts } from '../../src/features/issues/parts.store.ts';
import { openRepository } from '../../src/features/repos/access.service.ts';
import { giveAccess } from '../../src/features/repos/collaborators.service.ts';
import { parseNewRepository } from '../../src/features/repos/repos.input.ts';
import { createRepository } from '../../src/features/repos/repos.service.ts';
import type { OpenRepository } from '../../src/features/repos/repos.types.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { type TestApp, testApp } from '../support/test-app.ts';

const BOTH = { issues: true, pulls: true };

let place: TestDatabase;
let t: TestApp;
let ada: UserActor;
let open: OpenRepository;

let repositories = 0;

beforeAll(async () => {
  place = await openTestDb();
  t = await testApp({ database: place.config });
  ada = await t.actor('ada');
}, 60_000);
beforeEach(async () => {
  const name = `engine${repositories++}`;
  await createRepository(t.app, ada, parseNewRepository({ name, visibility: 'public' }));
  open = await openRepository(t.app, ada, 'ada', name, 'issues:read');
});
afterAll(async () => {
  await t.close();
  await place.close();
});

async function issues(count: number): Promise<IssueRow[]> {
  const made: IssueRow[] = [];
  for (let n = 0; n < count; n += 1)
    made.push(await createIssue(t.app, ada, open, { title: `Issue ${n}`, body: '' }));
  return made;
}

const outcomes = async (works: Promise<unknown>[]) =>
  (await Promise.allSettled(works)).map(({ status }) => status).sort();

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`nothing at ${index}`);
  return found;
}

test('two dependencies that make a circle together: one of them is refused', async () => {
  for (let round = 0; round < 5; round += 1) {
    const [a, b, c] = await issues(3);
    if (!a || !b || !c) throw new Error('no issues');
    await addBlocker(t.app, ada, open, b, `#${c.number}`);
    const both = [
      addBlocker(t.app, ada, open, a, `#${b.number}`),
      addBlocker(t.app, ada, open, c, `#${a.number}`),
    ];
    expect(await outcomes(both)).toEqual(['fulfilled', 'rejected']);
    const edges = await Promise.all([a, b, c].map(({ id }) => findBlockerIds(t.app.db.read, [id])));
    expect(edges.flat()).toHaveLength(2);
  }
});

test('a circle of any length is refused, and a long chain is not', async () => {
  const chain = await issues(12);
  for (const [n, issue] of chain.slice(0, -1).entries())
    await addBlocker(t.app, ada, open, issue, `#${at(chain, n + 1).number}`);
  const last = at(chain, 11);
  await expect(addBlocker(t.app, ada, open, last, `#${at(chain, 0).number}`)).rejects.toThrow(
    'wait for each other',
  );
  await expect(addBlocker(t.app, ada, open, last, `#${last.number}`)).rejects.toThrow('wait for itself');
});

test('two issues cannot become parts of each other at the same time', async () => {
  for (let round = 0; round < 5; round += 1) {
    const [a, b] = await issues(2);
    if (!a || !b) throw new Error('no issues');
    const both = [addPart(t.app, ada, open, a, `#${b.number}`), addPart(t.app, ada, open, b, `#${a.number}`)];
    expect(await outcomes(both)).toEqual(['fulfilled', 'rejected']);
    const parents = (await findIssuesByIds(t.app.db.read, [a.id, b.id])).map(({ parentId }) => parentId);
    expect(parents.filter((id) => id !== null)).toHaveLength(1);
  }
});

test('parts go eight levels deep, also when both halves are joined', async () => {
  const chain = await issues(9);
  for (const [n, issue] of chain.slice(0, 3).entries())
    await addPart(t.app, ada, open, issue, `#${at(chain, n + 1).number}`);
  for (const n of [4, 5, 6, 7]) await addPart(t.app, ada, open, at(chain, n), `#${at(chain, n + 1).number}`);
  // Four levels above, five below.
  await expect(addPart(t.app, ada, open, at(chain, 3), `#${at(chain, 4).number}`)).rejects.toThrow(
    '8 levels',
  );
  await addPart(t.app, ada, open, at(chain, 2), `#${at(chain, 4).number}`);
  await expect(addPart(t.app, ada, open, at(chain, 8), `#${at(chain, 0).number}`)).rejects.toThrow(
    'own parts',
  );
});

test('an issue added twice at once is one part, and places stay in order', async () => {
  const [parent, ...parts] = await issues(5);
  if (!parent) throw new Error('no issue');
  await Promise.all(parts.map(({ number }) => addPart(t.app, ada, open, parent, `#${number}`)));
  await Promise.all([1, 2].map(() => addPart(t.app, ada, open, parent, `#${at(parts, 0).number}`)));
  const before = (await listParts(t.app.db.read, parent.id)).map(({ id }) => id);
  expect(before.toSorted()).toEqual(parts.map(({ id }) => id).toSorted());
  const moved = at(before, 3);
  await movePart(t.app, ada, open, parent, moved, { place: 0, among: before });
  expect((await listParts(t.app.db.read, parent.id)).map(({ id }) => id)).toEqual([
    moved,
    ...before.slice(0, 3),
  ]);
  await removePart(t.app, ada, open, parent, moved, 'parent');
  expect(await listParts(t.app.db.read, parent.id)).toHaveLength(3);
});

test('choices made at the same time add up, and never exceed what is allowed', async () => {
  const [issue] = await issues(1);
  if (!issue) throw new Error('no issue');
  const labels = await labelsFor(t.app, open);
  await Promise.all(labels.map(({ id }) => addLabels(t.app, ada, open, issue, [id])));
  expect(await listLabelsOf(t.app.db.read, [issue.id])).toHaveLength(labels.length);
  const scoped = await Promise.all(
    ['p/1', 'p/2', 'p/3'].map((name) =>
      createLabel(t.app, ada, open, { name, color: '123456', isExclusive: true }),
    ),
  );
  await Promise.all(scoped.map(({ id }) => addLabels(t.app, ada, open, issue, [id])));
  const held = (await listLabelsOf(t.app.db.read, [issue.id])).map(({ label }) => label.name);
  expect(held.filter((name) => name.startsWith('p/'))).toHaveLength(1);
  const people: number[] = [];
  for (let n = 0; n < 12; n += 1) {
    people.push((await t.actor(`person${n}`)).userId);
    await giveAccess(t.app, SYSTEM, open, { username: `person${n}`, permission: 'read' });
  }
  const assigned = await outcomes(
    people.map((id) => changeAssignees(t.app, ada, open, issue, { add: [id] })),
  );
  expect(assigned.filter((status) => status === 'fulfilled')).toHaveLength(10);
  expect(await listAssigneesOf(t.app.db.read, [issue.id])).toHaveLength(10);
});

test('lists follow a label or a milestone that changes under many issues', async () => {
  const many = await issues(20);
  const bug = at(await labelsFor(t.app, open), 0);
  const milestone = await createMilestone(t.app, ada, open, { title: 'v1', due_on: '2030-01-01' });
  for (const issue of many) {
    await addLabels(t.app, ada, open, issue, [bug.id]);
    await setMilestone(t.app, ada, open, issue, milestone.id);
  }
  const repositoryId = open.repository.id;
  expect((await countOpenByLabel(t.app, repositoryId, BOTH)).get(bug.id)).toBe(20);
  expect((await countByMilestone(t.app, repositoryId, BOTH)).get(milestone.id)).toEqual({
    open: 20,
    closed: 0,
  });
  expect(await progressOfOne(t.app, open, milestone)).toEqual({ open: 20, closed: 0 });
  const counted = async (kinds = BOTH) =>
    (await countByMilestone(t.app, repositoryId, kinds)).get(milestone.id);
  await closeIssue(t.app, ada, open, at(many, 0), { reason: 'completed' });
  expect(await counted()).toEqual({ open: 19, closed: 1 });
  await setMilestone(t.app, ada, open, at(many, 1), null);
  expect(await counted()).toEqual({ open: 18, closed: 1 });
  expect(await counted({ issues: false, pulls: true })).toBeUndefined();
  expect(await counted()).toEqual({ open: 18, closed: 1 });
  await changeLabel(t.app, ada, open, bug.id, { name: 'defect', color: '000000' });
  await deleteLabel(t.app, ada, open, bug.id);
  await deleteMilestone(t.app, ada, open, milestone.id);
  expect((await countOpenByLabel(t.app, repositoryId, BOTH)).get(bug.id)).toBeUndefined();
  expect((await countByMilestone(t.app, repositoryId, BOTH)).get(milestone.id)).toBeUndefined();
  expect(await countMilestones(t.app.db.read, repositoryId)).toEqual({ open: 0, closed: 0 });
});

test('a repository that leaves its organization keeps the labels of its issues', async () => {
  const { createOrganization } = await import('../../src/features/orgs/orgs.service.ts');
  const { openOrganization } = await import('../../src/features/orgs/orgs.service.ts');
  const { createOrganizationLabel, deleteOrganizationLabel } = await import(
    '../../src/features/issues/labels.service.ts'
  );
  const { keepForeignLabels } = await import('../../src/features/issues/foreign-labels.service.ts');
  const { updateRepository } = await import('../../src/features/repos/repos.store.ts');
  await createOrganization(t.app, ada, { name: 'guild', displayName: '', visibility: 'public' });
  await createRepository(
    t.app,
    ada,
    parseNewRepository({ name: 'leaves', visibility: 'public', owner: 'guild' }),
  );
  open = await openRepository(t.app, ada, 'guild', 'leaves', 'issues:read');
  const guild = await openOrganization(t.app, ada, 'guild', 'organization:manage');
  const label = await createOrganizationLabel(t.app, ada, guild, { name: 'team/warp', color: '123456' });
  const [one, two] = await issues(2);
  if (!one || !two) throw new Error('no issues');
  for (const issue of [one, two]) await addLabels(t.app, ada, open, issue, [label.id]);
  await t.app.db.write((tx) => updateRepository(tx, open.repository.id, { ownerId: ada.userId }));
  for (let again = 0; again < 2; again += 1) await keepForeignLabels(t.app, open.repository.id);
  await deleteOrganizationLabel(t.app, ada, guild, label.id);
  const kept = await listLabelsOf(t.app.db.read, [one.id, two.id]);
  expect(kept.map((row) => [row.label.name, row.label.repositoryId])).toEqual([
    ['team/warp', open.repository.id],
    ['team/warp', open.repository.id],
  ]);
  expect((await countOpenByLabel(t.app, open.repository.id, BOTH)).get(kept[0]?.label.id ?? 0)).toBe(2);
});
