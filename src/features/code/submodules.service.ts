// Where submodules lead: the addresses of `.gitmodules` (gitmodules(5)), as far as a browser can and should go there.
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { findEntry } from './places.service.ts';

const MAX_BYTES = 256 * 1024;

/** Paths (raw bytes as latin1) of submodules to web addresses; those without a safe address are missing. */
export async function submoduleLinks(
  app: App,
  open: OpenRepository,
  rootTree: Oid,
): Promise<Map<string, string>> {
  const links = new Map<string, string>();
  const entry = await findEntry(app, open, { tree: rootTree }, Buffer.from('.gitmodules'));
  if (entry?.type !== 'blob' || entry.mode === '120000') return links;
  const info = await app.git.objects(open.dir).info(entry.oid);
  if (!info || info.size > MAX_BYTES) return links;
  const file = await app.git.objects(open.dir).read(entry.oid, MAX_BYTES);
  const own = { http: app.publicUrl(), ssh: app.sshCloneBase() };
  for (const { path, url } of parseModules(file?.data.toString('latin1') ?? '')) {
    const link = webAddress(url, open.path, own);
    if (link !== undefined) links.set(path, link);
  }
  return links;
}

/** Submodules of one file; more are not looked for. */
const MOST_MODULES = 5000;
const LONGEST_LINE = 4096;

/**
 * The `path` and `url` of each section `[submodule "…"]`, in git-config(1) syntax without its rarer parts; what is said
 * later wins, also where a name comes twice.
 */
export function parseModules(text: string): { path: string; url: string }[] {
  const modules = new Map<string, { path?: string; url?: string }>();
  let current: { path?: string; url?: string } | undefined;
  for (const line of text.split('\n')) {
    const words = line.slice(0, LONGEST_LINE).trim();
    if (words.startsWith('[')) {
      const name = /^\[[ \t]*submodule[ \t]+"((?:[^"\\]|\\.)*)"[ \t]*\]/i.exec(words)?.[1];
      current = name === undefined || modules.size >= MOST_MODULES ? undefined : (modules.get(name) ?? {});
      if (name !== undefined && current) modules.set(name, current);
    } else if (current) Object.assign(current, settingOf(words));
  }
  return [...modules.values()].flatMap(({ path, url }) => (path && url ? [{ path, url }] : []));
}

function settingOf(line: string): { path?: string; url?: string } {
  const equals = line.indexOf('=');
  const key = line.slice(0, Math.max(0, equals)).trim().toLowerCase();
  const value = plainValue(line.slice(equals + 1).trim());
  if (key === 'path') return { path: value.replace(/\/$/, '') };
  return key === 'url' ? { url: value } : {};
}

/** Quotes may stand around all or parts of a value; outside of them a comment may follow. */
function plainValue(text: string): string {
  let value = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '#' || character === ';')) return value.trimEnd();
    else if (character === '\\')
      value += ({ n: '\n', t: '\t' } as Record<string, string>)[text[++at] ?? ''] ?? text[at] ?? '';
    else value += character;
  }
  return value;
}

/** The addresses this server is cloned from. */
export interface OwnAddresses {
  /** `https://host` */
  http: string;
  /** `ssh://git@host:port/`, where SSH is on. */
  ssh: string | undefined;
}

/**
 * The page of a repository cloned from `url`; relative addresses start at `/owner/name`, and what lies on this server
 * has an address without a host. Undefined when there is no page that a browser should be sent to.
 */
export function webAddress(url: string, repositoryPath: string, own?: OwnAddresses): string | undefined {
  if (/^\.\.?\//.test(url)) return relativeAddress(url, repositoryPath);
  const parsed = URL.parse(scpAddress(url) ?? url);
  if (!parsed || !['https:', 'http:', 'ssh:', 'git+ssh:', 'git:'].includes(parsed.protocol)) return undefined;
  if (own && isOwn(parsed, own)) return ownPath(parsed.pathname);
  if (parsed.protocol === 'https:' || parsed.protocol === 'http:') {
    parsed.username = '';
    parsed.password = '';
    return withoutGit(parsed.href);
  }
  // Whoever serves git by SSH has its pages, if any, at the same host by HTTPS.
  return URL.parse(withoutGit(`https://${parsed.hostname}${parsed.pathname}`))?.href;
}

/** `user@host.name:path`, as git writes SSH addresses for short, with its scheme; undefined for what is none. */
function scpAddress(url: string): string | undefined {
  const colon = url.indexOf(':');
  const [before, path] = [url.slice(0, Math.max(0, colon)), url.slice(colon + 1)];
  const [host = '', user, ...more] = before.split('@').reverse();
  const isNamed = more.length === 0 && (user === undefined || /^[\w.-]+$/.test(user));
  const isHost = /^[\w.-]+$/.test(host) && host.slice(1, -1).includes('.');
  return isNamed && isHost && /^(?!\/)[\w./~-]+$/.test(path) ? `ssh://${host}/${path}` : undefined;
}

/** Undefined for what climbs out of the server's repositories. */
function relativeAddress(url: string, repositoryPath: string): string | undefined {
  const parts = repositoryPath.split('/').filter(Boolean);
  for (const part of url.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '..' && part !== '.' && part !== '') parts.push(part);
  }
  const [owner, name, ...rest] = parts;
  if (owner === undefined || name === undefined || rest.length > 0) return undefined;
  return withoutGit(`/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`);
}

function isOwn(url: URL, own: OwnAddresses): boolean {
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  const here = URL.parse((isWeb ? own.http : own.ssh) ?? '');
  if (!here || url.hostname !== here.hostname) return false;
  // The short form of SSH addresses has no place for a port.
  return isWeb ? url.host === here.host : url.port === here.port || url.port === '';
}

function ownPath(pathname: string): string | undefined {
  return /^\/[^/]+\/[^/]+\/?$/.test(pathname) ? withoutGit(pathname.replace(/\/$/, '')) : undefined;
}

function withoutGit(address: string): string {
  return address.replace(/\.git\/?$/, '');
}
