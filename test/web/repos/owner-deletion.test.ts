// Deleting accounts and organizations: what goes, what stays by a ghost, and what nobody takes over.
import { eq, is, Table } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { createAccessToken } from '../../../src/features/auth/tokens.service.ts';
import { addMember } from '../../../src/features/orgs/members.service.ts';
import { createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import { deleteAccount, deleteOrganization } from '../../../src/features/repos/owner-deletion.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { starRepository } from '../../../src/features/repos/stars.service.ts';
import { transferRepository } from '../../../src/features/repos/transfers.service.ts';
import { blockUser } from '../../../src/features/users/blocks.service.ts';
import { followUser } from '../../../src/features/users/follows.service.ts';
import { createUser, findUserById, findUserByName } from '../../../src/features/users/users.service.ts';
import { dependents } from '../../../src/platform/db/dependents.ts';
import { openEngine } from '../../../src/platform/db/open-db.ts';
import { users } from '../../../src/platform/db/tables/users.ts';
import { worldIn } from '../../support/standing.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
let count = 0;
beforeAll(async () => {
  t = await testApp();
  await t.actor('rooty', { isAdmin: true });
});
afterAll(() => t.close());

async function newRepository(ownerName: string, more: Record<string, unknown> = {}) {
  count += 1;
  const actor = await t.actor(ownerName);
  const input = parseNewRepository({ name: `repo-${count}`, visibility: 'public', readme: true, ...more });
  const row = await createRepository(t.app, actor, input);
  return openRepository(t.app, actor, input.owner || ownerName, row.name, 'repository:see');
}

/** An account with something in every room. */
async function newPerson(name: string) {
  const person = await t.actor(name);
  const friend = await t.actor('friend');
  const theirs = await newRepository(name);
  const other = await newRepository('friend');
  await giveAccess(t.app, friend, other, { username: name, permission: 'admin' });
  await starRepository(t.app, person, other);
  await followUser(t.app, person, 'friend');
  await followUser(t.app, friend, name);
  await t.actor('enemy');
  await blockUser(t.app, person, person.userId, 'enemy');
  await transferRepository(t.app, friend, other, name);
  const organization = await createOrganization(t.app, friend, {
    name: `org-of-${name}`,
    visibility: 'public',
  });
  await addMember(t.app, SYSTEM, organization.id, person.userId, 'member');
  const world = worldIn(t.app.db);
  await world.teamMember(await world.team(organization.id, 'crew'), person.userId);
  const { token } = await createAccessToken(t.app, SYSTEM, person.userId, { name: 'x', scopes: ['all'] });
  return { person, theirs, other, organization, token };
}

describe('an account', () => {
  it('goes with everything personal, and its row stays as a ghost without a name', async () => {
    const { person, theirs, other, token } = await newPerson('pia');
    const visitor = await t.as('pia');
    const answer = await visitor.post('/settings/account/deletion', { confirmation: 'PIA' });
    expect(answer.headers.get('location')).toBe('/');
    const row = await findUserById(t.app, person.userId);
    expect(row).toMatchObject({
      ...{ kind: 'ghost', name: 'ghost', nameKey: `:${person.userId}`, email: '', displayName: '' },
      ...{ emailKey: `:${person.userId}`, passwordHash: null, avatarHash: null, followerCount: 0 },
    });
    for (const { table, column } of dependents())
      expect(await t.app.db.read.select().from(table).where(eq(column, person.userId)), column.name).toEqual(
        [],
      );
    expect((await visitor.get('/settings/profile')).status).toBe(303);
    expect((await t.anonymous.get('/api/v1/user', { authorization: `token ${token}` })).status).toBe(401);
    for (const path of ['/pia', '/ghost', theirs.path])
      expect((await t.anonymous.get(path)).status, path).toBe(404);
    const counted = await openRepository(t.app, SYSTEM, 'friend', other.repository.name, 'repository:see');
    expect(counted.repository.starCount).toBe(0);
    expect(await findUserByName(t.app, 'friend')).toMatchObject({ followerCount: 0, followingCount: 0 });
  });

  it('leaves no trace of its address and devices outside the audit log', async () => {
    const { person } = await newPerson('petra');
    await deleteAccount(t.app, person, person.userId);
    const engine = await openEngine({ url: '', pool_size: 1 }, { database: t.app.paths.database });
    const { rows: tables } = await engine.execute(`select name from sqlite_master where type = 'table'`, []);
    for (const [table] of tables) {
      if (table === 'audit_entries') continue;
      const { rows } = await engine.execute(`select * from "${table}"`, []);
      const text = JSON.stringify(rows);
      expect(text.includes('petra@example.org'), String(table)).toBe(false);
    }
    await engine.close();
  });

  it('is deleted by its person in a session, by the program and by administrators, and by nobody else', async () => {
    const { person } = await newPerson('paul');
    const [friend, root] = [await t.actor('friend'), await t.actor('rooty', { isAdmin: true })];
    const attempt = (actor: Parameters<typeof deleteAccount>[1]) =>
      deleteAccount(t.app, actor, person.userId);
    await expect(attempt(friend)).rejects.toMatchObject({ code: 'not_found' });
    await expect(attempt({ ...person, via: 'token', scopes: ['all'] })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const reading = { ...root, via: 'token' as const, scopes: ['read:admin' as const] };
    await expect(attempt(reading)).rejects.toMatchObject({ code: 'forbidden' });
    await attempt(root);
    await expect(attempt(root)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('stays while it is the only owner of an organization, which is named', async () => {
    const sole = await t.actor('sole');
    await createOrganization(t.app, sole, { name: 'left-alone', visibility: 'private' });
    const theirs = await newRepository('sole');
    const visitor = await t.as('sole');
    expect(await (await visitor.get('/settings/account/deletion')).text()).toContain('left-alone');
    expect((await visitor.post('/settings/account/deletion', { confirmation: 'sole' })).status).toBe(409);
    expect((await visitor.get(theirs.path)).status).toBe(200);
  });

  it('stays while it is the only administrator', async () => {
    const root = await t.actor('rooty', { isAdmin: true });
    await expect(deleteAccount(t.app, root, root.userId)).rejects.toMatchObject({ code: 'conflict' });
    await expect(deleteAccount(t.app, SYSTEM, root.userId)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is not deleted by a form without its name', async () => {
    await t.actor('pat');
    const visitor = await t.as('pat');
    expect((await visitor.post('/settings/account/deletion', { confirmation: 'pa' })).status).toBe(422);
    expect((await visitor.get('/settings/account/deletion')).status).toBe(200);
  });

  it('has a name that nobody takes over, as a person or as an organization', async () => {
    const { person } = await newPerson('Percy');
    await deleteAccount(t.app, person, person.userId);
    const wanted = { name: 'percy', email: 'new@example.org', password: PASSWORD };
    await expect(createUser(t.app, SYSTEM, wanted)).rejects.toMatchObject({ code: 'invalid' });
    const friend = await t.actor('friend');
    const organization = createOrganization(t.app, friend, { name: 'PERCY', visibility: 'public' });
    await expect(organization).rejects.toMatchObject({ code: 'invalid' });
  });

  it('shows as a ghost where it transferred or wrote, without a link to a page that is not there', async () => {
    const { person, other } = await newPerson('phil');
    await t.actor('mona');
    const adminOfOther = await openRepository(
      t.app,
      person,
      'friend',
      other.repository.name,
      'repository:see',
    );
    expect(adminOfOther.permission).toBe('admin');
    await deleteAccount(t.app, person, person.userId);
    const friend = await t.as('friend');
    for (const path of ['/', '/friend', other.path, `${other.path}/settings/access`, '/settings/transfers'])
      expect((await friend.get(path)).status, path).toBe(200);
  });
});

describe('an organization', () => {
  it('goes with its repositories, teams and memberships, and its name stays taken', async () => {
    const { organization, person } = await newPerson('quinn');
    const open = await newRepository('friend', { owner: organization.name });
    const friend = await t.as('friend');
    const path = `/orgs/${organization.name}/settings/deletion`;
    expect((await friend.get(path)).status).toBe(200);
    expect((await friend.post(path, { confirmation: 'x' })).status).toBe(422);
    expect((await friend.post(path, { confirmation: organization.name })).status).toBe(303);
    for (const gone of [`/${organization.name}`, `/orgs/${organization.name}/people`, open.path])
      expect((await friend.get(gone)).status, gone).toBe(404);
    expect(await findUserById(t.app, organization.id)).toMatchObject({ kind: 'ghost', name: 'ghost' });
    for (const { table, column } of dependents())
      expect(await t.app.db.read.select().from(table).where(eq(column, organization.id))).toEqual([]);
    const again = createOrganization(t.app, person, { name: organization.name, visibility: 'public' });
    await expect(again).rejects.toMatchObject({ code: 'invalid' });
  });

  it('is deleted by its owners alone, and by a token of theirs only with the scope for organizations', async () => {
    const { organization, person } = await newPerson('rita');
    const friend = await t.actor('friend');
    const scopes = ['write:repository', 'write:user', 'read:organization'] as const;
    const stranger = { ...person, via: 'token' as const, scopes: ['all' as const] };
    for (const actor of [person, stranger, { ...friend, via: 'token' as const, scopes }])
      await expect(deleteOrganization(t.app, actor, organization.id)).rejects.toMatchObject({
        code: 'forbidden',
      });
    const path = `/orgs/${organization.name}/settings/deletion`;
    expect((await (await t.as('rita')).post(path, { confirmation: organization.name })).status).toBe(403);
  });
});

it('every table whose rows go with an account is known to the deletion', () => {
  const names = dependents().map(({ table }) => (is(table, Table) ? Object.keys(table).length > 0 : false));
  expect(names.length).toBeGreaterThan(20);
  expect(names.every(Boolean)).toBe(true);
  expect(dependents().some(({ table }) => table === users)).toBe(false);
});
