// What one process knows of other servers: hosts that nobody reaches, and places that nobody may take all of.
import { expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../../src/base/time.ts';
import type { HookRow } from '../../../src/features/webhooks/hooks.types.ts';
import { openHosts } from '../../../src/features/webhooks/hosts.service.ts';
import { manualClock } from '../../support/manual-clock.ts';

const HOST = 'https://dead.example';
const hook = (createdById: number, failures = 0) => ({ createdById, failures }) as HookRow;

test('a host that nobody reaches is left alone by all, at rising intervals, until it is reached', () => {
  const clock = manualClock();
  const hosts = openHosts(clock);
  hosts.missed(HOST);
  expect(hosts.closedUntil(HOST)).toBeUndefined();
  const pauses: number[] = [];
  for (let i = 0; i < 9; i++) {
    hosts.missed(HOST);
    const until = hosts.closedUntil(HOST) ?? 0;
    pauses.push(until - clock.now());
    clock.advance(until - clock.now());
    expect(hosts.closedUntil(HOST)).toBeUndefined();
  }
  expect(pauses[0]).toBe(5 * SECOND);
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
  expect(pauses.at(-1)).toBe(5 * MINUTE);
  expect(hosts.closedUntil('https://other.example')).toBeUndefined();
  hosts.missed(HOST);
  hosts.reached(HOST);
  expect(hosts.closedUntil(HOST)).toBeUndefined();
});

test("one account's webhooks leave places to those of others, and so do those that fail", () => {
  const hosts = openHosts(manualClock());
  const taken: (() => void)[] = [];
  for (let leave = hosts.take(hook(1)); leave; leave = hosts.take(hook(1))) taken.push(leave);
  expect(taken).toHaveLength(12);
  expect(hosts.take(hook(2))).toBeDefined();
  for (const leave of taken) leave();
  expect(hosts.take(hook(1))).toBeDefined();
  let failing = 0;
  for (let account = 10; hosts.take(hook(account, 3)); account++) failing += 1;
  expect(failing).toBe(6);
  expect(hosts.take(hook(99))).toBeDefined();
});
