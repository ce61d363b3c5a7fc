// Releases and their files in the JSON that Gitea's API clients expect.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { encodePath } from '../code/paths.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { namesOf } from '../users/authorship.service.ts';
import { downloadsOf } from './assets.service.ts';
import { downloadHref, releaseHref } from './releases.present.ts';
import type { AssetRow, Release, ReleaseRow } from './releases.types.ts';

type People = Awaited<ReturnType<typeof namesOf>>;

/** A release as `GET /repos/{owner}/{repo}/releases/{id}` answers it. */
export function releaseJson(
  app: App,
  open: OpenRepository,
  { row, assets }: Release,
  people: People,
): Record<string, unknown> {
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
    author: authorJson(app, people.get(row.authorId ?? 0), row.authorId),
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

function authorJson(
  app: App,
  person: { name: string } | undefined,
  id: number | null,
): Record<string, unknown> | null {
  if (!person) return null;
  const { name } = person;
  return { id, login: name, full_name: '', username: name, html_url: `${app.publicUrl()}/${name}` };
}
