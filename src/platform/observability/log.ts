// The structured log: JSON lines on standard error, pretty on a terminal. Never holds a secret.
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import type { Config } from '../config/config.schema.ts';

export type Log = Logger;

/** Opens the log of this process on standard error. */
export async function openLog(config: Config['log']): Promise<Log> {
  const pretty = config.format === 'pretty' || (config.format === 'auto' && process.stderr.isTTY === true);
  return createLog(config.level, pretty ? await prettyStream() : pino.destination({ fd: 2, sync: true }));
}

/** A log that writes its JSON lines into `stream`. */
export function createLog(level: string, stream: DestinationStream): Log {
  return pino({ ...OPTIONS, level }, stream);
}

/** A log that drops everything, for tests. */
export function silentLog(): Log {
  return pino({ level: 'silent' });
}

const OPTIONS: LoggerOptions = {
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }), log: (fields) => hideSecrets(fields, 3) },
  serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
};

/** Headers and fields that hold secrets, in lower case. */
const SECRET_NAMES = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'password',
  'passwordhash',
  'secret',
  'token',
  'csrf',
]);

// By hand, since pino's own redaction of as many names at any of three depths takes 22 microseconds a line.
function hideSecrets(fields: Record<string, unknown>, depth: number): Record<string, unknown> {
  let cleaned = fields;
  for (const [name, value] of Object.entries(fields)) {
    const hidden = SECRET_NAMES.has(name.toLowerCase()) ? '[hidden]' : hideWithin(value, depth);
    if (hidden === value) continue;
    if (cleaned === fields) cleaned = { ...fields };
    cleaned[name] = hidden;
  }
  return cleaned;
}

function hideWithin(value: unknown, depth: number): unknown {
  if (depth === 0 || typeof value !== 'object' || value === null) return value;
  const isPlain = Object.getPrototypeOf(value) === Object.prototype;
  return isPlain ? hideSecrets(value as Record<string, unknown>, depth - 1) : value;
}

// In this process and not in a worker: a transport would have to be found by its file name.
async function prettyStream(): Promise<DestinationStream> {
  const { PinoPretty } = await import('pino-pretty');
  const colorize = process.stderr.isTTY === true && !process.env.NO_COLOR;
  return PinoPretty({ destination: 2, sync: true, colorize, singleLine: true });
}
