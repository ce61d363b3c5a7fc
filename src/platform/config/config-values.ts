// Checks of single configuration values that are more than a type: URLs, networks, hours.
import { isIP } from 'node:net';

/** Whether text is an http(s) URL of a whole site: no path, no query, no user. */
export function isSiteUrl(text: string): boolean {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return false;
  return url.pathname === '/' && !url.search && !url.hash && !url.username && !url.password;
}

/** Whether text names a PostgreSQL or MySQL database. */
export function isDatabaseUrl(text: string): boolean {
  const url = URL.parse(text);
  if (!url || !['postgres:', 'postgresql:', 'mysql:', 'mariadb:'].includes(url.protocol)) return false;
  return (url.hostname !== '' || url.searchParams.has('host')) && url.pathname.length > 1;
}

/** Whether text is an IP address or a CIDR network. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
}

/** Whether text is `from-to` in hours of the day, e.g. 22-6. */
export function isQuietHours(text: string): boolean {
  const match = /^(\d{1,2})-(\d{1,2})$/.exec(text);
  return match !== null && Number(match[1]) <= 24 && Number(match[2]) <= 24;
}
