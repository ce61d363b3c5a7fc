// The fields that bodies and queries of the API are made of, each with a sentence that says what to give.
import { z } from 'zod';

/** A text of any length; whoever takes it bounds it by its own rule. */
export const text = () => z.string({ error: 'Give a text.' });

export const flag = () => z.boolean({ error: 'Give true or false.' });

/** A whole number from 0 that every database holds. */
export const whole = () =>
  z
    .int({ error: 'Give a whole number.' })
    .min(0, 'Give a whole number, 0 or more.')
    .max(2 ** 31 - 1, 'Give a smaller number.');

/** The number or id of a thing. */
export const idOf = (what: string) =>
  z
    .int({ error: `Give ${what}.` })
    .min(1, `Give ${what}.`)
    .max(2 ** 31 - 1, `Give ${what}.`);

/** A list of at most `most` of something. */
export const listOf = <T extends z.ZodType>(each: T, most = 200) =>
  z.array(each, { error: 'Give a list.' }).max(most, `Give ${most} at most.`);

/** One of some words. */
export const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, { error: `Choose one of: ${words.join(', ')}.` });

/** `true` or `false` in an address. */
export const flagText = () => oneOf(['true', 'false', '1', '0']);

/** An instant of RFC 3339, or a day. */
export const instant = () => text().max(40, 'Give an instant, like 2026-12-31T00:00:00Z.');
