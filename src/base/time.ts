// Durations and the clock that tests replace. All instants are milliseconds since 1970, UTC.

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Tells the time; the only source of "now" outside the platform. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** What clients of Gitea's API take for no time at all: the zero of Go's times. */
export const ZERO_TIME = '0001-01-01T00:00:00Z';

/** An instant in RFC 3339 to the second, UTC: `2026-11-23T12:00:00Z`. */
export function isoTime(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, -'.000Z'.length)}Z`;
}
