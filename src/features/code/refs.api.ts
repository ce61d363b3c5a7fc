// Changing branches, and tags, in Gitea's REST API v1.
import { invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { repositoryGate } from '../../platform/web/gates.ts';
import { readJson } from '../../platform/web/json.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import { protectionOf } from '../repos/push-judges.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { createBranch, renameBranch } from './branches.service.ts';
import { branchJson, tagJson } from './code.json.ts';
import { deleteBranch } from './deleted-branches.service.ts';
import { decodePath } from './paths.service.ts';
import { findBranch, findTag, listTags } from './refs.service.ts';
import { restOfAddress } from './requests.web.ts';
import { createTag, deleteTag, findTagObject } from './tags.service.ts';

const AT = '/api/v1/repos/:owner/:repo';
const REST = ':rest{[^]+}';
/** Segments in front of a name: `/api/v1/repos/:owner/:repo/branches`. */
const DEPTH = 7;

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'post', path: `${AT}/branches`, access: 'code:write', handler: postBranch },
  { method: 'patch', path: `${AT}/branches/${REST}`, access: 'code:write', handler: patchBranch },
  { method: 'delete', path: `${AT}/branches/${REST}`, access: 'code:write', handler: removeBranch },
  { method: 'get', path: `${AT}/tags`, access: 'code:read', handler: getTags },
  { method: 'post', path: `${AT}/tags`, access: 'code:write', handler: postTag },
  { method: 'get', path: `${AT}/tags/${REST}`, access: 'code:read', handler: getTag },
  { method: 'delete', path: `${AT}/tags/${REST}`, access: 'code:write', handler: removeTag },
];

/** Adds the routes of branches and tags. */
export function mountRefsApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

async function postBranch(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const body = await readJson(c);
  const name = textOf(body, 'new_branch_name');
  const from = textOf(body, 'old_ref_name') || textOf(body, 'old_branch_name');
  await createBranch(app, actor, open, { name, from: from || open.repository.defaultBranch });
  const made = await findBranch(app, open, name);
  if (!made) throw notFound('branch');
  const protection = await protectionOf(app, open, [made.ref.name]);
  return c.json(branchJson(app, open, made, protection.get(made.ref.name)), 201);
}

async function patchBranch(c: WebContext, open: OpenRepository): Promise<Response> {
  const to = textOf(await readJson(c), 'name');
  await renameBranch(c.var.app, c.var.actor, open, { from: nameOf(c), to });
  return c.body(null, 204);
}

async function removeBranch(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const found = await findBranch(app, open, nameOf(c));
  if (!found) throw notFound('branch');
  await deleteBranch(app, actor, open, { name: found.name, oid: found.ref.oid });
  return c.body(null, 204);
}

async function getTags(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { page, limit } = pageOf(c);
  const found = await listTags(app, open, { page, size: limit });
  setPages(c, { page, limit, total: found.total });
  if (page > found.pages) return c.json([]);
  return c.json(await Promise.all(found.items.map((item) => presentTag(app, open, item.name))));
}

async function getTag(c: WebContext, open: OpenRepository): Promise<Response> {
  return c.json(await presentTag(c.var.app, open, nameOf(c)));
}

async function postTag(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const body = await readJson(c);
  const name = textOf(body, 'tag_name');
  const target = textOf(body, 'target') || open.repository.defaultBranch;
  await createTag(app, actor, open, { name, target, message: textOf(body, 'message') });
  return c.json(await presentTag(app, open, name), 201);
}

async function removeTag(c: WebContext, open: OpenRepository): Promise<Response> {
  await deleteTag(c.var.app, c.var.actor, open, { name: nameOf(c) });
  return c.body(null, 204);
}

async function presentTag(app: App, open: OpenRepository, name: string): Promise<Record<string, unknown>> {
  const found = await findTag(app, open, name);
  if (!found) throw notFound('tag');
  return tagJson(app, open, found, await findTagObject(app, open, found.ref.oid));
}

function nameOf(c: WebContext): string {
  return decodePath(restOfAddress(c, DEPTH)).toString('utf8');
}

function textOf(body: Record<string, unknown>, name: string): string {
  const value = body[name] ?? '';
  if (typeof value !== 'string') throw invalid({ [name]: 'Give a text.' });
  return value.trim();
}
