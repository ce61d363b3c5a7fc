// Checks of single configuration values that are more than a type: URLs, networks, hours.
import { isIP } from 'node:net';
import { parseMailbox } from '../../base/email.ts';
import { isAppError } from '../../base/errors.ts';
import { dialectOfUrl } from '../db/database-url.ts';

/** Whether text is an http(s) URL of a whole site: no path, no query, no user. */
export function isSiteUrl(text: string): boolean {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return false;
  return url.pathname === '/' && !url.search && !url.hash && !url.username && !url.password;
}

/** What is wrong with a database URL, e.g. "names no host"; undefined when nothing is. */
export function faultOfDatabaseUrl(text: string): string | undefined {
  try {
    dialectOfUrl(text);
    return undefined;
  } catch (error) {
    if (isAppError(error)) return error.message.replace(/^database\.url /, '').replace(/\.$/, '');
    throw error;
  }
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

/** Whether text is an e-mail address, alone or behind a name: `Name <name@example.org>`. */
export function isMailbox(text: string): boolean {
  return parseMailbox(text) !== undefined;
}

/** Whether text is the origin of web pages, such as https://app.example.org, or `*` for all. */
export function isOrigin(text: string): boolean {
  return text === '*' || (isSiteUrl(text) && new URL(text).origin === text);
}
