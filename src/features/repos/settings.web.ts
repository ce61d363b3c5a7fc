// The settings pages of a repository: general, collaborators, and the danger zone.
import { AppError, isAppError } from '../../base/errors.ts';
import { repositoryGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from './access.service.ts';
import { collaboratorsOf, giveAccess, takeAccess } from './collaborators.service.ts';
import { repositoryFrame } from './frame.service.ts';
import { parseCollaborator, parseRepositoryChanges } from './repos.input.ts';
import { permissionIncludes } from './repos.policy.ts';
import { changeRepository, deleteRepository } from './repos.service.ts';
import { type Ability, GIVEN_PERMISSIONS, type OpenRepository } from './repos.types.ts';

const BASE = '/:owner/:repo/settings';

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: BASE, access: 'settings:manage', handler: getGeneral },
  { method: 'post', path: BASE, access: 'settings:manage', handler: postGeneral },
  { method: 'post', path: `${BASE}/name`, access: 'repository:own', handler: postName },
  { method: 'post', path: `${BASE}/visibility`, access: 'repository:own', handler: postVisibility },
  { method: 'post', path: `${BASE}/deletion`, access: 'repository:own', handler: postDeletion },
  { method: 'get', path: `${BASE}/access`, access: 'access:manage', handler: getAccess },
  { method: 'post', path: `${BASE}/access`, access: 'access:manage', handler: postAccess },
  {
    method: 'post',
    path: `${BASE}/access/:user/removal`,
    access: 'access:manage',
    handler: postRemoval,
  },
];

/** Adds the settings pages of repositories. */
export function mountRepoSettings(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

type Fields = Record<string, string>;

/** Branches offered as the default one. */
const MOST_BRANCHES = 1000;

function getGeneral(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerGeneral(c, open, {}, {}, 200);
}

async function answerGeneral(
  c: WebContext,
  open: OpenRepository,
  form: Fields,
  errors: Fields,
  status: number,
): Promise<Response> {
  const { repository } = open;
  const refs = await c.var.app.git.refs(open.dir, 'refs/heads/');
  const names = refs.map((ref) => ref.name.slice('refs/heads/'.length));
  // The branch of now is always among the choices: saving something else must not change it.
  const branches = names.length === 0 ? [] : [...new Set([repository.defaultBranch, ...names])];
  const model = {
    title: `Settings · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'settings'),
    section: 'general',
    repository,
    branches: branches.slice(0, MOST_BRANCHES),
    owns: permissionIncludes(open.permission, 'owner'),
    graceDays: c.var.app.config.repositories.deleted_grace_days,
    form: {
      name: repository.name,
      description: repository.description,
      website: repository.website,
      ...form,
    },
    errors,
  };
  return page(c, 'repos/settings-general', model, status);
}

async function postGeneral(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  const { description, website, defaultBranch } = form;
  return changeOr(c, open, form, { description, website, defaultBranch }, 'Settings saved.');
}

async function postName(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  return changeOr(
    c,
    open,
    form,
    { name: form.name },
    'The repository was renamed. Earlier addresses lead here.',
  );
}

async function postVisibility(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  return changeOr(
    c,
    open,
    form,
    { visibility: form.visibility },
    `The repository is now ${form.visibility}.`,
  );
}

async function changeOr(
  c: WebContext,
  open: OpenRepository,
  form: Fields,
  raw: Record<string, string | undefined>,
  message: string,
): Promise<Response> {
  try {
    const changes = parseRepositoryChanges(raw);
    await changeRepository(c.var.app, c.var.actor, open, changes);
    const name = changes.name ?? open.repository.name;
    return redirectWithMessage(c, `/${open.owner.name}/${name}/settings`, message);
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerGeneral(c, open, form, error.fields ?? {}, 422);
    throw error;
  }
}

async function postDeletion(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  const typed = (form.confirmation ?? '').trim();
  if (typed.toLowerCase() !== open.path.slice(1).toLowerCase()) {
    const errors = { confirmation: `Type ${open.path.slice(1)} to confirm.` };
    return answerGeneral(c, open, form, errors, 422);
  }
  await deleteRepository(c.var.app, c.var.actor, open);
  return redirectWithMessage(c, '/', `${open.path.slice(1)} was deleted.`);
}

function getAccess(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerAccess(c, open, {}, {}, 200);
}

async function answerAccess(
  c: WebContext,
  open: OpenRepository,
  form: Fields,
  errors: Fields,
  status: number,
): Promise<Response> {
  const model = {
    title: `Access · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'settings'),
    section: 'access',
    collaborators: await collaboratorsOf(c.var.app, c.var.actor, open),
    permissions: GIVEN_PERMISSIONS,
    form,
    errors,
  };
  return page(c, 'repos/settings-access', model, status);
}

async function postAccess(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  try {
    await giveAccess(c.var.app, c.var.actor, open, parseCollaborator(form));
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerAccess(c, open, form, error.fields ?? {}, 422);
    throw error;
  }
  return redirectWithMessage(c, `${open.path}/settings/access`, `${form.username} now has access.`);
}

async function postRemoval(c: WebContext, open: OpenRepository): Promise<Response> {
  const userId = Number(c.req.param('user'));
  if (!Number.isSafeInteger(userId))
    throw new AppError('invalid', 'This is not a person of this repository.');
  await takeAccess(c.var.app, c.var.actor, open, userId);
  return redirectWithMessage(c, `${open.path}/settings/access`, 'The access was taken away.');
}
