// The hours in which heavy work may run, written like `22-6`.

/** Whether a setting is understood: empty, or two whole hours from 0 to 24 joined by a dash. */
export function isQuietHours(text: string): boolean {
  return text === '' || hoursOf(text) !== undefined;
}

/** Whether `at`, in local time, lies within the hours; always true for an empty setting. */
export function inQuietHours(text: string, at: Date): boolean {
  const hours = hoursOf(text);
  if (!hours) return true;
  const hour = at.getHours();
  return hours.from <= hours.to
    ? hour >= hours.from && hour < hours.to
    : hour >= hours.from || hour < hours.to;
}

function hoursOf(text: string): { from: number; to: number } | undefined {
  const match = /^(\d{1,2})-(\d{1,2})$/.exec(text.trim());
  if (!match) return undefined;
  const [from, to] = [Number(match[1]), Number(match[2])];
  return from <= 24 && to <= 24 ? { from, to } : undefined;
}
