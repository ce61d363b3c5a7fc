// Stacks: what stands on what, what becomes of the rest when one is merged, and merging a whole one.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mergePull } from '../../../src/features/pulls/merging.service.ts';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { mergeStack } from '../../../src/features/pulls/stack-merging.service.ts';
import { openStack, stackOf } from '../../../src/features/pulls/stacks.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';
import { entriesOf, filesOf, groups, say, withQueue } from './queues.ts';

let t: TestApp;
let shop: Workshop;
let clock: ManualClock;

beforeAll(async () => {
  clock = manualClock(Date.UTC(2026, 10, 27));
  t = await testApp({}, { clock });
});
beforeEach(async () => {
  shop = await makeWorkshop(t);
});
afterAll(() => t.close());

const opened = async (name: string) =>
  openRepository(t.app, await t.actor(name), 'ada', shop.open.repository.name, 'code:read');

/** Three branches on one another, each with a pull request into the one below. */
async function makeStack(): Promise<Pull[]> {
  const names = ['one', 'two', 'three'];
  const pulls: Pull[] = [];
  let below = 'main';
  let onto: string | undefined;
  for (const name of names) {
    onto = await shop.commit(name, { [`${name}.txt`]: `${name}\n` }, onto ? { onto } : {});
    pulls.push(await shop.propose(name, { base: below }));
    below = name;
  }
  return pulls;
}

async function numbers(pull: Pull): Promise<number[]> {
  const seen = await stackOf(t.app, await t.actor('reader'), await opened('reader'), await shop.again(pull));
  return seen.map(({ issue }) => issue.number);
}

async function changesOf(pull: Pull): Promise<string[]> {
  const { pull: row } = await shop.again(pull);
  const args = ['diff', '--name-only', `${row.mergeBaseOid}`, row.headOid];
  return (await t.app.git.run(args, { dir: shop.open.dir })).stdout.toString().split('\n').filter(Boolean);
}

