// The dashboard: one's repositories, what happened around oneself, and nothing of what one may not see.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { createIssue } from '../../../src/features/issues/issues.service.ts';
import { changeAssignees } from '../../../src/features/issues/metadata.service.ts';
import { inviteToOrganization } from '../../../src/features/orgs/invitations.service.ts';
import { addMember } from '../../../src/features/orgs/members.service.ts';
import { changeOrganization, createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess, takeAccess } from '../../../src/features/repos/collaborators.service.ts';
import { changeRepository } from '../../../src/features/repos/repos.service.ts';
import { starRepository } from '../../../src/features/repos/stars.service.ts';
import { transferRepository } from '../../../src/features/repos/transfers.service.ts';
import { worldIn } from '../../support/standing.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { makeRepository } from '../code/repositories.ts';

let t: TestApp;
let ada: Visitor;
let bob: Visitor;

beforeAll(async () => {
  t = await testApp();
  [ada, bob] = [await t.as('ada'), await t.as('bob')];
  await makeRepository(t, 'ada', 'open-work', []);
  await makeRepository(t, 'ada', 'secret-work', [], { visibility: 'private' });
});
afterAll(() => t.close());

const home = async (visitor: Visitor, query = '') => (await visitor.get(`/${query}`)).text();

describe('the dashboard', () => {
  it('of somebody new says what to do', async () => {
    const text = await home(bob);
    expect(text).toContain('Nothing has happened yet');
    expect(text).toContain('Create your first repository');
  });

  it('tells what people one follows did in what one may see', async () => {
    await bob.post('/users/ada/follow');
    const text = await home(bob);
    expect(text).toContain('href="/ada/open-work"');
    expect(text).not.toContain('secret-work');
    expect(await home(ada)).toContain('secret-work');
  });

  it('forgets what one may no longer see', async () => {
    const owner = await t.actor('ada');
    const open = await openRepository(t.app, owner, 'ada', 'secret-work', 'access:manage');
    const { userId } = await t.actor('bob');
    await giveAccess(t.app, owner, open, { username: 'bob', permission: 'read' });
    await starRepository(
      t.app,
      await t.actor('bob'),
      await openRepository(t.app, await t.actor('bob'), 'ada', 'secret-work', 'repository:see'),
    );
    const issue = await createIssue(t.app, owner, open, { title: 'A secret plan', body: '' });
    await changeAssignees(t.app, owner, open, issue, { add: [userId] });
    expect(await home(bob)).toContain('secret-work');
    expect(await home(bob)).toContain('A secret plan');
    await takeAccess(t.app, owner, open, userId);
    expect(await home(bob)).not.toContain('secret-work');
    expect(await home(bob)).not.toContain('A secret plan');
    expect(await home(bob, '?q=secret')).not.toContain('href="/ada/secret-work"');
  });

  it('names no branch to whoever may see a repository and not its code', async () => {
    const owner = await t.actor('ada');
    const org = await createOrganization(t.app, owner, { name: 'capped', visibility: 'private' });
    await changeOrganization(t.app, owner, org.id, { basePermission: 'none' });
    await ada.post('/new', { owner: 'capped', name: 'engine', visibility: 'private' });
    const open = await openRepository(t.app, owner, 'capped', 'engine', 'repository:own');
    const [cara, wim] = [await t.actor('cara'), await t.actor('wim')];
    const world = worldIn(t.app.db);
    for (const [person, code] of [
      [cara, 'none'],
      [wim, 'read'],
    ] as const) {
      await addMember(t.app, SYSTEM, org.id, person.userId, 'member');
      const team = await world.team(org.id, `for-${person.name}`, { unitCaps: { code } });
      await world.teamMember(team, person.userId);
      await world.teamRepository(team, open.repository.id, 'write');
    }
    const update = { ref: 'refs/heads/buy-rival', oldOid: '0'.repeat(40), newOid: '1'.repeat(40) };
    const push = { kind: 'push' as const, repositoryId: open.repository.id, actorId: owner.userId };
    await t.app.db.write((tx) => t.app.events.record(tx, { ...push, updates: [update] }));
    const visitors = { cara: await t.as('cara'), wim: await t.as('wim') };
    expect(await home(visitors.cara)).toContain('href="/capped/engine"');
    for (const path of ['/', '/ada']) {
      expect(await (await visitors.cara.get(path)).text()).not.toContain('buy-rival');
      expect(await (await visitors.wim.get(path)).text()).toContain('buy-rival');
    }
    await changeRepository(t.app, owner, open, { disabledUnits: 'code' });
    expect(await home(visitors.wim)).not.toContain('buy-rival');
  });

  it('filters one’s repositories without scripts, and has pages of both lists', async () => {
    expect(await home(ada, '?q=open')).toContain('href="/ada/open-work"');
    expect(await home(ada, '?q=nothing-like-it')).toContain('No repository matches');
    expect((await ada.get('/?before=1')).status).toBe(200);
    expect((await ada.get('/?before=x')).status).toBe(422);
  });

  it('leads on to older events, each of them once', async () => {
    const cyd = await t.as('cyd');
    for (let n = 0; n < 45; n++) await makeRepository(t, 'cyd', `r-${n}`, []);
    const seen: string[] = [];
    let address: string | undefined = '/';
    while (address !== undefined && seen.length < 100) {
      const text: string = await (await cyd.get(address)).text();
      const feed = /<ul class="feed">([\s\S]*?)<\/ul>/.exec(text)?.[1] ?? '';
      seen.push(...[...feed.matchAll(/href="\/cyd\/(r-\d+)"/g)].map(([, name = '']) => name));
      address = /href="(\/\?before=\d+)"/.exec(text)?.[1];
    }
    expect(seen).toEqual(Array.from({ length: 45 }, (_, n) => `r-${44 - n}`));
  }, 60_000);
});

