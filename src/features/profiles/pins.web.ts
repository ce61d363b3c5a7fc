// Choosing which repositories one's page shows first, and in which order.
import { isAppError, notFound } from '../../base/errors.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import { listItem } from './lists.present.ts';
import { listModel } from './lists.web.ts';
import { MOST_PINS, movePin, pinRepository, pinsOf, unpinRepository } from './pins.service.ts';

const BASE = '/settings/pins';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'signed-in', handler: getPins },
  { method: 'post', path: BASE, access: 'signed-in', handler: postPin },
  { method: 'post', path: `${BASE}/:id/place`, access: 'signed-in', handler: postPlace },
  { method: 'post', path: `${BASE}/:id/removal`, access: 'signed-in', handler: postRemoval },
];

/** Adds the page of one's pins. */
export function mountPins(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

function getPins(c: WebContext): Promise<Response> {
  return answerPins(c, {}, {}, 200);
}

async function answerPins(
  c: WebContext,
  form: Record<string, string>,
  errors: Record<string, string>,
  status: number,
): Promise<Response> {
  const { userId } = requireUserActor(c.var.actor);
  const [pins, list] = await Promise.all([
    pinsOf(c.var.app, c.var.actor, userId),
    listModel(c, { memberId: userId }),
  ]);
  const pinned = new Set(pins.map(({ repository }) => repository.id));
  return page(
    c,
    'profiles/pins',
    {
      title: 'Pinned repositories',
      form,
      errors,
      most: MOST_PINS,
      pins: pins.map((pin) => listItem(pin)),
      ...list,
      choices: list.items.filter((item) => !pinned.has(item.id)),
    },
    status,
  );
}

/** By its name, so that any repository one may see can be pinned, listed here or not. */
async function postPin(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  try {
    const [owner = '', name = ''] = (form.repository ?? '').trim().replace(/^\//, '').split('/');
    const open = await openRepository(c.var.app, c.var.actor, owner, name, 'repository:see');
    await pinRepository(c.var.app, c.var.actor, open.repository.id);
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerPins(c, form, error.fields ?? {}, 422);
    if (!isAppError(error, 'not_found')) throw error;
    const fields = { repository: 'There is no such repository. Write it as owner/name.' };
    return answerPins(c, form, fields, 422);
  }
  return c.redirect(BASE, 303);
}

async function postPlace(c: WebContext): Promise<Response> {
  const { place } = await readForm(c);
  if (!/^\d$/.test(place ?? '')) throw notFound('place');
  await movePin(c.var.app, c.var.actor, idOf(c), Number(place));
  return c.redirect(BASE, 303);
}

async function postRemoval(c: WebContext): Promise<Response> {
  await unpinRepository(c.var.app, c.var.actor, idOf(c));
  return redirectWithMessage(c, BASE, 'The repository is no longer pinned.');
}

function idOf(c: WebContext): number {
  const text = c.req.param('id') ?? '';
  if (!/^\d{1,15}$/.test(text)) throw notFound('repository');
  return Number(text);
}
