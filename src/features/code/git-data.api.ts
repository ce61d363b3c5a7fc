// Git's own objects and refs in Gitea's REST API v1.
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Oid, Ref } from '../../platform/git/git.types.ts';
import { listTree } from '../../platform/git/tree-listing.ts';
import { queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { treeQuery } from './code.input.ts';
import { annotatedTagJson, blobJson, referencesJson, treeJson } from './git-data.json.ts';
import { decodePath } from './paths.service.ts';
import { findNamedCommit } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';
import { findTagObject } from './tags.service.ts';

const AT = '/api/v1/repos/:owner/:repo/git';
const tag = 'repository';

/** The routes of git's objects and refs below `/api/v1`. */
export const gitDataRoutes: Route<Ability, OpenRepository>[] = [
  {
    ...{ method: 'get', path: `${AT}/blobs/:sha`, access: 'code:read', expensive: true, handler: getBlob },
    api: {
      ...{ tag, id: 'GetBlob', summary: 'Get a blob', answer: 'GitBlobResponse' },
      about: 'Content of more than 10 MiB is left out.',
    },
  },
  {
    path: `${AT}/trees/:sha{[^]+}`,
    ...{ method: 'get', access: 'code:read', expensive: true, handler: getTree },
    api: {
      ...{ tag, id: 'GetTree', summary: 'Get a tree', query: treeQuery, answer: 'GitTreeResponse' },
      about:
        'By its id, or by that of a commit, a branch or a tag. `per_page` entries come at a time, 1,000 at most.',
    },
  },
  {
    ...{ method: 'get', path: `${AT}/refs`, access: 'code:read', handler: getRefs },
    api: {
      ...{ tag, id: 'repoListAllGitRefs', summary: 'List refs', answer: 'Reference[]', paged: true },
      about: 'Branches, tags and notes.',
    },
  },
  {
    ...{ method: 'get', path: `${AT}/refs/:ref{[^]+}`, access: 'code:read', handler: getRefs },
    api: {
      ...{ tag, id: 'repoListGitRefs', summary: 'List refs whose names begin with `ref`' },
      ...{ answer: 'Reference[]', paged: true },
    },
  },
  {
    ...{ method: 'get', path: `${AT}/tags/:sha`, access: 'code:read', handler: getTag },
    api: { tag, id: 'GetAnnotatedTag', summary: 'Get an annotated tag', answer: 'AnnotatedTag' },
  },
];

/** Segments in front of a name: `/api/v1/repos/:owner/:repo/git/trees`. */
const DEPTH = 8;
/** Bytes of a blob whose content is part of the answer. */
const MAX_CONTENT = 10 * 1024 * 1024;
const MOST_ENTRIES = 1000;

async function getBlob(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const objects = app.git.objects(open.dir);
  const oid = requireId(open, c.req.param('sha'), 'blob');
  const info = await objects.info(oid);
  if (info?.type !== 'blob') throw notFound('blob');
  const content = info.size > MAX_CONTENT ? undefined : (await objects.read(oid, MAX_CONTENT))?.data;
  return c.json(blobJson(app, open, info, content));
}

async function getTree(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const asked = queryOf(c, treeQuery);
  const oid = await treeOf(app, open, nameOf(c));
  const page = Math.min(Math.max(1, asked.page ?? 1), 1_000_000);
  const wished = asked.per_page ?? MOST_ENTRIES;
  const limit = wished > 0 ? Math.min(wished, MOST_ENTRIES) : MOST_ENTRIES;
  const { entries, total } = await listTree(app.git, open.dir, oid, {
    ...{ recursive: asked.recursive === true, skip: (page - 1) * limit, limit },
    signal: c.req.raw.signal,
  });
  setPages(c, { page, limit, total });
  return c.json(await treeJson(app, open, { oid, entries, total, page, isCut: page * limit < total }));
}

async function treeOf(app: App, open: OpenRepository, name: string): Promise<Oid> {
  const named = await findNamedCommit(app, open, name);
  if (named) return named.commit.tree;
  const oid = requireId(open, name, 'tree');
  const info = await app.git.objects(open.dir).info(oid);
  if (info?.type !== 'tree') throw notFound('tree');
  return oid;
}

/** A whole id: anything shorter could be a name of git's that means something else. */
function requireId(open: OpenRepository, text: string | undefined, what: string): Oid {
  const digits = open.repository.objectFormat === 'sha256' ? 64 : 40;
  const id = text?.toLowerCase() ?? '';
  if (id.length !== digits || !/^[0-9a-f]+$/.test(id)) throw notFound(what);
  return id;
}

/** What is shown of the refs: those of pull requests have their own addresses, and all others are the program's. */
const SHOWN = ['refs/heads/', 'refs/notes/', 'refs/tags/'];

async function getRefs(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const asked = c.req.param('ref') === undefined ? '' : nameOf(c);
  const refs = await refsUnder(app, open, `refs/${asked}`);
  if (asked !== '' && refs.length === 0) throw notFound('ref');
  const { page, limit } = pageOf(c);
  setPages(c, { page, limit, total: refs.length });
  return c.json(await referencesJson(app, open, refs.slice((page - 1) * limit, page * limit)));
}

async function refsUnder(app: App, open: OpenRepository, prefix: string): Promise<Ref[]> {
  const places = SHOWN.filter((place) => place.startsWith(prefix) || prefix.startsWith(place));
  const lists = await Promise.all(places.map((place) => app.git.refs(open.dir, place)));
  return lists.flat().filter(({ name }) => name.startsWith(prefix));
}

async function getTag(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const found = await findTagObject(app, open, requireId(open, c.req.param('sha'), 'tag'));
  if (!found) throw notFound('tag');
  return c.json(await annotatedTagJson(app, open, found));
}

function nameOf(c: WebContext): string {
  return decodePath(restOfAddress(c, DEPTH)).toString('utf8');
}
