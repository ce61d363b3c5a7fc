// Credentials for other servers: sealed in rows, opened for a run, and written nowhere else.
import type { App } from '../../platform/app.types.ts';
import type { Credentials, Remote } from './mirrors.types.ts';

const PURPOSE = 'credentials for other servers';

/** What a row keeps; null without credentials. They are sealed together with the address they were given for. */
export function sealCredentials(app: App, url: string, credentials: Credentials | undefined): Buffer | null {
  if (!credentials) return null;
  return app.secrets.seal(PURPOSE, JSON.stringify({ ...credentials, origin: new URL(url).origin }));
}

/** How to reach what a row names. Credentials that were given for another host are not used. */
export function remoteOf(app: App, row: { url: string; sealedCredentials: Uint8Array | null }): Remote {
  if (row.sealedCredentials === null) return { url: row.url, authorization: undefined };
  const kept = JSON.parse(app.secrets.open(PURPOSE, row.sealedCredentials)) as Credentials & {
    origin: string;
  };
  if (kept.origin !== new URL(row.url).origin) return { url: row.url, authorization: undefined };
  const pair = Buffer.from(`${kept.username}:${kept.password}`, 'utf8').toString('base64');
  return { url: row.url, authorization: `Basic ${pair}` };
}
