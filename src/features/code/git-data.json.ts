// Git's own objects and refs in the JSON that Gitea's API clients expect.
import type { App } from '../../platform/app.types.ts';
import type { ObjectInfo, Oid, Ref } from '../../platform/git/git.types.ts';
import type { Tag } from '../../platform/git/parse-tag.ts';
import type { ListedEntry } from '../../platform/git/tree-listing.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { commitUserJson } from './code.json.ts';
import { encodePath } from './paths.service.ts';
import { tagVerification } from './verifications.json.ts';

type Json = Record<string, unknown>;

/** A blob; null stands where the content is too large to be told. */
export function blobJson(app: App, open: OpenRepository, { oid, size }: ObjectInfo, content?: Buffer): Json {
  return {
    sha: oid,
    url: addressOf(app, open, 'blob', oid),
    size,
    encoding: content ? 'base64' : null,
    content: content?.toString('base64') ?? null,
  };
}

export interface TreePage {
  oid: Oid;
  entries: readonly ListedEntry[];
  total: number;
  page: number;
  isCut: boolean;
}

/** A page of a tree's entries. */
export async function treeJson(app: App, open: OpenRepository, tree: TreePage): Promise<Json> {
  const objects = app.git.objects(open.dir);
  const entries = tree.entries.map(async ({ mode, type, oid, path }) => ({
    path: path.toString('utf8'),
    mode,
    type,
    size: type === 'blob' ? ((await objects.info(oid))?.size ?? 0) : 0,
    sha: oid,
    url: type === 'commit' ? '' : addressOf(app, open, type, oid),
  }));
  return {
    sha: tree.oid,
    url: addressOf(app, open, 'tree', tree.oid),
    tree: await Promise.all(entries),
    truncated: tree.isCut,
    page: tree.page,
    total_count: tree.total,
  };
}

/** Refs with the kind of what they point at. */
export function referencesJson(app: App, open: OpenRepository, refs: readonly Ref[]): Promise<Json[]> {
  const objects = app.git.objects(open.dir);
  const api = `${app.publicUrl()}/api/v1/repos${open.path}`;
  return Promise.all(
    refs.map(async ({ name, oid }) => {
      const type = (await objects.info(oid))?.type ?? 'commit';
      return {
        ref: name,
        url: `${api}/git/${encodePath(name)}`,
        object: { type, sha: oid, url: addressOf(app, open, type, oid) },
      };
    }),
  );
}

/** An annotated tag. */
export async function annotatedTagJson(app: App, open: OpenRepository, tag: Tag): Promise<Json> {
  const { oid, name, message, tagger, target, targetType } = tag;
  return {
    tag: name,
    sha: oid,
    url: addressOf(app, open, 'tag', oid),
    message,
    tagger: tagger ? commitUserJson(tagger) : null,
    object: { type: targetType, sha: target, url: addressOf(app, open, targetType, target) },
    verification: await tagVerification(app, open, { oid, tagger }),
  };
}

function addressOf(
  app: App,
  open: OpenRepository,
  type: 'blob' | 'tree' | 'commit' | 'tag',
  oid: Oid,
): string {
  return `${app.publicUrl()}/api/v1/repos${open.path}/git/${type}s/${oid}`;
}
