// Instants in addresses of the API.
import { invalid } from '../../base/errors.ts';

const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/i;

/** Milliseconds since 1970, of RFC 3339 or of a day; throws AppError invalid on `field`. */
export function instantIn(field: string, text: string | undefined): number | undefined {
  if (!text) return undefined;
  // A plus sign in an address that nobody encoded came as a space.
  const time = text.replace(' ', '+');
  const at = TIME.test(time) ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(at)) throw invalid({ [field]: 'Give an instant, like 2026-12-31T00:00:00Z.' });
  return at;
}
