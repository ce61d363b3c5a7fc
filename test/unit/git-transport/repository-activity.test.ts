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
