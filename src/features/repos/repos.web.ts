// The page that creates a repository; the settings have a file of their own.
import { isAppError } from '../../base/errors.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { mountDeployKeys } from './deploy-keys.web.ts';
import { mountForkSync } from './fork-sync.web.ts';
import { mountForks } from './forks.web.ts';
import { GITIGNORE_NAMES } from './gitignores.data.ts';
import { licenceChoices } from './licences.data.ts';
import { mountOwnerDeletion } from './owner-deletion.web.ts';
import { ownersForCreation } from './owners.service.ts';
import { parseNewRepository } from './repos.input.ts';
import { createRepository } from './repos.service.ts';
import { mountRepoSettings } from './settings.web.ts';
import { mountTeamRepositories } from './team-repositories.web.ts';
import { mountTemplates } from './templates.web.ts';
import { mountTransfers } from './transfers.web.ts';
import { VISIBILITY_CHOICES } from './visibility.present.ts';
import { mountWatches } from './watches.web.ts';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/new', access: 'signed-in', handler: getNew },
  { method: 'post', path: '/new', access: 'signed-in', handler: postNew },
];

/** Adds the pages about repositories. */
export function mountRepos(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
  mountTransfers(web);
  mountTeamRepositories(web);
  mountOwnerDeletion(web);
  mountRepoSettings(web);
  mountDeployKeys(web);
  mountForks(web);
  mountTemplates(web);
  mountForkSync(web);
  mountWatches(web);
}

/** An owner may be named in the address, as on an organization's page. */
async function getNew(c: WebContext): Promise<Response> {
  const owners = await ownersForCreation(c.var.app, c.var.actor);
  const asked = (c.req.query('owner') ?? '').toLowerCase();
  const owner = owners.find(({ name }) => name.toLowerCase() === asked) ?? owners[0];
  return answerNewForm(c, { visibility: 'private', readme: '', owner: owner?.name ?? '' }, {}, 200);
}

async function postNew(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const actor = requireUserActor(c.var.actor);
  try {
    const input = parseNewRepository({ ...form, readme: form.readme === 'on' });
    const created = await createRepository(c.var.app, actor, input);
    return c.redirect(`/${input.owner || actor.name}/${created.name}`, 303);
  } catch (error) {
    const isOfForm = isAppError(error, 'invalid', 'conflict', 'forbidden') && error.fields !== undefined;
    if (isOfForm) return answerNewForm(c, form, error.fields ?? {}, 422);
    throw error;
  }
}

async function answerNewForm(
  c: WebContext,
  form: Record<string, string>,
  errors: Record<string, string>,
  status: number,
): Promise<Response> {
  const { repositories } = c.var.app.config;
  const owners = await ownersForCreation(c.var.app, c.var.actor);
  return page(
    c,
    'repos/new',
    {
      title: 'New repository',
      owners,
      form: { owner: owners[0]?.name, ...form },
      errors,
      visibilities: VISIBILITY_CHOICES,
      gitignores: GITIGNORE_NAMES,
      licences: licenceChoices(),
      defaultBranch: repositories.default_branch,
      objectFormat: repositories.default_object_format,
    },
    status,
  );
}
