// The page that makes a repository from a template.
import { isAppError } from '../../base/errors.ts';
import { repositoryGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from './access.service.ts';
import { parseNewFromTemplate } from './forks.input.ts';
import { repositoryFrame } from './frame.service.ts';
import { ownersForCreation } from './owners.service.ts';
import type { Ability, OpenRepository } from './repos.types.ts';
import { generateRepository } from './templates.service.ts';
import { VISIBILITY_CHOICES } from './visibility.present.ts';

const AT = '/:owner/:repo/generate';

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: AT, access: 'repository:fork', handler: getGenerate },
  { method: 'post', path: AT, access: 'repository:fork', handler: postGenerate },
];

/** Adds the page of templates. */
export function mountTemplates(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

async function getGenerate(c: WebContext, open: OpenRepository): Promise<Response> {
  requireUserActor(c.var.actor);
  return answerForm(c, open, {}, {}, 200);
}

async function postGenerate(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  const actor = requireUserActor(c.var.actor);
  try {
    const input = parseNewFromTemplate({ ...form, allBranches: form.allBranches === 'on' });
    const made = await generateRepository(c.var.app, actor, open, input);
    return c.redirect(`/${input.owner || actor.name}/${made.name}`, 303);
  } catch (error) {
    if (!isAppError(error, 'invalid', 'conflict', 'forbidden', 'too_large', 'rate_limited')) throw error;
    return answerForm(c, open, form, error.fields ?? { name: error.message }, 422);
  }
}

async function answerForm(
  c: WebContext,
  open: OpenRepository,
  form: Record<string, string>,
  errors: Record<string, string>,
  status: number,
): Promise<Response> {
  const owners = await ownersForCreation(c.var.app, c.var.actor);
  return page(
    c,
    'repos/generate',
    {
      title: `Use the template ${open.path.slice(1)}`,
      repo: repositoryFrame(open, 'code'),
      isTemplate: open.repository.isTemplate,
      owners,
      visibilities: VISIBILITY_CHOICES,
      form: { owner: owners[0]?.name ?? '', visibility: open.repository.visibility, ...form },
      errors,
    },
    status,
  );
}
