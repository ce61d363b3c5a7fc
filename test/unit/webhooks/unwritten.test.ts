// A run of a webhook ends only when what it sent is written: the next one reads the queue anew.
import { expect, test } from 'vitest';
import { openUnwritten } from '../../../src/features/webhooks/unwritten.service.ts';

test('a run whose outcome could not be written ends after its others, or they would be sent again behind newer ones', async () => {
  let hurries = 0;
  const unwritten = openUnwritten(() => {
    hurries += 1;
  });
  const [failing, later] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  unwritten.add(failing.promise);
  unwritten.add(later.promise);
  failing.reject(new Error('the disk is full'));
  let hasEnded = false;
  const settled = unwritten.settle().finally(() => {
    hasEnded = true;
  });
  settled.catch(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  expect([hurries, hasEnded]).toEqual([1, false]);
  later.resolve();
  await expect(settled).rejects.toThrow('the disk is full');
  await expect(unwritten.settle()).resolves.toBeUndefined();
});

test('those that are ahead of what is written wait for the oldest alone', async () => {
  const unwritten = openUnwritten(() => undefined);
  const newest = Promise.withResolvers<void>();
  unwritten.add(Promise.resolve());
  unwritten.add(newest.promise);
  await unwritten.settleBut(1);
  expect(unwritten.size()).toBe(1);
});
