// Queries behind references and reactions: many names at once, what had a name once, once-keys, and counts by reaction.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findEntryOnce, insertMentioned } from '../../src/features/issues/cross-references.store.ts';
import { findEntry, insertEntry, insertEntryOnce } from '../../src/features/issues/entries.store.ts';
import { findIssueById, insertIssue } from '../../src/features/issues/issues.store.ts';
import {
  countReaction,
  countReactions,
  findIssueOfComment,
  insertReaction,
  listReactions,
  listReactors,
  removeReaction,
} from '../../src/features/issues/reactions.store.ts';
import { putRendered } from '../../src/features/issues/rendered-texts.store.ts';
import {
  findIssuesNumbered,
  findIssuesOnceNumbered,
  findRepositoriesNamed,
  findRepositoriesOnceNamed,
} from '../../src/features/issues/resolving.store.ts';
import {
  findAccountsNamed,
  findTeamsNamed,
  listPeopleOfTeams,
  listRoles,
  listTeamsHeld,
} from '../../src/features/orgs/named-teams.store.ts';
import { insertRepository } from '../../src/features/repos/repos.store.ts';
import { insertBlock, listBlockersAmong } from '../../src/features/users/blocks.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { issueRedirects } from '../../src/platform/db/tables/issues.ts';
import {
  organizationMembers,
  organizations,
  teamAncestors,
  teamMembers,
  teams,
} from '../../src/platform/db/tables/orgs.ts';
import { repositoryRedirects } from '../../src/platform/db/tables/repos.ts';
import { insertReturning } from '../../src/platform/db/write-forms.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

const AT = 1_700_000_000_000;
let place: TestDatabase;
let ada: number;
let bob: number;
let first: number;
let second: number;

beforeEach(async () => {
  place = await openTestDb();
  await place.db.write(async (tx) => {
    const person = (name: string) =>
      insertUser(tx, { ...newUser(name), passwordHash: null, lastLoginAt: null });
    ada = (await person('Ada')).id;
    bob = (await person('bob')).id;
    const repository = (name: string) =>
      insertRepository(tx, { ...newRepository(ada, name), pushedAt: null, deletedAt: null });
    first = (await repository('Engine')).id;
    second = (await repository('loom')).id;
  });
});
afterEach(() => place.close());

function issue(repositoryId: number, number: number) {
  return place.db.write((tx) =>
    insertIssue(tx, {
      repositoryId,
      number,
      isPull: false,
      authorId: ada,
      title: `Issue ${number} \u{1f680}`,
      body: '',
      state: 'open',
      createdAt: AT,
      updatedAt: AT,
    }),
  );
}

test('repositories are found by many names at once, also by those they had', async () => {
  const { db } = place;
  await db.write((tx) =>
    tx.insert(repositoryRedirects).values({ ownerId: ada, nameKey: 'old', repositoryId: second }),
  );
  const names = [
    { owner: 'ada', name: 'engine' },
    { owner: 'ada', name: 'loom' },
    { owner: 'bob', name: 'engine' },
    { owner: 'ada', name: 'old' },
  ];
  const found = await findRepositoriesNamed(db.read, names);
  expect(found.map(({ id }) => id).sort()).toEqual([first, second].sort());
  expect(await findRepositoriesOnceNamed(db.read, names)).toEqual([
    { id: second, owner: 'ada', name: 'old' },
  ]);
  expect(await findRepositoriesNamed(db.read, [])).toEqual([]);
});

test('issues are found by numbers of several repositories, also by those they had', async () => {
  const { db } = place;
  const [one, two, other] = [await issue(first, 1), await issue(first, 2), await issue(second, 1)];
  await db.write((tx) =>
    tx.insert(issueRedirects).values({ repositoryId: first, number: 9, issueId: other.id }),
  );
  const wanted = new Map([
    [first, [1, 2, 9]],
    [second, [1, 2]],
  ]);
  const found = await findIssuesNumbered(db.read, wanted);
  expect(found.map(({ id }) => id).sort((a, b) => a - b)).toEqual([one.id, two.id, other.id]);
  expect(await findIssuesOnceNumbered(db.read, wanted)).toMatchObject([
    { id: other.id, fromId: first, fromNumber: 9, repositoryId: second },
  ]);
});

test('an entry with a once-key is there once, and a person is mentioned once', async () => {
  const { db } = place;
  const { id: issueId } = await issue(first, 1);
  const row = { issueId, kind: 'commit', data: { oid: 'x' }, onceKey: 'commit:1:x', createdAt: AT };
  expect(await db.write((tx) => insertEntryOnce(tx, row))).toBe(true);
  expect(await db.write((tx) => insertEntryOnce(tx, row))).toBe(false);
  expect(await findEntryOnce(db.read, 'commit:1:x')).toMatchObject({ issueId, data: { oid: 'x' } });
  expect(await findEntryOnce(db.read, 'commit:1:y')).toBeUndefined();
  expect(await db.write((tx) => insertMentioned(tx, issueId, bob))).toBe(true);
  expect(await db.write((tx) => insertMentioned(tx, issueId, bob))).toBe(false);
});

test('what was rendered is kept beside both kinds of text', async () => {
  const { db } = place;
  const { id: issueId } = await issue(first, 1);
  const rendered = { stamp: 's', html: '<p>\u{1f680} <!--ref:0--></p>', references: ['#1'] };
  const comment = { issueId, kind: 'comment', data: {}, body: '#1', createdAt: AT };
  const entryId = await db.write((tx) => insertEntry(tx, comment));
  await db.write(async (tx) => {
    await putRendered(tx, { issueId }, rendered);
    await putRendered(tx, { entryId }, rendered);
    await putRendered(tx, { entryId: entryId + 1 }, rendered);
  });
  expect((await findIssueById(db.read, issueId))?.bodyRendered).toEqual(rendered);
  expect((await findEntry(db.read, issueId, entryId))?.bodyRendered).toEqual(rendered);
});

