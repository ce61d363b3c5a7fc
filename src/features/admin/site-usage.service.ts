// How many people use the site, as it tells anybody: numbers of accounts and of what is public.
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { countUsage, type SiteUsage } from './site-usage.store.ts';

const MONTH = 30 * DAY;
const HALF_YEAR = 180 * DAY;

/** Who counts as active signed in since. */
export async function usageOf(app: App): Promise<SiteUsage> {
  const now = app.clock.now();
  return countUsage(app.db.read, { month: now - MONTH, halfYear: now - HALF_YEAR });
}
