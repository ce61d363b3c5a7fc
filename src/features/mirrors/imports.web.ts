// The page that imports a repository from an address, and the one that shows how far that is.
import { isAppError, notFound } from '../../base/errors.ts';
import {
  type AccountAccess,
  accountGate,
  repositoryGate,
  requireUserActor,
} from '../../platform/web/gates.ts';
import { fragment, page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import { ownersForCreation } from '../repos/owners.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { importModel } from './imports.present.ts';
import { cancelImport, findImport, importRepository, retryImport } from './imports.service.ts';
import { parseCredentials, parseNewImport } from './mirrors.input.ts';

const AT = '/:owner/:repo/import';

const accountRoutes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/new/import', access: 'signed-in', handler: getNewImport },
  { method: 'post', path: '/new/import', access: 'signed-in', handler: postNewImport },
];

const repositoryRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: AT, access: 'code:read', handler: getImport },
  { method: 'get', path: `${AT}/progress`, access: 'code:read', handler: getProgress },
  { method: 'post', path: `${AT}/cancellation`, access: 'settings:manage', handler: postCancellation },
  { method: 'post', path: `${AT}/retry`, access: 'settings:manage', handler: postRetry },
];

/** Adds the pages of imports. */
export function mountImports(web: WebApp): void {
  mountRoutes(web, accountGate, accountRoutes);
  mountRoutes(web, repositoryGate(openRepository), repositoryRoutes);
}

type Fields = Record<string, string>;

/** An owner may be named in the address, as on the page of new repositories. */
async function getNewImport(c: WebContext): Promise<Response> {
  const owners = await ownersForCreation(c.var.app, c.var.actor);
  const asked = (c.req.query('owner') ?? '').toLowerCase();
  const owner = owners.find(({ name }) => name.toLowerCase() === asked) ?? owners[0];
  const form = { owner: owner?.name ?? '', visibility: 'private', lfs: 'on', intervalMinutes: '480' };
  return answerNewImport(c, form, {}, 200);
}

async function postNewImport(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const actor = requireUserActor(c.var.actor);
  try {
    const input = parseNewImport({ ...form, lfs: form.lfs === 'on', isMirror: form.isMirror === 'on' });
    const created = await importRepository(c.var.app, actor, input);
    return c.redirect(`/${input.repository.owner || actor.name}/${created.name}/import`, 303);
  } catch (error) {
    const isOfForm = isAppError(error, 'invalid', 'conflict', 'forbidden') && error.fields !== undefined;
    if (isOfForm) return answerNewImport(c, form, error.fields ?? {}, 422);
    throw error;
  }
}

/** What was typed comes back, except what is secret, in whichever field it stood. */
async function answerNewImport(
  c: WebContext,
  form: Fields,
  errors: Fields,
  status: number,
): Promise<Response> {
  const { app } = c.var;
  const { password: _, ...kept } = form;
  const url = (form.url ?? '').replace(/^(\s*[a-z]+:\/\/)[^/]*@/i, '$1');
  const model = {
    title: 'Import a repository',
    owners: await ownersForCreation(app, c.var.actor),
    form: { ...kept, url },
    errors,
    visibilities: VISIBILITIES,
    leastMinutes: app.config.repositories.mirror_min_minutes,
  };
  return page(c, 'mirrors/new-import', model, status);
}

const VISIBILITIES = [
  { value: 'public', label: 'Public', icon: 'repo', hint: 'Anyone who reaches this server can read it.' },
  {
    value: 'internal',
    label: 'Internal',
    icon: 'organization',
    hint: 'Everybody who is signed in can read it.',
  },
  { value: 'private', label: 'Private', icon: 'lock', hint: 'You choose who can read and write.' },
];

async function getImport(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerImport(c, open, {}, {}, 200);
}

async function answerImport(
  c: WebContext,
  open: OpenRepository,
  form: Fields,
  errors: Fields,
  status: number,
): Promise<Response> {
  const row = await findImport(c.var.app, open);
  if (!row) throw notFound('import');
  if (row.state === 'done') {
    if (row.error === null) return c.redirect(open.path, 302);
    return redirectWithMessage(c, open.path, `The import is complete. ${row.error}`, 'warn');
  }
  const model = { ...importModel(open, row), title: `Import · ${open.path.slice(1)}`, form, errors };
  return page(c, 'mirrors/import', { ...model, repo: repositoryFrame(open, 'code') }, status);
}

/** The part of the page that changes, for the browser to ask again and again. */
async function getProgress(c: WebContext, open: OpenRepository): Promise<Response> {
  const row = await findImport(c.var.app, open);
  if (!row) throw notFound('import');
  return fragment(c, 'mirrors/import-progress', importModel(open, row));
}

async function postCancellation(c: WebContext, open: OpenRepository): Promise<Response> {
  await cancelImport(c.var.app, c.var.actor, open);
  return redirectWithMessage(c, `${open.path}/import`, 'The import was cancelled.');
}

async function postRetry(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  try {
    await retryImport(c.var.app, c.var.actor, open, parseCredentials(form));
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    return answerImport(c, open, { username: form.username ?? '' }, error.fields ?? {}, 422);
  }
  return c.redirect(`${open.path}/import`, 303);
}
