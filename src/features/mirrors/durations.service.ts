// Durations as Go writes them, in which Gitea's API gives intervals: `8h30m0s`.
import { invalid } from '../../base/errors.ts';

/** The minutes of a duration, seconds rounded up. Throws AppError invalid on `field`. */
export function minutesOf(text: string, field = 'intervalMinutes'): number {
  const match = /^(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,7})s)?$/.exec(text);
  if (!match || text === '') throw invalid({ [field]: 'Give a duration such as 8h0m0s.' });
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return Number(hours) * 60 + Number(minutes) + Math.ceil(Number(seconds) / 60);
}
