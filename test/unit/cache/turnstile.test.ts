// The turnstile before expensive pages: few at once, fair between clients, and nobody waits who has left.
import { expect, it } from 'vitest';
import { openTurnstile } from '../../../src/platform/cache/turnstile.ts';

const settled = () => new Promise((done) => setImmediate(done));

it('lets in as many as it may, and the next when one leaves', async () => {
  const turnstile = openTurnstile({ atOnce: 2, waiting: 10, perClient: 10 });
  const [leave] = [await turnstile.enter('a'), await turnstile.enter('b')];
  let entered = false;
  const third = turnstile.enter('c').then((out) => {
    entered = true;
    return out;
  });
  await settled();
  expect([entered, turnstile.readings()]).toEqual([false, { inside: 2, waiting: 1 }]);
  leave();
  leave();
  await third;
  expect(turnstile.readings()).toEqual({ inside: 2, waiting: 0 });
});

it('a crawler that asks for twenty pages does not hold up somebody who asks for one', async () => {
  const turnstile = openTurnstile({ atOnce: 1, waiting: 100, perClient: 50 });
  const order: string[] = [];
  const visit = async (client: string) => {
    const leave = await turnstile.enter(client);
    order.push(client);
    await settled();
    leave();
  };
  const crawler = Array.from({ length: 20 }, () => visit('crawler'));
  const person = visit('person');
  await Promise.all([...crawler, person]);
  expect(order.indexOf('person')).toBeLessThanOrEqual(2);
  expect(turnstile.readings()).toEqual({ inside: 0, waiting: 0 });
});

it('answers with the time to come back when too many wait, and when one client asks too much', async () => {
  const turnstile = openTurnstile({ atOnce: 1, waiting: 1, perClient: 2 });
  await turnstile.enter('a');
  void turnstile.enter('a');
  await expect(turnstile.enter('a')).rejects.toMatchObject({ code: 'rate_limited', retryAfter: 10 });
  await expect(turnstile.enter('b')).rejects.toMatchObject({ code: 'unavailable', retryAfter: 10 });
});

it('forgets whoever leaves while waiting', async () => {
  const turnstile = openTurnstile({ atOnce: 1, waiting: 5, perClient: 5 });
  const leave = await turnstile.enter('a');
  const gone = new AbortController();
  const waiting = turnstile.enter('b', gone.signal);
  gone.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  expect(turnstile.readings()).toEqual({ inside: 1, waiting: 0 });
  leave();
  expect(turnstile.readings()).toEqual({ inside: 0, waiting: 0 });
  await expect(turnstile.enter('b', gone.signal)).rejects.toThrow('gone');
});
