// What an event was about may be gone by the time that it is told of.
import { isAppError } from '../../base/errors.ts';

/** What was found; undefined where it is gone. */
export async function orUndefined<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isAppError(error, 'not_found')) return undefined;
    throw error;
  }
}
