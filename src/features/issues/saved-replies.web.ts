// The pages of one's saved replies, and their list for composers.
import { isAppError, notFound } from '../../base/errors.ts';
import type { AccountAccess } from '../../platform/web/gates.ts';
import { fragment, page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import {
  changeReply,
  deleteReply,
  requireReply,
  savedRepliesOf,
  saveReply,
} from './saved-replies.service.ts';

const BASE = '/settings/replies';
const ONE = `${BASE}/:id{[0-9]+}`;

export const savedReplyRoutes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'signed-in', handler: (c) => answerReplies(c, {}, 200) },
  { method: 'post', path: BASE, access: 'signed-in', handler: postReply },
  { method: 'get', path: `${BASE}/list`, access: 'signed-in', handler: getList },
  { method: 'get', path: ONE, access: 'signed-in', handler: getReply },
  { method: 'post', path: ONE, access: 'signed-in', handler: postChange },
  { method: 'post', path: `${ONE}/deletion`, access: 'signed-in', handler: postDeletion },
];

type Fields = Record<string, string>;

interface Shown {
  form?: Fields;
  errors?: Fields;
}

async function answerReplies(
  c: WebContext,
  { form = {}, errors = {} }: Shown,
  status: number,
): Promise<Response> {
  const replies = await savedRepliesOf(c.var.app, c.var.actor);
  return page(c, 'issues/saved-replies', { title: 'Saved replies', replies, form, errors }, status);
}

async function getList(c: WebContext): Promise<Response> {
  return fragment(c, 'issues/saved-replies-list', { replies: await savedRepliesOf(c.var.app, c.var.actor) });
}

async function postReply(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  try {
    await saveReply(c.var.app, c.var.actor, form);
    return redirectWithMessage(c, BASE, 'The reply was saved.');
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    return answerReplies(c, { form, errors: error.fields ?? {} }, 422);
  }
}

async function getReply(c: WebContext): Promise<Response> {
  const { id, title, body } = await requireReply(c.var.app, c.var.actor, idOf(c));
  return answerReply(c, id, { form: { title, body } }, 200);
}

async function postChange(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const { id } = await requireReply(c.var.app, c.var.actor, idOf(c));
  try {
    await changeReply(c.var.app, c.var.actor, id, form);
    return redirectWithMessage(c, BASE, 'The reply was saved.');
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    return answerReply(c, id, { form, errors: error.fields ?? {} }, 422);
  }
}

function answerReply(c: WebContext, id: number, { form = {}, errors = {} }: Shown, status: number): Response {
  return page(c, 'issues/saved-reply', { title: 'Edit saved reply', id, form, errors }, status);
}

async function postDeletion(c: WebContext): Promise<Response> {
  await deleteReply(c.var.app, c.var.actor, idOf(c));
  return redirectWithMessage(c, BASE, 'The reply was deleted.');
}

function idOf(c: WebContext): number {
  const text = c.req.param('id') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(text)) throw notFound('saved reply');
  return Number(text);
}
