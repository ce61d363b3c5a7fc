// Where the sources lie when the program runs from them; the one place that knows file locations.
import { join } from 'node:path';

/** The directory of the checkout. Meaningless in the executable, which has no sources. */
export function sourceRoot(): string {
  return join(import.meta.dirname, '..', '..', '..');
}
