// The page of one's access tokens. A new token is in the answer that makes it and nowhere else.
import { ACCESS_SCOPES } from '../../base/actor.ts';
import { type FieldErrors, invalid, isAppError, notFound } from '../../base/errors.ts';
import { readFormValues } from '../../platform/web/forms.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { idOf } from './ids.input.ts';
import { parseLifetime, parseNewToken, TOKEN_LIFETIMES } from './tokens.input.ts';
import { SCOPE_CHOICES, tokenItem } from './tokens.present.ts';
import { createAccessToken, listAccessTokens, removeAccessToken } from './tokens.service.ts';

const BASE = '/settings/tokens';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'signed-in', handler: getTokens },
  { method: 'post', path: BASE, access: 'signed-in', handler: postToken },
  { method: 'post', path: `${BASE}/:id/removal`, access: 'signed-in', handler: postRemoval },
];

/** Adds the page of one's access tokens. */
export function mountTokens(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

interface TokenForm {
  name: string;
  lifetime: string;
  scopes: string[];
}

interface TokenPage {
  form?: TokenForm;
  errors?: FieldErrors;
  made?: { token: string; name: string };
}

const EMPTY_FORM: TokenForm = { name: '', lifetime: '30', scopes: ['write:repository'] };

function getTokens(c: WebContext): Promise<Response> {
  return answerTokens(c, {}, 200);
}

async function answerTokens(c: WebContext, shown: TokenPage, status: number): Promise<Response> {
  const { app, actor } = c.var;
  const rows = await listAccessTokens(app, actor, requireUserActor(actor).userId);
  const model = {
    title: 'Access tokens',
    tokens: rows.map((row) => tokenItem(row, app.clock.now())),
    form: shown.form ?? EMPTY_FORM,
    errors: shown.errors ?? {},
    made: shown.made,
    choices: SCOPE_CHOICES,
    lifetimes: TOKEN_LIFETIMES,
  };
  c.header('Cache-Control', 'no-store');
  return page(c, 'auth/tokens', model, status);
}

async function postToken(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  const fields = await readForm(c);
  const scopes = await readFormValues(c, 'scopes');
  const form = { name: fields.name ?? '', lifetime: fields.lifetime ?? '', scopes };
  try {
    const wanted = checkForm(form, app.clock.now());
    const made = await createAccessToken(app, actor, requireUserActor(actor).userId, wanted);
    return answerTokens(c, { made: { token: made.token, name: made.row.name } }, 201);
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    return answerTokens(c, { form, errors: error.fields ?? {} }, 422);
  }
}

/** Reports what is wrong with the lifetime together with the rest. */
function checkForm(form: TokenForm, now: number): ReturnType<typeof parseNewToken> {
  const fields: FieldErrors = {};
  const collect = <T>(check: () => T): T | undefined => {
    try {
      return check();
    } catch (error) {
      if (!isAppError(error, 'invalid')) throw error;
      Object.assign(fields, error.fields);
      return undefined;
    }
  };
  const wanted = collect(() => parseNewToken({ ...form, scopes: form.scopes.filter(isScope) }));
  const lifetime = collect(() => parseLifetime(form.lifetime, now));
  if (!wanted || !lifetime) throw invalid(fields);
  return { ...wanted, ...lifetime };
}

function isScope(text: string): boolean {
  return (ACCESS_SCOPES as readonly string[]).includes(text);
}

async function postRemoval(c: WebContext): Promise<Response> {
  const { userId } = requireUserActor(c.var.actor);
  const id = idOf(c.req.param('id'));
  if (id === undefined) throw notFound('access token');
  const row = await removeAccessToken(c.var.app, c.var.actor, userId, id);
  return redirectWithMessage(c, BASE, `The token “${row.name}” was removed.`);
}
