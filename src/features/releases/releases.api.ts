// Releases and their files in Gitea's REST API v1, and resumable uploads by the protocol of uploads.web.ts.
import { invalid, notFound } from '../../base/errors.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { isMultipart, readMultipart } from '../../platform/web/forms.ts';
import { repositoryGate } from '../../platform/web/gates.ts';
import { readJson } from '../../platform/web/json.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { decodePath } from '../code/paths.service.ts';
import { openRepository } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { namesOf } from '../users/authorship.service.ts';
import { addAsset, changeAssetName, removeAsset, requireAsset } from './assets.service.ts';
import { saveRelease } from './publishing.service.ts';
import { parseRelease, tamedAssetName } from './releases.input.ts';
import { assetJson, releaseJson } from './releases.json.ts';
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

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: RELEASES, access: 'releases:read', handler: getReleases },
  { method: 'post', path: RELEASES, access: 'releases:write', handler: postRelease },
  { method: 'get', path: `${RELEASES}/latest`, access: 'releases:read', handler: getLatest },
  { method: 'get', path: TAG, access: 'releases:read', handler: getByTag },
  { method: 'delete', path: TAG, access: 'releases:write', handler: removeByTag },
  { method: 'get', path: ONE, access: 'releases:read', handler: getRelease },
  { method: 'patch', path: ONE, access: 'releases:write', handler: patchRelease },
  { method: 'delete', path: ONE, access: 'releases:write', handler: removeRelease },
  { method: 'get', path: `${ONE}/assets`, access: 'releases:read', handler: getAssets },
  { method: 'post', path: `${ONE}/assets`, access: 'releases:write', streams: true, handler: postAsset },
  { method: 'get', path: ASSET, access: 'releases:read', handler: getAsset },
  { method: 'patch', path: ASSET, access: 'releases:write', handler: patchAsset },
  { method: 'delete', path: ASSET, access: 'releases:write', handler: deleteAsset },
  { method: 'post', path: `${ONE}/uploads`, access: 'releases:write', handler: postUpload },
  { method: 'get', path: UPLOAD, access: 'releases:write', handler: getUpload },
  { method: 'patch', path: UPLOAD, access: 'releases:write', streams: true, handler: patchUpload },
  { method: 'delete', path: UPLOAD, access: 'releases:write', handler: deleteUpload },
];

/** Adds the routes of releases to `/api/v1`. */
export function mountReleasesApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

async function getReleases(c: WebContext, open: OpenRepository): Promise<Response> {
  const { page, limit } = pageOf(c);
  const draft = c.req.query('draft');
  const shown = { drafts: draft !== 'false', published: draft !== 'true' };
  const { items, hasMore } = await listReleasesByNumber(c.var.app, open, { page, limit, ...shown });
  setPages(c, { page, limit, total: undefined, hasMore });
  return c.json(await present(c, open, items));
}

async function present(c: WebContext, open: OpenRepository, releases: readonly Release[]) {
  const { app } = c.var;
  const people = await namesOf(
    app,
    releases.flatMap(({ row }) => row.authorId ?? []),
  );
  return releases.map((release) => releaseJson(app, open, release, people));
}

async function answer(c: WebContext, open: OpenRepository, release: Release, status: 200 | 201 = 200) {
  const [body] = await present(c, open, [release]);
  return c.json(body, status);
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
  const body = await readFields(c);
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

async function patchRelease(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { row } = await releaseOf(c, open);
  const body = await readFields(c);
  const input = parseRelease({
    tag: body.tag_name ?? row.tagName,
    target: body.target_commitish ?? row.target,
    title: body.name ?? row.title,
    body: body.body ?? row.body,
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
  const { name = asset.name } = await readFields(c);
  if (typeof name !== 'string') throw invalid({ name: 'Give a text.' });
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

/** The body without fields that are null: clients send those for what they leave alone. */
async function readFields(c: WebContext): Promise<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(await readJson(c)).filter(([, value]) => value !== null));
}
