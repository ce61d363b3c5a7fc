// Archives of a commit's files: made once by git, kept as long as there is room, and sent from there.
import { notFound } from '../../base/errors.ts';
import { type ArchiveFormat, streamArchive } from '../../platform/git/archive.ts';
import { holdsTag } from '../../platform/web/entity-tags.ts';
import { requireWelcome, streamInTurn } from '../../platform/web/expensive.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { parseRange } from './byte-ranges.service.ts';
import type { NamedCommit } from './code.types.ts';
import { decodePath, encodePath } from './paths.service.ts';
import { findEntry, findNamedCommit } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';
import { bodyOf, outputOf } from './streams.service.ts';

const TYPES: Readonly<Record<ArchiveFormat, string>> = {
  zip: 'application/zip',
  'tar.gz': 'application/gzip',
};

const KIND = 'archives';

interface Wanted {
  at: NamedCommit;
  format: ArchiveFormat;
  /** The archive's name without its ending, and the folder inside it. */
  name: string;
  /** Only this part of the tree. */
  path: string | undefined;
}

export function getArchive(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerArchive(c, open, restOfAddress(c));
}

/** The archive of a percent-encoded name such as `v1.0.zip` or `main.tar.gz`. */
export async function answerArchive(c: WebContext, open: OpenRepository, encoded: string): Promise<Response> {
  requireWelcome(c);
  const wanted = await requireWanted(c, open, encoded);
  const { files, git } = c.var.app;
  const key = keyOf(open, wanted, git.version);
  const tag = tagOf(wanted);
  const headers = new Headers({
    'content-type': TYPES[wanted.format],
    'content-disposition': `attachment; filename="${wanted.name}.${wanted.format}"`,
    'cache-control': 'private, no-cache',
    'x-robots-tag': 'noindex',
    etag: tag,
  });
  if (holdsTag(c, tag)) return new Response(null, { status: 304, headers });
  const size = await files.sizeOf(KIND, key);
  if (c.req.method === 'HEAD') {
    if (size !== undefined) headers.set('content-length', String(size));
    return new Response(null, { status: 200, headers });
  }
  return size === undefined
    ? answerMade(c, open, wanted, headers, key)
    : answerKept(c, headers, { key, tag, size });
}

interface Kept {
  key: string;
  tag: string;
  size: number;
}

async function requireWanted(c: WebContext, open: OpenRepository, encoded: string): Promise<Wanted> {
  const match = /^(.+)\.(zip|tar\.gz)$/s.exec(decodePath(encoded).toString('utf8'));
  const at = match?.[1] ? await findNamedCommit(c.var.app, open, match[1]) : undefined;
  if (!match || !at) throw notFound('archive');
  const path = await requirePart(c, open, at);
  return { at, format: match[2] as ArchiveFormat, name: archiveName(open, at, path), path };
}

/** `?path=`: a directory or file of the commit; names that are not UTF-8 cannot be asked for. */
async function requirePart(
  c: WebContext,
  open: OpenRepository,
  at: NamedCommit,
): Promise<string | undefined> {
  const path = decodePath(encodePath(c.req.query('path') ?? ''));
  if (path.length === 0) return undefined;
  const found = await findEntry(c.var.app, open, at.commit, path);
  if (!found || found.type === 'commit') throw notFound('directory');
  return path.toString('utf8');
}

/** Other versions of git may write other bytes. */
function keyOf(open: OpenRepository, { at, format, name, path }: Wanted, version: readonly number[]): string {
  return JSON.stringify([open.repository.id, at.commit.oid, format, name, path ?? '', version]);
}

function tagOf({ at, format, name, path }: Wanted): string {
  const part = path === undefined ? '' : `.${encodePath(path).slice(0, 200)}`;
  return `"${at.commit.oid}.${name}${part}.${format}"`;
}

/** What git writes goes to the disk at its own pace, within its turn; whoever asks meanwhile follows it there. */
function answerMade(
  c: WebContext,
  open: OpenRepository,
  wanted: Wanted,
  headers: Headers,
  key: string,
): Response {
  const { git, files } = c.var.app;
  const { at, format, name, path } = wanted;
  const request = { oid: at.commit.oid, format, prefix: name, ...(path === undefined ? {} : { path }) };
  const making = (signal: AbortSignal) => outputOf(() => streamArchive(git, open.dir, request), signal);
  const made = bodyOf(c.var, async function* (signal) {
    if (isTooLargeToKeep(c, open)) return yield* making(signal);
    const make = (stop: AbortSignal) => streamInTurn(c, stop, () => making(stop));
    const kept = await files.get(KIND, key, make, { signal, bounded: true });
    yield* kept.chunks;
  });
  return new Response(made, { status: 200, headers });
}

/** More than the store keeps, as far as can be told before: git writes to the client, at the client's pace. */
function isTooLargeToKeep(c: WebContext, open: OpenRepository): boolean {
  return open.repository.sizeBytes > c.var.app.config.cache.max_bytes / 2;
}

/** The archive as it lies in the store, whole or one range of it. */
function answerKept(c: WebContext, headers: Headers, { key, tag, size }: Kept): Response {
  headers.set('accept-ranges', 'bytes');
  const range = parseRange(c.req.header('range'), size, c.req.header('if-range'), tag);
  if (range === 'unsatisfiable') {
    headers.set('content-range', `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  const { from, to } = range ?? { from: 0, to: size };
  headers.set('content-length', String(to - from));
  if (range) headers.set('content-range', `bytes ${from}-${to - 1}/${size}`);
  const { files } = c.var.app;
  // Opened when it is read, hence not at all when the visitor has no place left.
  const body = bodyOf(c.var, async function* () {
    const file = await files.find(KIND, key);
    if (!file?.part || file.size !== size) throw new Error('an archive was removed while it was asked for');
    yield* file.part(from, to);
  });
  return new Response(body, { status: range ? 206 : 200, headers });
}

/** `name-revision` with nothing in it that a file system or a header could misread. */
function archiveName(open: OpenRepository, at: NamedCommit, path: string | undefined): string {
  const version = at.kind === 'tag' ? at.name.replace(/^v(?=\d)/, '') : at.name;
  const named = [version, ...(path === undefined ? [] : [path])].map(safePart).filter(Boolean).join('-');
  return `${open.repository.name}-${named || at.commit.oid.slice(0, 10)}`;
}

function safePart(text: string): string {
  return text
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 100);
}
