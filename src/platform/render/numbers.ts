// Numbers and sizes as people read them.

const GROUPED = new Intl.NumberFormat('en-US');
const COMPACT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** A count with grouped digits: `12,345`. */
export function formatNumber(value: number): string {
  return GROUPED.format(value);
}

/** A count for narrow places: `12.3k`. */
export function formatCompact(value: number): string {
  return COMPACT.format(value).replace('K', 'k');
}

/** A size in binary units: `0 bytes`, `1.2 KiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return plural(bytes, 'byte');
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1023.95 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 100 ? Number(value.toFixed(1)) : Math.round(value)} ${UNITS[unit]}`;
}

/** A count with its noun: `1 commit`, `2 commits`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
