// Saved views: the page that lists somebody's own, saving, changing and deleting them.
import { type FieldErrors, isAppError, notFound } from '../../base/errors.ts';
import type { AccountAccess } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { hasTerm, parseQuery } from './queries.service.ts';
import { allViews, changeView, deleteView, type SavedView, saveView } from './views.service.ts';

const VIEWS = '/issues/views';

export const viewRoutes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: VIEWS, access: 'signed-in', handler: getViews },
  { method: 'post', path: VIEWS, access: 'signed-in', handler: postView },
  { method: 'post', path: `${VIEWS}/:id`, access: 'signed-in', handler: postChange },
  { method: 'post', path: `${VIEWS}/:id/removal`, access: 'signed-in', handler: postRemoval },
];

function getViews(c: WebContext): Promise<Response> {
  return answerViews(c, undefined, {}, 200);
}

async function answerViews(
  c: WebContext,
  form: Record<string, string> | undefined,
  errors: FieldErrors,
  status: number,
): Promise<Response> {
  const items = (await allViews(c.var.app, c.var.actor)).map(viewItem);
  return page(c, 'issues/views', { title: 'Saved views', items, form, errors }, status);
}

function viewItem({ id, name, query, repository }: SavedView) {
  const kind = kindOf(query);
  const list =
    repository === undefined ? `/${kind}` : repository.seen ? `${repository.path}/${kind}` : undefined;
  const href = list && `${list}?${new URLSearchParams({ q: query })}`;
  return { id, name, query, href, place: placeOf(repository) };
}

/** A view of pull requests alone leads to the list of these. */
function kindOf(query: string): 'issues' | 'pulls' {
  return hasTerm(parseQuery(query), 'is', 'pr') ? 'pulls' : 'issues';
}

function placeOf(repository: SavedView['repository']): string {
  if (!repository) return 'All repositories';
  return repository.seen ? repository.path.slice(1) : 'A repository that you no longer see';
}

async function postView(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  const form = await readForm(c);
  const { name = '', query = '', repository = '', everywhere } = form;
  const open = everywhere === 'on' || repository === '' ? undefined : await openNamed(c, repository);
  try {
    await saveView(app, actor, open, { name, query });
  } catch (error) {
    if (isAppError(error, 'conflict')) return redirectWithMessage(c, VIEWS, error.message, 'error');
    if (!isAppError(error, 'invalid')) throw error;
    return answerViews(c, { name, query, repository: open?.path.slice(1) ?? '' }, error.fields ?? {}, 422);
  }
  const list = `${open?.path ?? ''}/${kindOf(query)}?${new URLSearchParams({ q: query.trim() })}`;
  return redirectWithMessage(c, list, `The view ${name.trim()} was saved.`);
}

function openNamed(c: WebContext, path: string): Promise<OpenRepository> {
  const [owner = '', name = ''] = path.split('/');
  return openRepository(c.var.app, c.var.actor, owner, name, 'conversations:read');
}

async function postChange(c: WebContext): Promise<Response> {
  const { name = '', query = '' } = await readForm(c);
  try {
    await changeView(c.var.app, c.var.actor, idOf(c), { name, query });
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    return redirectWithMessage(c, VIEWS, error.message, 'error');
  }
  return redirectWithMessage(c, VIEWS, `The view ${name.trim()} was saved.`);
}

async function postRemoval(c: WebContext): Promise<Response> {
  await deleteView(c.var.app, c.var.actor, idOf(c));
  return redirectWithMessage(c, VIEWS, 'The view was deleted.');
}

function idOf(c: WebContext): number {
  const text = c.req.param('id') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(text)) throw notFound('view');
  return Number(text);
}
