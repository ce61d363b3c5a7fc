// Transfers: to organizations at once, to people when they accept; what follows a repository and what does not.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM, type UserActor } from '../../../src/base/actor.ts';
import { DAY, HOUR } from '../../../src/base/time.ts';
import { addMember } from '../../../src/features/orgs/members.service.ts';
import { changeOrganization, createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { openRepository, openRepositoryById } from '../../../src/features/repos/access.service.ts';
import { giveAccess, takeAccess } from '../../../src/features/repos/collaborators.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository, deleteRepository } from '../../../src/features/repos/repos.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import {
  acceptTransfer,
  transferRepository,
  transfersFor,
} from '../../../src/features/repos/transfers.service.ts';
import { blockUser } from '../../../src/features/users/blocks.service.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { worldIn } from '../../support/standing.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';

let t: TestApp;
let giver: UserActor;
let taker: UserActor;
let count = 0;
const clock = manualClock(1_700_000_000_000);
beforeAll(async () => {
  t = await testApp({}, { clock });
  giver = await t.actor('gina');
  taker = await t.actor('tom');
});
afterAll(() => t.close());

async function newRepository(more: Record<string, unknown> = {}, actor = giver): Promise<OpenRepository> {
  count += 1;
  const input = parseNewRepository({ name: `repo-${count}`, visibility: 'private', ...more });
  const row = await createRepository(t.app, actor, input);
  return openRepository(t.app, actor, input.owner || actor.name, row.name, 'repository:see');
}

function newOrganization(actor = giver) {
  count += 1;
  return createOrganization(t.app, actor, { name: `org-${count}`, visibility: 'public' });
}

const post = (visitor: Visitor, open: OpenRepository, recipient: string) =>
  visitor.post(`${open.path}/settings/transfer`, { recipient, transferConfirmation: open.path.slice(1) });
const ownerOf = async (open: OpenRepository) =>
  (await openRepositoryById(t.app, SYSTEM, open.repository.id, 'repository:see')).owner.name;

describe('to an organization in which one may create', () => {
  it('happens at once: collaborators stay, the earlier address leads on for those who may see it', async () => {
    const organization = await newOrganization();
    const open = await newRepository();
    await t.actor('colin');
    await giveAccess(t.app, giver, open, { username: 'colin', permission: 'write' });
    const [gina, colin, out] = [await t.as('gina'), await t.as('colin'), await t.as('out')];
    const answer = await post(gina, open, organization.name);
    expect(answer.headers.get('location')).toBe(`/${organization.name}/${open.repository.name}`);
    const moved = await colin.get(`${open.path}/branches?x=1`);
    expect(moved.status).toBe(301);
    expect(moved.headers.get('location')).toBe(`/${organization.name}/${open.repository.name}/branches?x=1`);
    for (const visitor of [out, t.anonymous]) expect((await visitor.get(open.path)).status).toBe(404);
    const [last] = await t.app.events.recent({ repositoryId: open.repository.id, limit: 1 });
    expect(last).toMatchObject({
      kind: 'repository.transferred',
      fromId: giver.userId,
      toId: organization.id,
    });
  });

  it('takes teams of the old organization away, and its members with them', async () => {
    const [from, to] = [await newOrganization(), await newOrganization()];
    const open = await newRepository({ owner: from.name });
    const world = worldIn(t.app.db);
    const team = await world.team(from.id, 'crew');
    const [mia, tess] = [await t.actor('mia'), await t.actor('tess')];
    await addMember(t.app, SYSTEM, from.id, mia.userId, 'member');
    await world.teamMember(team, tess.userId);
    await world.teamRepository(team, open.repository.id, 'admin');
    const visitors = [await t.as('mia'), await t.as('tess')];
    for (const visitor of visitors) expect((await visitor.get(open.path)).status).toBe(200);
    await transferRepository(t.app, giver, open, to.name);
    for (const visitor of visitors) expect((await visitor.get(open.path)).status).toBe(404);
  });

  it('is refused beside the field while the organization has one of that name', async () => {
    const organization = await newOrganization();
    const open = await newRepository();
    await newRepository({ owner: organization.name, name: open.repository.name });
    const answer = await post(await t.as('gina'), open, organization.name);
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain(`already has a repository named ${open.repository.name}`);
    expect(await ownerOf(open)).toBe('gina');
  });

  it('goes on under tokens that were limited to it', async () => {
    const organization = await newOrganization();
    const open = await newRepository();
    await transferRepository(t.app, giver, open, organization.name);
    const limited: UserActor = {
      ...giver,
      ...{ via: 'token', scopes: ['all'], repositoryIds: [open.repository.id] },
    };
    const found = await openRepository(t.app, limited, organization.name, open.repository.name, 'code:write');
    expect(found.permission).toBe('owner');
  });

  it('asks its owners where one may not create, and they accept', async () => {
    const organization = await newOrganization(taker);
    const open = await newRepository();
    expect(await transferRepository(t.app, giver, open, organization.name)).toMatchObject({ isDone: false });
    expect((await transfersFor(t.app, taker)).map(({ recipient }) => recipient.name)).toEqual([
      organization.name,
    ]);
    await acceptTransfer(t.app, taker, open.repository.id);
    expect(await ownerOf(open)).toBe(organization.name);
  });

  it('is void when the owners of the one it is in have meanwhile kept that to themselves', async () => {
    const organization = await newOrganization();
    const open = await newRepository({ owner: organization.name });
    const mem = await t.actor('mem-giver');
    await giveAccess(t.app, giver, open, { username: 'mem-giver', permission: 'admin' });
    expect(await transferRepository(t.app, mem, open, 'tom')).toMatchObject({ isDone: false });
    await changeOrganization(t.app, giver, organization.id, { memberCreation: 'private' });
    await expect(acceptTransfer(t.app, taker, open.repository.id)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await ownerOf(open)).toBe(organization.name);
  });

  it('is not accepted by members who may not create there', async () => {
    const organization = await newOrganization(taker);
    await changeOrganization(t.app, taker, organization.id, { memberCreation: 'none' });
    const mem = await t.actor('mem');
    await addMember(t.app, SYSTEM, organization.id, mem.userId, 'member');
    const open = await newRepository();
    await transferRepository(t.app, giver, open, organization.name);
    await expect(acceptTransfer(t.app, mem, open.repository.id)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('to a person', () => {
  it('waits for them, changes nothing before, and is theirs alone to answer', async () => {
    const open = await newRepository();
    const [gina, tom, out] = [await t.as('gina'), await t.as('tom'), await t.as('out')];
    expect((await post(gina, open, 'tom')).status).toBe(303);
    expect(await (await gina.get(`${open.path}/settings`)).text()).toContain('Cancel the transfer');
    expect((await tom.get(open.path)).status).toBe(404);
    expect(await (await tom.get('/settings/transfers')).text()).toContain(open.path.slice(1));
    expect(await (await out.get('/settings/transfers')).text()).not.toContain(open.path.slice(1));
    const accept = `/settings/transfers/${open.repository.id}/acceptance`;
    expect((await out.post(accept)).status).toBe(404);
    expect((await gina.post(accept)).status).toBe(404);
    const answer = await tom.post(accept);
    expect(answer.headers.get('location')).toBe(`/tom/${open.repository.name}`);
    expect((await gina.get(open.path)).status).toBe(404);
    expect((await tom.post(accept)).status).toBe(404);
  });

  it('is declined, or cancelled, and then nobody accepts it', async () => {
    const tom = await t.as('tom');
    for (const end of ['decline', 'cancel'] as const) {
      const open = await newRepository();
      const gina = await t.as('gina');
      await post(gina, open, 'tom');
      const ended =
        end === 'decline'
          ? await tom.post(`/settings/transfers/${open.repository.id}/removal`)
          : await gina.post(`${open.path}/settings/transfer/removal`);
      expect(ended.status).toBe(303);
      expect((await tom.post(`/settings/transfers/${open.repository.id}/acceptance`)).status).toBe(404);
      const kinds = (await t.app.events.recent({ repositoryId: open.repository.id, limit: 2 })).map(
        (e) => e.kind,
      );
      expect(kinds).toEqual(['repository.transfer_cancelled', 'repository.transfer_requested']);
    }
  });

  it('expires after a week', async () => {
    const open = await newRepository();
    await transferRepository(t.app, giver, open, 'tom');
    const waiting = async () => (await transfersFor(t.app, taker)).map(({ found }) => found.repository.id);
    clock.advance(7 * DAY - HOUR);
    expect(await waiting()).toContain(open.repository.id);
    clock.advance(HOUR);
    expect(await waiting()).toEqual([]);
    await expect(acceptTransfer(t.app, taker, open.repository.id)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('says nothing of private repositories the recipient has, and tells them when they accept', async () => {
    const open = await newRepository();
    await newRepository({ name: open.repository.name }, taker);
    expect(await transferRepository(t.app, giver, open, 'tom')).toMatchObject({ isDone: false });
    const answer = await (await t.as('tom')).post(`/settings/transfers/${open.repository.id}/acceptance`);
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('already has a repository named');
    expect(await ownerOf(open)).toBe('gina');
  });

  it('cannot be accepted when whoever offered it has lost the power to', async () => {
    const organization = await newOrganization();
    const open = await newRepository({ owner: organization.name });
    const adam = await t.actor('adam');
    await giveAccess(t.app, giver, open, { username: 'adam', permission: 'admin' });
    const as = await openRepository(t.app, adam, organization.name, open.repository.name, 'repository:own');
    await transferRepository(t.app, adam, as, 'tom');
    await takeAccess(t.app, giver, open, adam.userId);
    await expect(acceptTransfer(t.app, taker, open.repository.id)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await ownerOf(open)).toBe(organization.name);
  });

  it('is refused to those apart, to nobody, to the owner, and without the name typed', async () => {
    const open = await newRepository();
    const gina = await t.as('gina');
    const shy = await t.actor('shy');
    await blockUser(t.app, shy, shy.userId, 'gina');
    for (const name of ['shy', 'no-such-name', 'gina', ''])
      expect((await post(gina, open, name)).status, name).toBe(422);
    const untyped = await gina.post(`${open.path}/settings/transfer`, { recipient: 'tom' });
    expect(untyped.status).toBe(422);
    expect(await untyped.text()).toContain('value="tom"');
  });

  it('says of hidden organizations what it says of names of nobody', async () => {
    const hidden = await createOrganization(t.app, taker, { name: 'hidden-org', visibility: 'private' });
    const open = await newRepository();
    const texts: string[] = [];
    for (const name of [hidden.name, 'no-such-org'])
      texts.push(
        (await (await post(await t.as('gina'), open, name)).text()).match(/There is no user[^<]*/)?.[0] ?? '',
      );
    expect(texts[0]?.replace('hidden-org', 'X')).toBe(texts[1]?.replace('no-such-org', 'X'));
    expect(texts[0]).not.toBe('');
  });
});

describe('asked over and over', () => {
  it('nobody floods somebody with mails by requests that they take back again', async () => {
    const spam = await t.actor('spam');
    const open = await newRepository({}, spam);
    const visitor = await t.as('spam');
    const statuses: number[] = [];
    for (let n = 0; n < 60; n++) {
      statuses.push((await post(visitor, open, 'tom')).status);
      await visitor.post(`${open.path}/settings/transfer/removal`);
    }
    expect(statuses.slice(0, 50)).toEqual(Array(50).fill(303));
    expect(new Set(statuses.slice(51))).toEqual(new Set([429]));
    const own = await newOrganization(spam);
    expect(await transferRepository(t.app, spam, open, own.name)).toMatchObject({ isDone: true });
  });
});

describe('at the same time', () => {
  it('of two who accept, and a deletion, one wins and nothing is left between', async () => {
    const open = await newRepository();
    await transferRepository(t.app, giver, open, 'tom');
    const outcomes = await Promise.allSettled([
      acceptTransfer(t.app, taker, open.repository.id),
      acceptTransfer(t.app, taker, open.repository.id),
      deleteRepository(t.app, giver, open),
    ]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('a name that is taken between the question and the answer goes to one of the two', async () => {
    const open = await newRepository();
    await transferRepository(t.app, giver, open, 'tom');
    const input = parseNewRepository({ name: open.repository.name });
    const outcomes = await Promise.allSettled([
      acceptTransfer(t.app, taker, open.repository.id),
      createRepository(t.app, taker, input),
    ]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('the earlier address', () => {
  it('belongs to the owner it was of: who takes their name takes over no address', async () => {
    const organization = await newOrganization();
    const open = await newRepository({ visibility: 'public' });
    await transferRepository(t.app, giver, open, organization.name);
    expect((await t.anonymous.get(open.path)).status).toBe(301);
    const again = await newRepository({ name: open.repository.name, visibility: 'public' });
    expect(again.path).toBe(open.path);
    expect((await t.anonymous.get(open.path)).status).toBe(200);
  });
});
