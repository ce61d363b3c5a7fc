// Archives of a commit's files, streamed as git makes them.
import { notFound } from '../../base/errors.ts';
import { MINUTE } from '../../base/time.ts';
import { lineOf } from '../../platform/cache/rate-limiter.ts';
import { type ArchiveFormat, streamArchive } from '../../platform/git/archive.ts';
import { holdsTag } from '../../platform/web/entity-tags.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { NamedCommit } from './code.types.ts';
import { decodePath } from './paths.service.ts';
import { findNamedCommit } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';
import { bodyOf, outputOf } from './streams.service.ts';

const TYPES: Readonly<Record<ArchiveFormat, string>> = {
  zip: 'application/zip',
  'tar.gz': 'application/gzip',
};

/** Archives one address or account may start per minute: each is a process that compresses the whole tree. */
const PER_MINUTE = 20;

export async function getArchive(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor, address } = c.var;
  const match = /^(.+)\.(zip|tar\.gz)$/s.exec(decodePath(restOfAddress(c)).toString('utf8'));
  if (!match?.[1]) throw notFound('archive');
  const format = match[2] as ArchiveFormat;
  const at = await findNamedCommit(app, open, match[1]);
  if (!at) throw notFound('archive');
  const name = archiveName(open, at);
  const tag = `"${at.commit.oid}.${name}.${format}"`;
  const headers = {
    'content-type': TYPES[format],
    'content-disposition': `attachment; filename="${name}.${format}"`,
    'cache-control': 'private, no-cache',
    etag: tag,
  };
  if (holdsTag(c, tag)) return new Response(null, { status: 304, headers });
  if (c.req.method === 'HEAD') return new Response(null, { status: 200, headers });
  const who = actor.kind === 'user' ? `user:${actor.userId}` : `address:${lineOf(address)}`;
  app.limits.take({ key: `archive:${who}`, burst: PER_MINUTE, per: MINUTE });
  const request = { oid: at.commit.oid, format, prefix: name };
  const body = bodyOf(c.var, (signal) => outputOf(() => streamArchive(app.git, open.dir, request), signal));
  return new Response(body, { status: 200, headers });
}

/** `name-revision` with nothing in it that a file system or a header could misread. */
function archiveName(open: OpenRepository, at: NamedCommit): string {
  const version = at.kind === 'tag' ? at.name.replace(/^v(?=\d)/, '') : at.name;
  const safe = version.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '');
  return `${open.repository.name}-${safe.slice(0, 100) || at.commit.oid.slice(0, 10)}`;
}
