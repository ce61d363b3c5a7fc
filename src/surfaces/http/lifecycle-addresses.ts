// The addresses that people use, from the configuration and, once listening, from the ports in use.
import { isIPv6 } from 'node:net';
import type { Config } from '../../platform/config/config.schema.ts';

export interface Addresses {
  /** Without a trailing slash, e.g. https://code.example.org. */
  publicUrl(): string;
  /** E.g. ssh://git@host:2222/; undefined when SSH is off. */
  sshCloneBase(): string | undefined;
  /** Tells the port the web server got; undefined on a unix socket. */
  webListens(port: number | undefined): void;
  sshListens(port: number): void;
}

const HTTP_PORTS: Record<string, number> = { http: 80, https: 443 };

/** Derives the addresses; ports configured as 0 are known once listening. */
export function openAddresses(config: Config): Addresses {
  let webPort: number | undefined = config.server.unix_socket === '' ? config.server.port : undefined;
  let sshPort = config.ssh.port;

  function publicUrl(): string {
    if (config.server.public_url !== '') return new URL(config.server.public_url).origin;
    const scheme = config.server.tls_cert === '' ? 'http' : 'https';
    const port = webPort === undefined || webPort === HTTP_PORTS[scheme] ? '' : `:${webPort}`;
    return `${scheme}://${hostFor(config.server.listen)}${port}`;
  }

  return {
    publicUrl,
    sshCloneBase() {
      if (!config.ssh.enabled) return undefined;
      const port = config.ssh.public_port || sshPort;
      return `ssh://git@${sshHost(config, publicUrl())}${port === 22 ? '' : `:${port}`}/`;
    },
    webListens: (port) => {
      webPort = port;
    },
    sshListens: (port) => {
      sshPort = port;
    },
  };
}

function sshHost(config: Config, publicUrl: string): string {
  if (config.ssh.public_host !== '') return bracketed(config.ssh.public_host);
  if (config.server.public_url !== '') return new URL(publicUrl).hostname;
  return hostFor(config.ssh.listen);
}

// An address to type: "every interface" is no destination, this machine is one.
function hostFor(listen: string): string {
  return listen === '0.0.0.0' || listen === '::' ? 'localhost' : bracketed(listen);
}

function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
