// Reading releases as far as the visitor may see them, and deleting them. Saving is in publishing.service.ts.
import { type Actor, doneBy } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { deleteTag } from '../code/tags.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { listAssets } from './assets.store.ts';
import { readsReleases, seesDrafts } from './releases.policy.ts';
import {
  countPublished,
  findLatest,
  findRelease,
  findReleaseByTag,
  findReleases,
  findReleasesByTags,
  listDrafts,
  listPublished,
  listPublishedIds,
  removeReleaseRow,
} from './releases.store.ts';
import type { Release, ReleaseCursor, ReleaseRow } from './releases.types.ts';
import { uploadKeysOf } from './uploads.store.ts';

/** Drafts that are listed. */
const MOST_DRAFTS = 100;

/** A release by its id, drafts only for those who may see them. Throws AppError not_found. */
export async function requireRelease(app: App, open: OpenRepository, id: number): Promise<Release> {
  return visible(app, open, await findRelease(app.db.read, open.repository.id, id));
}

/** A published release of a repository by its id, for rooms that were told of it: nothing here judges who may. */
export async function findPublished(
  app: App,
  repositoryId: number,
  id: number,
): Promise<ReleaseRow | undefined> {
  const row = await findRelease(app.db.read, repositoryId, id);
  return row?.isDraft ? undefined : row;
}

/** As `requireRelease`, by the name of its tag. */
export async function requireReleaseByTag(app: App, open: OpenRepository, tag: string): Promise<Release> {
  if (tag.includes('\0')) throw notFound('release');
  return visible(app, open, await findReleaseByTag(app.db.read, open.repository.id, tag));
}

async function visible(app: App, open: OpenRepository, row: ReleaseRow | undefined): Promise<Release> {
  if (!row || (row.isDraft && !seesDrafts(open))) throw notFound('release');
  const [release] = await withAssets(app, [row]);
  if (!release) throw notFound('release');
  return release;
}

async function withAssets(app: App, rows: readonly ReleaseRow[]): Promise<Release[]> {
  const assets = await listAssets(
    app.db.read,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({ row, assets: assets.filter(({ releaseId }) => releaseId === row.id) }));
}

export interface ReleasePage {
  items: Release[];
  /** The release published before the last of them, if any. */
  following: ReleaseRow | undefined;
  next: ReleaseCursor | undefined;
}

/** A page of what is published, the latest first. */
export async function listReleases(
  app: App,
  open: OpenRepository,
  page: { after?: ReleaseCursor | undefined; limit: number },
): Promise<ReleasePage> {
  const { id } = open.repository;
  const rows = await listPublished(app.db.read, id, { ...page, limit: page.limit + 1 });
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  const following = rows[page.limit];
  return {
    items: await withAssets(app, shown),
    following,
    next: following && last ? { publishedAt: last.publishedAt ?? 0, id: last.id } : undefined,
  };
}

/** The drafts, for those who may see them. */
export async function listVisibleDrafts(app: App, open: OpenRepository): Promise<Release[]> {
  if (!seesDrafts(open)) return [];
  return withAssets(app, await listDrafts(app.db.read, open.repository.id, MOST_DRAFTS));
}

export interface NumberedQuery {
  page: number;
  limit: number;
  drafts?: boolean;
  published?: boolean;
  /** Only pre-releases, or none of them. */
  isPrerelease?: boolean | undefined;
}

/** A page (from 1) of drafts, for those who see them, and what is published behind them. */
export async function listReleasesByNumber(
  app: App,
  open: OpenRepository,
  { page, limit, drafts = true, published = true, isPrerelease }: NumberedQuery,
): Promise<{ items: Release[]; total: number }> {
  const { id: repositoryId } = open.repository;
  const most = Math.min(page * limit, 100_000);
  const [ids, count, begun] = await Promise.all([
    published ? listPublishedIds(app.db.read, repositoryId, most, isPrerelease) : [],
    published ? countPublished(app.db.read, repositoryId, isPrerelease) : 0,
    drafts && seesDrafts(open) ? listDrafts(app.db.read, repositoryId, MOST_DRAFTS) : [],
  ]);
  const first = begun.filter((row) => isPrerelease === undefined || row.isPrerelease === isPrerelease);
  const wanted = [...first.map(({ id }) => id), ...ids].slice((page - 1) * limit, page * limit);
  const rows = new Map((await findReleases(app.db.read, wanted)).map((row) => [row.id, row]));
  const found = wanted.flatMap((id) => rows.get(id) ?? []);
  return { items: await withAssets(app, found), total: first.length + count };
}

/** The release that counts as the latest: published last, and no pre-release. */
export async function findLatestRelease(app: App, open: OpenRepository): Promise<Release | undefined> {
  const row = await findLatest(app.db.read, open.repository.id);
  if (!row) return undefined;
  const [release] = await withAssets(app, [row]);
  return release;
}

/** The release published before another. */
export async function findPrevious(
  app: App,
  open: OpenRepository,
  { publishedAt, id }: Pick<ReleaseRow, 'publishedAt' | 'id'>,
): Promise<ReleaseRow | undefined> {
  const after = { publishedAt: publishedAt ?? Number.MAX_SAFE_INTEGER, id };
  const [row] = await listPublished(app.db.read, open.repository.id, { after, limit: 1 });
  return row;
}

/** How many are published, and the latest: what a repository's home shows; undefined where none may be seen. */
export async function releasesAtGlance(
  app: App,
  open: OpenRepository,
): Promise<{ count: number; latest: ReleaseRow | undefined } | undefined> {
  if (!readsReleases(open)) return undefined;
  const [count, latest] = await Promise.all([
    countPublished(app.db.read, open.repository.id),
    findLatest(app.db.read, open.repository.id),
  ]);
  return { count, latest };
}

/** Of these tags, the releases that the visitor may see, by tag. */
export async function releasesOfTags(
  app: App,
  open: OpenRepository,
  tags: readonly string[],
): Promise<Map<string, ReleaseRow>> {
  if (!readsReleases(open)) return new Map();
  const rows = await findReleasesByTags(app.db.read, open.repository.id, tags);
  const shown = rows.filter((row) => !row.isDraft || seesDrafts(open));
  return new Map(shown.map((row) => [row.tagName, row]));
}

/** Deletes a release with its files, and its tag if that is wished: the tag first, since that may be refused. */
export async function deleteRelease(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { row, assets }: Release,
  withTag: boolean,
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'releases:write');
  const hasTag = (await app.git.ref(open.dir, `refs/tags/${row.tagName}`)) !== undefined;
  if (withTag && hasTag) await deleteTag(app, actor, open, { name: row.tagName });
  const pending = await app.db.write(async (tx) => {
    const keys = await uploadKeysOf(tx, row.id);
    await removeReleaseRow(tx, row.id);
    await app.events.record(tx, {
      kind: 'release.deleted',
      ...doneBy(actor),
      repositoryId: open.repository.id,
      releaseId: row.id,
      tag: row.tagName,
      isDraft: row.isDraft,
    });
    return keys;
  });
  // What a crash leaves of them the sweep removes.
  for (const key of [...assets.map(({ storageKey }) => storageKey), ...pending])
    await app.storage.remove(key);
}
