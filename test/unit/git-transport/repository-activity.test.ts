// Pushes and maintenance of one repository never overlap; pushes overlap freely.
import { expect, test } from 'vitest';
import type { RepoDir } from '../../../src/platform/git/git.types.ts';
import { openRepositoryActivity } from '../../../src/platform/git/repository-activity.ts';

const ONE = '/one' as RepoDir;
const OTHER = '/other' as RepoDir;

test('maintenance waits for every push, and pushes wait for it', async () => {
  const activity = openRepositoryActivity();
  const happened: string[] = [];
  const [first, second] = [await activity.beginPush(ONE), await activity.beginPush(ONE)];
  expect(activity.pushesUnderWay(ONE)).toBe(2);
  const done = Promise.withResolvers<void>();
  const maintenance = activity.withMaintenance(ONE, async () => {
    happened.push('maintenance');
    await done.promise;
    happened.push('maintained');
  });
  first();
  first();
  expect(activity.pushesUnderWay(ONE)).toBe(1);
  expect(happened).toEqual([]);
  second();
  await Promise.resolve();
  const third = activity.beginPush(ONE).then((end) => {
    happened.push('push');
    return end;
  });
  (await activity.beginPush(OTHER))();
  done.resolve();
  await maintenance;
  (await third)();
  expect(happened).toEqual(['maintenance', 'maintained', 'push']);
  expect(activity.pushesUnderWay(ONE)).toBe(0);
});

test('two maintenances run one after the other', async () => {
  const activity = openRepositoryActivity();
  let running = 0;
  const work = async () => {
    running += 1;
    expect(running).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  };
  await Promise.all([1, 2, 3].map(() => activity.withMaintenance(ONE, work)));
  await expect(activity.withMaintenance(ONE, () => Promise.reject(new Error('broken')))).rejects.toThrow(
    'broken',
  );
  (await activity.beginPush(ONE))();
});

test('whoever waits too long, or goes away, is told', async () => {
  const activity = openRepositoryActivity();
  const end = await activity.beginPush(ONE);
  await expect(activity.withMaintenance(ONE, async () => undefined, 1)).rejects.toMatchObject({
    code: 'unavailable',
  });
  end();
  const done = Promise.withResolvers<void>();
  const maintenance = activity.withMaintenance(ONE, () => done.promise);
  const stop = new AbortController();
  const push = activity.beginPush(ONE, stop.signal);
  stop.abort(new Error('gone'));
  await expect(push).rejects.toThrow('gone');
  done.resolve();
  await maintenance;
});

test('pushes that overlap without end let maintenance that waited go first', async () => {
  const activity = openRepositoryActivity(1);
  const happened: string[] = [];
  const push = async (name: string) => {
    const end = await activity.beginPush(ONE);
    happened.push(name);
    return end;
  };
  let end = await push('first');
  let ran = false;
  const maintenance = activity.withMaintenance(ONE, async () => {
    ran = true;
    expect(activity.pushesUnderWay(ONE)).toBe(0);
    happened.push('maintenance');
  });
  // Each push begins before the one before it ends: without a turn of its own, maintenance would never run.
  while (!ran) {
    const next = push('next');
    await new Promise((resolve) => setTimeout(resolve, 1));
    end();
    end = await next;
  }
  await maintenance;
  end();
  expect(happened.at(-2)).toBe('maintenance');
  expect(activity.pushesUnderWay(ONE)).toBe(0);
});

test('maintenance in vain is remembered, and holds pushes up no longer than it waits itself', async () => {
  const activity = openRepositoryActivity(30);
  const endLong = await activity.beginPush(ONE);
  await expect(activity.withMaintenance(ONE, async () => undefined, 50)).rejects.toMatchObject({
    code: 'unavailable',
  });
  // It gave up: nobody waits for it.
  (await activity.beginPush(ONE))();
  const happened: string[] = [];
  const again = activity.withMaintenance(ONE, async () => void happened.push('maintenance'));
  const push = activity.beginPush(ONE).then((end) => {
    happened.push('push');
    end();
  });
  const stop = new AbortController();
  const gone = activity.beginPush(ONE, stop.signal);
  stop.abort(new Error('gone'));
  await expect(gone).rejects.toThrow('gone');
  expect(happened).toEqual([]);
  endLong();
  await Promise.all([again, push]);
  expect(happened).toEqual(['maintenance', 'push']);
  // What ran is no longer starved, and what is idle is forgotten.
  const end = await activity.beginPush(ONE);
  const patient = activity.withMaintenance(ONE, async () => undefined);
  (await activity.beginPush(ONE))();
  end();
  await patient;
});

test('whoever is gone already does not begin', async () => {
  const activity = openRepositoryActivity();
  await expect(activity.beginPush(ONE, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  expect(activity.pushesUnderWay(ONE)).toBe(0);
});
