// Whose copies of repositories run when: nobody keeps everybody else waiting.
import { expect, test } from 'vitest';
import { inForkTurn } from '../../../src/features/repos/fork-turns.service.ts';
import type { App } from '../../../src/platform/app.types.ts';

/** Turns are kept per application, of which nothing else is used. */
const anApp = () => ({}) as App;

function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, resolve };
}

test("one person's many large copies do not keep out another's", async () => {
  const app = anApp();
  const [long, begun] = [held(), [] as string[]];
  const mallory = ['one', 'two', 'three'].map((name) =>
    inForkTurn(app, 1, () => {
      begun.push(`mallory ${name}`);
      return long.promise;
    }),
  );
  await inForkTurn(app, 2, async () => void begun.push('ada'));
  expect(begun).toEqual(['mallory one', 'ada']);
  long.resolve();
  await Promise.all(mallory);
  expect(begun).toEqual(['mallory one', 'ada', 'mallory two', 'mallory three']);
});

test('nobody has any number of copies waiting, and one that fails gives its turn back', async () => {
  const app = anApp();
  const long = held();
  const five = Array.from({ length: 5 }, () => inForkTurn(app, 1, () => long.promise));
  await expect(inForkTurn(app, 1, () => long.promise)).rejects.toMatchObject({ code: 'rate_limited' });
  await expect(inForkTurn(app, 2, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
  long.resolve();
  await Promise.all(five);
  expect(await inForkTurn(app, 1, async () => 'again')).toBe('again');
});
