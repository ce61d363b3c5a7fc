// The page of a repository's deploy keys.
import { isAppError, notFound } from '../../base/errors.ts';
import { repositoryGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from './access.service.ts';
import { addDeployKey, listDeployKeys, removeDeployKey } from './deploy-keys.service.ts';
import { repositoryFrame } from './frame.service.ts';
import type { Ability, OpenRepository } from './repos.types.ts';

const BASE = '/:owner/:repo/settings/keys';
const MANAGE = 'deploy-keys:manage';

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: BASE, access: MANAGE, handler: getKeys },
  { method: 'post', path: BASE, access: MANAGE, sudo: true, handler: postKey },
  { method: 'post', path: `${BASE}/:id/removal`, access: MANAGE, sudo: true, handler: postRemoval },
];

/** Adds the page of deploy keys. */
export function mountDeployKeys(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

type Fields = Record<string, string>;

function getKeys(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerKeys(c, open, {}, {}, 200);
}

async function answerKeys(
  c: WebContext,
  open: OpenRepository,
  form: Fields,
  errors: Fields,
  status: number,
): Promise<Response> {
  const { app, actor } = c.var;
  const model = {
    title: `Deploy keys · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'settings'),
    keys: await listDeployKeys(app, actor, open),
    hasSsh: app.sshCloneBase() !== undefined,
    isArchived: open.repository.archivedAt !== null,
    form,
    errors,
  };
  return page(c, 'repos/settings-keys', model, status);
}

async function postKey(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  const { title = '', key = '' } = form;
  const canWrite = form.can_write === 'on';
  try {
    const row = await addDeployKey(c.var.app, c.var.actor, open, { title, key, canWrite });
    return redirectWithMessage(c, `${open.path}/settings/keys`, `The deploy key “${row.title}” was added.`);
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    // A private key pasted by mistake must not travel a second time.
    const shown = /PRIVATE KEY|PuTTY-User-Key-File/i.test(key) ? '' : key;
    const typed = { title, key: shown, ...(canWrite ? { can_write: 'on' } : {}) };
    return answerKeys(c, open, typed, error.fields ?? {}, 422);
  }
}

async function postRemoval(c: WebContext, open: OpenRepository): Promise<Response> {
  const id = c.req.param('id') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound('deploy key');
  const row = await removeDeployKey(c.var.app, c.var.actor, open, Number(id));
  return redirectWithMessage(c, `${open.path}/settings/keys`, `The deploy key “${row.title}” was removed.`);
}
