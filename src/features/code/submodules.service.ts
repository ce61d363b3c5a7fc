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
  for (const { path, url } of parseModules(file?.data.toString('latin1') ?? '')) {
    const link = webAddress(url, open.path);
    if (link !== undefined) links.set(path, link);
  }
  return links;
}

/** The `path` and `url` of each section, in git-config(1) syntax without its rarer parts. */
export function parseModules(text: string): { path: string; url: string }[] {
  return text.split(/^[ \t]*\[/m).flatMap((section) => {
    const path = /^[ \t]*path[ \t]*=[ \t]*(.*?)[ \t\r]*$/m.exec(section)?.[1];
    const url = /^[ \t]*url[ \t]*=[ \t]*(.*?)[ \t\r]*$/m.exec(section)?.[1];
    if (!path || !url) return [];
    return [{ path: unquoted(path).replace(/\/+$/, ''), url: unquoted(url) }];
  });
}

/** The page of a repository cloned from `url`; relative addresses start at `/owner/name`. Undefined when it has none. */
export function webAddress(url: string, repositoryPath: string): string | undefined {
  if (/^\.\.?\//.test(url)) {
    const resolved = URL.parse(url, `http://here.invalid${repositoryPath}/`);
    return resolved?.origin === 'http://here.invalid' ? withoutGit(resolved.pathname) : undefined;
  }
  const scp = /^(?:[\w.-]+@)?([\w.-]+\.[\w.-]+):(?!\/)([\w./~-]+)$/.exec(url);
  const parsed = URL.parse(scp ? `https://${scp[1]}/${scp[2]}` : url);
  if (!parsed || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) return undefined;
  parsed.username = '';
  parsed.password = '';
  return withoutGit(parsed.href);
}

function unquoted(value: string): string {
  return value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
}

function withoutGit(address: string): string {
  return address.replace(/\.git\/?$/, '');
}
