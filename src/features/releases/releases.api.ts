// Releases and their files in Gitea's REST API v1, and resumable uploads by the protocol of uploads.web.ts.
import { AppError, invalid, isAppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { bodyOf, queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { isMultipart, readMultipart } from '../../platform/web/forms.ts';
import { repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { decodePath } from '../code/paths.service.ts';
import { openRepository } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { addAsset, changeAssetName, removeAsset, requireAsset } from './assets.service.ts';
import { saveRelease } from './publishing.service.ts';
import {
  assetBody,
  newAssetQuery,
  newReleaseBody,
  parseRelease,
  releaseBody,
  releasesQuery,
  tamedAssetName,
} from './releases.input.ts';
import { assetJson, releaseJson, releasesJson } from './releases.json.ts';
import {
  deleteRelease,
  findLatestRelease,
  listReleasesByNumber,
  requireRelease,
  requireReleaseByTag,
} from './releases.service.ts';
import type { Release } from './releases.types.ts';
import { deleteUpload, getUpload, patchUpload, postUpload } from './uploads.web.ts';

const AT = '/api/v1/repos/:owner/:repo';
const RELEASES = `${AT}/releases`;
const ONE = `${RELEASES}/:id{[0-9]+}`;
const ASSET = `${ONE}/assets/:asset{[0-9]+}`;
const TAG = `${RELEASES}/tags/:rest{[^]+}`;
const UPLOAD = `${AT}/uploads/:token`;

/** Segments in front of the name of a tag: `/api/v1/repos/:owner/:repo/releases/tags`. */
const BEFORE_TAG = 8;

const tag = 'repository';

const routes: Route<Ability, OpenRepository>[] = [
  {
    ...{ method: 'get', path: RELEASES, access: 'releases:read', handler: getReleases },
    api: {
      ...{ tag, id: 'repoListReleases', summary: 'List releases', query: releasesQuery },
      about: 'Drafts are there for those who may publish them.',
      ...{ answer: 'Release[]', paged: true },
    },
  },
  {
    ...{ method: 'post', path: RELEASES, access: 'releases:write', handler: postRelease },
    api: {
      ...{ tag, id: 'repoCreateRelease', summary: 'Create a release', body: newReleaseBody },
      about: 'Where there is no such tag, it is made at `target_commitish`, unless it is a draft.',
      example: { tag_name: 'v9.2', target_commitish: 'main', name: 'Nine point two', body: 'Faster.' },
      ...{ answer: 'Release', status: 201 },
    },
  },
  {
    ...{ method: 'get', path: `${RELEASES}/latest`, access: 'releases:read', handler: getLatest },
    api: {
      ...{ tag, id: 'repoGetLatestRelease', summary: 'Get the latest release', answer: 'Release' },
      about: 'The one published last that is neither a draft nor a pre-release.',
    },
  },
  {
    ...{ method: 'get', path: TAG, access: 'releases:read', handler: getByTag },
    api: { tag, id: 'repoGetReleaseByTag', summary: 'Get the release of a tag', answer: 'Release' },
  },
  {
    ...{ method: 'delete', path: TAG, access: 'releases:write', handler: removeByTag },
    api: { tag, id: 'repoDeleteReleaseByTag', summary: 'Delete the release of a tag', answer: 'none' },
  },
  {
    ...{ method: 'get', path: ONE, access: 'releases:read', handler: getRelease },
    api: { tag, id: 'repoGetRelease', summary: 'Get a release', answer: 'Release' },
  },
  {
    ...{ method: 'patch', path: ONE, access: 'releases:write', handler: patchRelease },
    api: {
      ...{ tag, id: 'repoEditRelease', summary: 'Change a release', body: releaseBody },
      ...{ example: { body: 'Faster, and smaller.' }, answer: 'Release' },
    },
  },
  {
    ...{ method: 'delete', path: ONE, access: 'releases:write', handler: removeRelease },
    api: { tag, id: 'repoDeleteRelease', summary: 'Delete a release, not its tag', answer: 'none' },
  },
  {
    ...{ method: 'get', path: `${ONE}/assets`, access: 'releases:read', handler: getAssets },
    api: {
      ...{ tag, id: 'repoListReleaseAttachments', summary: 'List the files of a release' },
      answer: 'Attachment[]',
    },
  },
  {
    ...{ method: 'post', path: `${ONE}/assets`, access: 'releases:write', handler: postAsset },
    streams: true,
    api: {
      ...{ tag, id: 'repoCreateReleaseAttachment', summary: 'Add a file to a release', query: newAssetQuery },
      about: 'As a form, or as the body itself with its `name` in the query: then of any size.',
      ...{ file: 'attachment', answer: 'Attachment', status: 201 },
    },
  },
  {
    ...{ method: 'get', path: ASSET, access: 'releases:read', handler: getAsset },
    api: { tag, id: 'repoGetReleaseAttachment', summary: 'Get a file of a release', answer: 'Attachment' },
  },
  {
    ...{ method: 'patch', path: ASSET, access: 'releases:write', handler: patchAsset },
    api: {
      ...{ tag, id: 'repoEditReleaseAttachment', summary: 'Rename a file of a release', body: assetBody },
      ...{ example: { name: 'tools-1.0.tar.gz' }, answer: 'Attachment', status: 201 },
    },
  },
  {
    ...{ method: 'delete', path: ASSET, access: 'releases:write', handler: deleteAsset },
    api: { tag, id: 'repoDeleteReleaseAttachment', summary: 'Delete a file of a release', answer: 'none' },
  },
  {
    ...{ method: 'post', path: `${ONE}/uploads`, access: 'releases:write', handler: postUpload },
    api: {
      ...{ tag, id: 'repoBeginUpload', summary: 'Begin a resumable upload of a file of a release' },
      about:
        'The core of the tus protocol 1.0.0: the headers `Upload-Length` and `Upload-Metadata: filename <base64>`; `Location` says where to go on.',
      ...{ answer: 'none', status: 201 },
    },
  },
  {
    ...{ method: 'get', path: UPLOAD, access: 'releases:write', handler: getUpload },
    api: {
      ...{ tag, id: 'repoGetUpload', summary: 'Ask how far an upload is', answer: 'none', status: 200 },
      about: 'Also by HEAD; the header `Upload-Offset` says it.',
    },
  },
  {
    ...{ method: 'patch', path: UPLOAD, access: 'releases:write', handler: patchUpload },
    streams: true,
    api: {
      ...{ tag, id: 'repoContinueUpload', summary: 'Send the next bytes of an upload', answer: 'none' },
      about: 'As `application/offset+octet-stream`, from `Upload-Offset` on.',
    },
  },
  {
    ...{ method: 'delete', path: UPLOAD, access: 'releases:write', handler: deleteUpload },
    api: { tag, id: 'repoCancelUpload', summary: 'Cancel an upload', answer: 'none' },
  },
];

/** Adds the routes of releases to `/api/v1`. */
export function mountReleasesApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

async function getReleases(c: WebContext, open: OpenRepository): Promise<Response> {
  const { page, limit } = pageOf(c);
  const { draft, 'pre-release': isPrerelease } = queryOf(c, releasesQuery);
  const shown = { drafts: draft !== false, published: draft !== true, isPrerelease };
  const { items, total } = await listReleasesByNumber(c.var.app, open, { page, limit, ...shown });
  setPages(c, { page, limit, total });
  return c.json(await releasesJson(c.var.app, open, items));
}

async function answer(c: WebContext, open: OpenRepository, release: Release, status: 200 | 201 = 200) {
  return c.json(await releaseJson(c.var.app, open, release), status);
}

async function getLatest(c: WebContext, open: OpenRepository): Promise<Response> {
  const latest = await findLatestRelease(c.var.app, open);
  if (!latest) throw notFound('release');
  return answer(c, open, latest);
}

async function getRelease(c: WebContext, open: OpenRepository): Promise<Response> {
  return answer(c, open, await releaseOf(c, open));
}

async function getByTag(c: WebContext, open: OpenRepository): Promise<Response> {
  return answer(c, open, await requireReleaseByTag(c.var.app, open, tagOf(c)));
}

async function postRelease(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const body = await bodyOf(c, newReleaseBody);
  if (await hasRelease(app, open, body.tag_name))
    throw new AppError('conflict', `There is already a release of ${body.tag_name}.`);
  const input = parseRelease({
    tag: body.tag_name,
    target: body.target_commitish,
    title: body.name,
    body: body.body,
    isDraft: body.draft,
    isPrerelease: body.prerelease,
  });
  const row = await saveRelease(app, actor, open, undefined, input);
  return answer(c, open, await requireRelease(app, open, row.id), 201);
}

/** Whether the caller may see a release of this tag. */
async function hasRelease(app: App, open: OpenRepository, tagName: string): Promise<boolean> {
  try {
    await requireReleaseByTag(app, open, tagName.trim());
    return true;
  } catch (error) {
    if (isAppError(error, 'not_found')) return false;
    throw error;
  }
}

async function patchRelease(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { row } = await releaseOf(c, open);
  const body = await bodyOf(c, releaseBody);
  // Clients in Go send every field: empty is what was not given, as with Gitea.
  const input = parseRelease({
    tag: body.tag_name || row.tagName,
    target: body.target_commitish || row.target,
    title: body.name || row.title,
    body: body.body || row.body,
    isDraft: body.draft ?? row.isDraft,
    isPrerelease: body.prerelease ?? row.isPrerelease,
  });
  await saveRelease(app, actor, open, row, input);
  return answer(c, open, await requireRelease(app, open, row.id));
}

async function removeRelease(c: WebContext, open: OpenRepository): Promise<Response> {
  await deleteRelease(c.var.app, c.var.actor, open, await releaseOf(c, open), false);
  return c.body(null, 204);
}

async function removeByTag(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  await deleteRelease(app, actor, open, await requireReleaseByTag(app, open, tagOf(c)), false);
  return c.body(null, 204);
}

async function getAssets(c: WebContext, open: OpenRepository): Promise<Response> {
  const { row, assets } = await releaseOf(c, open);
  return c.json(assets.map((asset) => assetJson(c.var.app, open, row, asset)));
}

async function getAsset(c: WebContext, open: OpenRepository): Promise<Response> {
  const { release, asset } = await assetOf(c, open);
  return c.json(assetJson(c.var.app, open, release.row, asset));
}

/** The file as a form's `attachment`, within the limit of bodies, or as the body itself, of any size. */
async function postAsset(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { row } = await releaseOf(c, open);
  const sent = await sentFile(c);
  const asset = await addAsset(app, actor, open, row, sent.name, sent.chunks);
  return c.json(assetJson(app, open, row, asset), 201);
}

async function sentFile(c: WebContext): Promise<{ name: string; chunks: AsyncIterable<Uint8Array> }> {
  const named = c.req.query('name') ?? '';
  if (!isMultipart(c)) {
    const body = (c.req.raw.body ?? new Blob([]).stream()) as unknown as AsyncIterable<Uint8Array>;
    return { name: tamedAssetName(named), chunks: body };
  }
  const file = (await readMultipart(c)).get('attachment');
  if (!(file instanceof File)) throw invalid({ attachment: 'Send the file in the field attachment.' });
  const chunks = file.stream() as unknown as AsyncIterable<Uint8Array>;
  return { name: tamedAssetName(named || file.name), chunks };
}

async function patchAsset(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { release, asset } = await assetOf(c, open);
  const { name = asset.name } = await bodyOf(c, assetBody);
  const changed = await changeAssetName(app, actor, open, asset, name);
  return c.json(assetJson(app, open, release.row, changed), 201);
}

async function deleteAsset(c: WebContext, open: OpenRepository): Promise<Response> {
  const { asset } = await assetOf(c, open);
  await removeAsset(c.var.app, c.var.actor, open, asset);
  return c.body(null, 204);
}

async function assetOf(c: WebContext, open: OpenRepository) {
  const release = await releaseOf(c, open);
  return { release, asset: await requireAsset(c.var.app, release.row.id, idIn(c, 'asset')) };
}

function releaseOf(c: WebContext, open: OpenRepository): Promise<Release> {
  return requireRelease(c.var.app, open, idIn(c, 'id'));
}

function idIn(c: WebContext, name: string): number {
  const text = c.req.param(name) ?? '';
  if (!/^\d{1,15}$/.test(text)) throw notFound('release');
  return Number(text);
}

/** The rest of the path: tags may hold slashes. */
function tagOf(c: WebContext): string {
  const { pathname } = new URL(c.req.url);
  return decodePath(pathname.split('/').slice(BEFORE_TAG).join('/')).toString('utf8');
}
