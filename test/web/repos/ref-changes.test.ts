// Refs that the server moves itself: judged and recorded as pushes, all or none, never over somebody else's move.
import { afterAll, beforeEach, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { listIntents } from '../../../src/features/repos/pushes.store.ts';
import { changeRefs } from '../../../src/features/repos/ref-changes.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository, setArchived } from '../../../src/features/repos/repos.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { eventsOf } from '../orgs/site.ts';

const ZERO = '0'.repeat(40);
const t: TestApp = await testApp();
let open: OpenRepository;
let tip: string;
let count = 0;

beforeEach(async () => {
  const ada = await t.actor('ada');
  const name = `engine-${++count}`;
  await createRepository(t.app, ada, parseNewRepository({ name, visibility: 'public', readme: true }));
  open = await openRepository(t.app, ada, 'ada', name, 'code:write');
  tip = (await refOf('refs/heads/main')) ?? '';
});
afterAll(() => t.close());

const refOf = (name: string) => t.app.git.ref(open.dir, name);
const pushes = async () =>
  (await eventsOf(t, 'push')).filter(({ repositoryId }) => repositoryId === open.repository.id);

async function nextCommit(message: string): Promise<string> {
  const identity = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.org' };
  const env = { ...identity, GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.org' };
  const args = ['commit-tree', `${tip}^{tree}`, '-p', tip, '-m', message];
  return (await t.app.git.run(args, { dir: open.dir, env })).stdout.toString().trim();
}

it('moves, makes and removes refs in one step, with one event and the person who did it', async () => {
  const next = await nextCommit('next');
  const updates = [
    { ref: 'refs/heads/main', oldOid: tip, newOid: next },
    { ref: 'refs/heads/topic', oldOid: ZERO, newOid: tip },
  ];
  const internal = [{ ref: 'refs/opencodehub/kept/1', oldOid: ZERO, newOid: tip }];
  await changeRefs(t.app, open.actor, open, { updates, internal });
  expect([await refOf('refs/heads/main'), await refOf('refs/heads/topic')]).toEqual([next, tip]);
  expect(await refOf('refs/opencodehub/kept/1')).toBe(tip);
  const { userId } = await t.actor('ada');
  expect(await pushes()).toMatchObject([{ updates, actorId: userId }]);
  await changeRefs(t.app, open.actor, open, {
    updates: [{ ref: 'refs/heads/topic', oldOid: tip, newOid: ZERO }],
  });
  expect(await refOf('refs/heads/topic')).toBeUndefined();
  expect(await listIntents(t.app.db.read)).toEqual([]);
});

it('changes nothing when one of the refs has moved meanwhile, and leaves no intent', async () => {
  const next = await nextCommit('next');
  const updates = [
    { ref: 'refs/heads/fresh', oldOid: ZERO, newOid: next },
    { ref: 'refs/heads/main', oldOid: next, newOid: tip },
  ];
  await expect(changeRefs(t.app, open.actor, open, { updates })).rejects.toMatchObject({ code: 'conflict' });
  expect([await refOf('refs/heads/main'), await refOf('refs/heads/fresh')]).toEqual([tip, undefined]);
  expect(await listIntents(t.app.db.read)).toEqual([]);
  expect(await pushes()).toEqual([]);
});

it('of two who move a branch from the same commit, one wins and the other is told', async () => {
  const both = await Promise.all([nextCommit('one'), nextCommit('two')]);
  const outcomes = await Promise.allSettled(
    both.map((newOid) =>
      changeRefs(t.app, open.actor, open, { updates: [{ ref: 'refs/heads/main', oldOid: tip, newOid }] }),
    ),
  );
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  const winner = both[outcomes.findIndex(({ status }) => status === 'fulfilled')];
  expect(await refOf('refs/heads/main')).toBe(winner);
  expect(await pushes()).toHaveLength(1);
});

it('refuses what a push would be refused: the default branch, reserved names, archives, strangers', async () => {
  const remove = { updates: [{ ref: 'refs/heads/main', oldOid: tip, newOid: ZERO }] };
  await expect(changeRefs(t.app, open.actor, open, remove)).rejects.toMatchObject({ code: 'forbidden' });
  for (const ref of ['refs/opencodehub/x', 'refs/heads/HEAD', 'HEAD', `refs/heads/${'a'.repeat(40)}`]) {
    const updates = [{ ref, oldOid: ZERO, newOid: tip }];
    await expect(changeRefs(t.app, open.actor, open, { updates }), ref).rejects.toMatchObject({
      code: 'forbidden',
    });
  }
  const topic = { updates: [{ ref: 'refs/heads/topic', oldOid: ZERO, newOid: tip }] };
  const eve = await t.actor('eve');
  await expect(changeRefs(t.app, eve, open, topic)).rejects.toMatchObject({ code: 'forbidden' });
  await setArchived(t.app, open.actor, open, true);
  await expect(changeRefs(t.app, open.actor, open, topic)).rejects.toMatchObject({ code: 'forbidden' });
  expect(await refOf('refs/heads/topic')).toBeUndefined();
});

it('names that git refuses change nothing', async () => {
  for (const ref of ['refs/heads/a..b', 'refs/heads/.hidden', 'refs/heads/a b', 'refs/heads/x\ny'])
    await expect(
      changeRefs(t.app, SYSTEM, open, { updates: [{ ref, oldOid: ZERO, newOid: tip }] }),
      ref,
    ).rejects.toThrow();
  expect(await pushes()).toEqual([]);
  expect(await listIntents(t.app.db.read)).toEqual([]);
});