test('reactions are counted by text and kind, with who gave the first', async () => {
  const { db } = place;
  const { id: issueId } = await issue(first, 1);
  const comment = { issueId, kind: 'comment', data: {}, body: 'x', createdAt: AT };
  const entryId = await db.write((tx) => insertEntry(tx, comment));
  const give = (userId: number, on: number, content: string, createdAt = AT) =>
    db.write((tx) => insertReaction(tx, { issueId, entryId: on, userId, content, createdAt }));
  expect(await give(ada, 0, '+1', AT + 5)).toBe(true);
  expect(await give(ada, 0, '+1')).toBe(false);
  await give(bob, 0, '+1');
  await give(bob, entryId, '-1');
  const counted = await countReactions(db.read, issueId, [0, entryId], bob);
  expect(counted).toContainEqual({ entryId: 0, content: '+1', total: 2, mine: 1 });
  expect(counted).toContainEqual({ entryId, content: '-1', total: 1, mine: 1 });
  expect(await countReactions(db.read, issueId, [0], ada)).toEqual([
    { entryId: 0, content: '+1', total: 2, mine: 1 },
  ]);
  expect((await countReactions(db.read, issueId, [0], 0))[0]?.mine).toBe(0);
  expect(await listReactors(db.read, issueId, [0, entryId], 1)).toEqual(
    expect.arrayContaining([
      { entryId: 0, content: '+1', name: 'bob' },
      { entryId, content: '-1', name: 'bob' },
    ]),
  );
  expect(await listReactors(db.read, issueId, [0, entryId], 1)).toHaveLength(2);
  expect((await listReactors(db.read, issueId, [0], 9)).map(({ name }) => name)).toEqual(['bob', 'Ada']);
  expect(await listReactions(db.read, issueId, 0, 9)).toEqual([
    { userId: ada, content: '+1', createdAt: AT + 5 },
    { userId: bob, content: '+1', createdAt: AT },
  ]);
  const own = { issueId, entryId: 0, userId: ada, content: '+1' };
  expect(await db.write((tx) => removeReaction(tx, own))).toBe(true);
  expect(await db.write((tx) => removeReaction(tx, own))).toBe(false);
  await db.write((tx) => countReaction(tx, issueId, 1));
  await db.write((tx) => countReaction(tx, issueId, 1));
  await db.write((tx) => countReaction(tx, issueId, -1));
  expect((await findIssueById(db.read, issueId))?.reactionCount).toBe(1);
  expect(await findIssueOfComment(db.read, first, entryId)).toBe(issueId);
  expect(await findIssueOfComment(db.read, second, entryId)).toBeUndefined();
});

test('teams are found by name, with who knows of them and who is in them', async () => {
  const { db } = place;
  const { org, parent, child } = await db.write(async (tx) => {
    const row = { ...newUser('Mill'), kind: 'organization' as const, passwordHash: null, lastLoginAt: null };
    const { id: organizationId } = await insertUser(tx, row);
    await tx.insert(organizations).values({
      userId: organizationId,
      visibility: 'private',
      basePermission: 'none',
      memberCreation: 'none',
      requiresTwoFactor: false,
    });
    const joined = { organizationId, userId: bob, role: 'member' as const, isPublic: false, createdAt: AT };
    await tx.insert(organizationMembers).values(joined);
    const team = async (name: string) => {
      const nameKey = name.toLowerCase();
      const values = {
        organizationId,
        name,
        nameKey,
        description: '',
        isSecret: true,
        unitCaps: {},
        createdAt: AT,
      };
      return (await insertReturning(tx, teams, values)).id;
    };
    const made = { org: organizationId, parent: await team('Weavers'), child: await team('young') };
    await tx.insert(teamAncestors).values([
      { teamId: made.parent, ancestorId: made.parent, depth: 0 },
      { teamId: made.child, ancestorId: made.child, depth: 0 },
      { teamId: made.child, ancestorId: made.parent, depth: 1 },
    ]);
    await tx.insert(teamMembers).values({ teamId: made.child, userId: bob, role: 'member', createdAt: AT });
    return made;
  });
  const named = [
    { organization: 'mill', team: 'weavers' },
    { organization: 'ada', team: 'weavers' },
  ];
  expect(await findTeamsNamed(db.read, named)).toEqual([
    {
      id: parent,
      organizationId: org,
      organization: 'Mill',
      name: 'Weavers',
      isSecret: true,
      visibility: 'private',
    },
  ]);
  expect(await listRoles(db.read, bob, [org])).toEqual(new Map([[org, 'member']]));
  expect(await listTeamsHeld(db.read, bob, [parent, child])).toEqual(new Set([parent, child]));
  expect(await listTeamsHeld(db.read, ada, [parent, child])).toEqual(new Set());
  expect(await listPeopleOfTeams(db.read, [parent], 9)).toEqual([bob]);
  const accounts = await findAccountsNamed(db.read, ['ada', 'mill', 'nobody']);
  expect(accounts.map(({ name, visibility }) => [name, visibility]).sort()).toEqual([
    ['Ada', null],
    ['Mill', 'private'],
  ]);
});

test('who blocked somebody is told among many', async () => {
  const { db } = place;
  await db.write((tx) => insertBlock(tx, { blockerId: ada, blockedId: bob, createdAt: AT }));
  const many = Array.from({ length: 1200 }, (_, n) => n + 10_000);
  expect(await listBlockersAmong(db.read, [...many, ada], bob)).toEqual(new Set([ada]));
  expect(await listBlockersAmong(db.read, [bob], ada)).toEqual(new Set());
});
