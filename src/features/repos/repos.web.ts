// The page that creates a repository; the settings have a file of their own.
import { isAppError } from '../../base/errors.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { mountDeployKeys } from './deploy-keys.web.ts';
import { GITIGNORE_NAMES } from './gitignores.data.ts';
import { licenceChoices } from './licences.data.ts';
import { parseNewRepository } from './repos.input.ts';
import { createRepository } from './repos.service.ts';
import { mountRepoSettings } from './settings.web.ts';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/new', access: 'signed-in', handler: getNew },
  { method: 'post', path: '/new', access: 'signed-in', handler: postNew },
];

/** Adds the pages about repositories. */
export function mountRepos(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
  mountRepoSettings(web);
  mountDeployKeys(web);
}

function getNew(c: WebContext): Response {
  return answerNewForm(c, { visibility: 'private', readme: '' }, {}, 200);
}

async function postNew(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const actor = requireUserActor(c.var.actor);
  try {
    const input = parseNewRepository({ ...form, readme: form.readme === 'on' });
    const created = await createRepository(c.var.app, actor, input);
    return c.redirect(`/${actor.name}/${created.name}`, 303);
  } catch (error) {
    if (isAppError(error, 'invalid', 'conflict')) return answerNewForm(c, form, error.fields ?? {}, 422);
    throw error;
  }
}

function answerNewForm(
  c: WebContext,
  form: Record<string, string>,
  errors: Record<string, string>,
  status: number,
): Response {
  const { repositories } = c.var.app.config;
  return page(
    c,
    'repos/new',
    {
      title: 'New repository',
      owner: requireUserActor(c.var.actor).name,
      form,
      errors,
      gitignores: GITIGNORE_NAMES,
      licences: licenceChoices(),
      defaultBranch: repositories.default_branch,
      objectFormat: repositories.default_object_format,
    },
    status,
  );
}
