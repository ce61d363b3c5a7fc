// `opencodehub secret generate`: random text for passwords and tokens in the configuration.
import { randomInt } from 'node:crypto';
import type { CommonOptions } from './cli.types.ts';
import { printJson, printLine } from './cli-output.ts';
import { UsageError } from './usage-error.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const [SHORTEST, LONGEST] = [16, 1024];

/** Prints letters and digits, each equally likely: 32 of them hold 190 bits. */
export function generateSecret(options: CommonOptions & { length: string }): void {
  const length = /^\d{1,4}$/.test(options.length) ? Number(options.length) : 0;
  if (length < SHORTEST || length > LONGEST)
    throw new UsageError(`--length takes a number from ${SHORTEST} to ${LONGEST}, not "${options.length}".`);
  const secret = Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  if (options.json) printJson({ secret });
  else printLine(secret);
}
