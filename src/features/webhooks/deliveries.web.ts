// The pages of what a webhook sent: the log, one delivery with its answer, tests and redeliveries.
import { isAppError, notFound } from '../../base/errors.ts';
import { fragment, page, redirectWithMessage } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { deliveriesOf, deliveryOf } from './deliveries.service.ts';
import { redeliver, testHook } from './delivering.service.ts';
import { type HookPlace, type HookRoute, numberIn } from './hook-places.web.ts';
import { deliveryItem, hookItem, messageModel } from './hooks.present.ts';
import { requireHook } from './hooks.service.ts';
import type { Hook } from './hooks.types.ts';
import { pageOf } from './hooks.web.ts';

const LOG = '/:id/deliveries';

export const deliveryPages: readonly HookRoute[] = [
  { method: 'post', path: '/:id/test', needs: 'manage', handler: postTest },
  { method: 'get', path: LOG, needs: 'read', handler: getLog },
  { method: 'get', path: `${LOG}/:delivery`, needs: 'read', handler: getDelivery },
  { method: 'post', path: `${LOG}/:delivery/attempts`, needs: 'manage', handler: postAttempt },
];

async function getLog(c: WebContext, place: HookPlace): Promise<Response> {
  const hook = await hookOf(c, place);
  const before = beforeOf(c);
  const { deliveries, next } = await deliveriesOf(c.var.app, hook, before);
  const shown = hookItem(hook, place.base);
  const items = deliveries.map((row) => deliveryItem(row, shown.href));
  const log = `${shown.href}/deliveries`;
  const model = {
    ...pageOf(place, `Deliveries · ${place.name}`),
    hook: shown,
    deliveries: items,
    // The first page follows what is on its way.
    isMoving: before === undefined && items.some(({ isWaiting }) => isWaiting),
    partHref: `${log}?part=1`,
    newestHref: before === undefined ? undefined : log,
    olderHref: next === undefined ? undefined : `${log}?before=${next}`,
  };
  return c.req.query('part') === '1'
    ? fragment(c, 'webhooks/log', model)
    : page(c, 'webhooks/deliveries', model);
}

function beforeOf(c: WebContext): number | undefined {
  const text = c.req.query('before');
  if (text === undefined || text === '') return undefined;
  if (!/^[1-9]\d{0,14}$/.test(text)) throw notFound('page');
  return Number(text);
}

async function getDelivery(c: WebContext, place: HookPlace): Promise<Response> {
  const hook = await hookOf(c, place);
  const { message, ...row } = await deliveryOf(c.var.app, c.var.actor, hook, numberIn(c, 'delivery'));
  const shown = hookItem(hook, place.base);
  const model = {
    ...pageOf(place, `Delivery · ${place.name}`),
    hook: shown,
    delivery: deliveryItem(row, shown.href),
    message: messageModel(message),
  };
  return page(c, 'webhooks/delivery', model);
}

async function postTest(c: WebContext, place: HookPlace): Promise<Response> {
  return sent(c, place, 'A test is on its way.', (hook) => testHook(c.var.app, c.var.actor, hook));
}

async function postAttempt(c: WebContext, place: HookPlace): Promise<Response> {
  const id = numberIn(c, 'delivery');
  return sent(c, place, 'The delivery is sent once more.', (hook) =>
    redeliver(c.var.app, c.var.actor, hook, id),
  );
}

async function sent(
  c: WebContext,
  place: HookPlace,
  message: string,
  send: (hook: Hook) => Promise<unknown>,
): Promise<Response> {
  const hook = await hookOf(c, place);
  const log = `${place.base}/${hook.id}/deliveries`;
  try {
    await send(hook);
  } catch (error) {
    if (!isAppError(error, 'conflict', 'invalid', 'rate_limited')) throw error;
    return redirectWithMessage(c, log, error.message, 'error');
  }
  return redirectWithMessage(c, log, message);
}

function hookOf(c: WebContext, place: HookPlace): Promise<Hook> {
  return requireHook(c.var.app, c.var.actor, place.owner, numberIn(c, 'id'));
}
