// Branches and tags in Gitea's REST API v1.
import { AppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { requireNamed } from './asked-commits.service.ts';
import { createBranch, renameBranch } from './branches.service.ts';
import { branchNameBody, newBranchBody, newTagBody } from './code.input.ts';
import { branchesJson, branchJson, tagJson } from './code.json.ts';
import { deleteBranch } from './deleted-branches.service.ts';
import { decodePath } from './paths.service.ts';
import { findBranch, findTag, listBranches, listTags, type RefWithCommit } from './refs.service.ts';
import { restOfAddress } from './requests.web.ts';
import { createTag, deleteTag, findTagObject } from './tags.service.ts';

const AT = '/api/v1/repos/:owner/:repo';
const BRANCH = `${AT}/branches/:branch{[^]+}`;
const TAG = `${AT}/tags/:tag{[^]+}`;
/** Segments in front of a name: `/api/v1/repos/:owner/:repo/branches`. */
const DEPTH = 7;

const tag = 'repository';

/** The routes of branches and tags below `/api/v1`. */
export const refsRoutes: Route<Ability, OpenRepository>[] = [
  {
    ...{ method: 'get', path: `${AT}/branches`, access: 'code:read', handler: getBranches },
    api: { tag, id: 'repoListBranches', summary: 'List branches', answer: 'Branch[]', paged: true },
  },
  {
    ...{ method: 'post', path: `${AT}/branches`, access: 'code:write', handler: postBranch },
    api: {
      ...{ tag, id: 'repoCreateBranch', summary: 'Create a branch', body: newBranchBody },
      about:
        'Without `old_ref_name` (a branch, a tag or the id of a commit) it begins at the default branch.',
      example: { new_branch_name: 'search', old_ref_name: 'main' },
      ...{ answer: 'Branch', status: 201 },
    },
  },
  {
    ...{ method: 'get', path: BRANCH, access: 'code:read', handler: getBranch },
    api: { tag, id: 'repoGetBranch', summary: 'Get a branch', answer: 'Branch' },
  },
  {
    ...{ method: 'patch', path: BRANCH, access: 'code:write', handler: patchBranch },
    api: {
      ...{ tag, id: 'repoUpdateBranch', summary: 'Rename a branch', body: branchNameBody },
      ...{ example: { name: 'trunk' }, answer: 'none' },
    },
  },
  {
    ...{ method: 'delete', path: BRANCH, access: 'code:write', handler: removeBranch },
    api: { tag, id: 'repoDeleteBranch', summary: 'Delete a branch', answer: 'none' },
  },
  {
    ...{ method: 'get', path: `${AT}/tags`, access: 'code:read', handler: getTags },
    api: { tag, id: 'repoListTags', summary: 'List tags', answer: 'Tag[]', paged: true },
  },
  {
    ...{ method: 'post', path: `${AT}/tags`, access: 'code:write', handler: postTag },
    api: {
      ...{ tag, id: 'repoCreateTag', summary: 'Create a tag', body: newTagBody },
      about: 'With a message the tag is annotated.',
      example: { tag_name: 'v9.1', target: 'main', message: 'Nine point one' },
      ...{ answer: 'Tag', status: 201 },
    },
  },
  {
    ...{ method: 'get', path: TAG, access: 'code:read', handler: getTag },
    api: { tag, id: 'repoGetTag', summary: 'Get a tag by its name', answer: 'Tag' },
  },
  {
    ...{ method: 'delete', path: TAG, access: 'code:write', handler: removeTag },
    api: { tag, id: 'repoDeleteTag', summary: 'Delete a tag by its name', answer: 'none' },
  },
];

async function getBranches(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { page, limit } = pageOf(c);
  const found = await listBranches(app, open, { page, size: limit });
  setPages(c, { page, limit, total: found.total });
  if (page > found.pages) return c.json([]);
  return c.json(await branchesJson(app, open, found.items));
}

async function getBranch(c: WebContext, open: OpenRepository): Promise<Response> {
  return c.json(await branchJson(c.var.app, open, await requireBranch(c.var.app, open, nameOf(c))));
}

async function requireBranch(app: App, open: OpenRepository, name: string): Promise<RefWithCommit> {
  const branch = await findBranch(app, open, name);
  if (!branch) throw notFound('branch');
  return branch;
}

async function postBranch(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const body = await bodyOf(c, newBranchBody);
  const name = body.new_branch_name.trim();
  const from = body.old_ref_name || body.old_branch_name || open.repository.defaultBranch;
  if (await findBranch(app, open, name)) throw taken('branch', name);
  await requireNamed(app, open, from.trim());
  await createBranch(app, actor, open, { name, from: from.trim() });
  return c.json(await branchJson(app, open, await requireBranch(app, open, name)), 201);
}

async function patchBranch(c: WebContext, open: OpenRepository): Promise<Response> {
  const { name } = await bodyOf(c, branchNameBody);
  await renameBranch(c.var.app, c.var.actor, open, { from: nameOf(c), to: name.trim() });
  return c.body(null, 204);
}

async function removeBranch(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { name, ref } = await requireBranch(app, open, nameOf(c));
  await deleteBranch(app, actor, open, { name, oid: ref.oid });
  return c.body(null, 204);
}

async function getTags(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { page, limit } = pageOf(c);
  const found = await listTags(app, open, { page, size: limit });
  setPages(c, { page, limit, total: found.total });
  if (page > found.pages) return c.json([]);
  return c.json(await Promise.all(found.items.map((item) => presentTag(app, open, item))));
}

async function getTag(c: WebContext, open: OpenRepository): Promise<Response> {
  return c.json(await presentTag(c.var.app, open, await requireTag(c.var.app, open, nameOf(c))));
}

async function requireTag(app: App, open: OpenRepository, name: string): Promise<RefWithCommit> {
  const found = await findTag(app, open, name);
  if (!found) throw notFound('tag');
  return found;
}

async function postTag(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { tag_name, target, message = '' } = await bodyOf(c, newTagBody);
  const name = tag_name.trim();
  const at = target?.trim() || open.repository.defaultBranch;
  if (await findTag(app, open, name)) throw taken('tag', name);
  await requireNamed(app, open, at);
  await createTag(app, actor, open, { name, target: at, message });
  return c.json(await presentTag(app, open, await requireTag(app, open, name)), 201);
}

async function removeTag(c: WebContext, open: OpenRepository): Promise<Response> {
  await deleteTag(c.var.app, c.var.actor, open, { name: nameOf(c) });
  return c.body(null, 204);
}

async function presentTag(app: App, open: OpenRepository, found: RefWithCommit) {
  return tagJson(app, open, found, await findTagObject(app, open, found.ref.oid));
}

/** Programs that make what may be there already know it by 409. */
function taken(what: string, name: string): AppError {
  return new AppError('conflict', `There is already a ${what} named ${name}.`);
}

function nameOf(c: WebContext): string {
  return decodePath(restOfAddress(c, DEPTH)).toString('utf8');
}