describe('a stack', () => {
  test('is every chain of branches based on one another', async () => {
    const [one, two, three] = await makeStack();
    if (!one || !two || !three) throw new Error('no stack');
    const all = [one, two, three].map(({ issue }) => issue.number);
    for (const pull of [one, two, three]) expect(await numbers(pull)).toEqual(all);
    await shop.commit('alone', { 'alone.txt': 'x\n' });
    const alone = await shop.propose('alone');
    expect(await numbers(alone)).toEqual([alone.issue.number]);
  });

  for (const style of ['squash', 'merge', 'rebase'] as const)
    test(`goes on when the one at the bottom is merged by ${style}`, async () => {
      const [one, two, three] = await makeStack();
      if (!one || !two || !three) throw new Error('no stack');
      const writer = await t.actor('writer');
      await mergePull(t.app, writer, await opened('writer'), await shop.again(one), {
        style,
        deleteBranch: true,
      });
      await t.app.jobs.drain();
      const second = await shop.again(two);
      expect(second.issue.state).toBe('open');
      expect(second.pull).toMatchObject({ baseBranch: 'main', basePullId: one.issue.id });
      expect(await changesOf(two)).toEqual(['two.txt']);
      expect(await changesOf(three)).toEqual(['three.txt']);
      expect(second.pull.commitCount).toBe(1);
      const said = (await entriesOf(t, two.issue.id)).find(({ kind }) => kind === 'base_changed');
      expect(said?.data).toMatchObject({ from: 'one', to: 'main', because: 'merged' });
      // The branch was rewritten only where it had to be.
      const branch = await t.app.git.ref(shop.open.dir, 'refs/heads/two');
      expect(branch).toBe(second.pull.headOid);
      expect(branch === two.pull.headOid).toBe(style === 'merge' || style === 'rebase');
      expect(await numbers(three)).toEqual([one, two, three].map(({ issue }) => issue.number));
      await mergePull(t.app, writer, await opened('writer'), second, { style });
      await t.app.jobs.drain();
      await mergePull(t.app, writer, await opened('writer'), await shop.again(three), { style });
      expect(await filesOf(t, shop)).toEqual(['README.md', 'one.txt', 'three.txt', 'two.txt']);
    });

  test('is merged as a whole, in one step', async () => {
    const [one, two, three] = await makeStack();
    if (!one || !two || !three) throw new Error('no stack');
    const writer = await t.actor('writer');
    expect(await mergeStack(t.app, writer, await opened('writer'), three, { style: 'squash' })).toBe(
      'merged',
    );
    await t.app.jobs.drain();
    for (const pull of [one, two, three])
      expect((await shop.again(pull)).issue).toMatchObject({ closeReason: 'merged' });
    expect(await filesOf(t, shop)).toEqual(['README.md', 'one.txt', 'three.txt', 'two.txt']);
    const { stdout } = await t.app.git.run(['rev-list', '--count', 'refs/heads/main'], {
      dir: shop.open.dir,
    });
    expect(Number(stdout)).toBe(4);
    await expect(
      mergeStack(t.app, await t.actor('reader'), await opened('reader'), three),
    ).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('is merged through the queue, each behind the one below', async () => {
    await withQueue(t, shop, { style: 'squash', atOnce: 2 });
    const [one, two, three] = await makeStack();
    if (!one || !two || !three) throw new Error('no stack');
    for (const pull of [one, two, three]) await say(t, shop, pull.pull.headOid, 'success');
    expect(await mergeStack(t.app, await t.actor('writer'), await opened('writer'), three)).toBe('queued');
    clock.advance(2000);
    for (let round = 0; round < 4; round++) {
      await t.app.jobs.drain();
      for (const group of await groups(t, shop))
        if (group.state === 'testing') await say(t, shop, group.headOid ?? '', 'success');
    }
    for (const pull of [one, two, three])
      expect((await shop.again(pull)).issue).toMatchObject({ closeReason: 'merged' });
    expect(await filesOf(t, shop)).toEqual(['README.md', 'one.txt', 'three.txt', 'two.txt']);
  });

  test('is opened by a push of several branches, each on the nearest below it', async () => {
    let onto: string | undefined;
    for (const name of ['a', 'b', 'c'])
      onto = await shop.commit(name, { [name]: 'x\n' }, onto ? { onto } : {});
    const open = await opened('writer');
    const heads = ['c', 'a', 'b'].map((branch) => ({ open, branch }));
    const pulls = await openStack(t.app, await t.actor('writer'), open, { base: 'main', heads });
    expect(pulls.map(({ pull }) => [pull.headBranch, pull.baseBranch])).toEqual([
      ['a', 'main'],
      ['b', 'a'],
      ['c', 'b'],
    ]);
    const again = await openStack(t.app, await t.actor('writer'), open, { base: 'main', heads });
    expect(again.map(({ issue }) => issue.id)).toEqual(pulls.map(({ issue }) => issue.id));
  });

  test('is made of commits without branches as well', async () => {
    const first = await shop.commit('x', { x: 'x\n' });
    const second = await shop.commit('y', { y: 'y\n' }, { onto: first });
    const open = await opened('reader');
    const reader = await t.actor('reader');
    const [lower] = await openStack(t.app, reader, open, {
      base: 'main',
      heads: [{ oid: first, topic: 'lower' }],
    });
    const [upper] = await openStack(t.app, reader, open, {
      base: 'main',
      heads: [{ oid: second, topic: 'upper' }],
    });
    if (!lower || !upper) throw new Error('no stack');
    await t.app.jobs.drain();
    expect((await shop.again(upper)).pull).toMatchObject({
      baseBranch: 'main',
      basePullId: lower.issue.id,
      commitCount: 1,
    });
    await mergePull(t.app, await t.actor('writer'), await opened('writer'), await shop.again(lower), {
      style: 'squash',
    });
    await t.app.jobs.drain();
    expect(await changesOf(upper)).toEqual(['y']);
    const { pull } = await shop.again(upper);
    expect(await t.app.git.ref(shop.open.dir, `refs/pull/${pull.number}/head`)).toBe(pull.headOid);
  });
});
