// Settings that work, but not as whoever chose them probably wants: told once at start.
import { isLoopbackHost } from '../../base/loopback.ts';
import type { Config } from '../../platform/config/config.schema.ts';

/** One sentence per doubt, with the remedy. */
export function doubtsAbout(config: Config): string[] {
  const { server } = config;
  const isLocal = server.unix_socket !== '' || isLoopbackHost(server.listen);
  const publicUrl = URL.parse(server.public_url);
  const isProxied = isLocal && publicUrl !== null && !isLoopbackHost(publicUrl.hostname);
  const doubts: string[] = [];
  if (!isLocal && server.tls_cert === '' && publicUrl?.protocol !== 'https:') {
    doubts.push(
      'passwords cross the network unencrypted: set server.tls_cert and server.tls_key, or use a proxy',
    );
  }
  if (!isLocal && server.public_url === '') {
    doubts.push(
      'links and clone addresses name this machine only: set server.public_url to what people type',
    );
  }
  if (isProxied && server.trusted_proxies.length === 0) {
    doubts.push(
      'limits count all people as one: set server.trusted_proxies to the address of the proxy in front',
    );
  }
  const { mail } = config;
  if ((mail.host === '') !== (mail.from === '')) {
    doubts.push('no mails are sent: set both mail.host and mail.from');
  }
  if (mail.security === 'none' && mail.password !== '' && !isLoopbackHost(mail.host)) {
    doubts.push('the password of the mail server crosses the network unencrypted: set mail.security');
  }
  return doubts;
}
