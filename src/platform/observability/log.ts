// The structured log: JSON lines on standard error, pretty on a terminal. Never holds a secret.
import { type Logger, pino } from 'pino';

export type Log = Logger;

/** A log that drops everything, for tests. */
export function silentLog(): Log {
  return pino({ level: 'silent' });
}
