// The page of one's access tokens. A new token is in the answer that makes it and nowhere else.
import { SCOPE_AREAS } from '../../base/actor.ts';
import { type FieldErrors, invalid, isAppError, notFound } from '../../base/errors.ts';
import { hasAdminPower } from '../../base/judgement.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { idOf } from './ids.input.ts';
import {
  parseLifetime,
  parseNewToken,
  parseRepositoryNames,
  refuseWiderScopes,
  scopesOfForm,
  TOKEN_LIFETIMES,
} from './tokens.input.ts';
import { areaChoices, tokenItem } from './tokens.present.ts';
import { createAccessToken, listAccessTokens, removeAccessToken } from './tokens.service.ts';
import type { NewAccessToken, TokenForm, TokenRepositories } from './tokens.types.ts';

const BASE = '/settings/tokens';

/** Adds the page of one's access tokens. */
export function mountTokens(web: WebApp, repositories: TokenRepositories): void {
  const routes: Route<AccountAccess, unknown>[] = [
    {
      method: 'get',
      path: BASE,
      access: 'signed-in',
      handler: (c) => answerTokens(c, repositories, {}, 200),
    },
    {
      method: 'post',
      path: BASE,
      access: 'signed-in',
      sudo: true,
      handler: (c) => postToken(c, repositories),
    },
    { method: 'post', path: `${BASE}/:id/removal`, access: 'signed-in', sudo: true, handler: postRemoval },
  ];
  mountRoutes(web, accountGate, routes);
}

interface TokenPage {
  form?: TokenForm;
  errors?: FieldErrors;
  made?: { token: string; name: string };
}

const EMPTY_FORM: TokenForm = {
  name: '',
  lifetime: '30',
  expiresOn: '',
  isAll: false,
  access: { repository: 'write' },
  reach: 'all',
  repositories: '',
};

async function answerTokens(
  c: WebContext,
  repositories: TokenRepositories,
  shown: TokenPage,
  status: number,
): Promise<Response> {
  const { app, actor } = c.var;
  const rows = await listAccessTokens(app, actor, requireUserActor(actor).userId);
  const limits = new Set(rows.flatMap((row) => row.repositoryIds ?? []));
  const names = await repositories.namesOf(app, actor, [...limits]);
  const now = app.clock.now();
  const model = {
    title: 'Access tokens',
    tokens: rows.map((row) => tokenItem(row, now, names)),
    form: shown.form ?? EMPTY_FORM,
    errors: shown.errors ?? {},
    made: shown.made,
    areas: areaChoices(hasAdminPower(actor)),
    lifetimes: TOKEN_LIFETIMES,
    today: new Date(now).toISOString().slice(0, 'yyyy-mm-dd'.length),
  };
  c.header('Cache-Control', 'no-store');
  return page(c, 'auth/tokens', model, status);
}

async function postToken(c: WebContext, repositories: TokenRepositories): Promise<Response> {
  const { app, actor } = c.var;
  const form = formOf(await readForm(c));
  try {
    const wanted = await checkForm(c, repositories, form);
    const made = await createAccessToken(app, actor, requireUserActor(actor).userId, wanted);
    return answerTokens(c, repositories, { made: { token: made.token, name: made.row.name } }, 201);
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    return answerTokens(c, repositories, { form, errors: error.fields ?? {} }, 422);
  }
}

function formOf(fields: Record<string, string>): TokenForm {
  return {
    name: fields.name ?? '',
    lifetime: fields.lifetime ?? '',
    expiresOn: fields.expires_on ?? '',
    isAll: fields.all === 'on',
    access: Object.fromEntries(SCOPE_AREAS.map((area) => [area, fields[`scope-${area}`] ?? 'none'])),
    reach: fields.reach ?? 'all',
    repositories: fields.repositories ?? '',
  };
}

/** Reports what is wrong with the lifetime and the repositories together with the rest. */
async function checkForm(
  c: WebContext,
  repositories: TokenRepositories,
  form: TokenForm,
): Promise<NewAccessToken> {
  const fields: FieldErrors = {};
  const collect = async <T>(check: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await check();
    } catch (error) {
      if (!isAppError(error, 'invalid')) throw error;
      Object.assign(fields, error.fields);
      return undefined;
    }
  };
  const scopes = scopesOfForm(form);
  const wanted = await collect(() => parseNewToken({ name: form.name, scopes }));
  const lifetime = await collect(() => parseLifetime(form.lifetime, c.var.app.clock.now(), form.expiresOn));
  const limit = await collect(() => limitOf(c, repositories, form));
  if (form.reach === 'selected' && wanted) await collect(() => refuseWiderScopes(scopes));
  if (!wanted || !lifetime || !limit || Object.keys(fields).length > 0) throw invalid(fields);
  return { ...wanted, ...lifetime, ...limit };
}

async function limitOf(
  c: WebContext,
  repositories: TokenRepositories,
  form: TokenForm,
): Promise<Pick<NewAccessToken, 'repositoryIds'>> {
  if (form.reach === 'all') return {};
  if (form.reach !== 'selected') throw invalid({ reach: 'Choose which repositories the token reaches.' });
  const names = parseRepositoryNames(form.repositories);
  return { repositoryIds: await repositories.find(c.var.app, c.var.actor, names) };
}

async function postRemoval(c: WebContext): Promise<Response> {
  const { userId } = requireUserActor(c.var.actor);
  const id = idOf(c.req.param('id'));
  if (id === undefined) throw notFound('access token');
  const row = await removeAccessToken(c.var.app, c.var.actor, userId, id);
  return redirectWithMessage(c, BASE, `The token “${row.name}” was removed.`);
}
