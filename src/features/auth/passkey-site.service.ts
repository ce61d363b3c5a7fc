// Under which name passkeys know this site. A browser gives them to no other origin, and to none without HTTPS or by IP
// address, so where they cannot work the pages say so.
import { isIP } from 'node:net';
import { isLoopbackHost } from '../../base/loopback.ts';
import type { App } from '../../platform/app.types.ts';

export interface PasskeySite {
  /** The host name (WebAuthn's relying party id). */
  rpId: string;
  /** The one origin that pages with passkeys have. */
  origin: string;
}

/** Where passkeys work; this very machine is called localhost then. Undefined where the public URL allows none. */
export function passkeySite(app: App): PasskeySite | undefined {
  const { protocol, hostname, port, origin } = new URL(app.publicUrl());
  if (isLoopbackHost(hostname)) {
    return { rpId: 'localhost', origin: `${protocol}//localhost${port === '' ? '' : `:${port}`}` };
  }
  const isAddress = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
  return protocol === 'https:' && !isAddress ? { rpId: hostname, origin } : undefined;
}

/** Why passkeys cannot be used on a page, and where they can. */
export interface PasskeyObstacle {
  text: string;
  /** The same page where they work. */
  href?: string;
}

/** What stands against passkeys on a page at `origin` (as the browser sees it) and `path`; undefined when nothing does. */
export function passkeyObstacle(app: App, origin: string, path: string): PasskeyObstacle | undefined {
  const site = passkeySite(app);
  if (!site) {
    return {
      text: 'Passkeys need a site with a host name and HTTPS, which this one does not have. An administrator can set server.public_url.',
    };
  }
  if (origin === site.origin) return undefined;
  return { text: `Passkeys work at ${site.origin} only.`, href: `${site.origin}${path}` };
}
