// /admin/repositories: all of them, with their size and last push; maintaining and deleting one.
import { notFound } from '../../base/errors.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import { maintainNow } from '../repos/maintenance.service.ts';
import { deleteRepository } from '../repos/repos.service.ts';
import { adminModel } from './admin-page.present.ts';
import { pageOfAllRepositories } from './repositories.service.ts';

const BASE = '/admin/repositories';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'admin', handler: getRepositories },
  {
    method: 'post',
    path: `${BASE}/:repository/maintenance`,
    access: 'admin',
    sudo: true,
    handler: postMaintenance,
  },
  {
    method: 'post',
    path: `${BASE}/:repository/deletion`,
    access: 'admin',
    sudo: true,
    handler: postDeletion,
  },
];

/** Adds the pages about repositories. */
export function mountRepositories(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

async function getRepositories(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  const words = (c.req.query('q') ?? '').trim();
  const order = c.req.query('sort') === 'size' ? 'size' : 'updated';
  const after = c.req.query('after') ?? '';
  const { items, next } = await pageOfAllRepositories(app, actor, { words, order, after });
  const model = {
    title: 'Repositories',
    repositories: items,
    words,
    order,
    next,
    isFirst: after === '',
    graceDays: app.config.repositories.deleted_grace_days,
  };
  return page(c, 'admin/repositories', adminModel(app, 'repositories', model));
}

async function postMaintenance(c: WebContext): Promise<Response> {
  await maintainNow(c.var.app, c.var.actor, idOf(c));
  return redirectWithMessage(
    c,
    BASE,
    'The repository is repacked as soon as the maintenance queue comes to it.',
  );
}

async function postDeletion(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  const open = await openRepositoryById(app, actor, idOf(c), 'repository:own');
  const name = open.path.slice(1);
  const typed = ((await readForm(c)).confirmation ?? '').trim();
  if (typed.toLowerCase() !== name.toLowerCase())
    return redirectWithMessage(c, BASE, `Nothing was deleted: type ${name} to confirm.`, 'error');
  await deleteRepository(app, actor, open);
  return redirectWithMessage(c, BASE, `${name} was deleted.`);
}

function idOf(c: WebContext): number {
  const text = c.req.param('repository') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(text)) throw notFound('repository');
  return Number(text);
}
