// What checks outside may say of a commit.
import { z } from 'zod';
import { lazily } from '../../platform/api/description.ts';
import type { StatusState } from './statuses.types.ts';

const MAX_CONTEXT = 255;
const MAX_DESCRIPTION = 1000;
const MAX_URL = 2048;

export interface NewStatus {
  state: StatusState;
  context: string;
  description: string;
  /** An http or https address, or empty. */
  targetUrl: string;
}

const text = (what: string, most: number) =>
  z
    .string(`Give the ${what} as text.`)
    .max(most, `The ${what} has at most ${most} characters.`)
    .refine((value) => !/[\0-\x08\x0b-\x1f\x7f]/.test(value), `The ${what} cannot hold control characters.`)
    .nullish()
    .transform((value) => value ?? '');

/** A status, in Gitea's names. */
export const newStatusBody = lazily(() =>
  z.object({
    state: z.enum(
      ['pending', 'success', 'error', 'failure', 'warning'],
      'The state is one of pending, success, error, failure and warning.',
    ),
    context: text('context', MAX_CONTEXT)
      .refine((value) => !/[\t\n]/.test(value), 'The context is one line.')
      .transform((value) => value.trim() || 'default'),
    description: text('description', MAX_DESCRIPTION),
    target_url: text('target_url', MAX_URL).refine(
      (value) => value === '' || isWebAddress(value),
      'The target_url begins with http:// or https://.',
    ),
  }),
);

/** An address that a link may lead to: never one that runs something. */
function isWebAddress(value: string): boolean {
  return /^https?:\/\/[^\s]+$/i.test(value) && URL.canParse(value);
}