describe('what waits', () => {
  it('are invitations and transfers, for whom they are and nobody else', async () => {
    const owner = await t.actor('ada');
    const crew = await createOrganization(t.app, owner, { name: 'crew', visibility: 'private' });
    await t.actor('eve');
    await inviteToOrganization(t.app, owner, crew.id, { who: 'eve', role: 'member', teamIds: [] });
    const open = await openRepository(t.app, owner, 'ada', 'open-work', 'repository:own');
    await transferRepository(t.app, owner, open, 'eve');
    const eve = await home(await t.as('eve'));
    expect(eve).toContain('You are invited to join crew.');
    expect(eve).toContain('ada wants to transfer ada/open-work to you.');
    for (const visitor of [ada, bob]) expect(await home(visitor)).not.toContain('Waiting for you');
  });
});

describe('pins', () => {
  it('are chosen, ordered by buttons, bounded, and taken away', async () => {
    const dee = await t.as('dee');
    for (let n = 0; n < 7; n++) await makeRepository(t, 'dee', `p${n}`, []);
    for (let n = 0; n < 6; n++)
      expect((await dee.post('/settings/pins', { repository: `dee/p${n}` })).status).toBe(303);
    expect((await dee.post('/settings/pins', { repository: 'dee/p6' })).status).toBe(422);
    expect((await dee.post('/settings/pins', { repository: 'ada/secret-work' })).status).toBe(422);
    const pinned = async () => {
      const grid =
        /<ul class="pin-grid">([\s\S]*?)<\/ul>/.exec(await (await dee.get('/dee')).text())?.[1] ?? '';
      return [...grid.matchAll(/href="\/dee\/(p\d)"/g)].map(([, name]) => name);
    };
    expect(await pinned()).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5']);
    const { repository } = await openRepository(t.app, await t.actor('dee'), 'dee', 'p3', 'repository:see');
    expect((await dee.post(`/settings/pins/${repository.id}/place`, { place: '0' })).status).toBe(303);
    expect((await pinned()).slice(0, 2)).toEqual(['p3', 'p0']);
    await dee.post(`/settings/pins/${repository.id}/removal`);
    expect(await pinned()).toHaveLength(5);
    expect((await dee.post('/settings/pins/x/removal')).status).toBe(404);
  });
});
