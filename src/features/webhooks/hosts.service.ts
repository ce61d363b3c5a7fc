// What is known of other servers while this one runs: those that nobody reaches are left alone by every webhook, and one
// account's webhooks, or those that fail, never take all places from the others.
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../base/time.ts';
import { MINUTE, SECOND } from '../../base/time.ts';
import type { HookRow } from './hooks.types.ts';

interface Host {
  failures: number;
  /** Before this nobody tries. */
  closedUntil: number;
}

const MOST_HOSTS = 5000;
const FIRST_PAUSE = 5 * SECOND;
const LONGEST_PAUSE = 5 * MINUTE;
/** Unreachable this often in a row, a host is left alone. */
const TOLERATED = 2;
/** Of the 24 places of the queue. */
const PLACES_PER_MAKER = 12;
const PLACES_OF_FAILING = 6;

export interface Hosts {
  /** Until when a host is to be left alone; undefined when it may be tried. */
  closedUntil(origin: string): number | undefined;
  reached(origin: string): void;
  missed(origin: string): void;
  /** Takes a place for a webhook; undefined when those that it may take are taken. */
  take(row: HookRow): (() => void) | undefined;
}

/** Opens what one process knows. */
export function openHosts(clock: Clock): Hosts {
  const hosts = new LRUCache<string, Host>({ max: MOST_HOSTS });
  const places = new Map<string, number>();

  function keysOf(row: HookRow): [key: string, most: number][] {
    const maker: [string, number] = [`maker ${row.createdById ?? 0}`, PLACES_PER_MAKER];
    return row.failures > 0 ? [maker, ['failing', PLACES_OF_FAILING]] : [maker];
  }

  return {
    closedUntil(origin) {
      const until = hosts.get(origin)?.closedUntil ?? 0;
      return until > clock.now() ? until : undefined;
    },
    reached: (origin) => void hosts.delete(origin),
    missed(origin) {
      const failures = (hosts.get(origin)?.failures ?? 0) + 1;
      const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.max(0, failures - TOLERATED));
      hosts.set(origin, { failures, closedUntil: failures < TOLERATED ? 0 : clock.now() + pause });
    },
    take(row) {
      const keys = keysOf(row);
      if (keys.some(([key, most]) => (places.get(key) ?? 0) >= most)) return undefined;
      for (const [key] of keys) places.set(key, (places.get(key) ?? 0) + 1);
      return () => {
        for (const [key] of keys) {
          const left = (places.get(key) ?? 1) - 1;
          if (left === 0) places.delete(key);
          else places.set(key, left);
        }
      };
    },
  };
}
