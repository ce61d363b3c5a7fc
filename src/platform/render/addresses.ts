// Addresses of pages, encoded so that any name of a branch or a file survives.

/** `base` followed by segments; each is encoded, but keeps its slashes. `base` is taken as it is. */
export function path(base: string, ...segments: (string | number)[]): string {
  const start = base.endsWith('/') ? base.slice(0, -1) : base;
  const rest = segments.map((segment) => `/${encodeSegment(String(segment))}`).join('');
  return start + rest === '' ? '/' : start + rest;
}

function encodeSegment(segment: string): string {
  return segment
    .split('/')
    .map((part) => encodeURIComponent(part.toWellFormed()))
    .join('/');
}

/** An address with a query string; values that are undefined or null are left out. */
export function query(address: string, values: Record<string, string | number | undefined | null>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  if (given.length === 0) return address;
  return `${address}?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))}`;
}
