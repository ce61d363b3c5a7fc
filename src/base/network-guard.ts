// Which addresses the server may connect to on behalf of people: what is on the public internet, and what the
// administrator named. Everything else would lend them our place in the network. Pure: nothing is resolved here.
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** IPv4 that is no public host (IANA, IPv4 Special-Purpose Address Registry), multicast and reserved ones included. */
const SPECIAL_V4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** Within 2000::/3, outside of which nothing is public: protocols, Teredo, ORCHID, documentation, 6to4. */
const SPECIAL_V6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];

const special = new BlockList();
for (const [network, prefix] of SPECIAL_V4) special.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of SPECIAL_V6) special.addSubnet(network, prefix, 'ipv6');
const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');

/**
 * Whether an address may be connected to. An IPv6 address that carries an IPv4 one (mapped, NAT64) is judged as that
 * one; `allowed` are addresses and CIDR networks from the configuration.
 */
export function mayConnectTo(address: string, allowed: readonly string[]): boolean {
  const bare = address.split('%')[0] ?? '';
  if (isIP(bare) === 0) return false;
  const carried = isIPv6(bare) ? carriedIn(bare) : undefined;
  if (isAllowed(bare, allowed) || (carried !== undefined && isAllowed(carried, allowed))) return true;
  if (carried !== undefined) return isPublic(carried);
  return isPublic(bare);
}

function isPublic(address: string): boolean {
  if (isIPv4(address)) return !special.check(address, 'ipv4');
  return global.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

function isAllowed(address: string, allowed: readonly string[]): boolean {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  return allowed.some((network) => {
    const [start = '', prefix] = network.split('/');
    if (isIPv6(start) !== (family === 'ipv6')) return false;
    const list = new BlockList();
    list.addSubnet(start, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
    return list.check(address, family);
  });
}

/** The IPv4 address inside `::ffff:0:0/96` and `64:ff9b::/96`; other forms that hold one are not public at all. */
function carriedIn(address: string): string | undefined {
  const groups = groupsOf(address);
  const head = groups.slice(0, 6).join(':');
  if (head !== '0:0:0:0:0:ffff' && head !== '64:ff9b:0:0:0:0') return undefined;
  const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The eight groups in hex without leading zeros, as the URL standard writes them. */
function groupsOf(address: string): string[] {
  const written = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [before = '', after] = written.split('::');
  const first = before === '' ? [] : before.split(':');
  const last = after === undefined || after === '' ? [] : after.split(':');
  const missing = after === undefined ? 0 : 8 - first.length - last.length;
  return [...first, ...Array<string>(missing).fill('0'), ...last];
}

/** Where people send us: an http or https address without its credentials, which stand beside it. */
export interface RemoteUrl {
  /** Without user, password and fragment. */
  url: string;
  username: string;
  password: string;
}

const LONGEST_URL = 2000;

/**
 * Reads an address that somebody typed. Undefined for anything but http and https with a host: `file:`, `ext::`, `ssh:`
 * and options dressed as addresses among them. Numbers in odd forms become plain addresses, by the URL standard.
 */
export function parseRemoteUrl(text: string): RemoteUrl | undefined {
  const typed = text.trim();
  if (typed.length > LONGEST_URL || /[\x00-\x20\x7f]/.test(typed) || !/^https?:\/\//i.test(typed))
    return undefined;
  const url = URL.parse(typed);
  if (!url || url.hostname === '' || url.search !== '') return undefined;
  const [username, password] = [decoded(url.username), decoded(url.password)];
  if (username === undefined || password === undefined) return undefined;
  url.username = '';
  url.password = '';
  url.hash = '';
  return { url: url.href, username, password };
}

function decoded(text: string): string | undefined {
  try {
    const plain = decodeURIComponent(text);
    return /[\x00-\x1f\x7f]/.test(plain) ? undefined : plain;
  } catch {
    return undefined;
  }
}
