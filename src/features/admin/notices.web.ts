// /admin/notices: what everybody is told above every page; and how a browser hides one.
import { isAppError, notFound } from '../../base/errors.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { dismissNotice, renderNotice } from '../../platform/web/notices.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { localReturnAddress } from '../../platform/web/return-address.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { adminModel } from './admin-page.present.ts';
import { listAllNotices, publishNotice, removeNotice } from './notices.service.ts';

const BASE = '/admin/notices';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'admin', handler: (c) => answerNotices(c, {}, {}, 200) },
  { method: 'post', path: BASE, access: 'admin', sudo: true, handler: postNotice },
  { method: 'post', path: `${BASE}/:notice/removal`, access: 'admin', sudo: true, handler: postRemoval },
  {
    method: 'post',
    path: '/-/notices/:notice/dismissal',
    access: 'anyone',
    whilePending: true,
    handler: postDismissal,
  },
];

/** Adds the pages about notices. */
export function mountNotices(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

async function answerNotices(
  c: WebContext,
  form: Record<string, string>,
  errors: Record<string, string>,
  status: number,
): Promise<Response> {
  const { app, actor } = c.var;
  const now = app.clock.now();
  const rows = await listAllNotices(app, actor);
  const notices = rows.map(async (notice) => ({
    ...notice,
    textHtml: await renderNotice(notice.text),
    hasEnded: notice.endsAt !== null && notice.endsAt <= now,
  }));
  const model = { title: 'Notices', notices: await Promise.all(notices), form, errors };
  return page(c, 'admin/notices', adminModel(app, 'notices', model), status);
}

async function postNotice(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const { kind = '', text = '', ends = '' } = form;
  try {
    await publishNotice(c.var.app, c.var.actor, { kind, text, ends });
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerNotices(c, form, error.fields ?? {}, 422);
    if (isAppError(error, 'conflict')) return answerNotices(c, form, { text: error.message }, 409);
    throw error;
  }
  return redirectWithMessage(c, BASE, 'Everybody sees the notice now.');
}

async function postRemoval(c: WebContext): Promise<Response> {
  await removeNotice(c.var.app, c.var.actor, idOf(c));
  return redirectWithMessage(c, BASE, 'The notice was removed.');
}

async function postDismissal(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  dismissNotice(c, idOf(c));
  return c.redirect(localReturnAddress(form.return_to), 303);
}

function idOf(c: WebContext): number {
  const text = c.req.param('notice') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(text)) throw notFound('notice');
  return Number(text);
}
