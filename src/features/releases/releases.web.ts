// Pages of releases: every route with what it asks of the visitor, the list, a release alone, the latest, deletion.
import { isAppError, notFound } from '../../base/errors.ts';
import { repositoryGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { decodePath, visibleText } from '../code/paths.service.ts';
import { findTag } from '../code/refs.service.ts';
import { findTagObject } from '../code/tags.service.ts';
import { openRepository } from '../repos/access.service.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import { readsCode } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { getDownload, getLatestDownload } from './downloads.web.ts';
import { getBranchFeed, getCommitsFeed, getReleasesFeed, getTagsFeed } from './feeds.web.ts';
import { getEditRelease, getNewRelease, postEditRelease, postRelease } from './release-form.web.ts';
import { mayWriteReleases } from './releases.policy.ts';
import { releaseHref, releaseItems, taggedCode } from './releases.present.ts';
import {
  deleteRelease,
  findLatestRelease,
  findPrevious,
  listReleases,
  listVisibleDrafts,
  requireRelease,
  requireReleaseByTag,
} from './releases.service.ts';
import type { ReleaseCursor } from './releases.types.ts';
import { restBehind } from './requests.web.ts';
import { signaturesOfTags } from './tag-signatures.service.ts';
import { getNewTag, getTags, postTag, postTagDeletion } from './tags.web.ts';
import { deleteUpload, getUpload, patchUpload, postUpload } from './uploads.web.ts';

const AT = '/:owner/:repo';
const RELEASES = `${AT}/releases`;
/** Names may hold line breaks, which `*` and `.` would not match. */
const REST = ':rest{[^]+}';
const PAGE_SIZE = 10;

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${AT}/releases.atom`, access: 'releases:read', handler: getReleasesFeed },
  { method: 'get', path: `${AT}/releases.rss`, access: 'releases:read', handler: getReleasesFeed },
  { method: 'get', path: `${AT}/tags.atom`, access: 'code:read', handler: getTagsFeed },
  { method: 'get', path: `${AT}/tags.rss`, access: 'code:read', handler: getTagsFeed },
  {
    path: `${AT}/commits/:rest{[^]+\\.(?:atom|rss)}`,
    ...{ method: 'get', access: 'code:read', expensive: true, handler: getCommitsFeed },
  },
  {
    path: `${AT}/:format{atom|rss}/branch/:rest{[^]+}`,
    ...{ method: 'get', access: 'code:read', expensive: true, handler: getBranchFeed },
  },
  { method: 'get', path: `${AT}/tags`, access: 'code:read', handler: getTags },
  { method: 'post', path: `${AT}/tags`, access: 'code:write', handler: postTag },
  { method: 'get', path: `${AT}/tags/new`, access: 'code:write', handler: getNewTag },
  { method: 'post', path: `${AT}/tags/deletion`, access: 'code:write', handler: postTagDeletion },
  { method: 'get', path: RELEASES, access: 'releases:read', handler: getReleases },
  { method: 'post', path: RELEASES, access: 'releases:write', handler: postRelease },
  { method: 'get', path: `${RELEASES}/new`, access: 'releases:write', handler: getNewRelease },
  { method: 'get', path: `${RELEASES}/latest`, access: 'releases:read', handler: getLatest },
  {
    method: 'get',
    path: `${RELEASES}/latest/download/:name`,
    access: 'releases:read',
    handler: getLatestDownload,
  },
  { method: 'get', path: `${RELEASES}/tag/${REST}`, access: 'releases:read', handler: getRelease },
  { method: 'get', path: `${RELEASES}/edit/${REST}`, access: 'releases:write', handler: getEditRelease },
  { method: 'post', path: `${RELEASES}/edit/${REST}`, access: 'releases:write', handler: postEditRelease },
  { method: 'post', path: `${RELEASES}/deletion`, access: 'releases:write', handler: postDeletion },
  { method: 'get', path: `${RELEASES}/download/${REST}`, access: 'releases:read', handler: getDownload },
  { method: 'post', path: `${RELEASES}/uploads`, access: 'releases:write', handler: postUpload },
  { method: 'get', path: `${RELEASES}/uploads/:token`, access: 'releases:write', handler: getUpload },
  {
    method: 'patch',
    path: `${RELEASES}/uploads/:token`,
    access: 'releases:write',
    streams: true,
    handler: patchUpload,
  },
  { method: 'delete', path: `${RELEASES}/uploads/:token`, access: 'releases:write', handler: deleteUpload },
];

/** Adds the pages of releases and tags, and the feeds. Mounted before the code room, whose patterns are wider. */
export function mountReleases(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

/** The list: drafts for those who see them, then what is published, the latest first. */
async function getReleases(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const after = cursorOf(c.req.query('after'));
  const [found, drafts] = await Promise.all([
    listReleases(app, open, { after, limit: PAGE_SIZE }),
    after ? [] : listVisibleDrafts(app, open),
  ]);
  const [items, draftItems] = await Promise.all([
    releaseItems(app, open, found.items, found.following),
    releaseItems(app, open, drafts),
  ]);
  return page(c, 'releases/list', {
    title: `Releases · ${open.path.slice(1)}`,
    ...frameOf(open),
    items: [...draftItems, ...items],
    previous: after ? `${open.path}/releases` : undefined,
    previousLabel: 'First page',
    next: found.next && `${open.path}/releases?after=${found.next.publishedAt}-${found.next.id}`,
  });
}

function frameOf(open: OpenRepository) {
  return {
    repo: repositoryFrame(open, 'code'),
    mayWrite: mayWriteReleases(open),
    readsCode: readsCode(open),
    feed: { href: `${open.path}/releases.atom`, title: `Releases of ${open.path.slice(1)}` },
  };
}

function cursorOf(text: string | undefined): ReleaseCursor | undefined {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? '');
  return match ? { publishedAt: Number(match[1]), id: Number(match[2]) } : undefined;
}

/** One release; for a tag without one, what the tag leads to. */
async function getRelease(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const tag = decodePath(restBehind(c, 'tag')).toString('utf8');
  const release = await requireReleaseByTag(app, open, tag).catch((error: unknown) => {
    if (!isAppError(error, 'not_found')) throw error;
    return undefined;
  });
  if (!release) return answerTag(c, open, tag);
  const before = release.row.isDraft ? undefined : await findPrevious(app, open, release.row);
  const [item] = await releaseItems(app, open, [release], before);
  if (!item) throw notFound('release');
  return page(c, 'releases/release', {
    title: `${item.title} · ${open.path.slice(1)}`,
    ...frameOf(open),
    item,
  });
}

async function answerTag(c: WebContext, open: OpenRepository, tag: string): Promise<Response> {
  const { app } = c.var;
  const found = readsCode(open) ? await findTag(app, open, tag) : undefined;
  if (!found?.commit) throw notFound('release');
  const { oid } = found.ref;
  const annotation = await findTagObject(app, open, oid);
  const signatures = await signaturesOfTags(app, open, [{ oid, commit: found.commit }]);
  return page(c, 'releases/tag', {
    title: `${visibleText(tag)} · ${open.path.slice(1)}`,
    ...frameOf(open),
    tag: visibleText(tag),
    message: annotation?.message.trim(),
    signature: signatures.get(oid),
    at: annotation?.tagger?.time ?? found.commit.committer.time,
    code: taggedCode(open, tag, found.commit),
    newHref: `${open.path}/releases/new?${new URLSearchParams({ tag })}`,
  });
}

async function getLatest(c: WebContext, open: OpenRepository): Promise<Response> {
  const latest = await findLatestRelease(c.var.app, open);
  return c.redirect(latest ? releaseHref(open, latest.row.tagName) : `${open.path}/releases`, 302);
}

async function postDeletion(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { id = '', with_tag: withTag } = await readForm(c);
  if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound('release');
  const release = await requireRelease(app, open, Number(id));
  await deleteRelease(app, actor, open, release, withTag === 'on');
  const name = release.row.title || release.row.tagName;
  return redirectWithMessage(c, `${open.path}/releases`, `The release ${name} was deleted.`);
}
