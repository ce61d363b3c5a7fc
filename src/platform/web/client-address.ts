// Who a request really comes from: X-Forwarded-* headers are believed only from proxies named in the configuration.
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';

export interface Client {
  /** The client's IP address; IPv4 in its plain form. */
  address: string;
  /** Whether the client's own connection is HTTPS. */
  secure: boolean;
  /** The host, with its port if any, that the client asked for. */
  host: string;
}

/** What is used of a request, so that tests and other surfaces can pass less. */
export type Addressed = Pick<IncomingMessage, 'headers'> & {
  socket: { remoteAddress?: string | undefined; encrypted?: boolean };
};

/** A unix socket has no address; whoever may open it is on this machine. */
const LOCAL = '127.0.0.1';

const lists = new WeakMap<readonly string[], BlockList>();

/** The client of a request, after trusted proxies. */
export function clientOf(request: Addressed, server: { trusted_proxies: readonly string[] }): Client {
  const { headers, socket } = request;
  const peer = plainAddress(socket.remoteAddress ?? LOCAL);
  const encrypted = socket.encrypted === true;
  const host = headers.host ?? '';
  if (!isTrusted(peer, server.trusted_proxies)) return { address: peer, secure: encrypted, host };
  const proto = lastOf(headers['x-forwarded-proto']);
  return {
    address: clientAddress(request, server.trusted_proxies),
    secure: proto === undefined ? encrypted : proto.toLowerCase() === 'https',
    host: lastOf(headers['x-forwarded-host']) ?? host,
  };
}

/**
 * The address of the client: the connection's, or, where that is a trusted proxy, the last address in
 * X-Forwarded-For that is not a trusted proxy's. Anything that is no address ends the walk.
 */
export function clientAddress(request: Addressed, trustedProxies: readonly string[]): string {
  let address = plainAddress(request.socket.remoteAddress ?? LOCAL);
  const hops = valuesOf(request.headers['x-forwarded-for']);
  while (isTrusted(address, trustedProxies)) {
    const hop = hops.pop();
    const next = hop === undefined ? undefined : addressIn(hop);
    if (next === undefined) break;
    address = next;
  }
  return address;
}

/** Whether an address lies in one of the networks, given as addresses or in CIDR form. */
export function isTrusted(address: string, networks: readonly string[]): boolean {
  if (networks.length === 0 || isIP(address) === 0) return false;
  return listOf(networks).check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function listOf(networks: readonly string[]): BlockList {
  const known = lists.get(networks);
  if (known) return known;
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    list.addSubnet(address, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  lists.set(networks, list);
  return list;
}

function valuesOf(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  return text
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

function lastOf(header: string | string[] | undefined): string | undefined {
  return valuesOf(header).at(-1);
}

/** An address as proxies write it: bare, `[v6]`, `[v6]:port` or `v4:port`. */
function addressIn(hop: string): string | undefined {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1];
  const bare = bracketed ?? (isIP(hop) ? hop : hop.replace(/:\d+$/, ''));
  return isIP(bare) === 0 ? undefined : plainAddress(bare);
}

/** `::ffff:10.0.0.1` is 10.0.0.1. */
function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address;
}
