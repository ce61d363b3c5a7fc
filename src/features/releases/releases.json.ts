// Releases and their files in the JSON that Gitea's API clients expect.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { encodePath } from '../code/paths.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { accountsJson, ghostJson } from '../users/accounts.json.ts';
import { downloadsOf } from './assets.service.ts';
import { downloadHref, releaseHref } from './releases.present.ts';
import type { AssetRow, Release, ReleaseRow } from './releases.types.ts';

type Json = Record<string, unknown>;

/** Releases as `GET /repos/{owner}/{repo}/releases` lists them, with their authors in one statement. */
export async function releasesJson(
  app: App,
  open: OpenRepository,
  releases: readonly Release[],
): Promise<Json[]> {
  const ids = releases.flatMap(({ row }) => row.authorId ?? []);
  const people = await accountsJson(app, open.actor, ids);
  return releases.map((release) => ({
    ...bareReleaseJson(app, open, release),
    author: people.get(release.row.authorId ?? 0) ?? ghostJson(app),
  }));
}

/** A release as `GET /repos/{owner}/{repo}/releases/{id}` answers it. */
export async function releaseJson(app: App, open: OpenRepository, release: Release): Promise<Json> {
  const [json = {}] = await releasesJson(app, open, [release]);
  return json;
}

function bareReleaseJson(app: App, open: OpenRepository, { row, assets }: Release): Json {
  const site = app.publicUrl();
  const url = `${site}/api/v1/repos${open.path}/releases/${row.id}`;
  const archive = `${site}${open.path}/archive/${encodePath(row.tagName)}`;
  return {
    id: row.id,
    tag_name: row.tagName,
    target_commitish: row.target || open.repository.defaultBranch,
    name: row.title,
    body: row.body,
    url,
    html_url: site + releaseHref(open, row.tagName),
    tarball_url: `${archive}.tar.gz`,
    zipball_url: `${archive}.zip`,
    upload_url: `${url}/assets`,
    draft: row.isDraft,
    prerelease: row.isPrerelease,
    created_at: isoTime(row.createdAt),
    published_at: isoTime(row.publishedAt ?? row.createdAt),
    assets: assets.map((asset) => assetJson(app, open, row, asset)),
  };
}

/** A file as `GET …/releases/{id}/assets/{attachment}` answers it; the checksum is ours. */
export function assetJson(
  app: App,
  open: OpenRepository,
  { tagName }: ReleaseRow,
  asset: AssetRow,
): Record<string, unknown> {
  return {
    id: asset.id,
    name: asset.name,
    size: asset.sizeBytes,
    download_count: downloadsOf(app, asset),
    created_at: isoTime(asset.createdAt),
    uuid: asset.storageKey.replace(/^assets|\//g, ''),
    browser_download_url: app.publicUrl() + downloadHref(open, tagName, asset.name),
    type: 'attachment',
    digest: `sha256:${asset.sha256}`,
  };
}
