// Accounts in Gitea's REST API v1, for administrators.
import type { AbilityOn } from '../../base/abilities.ts';
import type { Actor } from '../../base/actor.ts';
import { bodyOf, namingFields, queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { siteGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { accountsJson, userJson } from '../users/accounts.json.ts';
import { requireUserByName } from '../users/users.service.ts';
import { accountChangesBody, accountsQuery, deletionQuery, newAccountBody } from './accounts.input.ts';
import { editAccount, pageOfAccountIds, removeAccount } from './accounts.service.ts';
import { createAccount, requireAccount, sendPasswordReset } from './people.service.ts';

const USERS = '/api/v1/admin/users';
const USER = `${USERS}/:username`;

const routes: Route<AbilityOn<'site'>, Actor>[] = [
  {
    method: 'get',
    path: USERS,
    access: 'users:list',
    handler: getUsers,
    api: {
      tag: 'admin',
      id: 'adminSearchUsers',
      summary: 'List accounts',
      about: 'People and bots by name; `login_name` is the whole name of one, `q` a part of it.',
      query: accountsQuery,
      answer: 'User[]',
      paged: true,
    },
  },
  {
    method: 'post',
    path: USERS,
    access: 'users:create',
    handler: postUser,
    api: {
      tag: 'admin',
      id: 'adminCreateUser',
      summary: 'Create an account',
      about:
        'Whoever makes it knows its first password: its person chooses another one before anything else, unless `must_change_password` is false.',
      body: newAccountBody,
      example: {
        username: 'grace',
        email: 'grace@example.org',
        full_name: 'Grace Hopper',
        password: 'nanoseconds are short wires',
        must_change_password: true,
      },
      answer: 'User',
      status: 201,
    },
  },
  {
    method: 'patch',
    path: USER,
    access: 'site:administer',
    handler: patchUser,
    api: {
      tag: 'admin',
      id: 'adminEditUser',
      summary: 'Change an account',
      about: 'What is left out stays as it is. The last administrator stays one.',
      body: accountChangesBody,
      example: { full_name: 'Grace B. M. Hopper', location: 'Arlington', restricted: false },
      answer: 'User',
    },
  },
  {
    method: 'delete',
    path: USER,
    access: 'site:administer',
    handler: deleteUser,
    api: {
      tag: 'admin',
      id: 'adminDeleteUser',
      summary: 'Delete an account',
      about: 'With its repositories only where `purge` is true.',
      query: deletionQuery,
      answer: 'none',
    },
  },
];

/** Ours for the names that the API has for what an account is made from. */
const FIELDS = { name: 'username', displayName: 'full_name', bio: 'description' };

/** Adds the routes about accounts. */
export function mountAccountsApi(web: WebApp): void {
  mountRoutes(web, siteGate, routes);
}

async function getUsers(c: WebContext, actor: Actor): Promise<Response> {
  const { app } = c.var;
  const { source_id: source, login_name: name, q } = queryOf(c, accountsQuery);
  const wanted = { ...(name ? { name } : {}), ...(q ? { words: q.trim() } : {}) };
  const isElsewhere = source !== undefined && Number(source) !== 0;
  const { ids, total } = isElsewhere
    ? { ids: [], total: 0 }
    : await pageOfAccountIds(app, actor, wanted, pageOf(c));
  setPages(c, { ...pageOf(c), total });
  return c.json([...(await accountsJson(app, actor, ids)).values()]);
}

async function postUser(c: WebContext, actor: Actor): Promise<Response> {
  const { app } = c.var;
  const body = await bodyOf(c, newAccountBody);
  const { username: name, email, password, bot } = body;
  const input = {
    name,
    email: bot ? '' : email,
    ...(password === undefined || bot ? {} : { password }),
    kind: bot ? ('bot' as const) : ('user' as const),
  };
  const how = { keepsPassword: body.must_change_password === false, isRestricted: body.restricted === true };
  const made = await namingFields(FIELDS, () => createAccount(app, actor, input, how));
  if (body.full_name) await editAccount(app, actor, made, { profile: { full_name: body.full_name } });
  if (body.send_notify && app.mail.isConfigured()) await sendPasswordReset(app, actor, made);
  return c.json(await userJson(app, actor, await requireUserByName(app, made.name)), 201);
}

async function patchUser(c: WebContext, actor: Actor): Promise<Response> {
  const { app } = c.var;
  const body = await bodyOf(c, accountChangesBody);
  const account = await requireNamed(c, actor);
  const { full_name, description, location, website } = body;
  const says = [full_name, description, location, website].some((field) => field !== undefined);
  await namingFields(FIELDS, () =>
    editAccount(app, actor, account, {
      ...(says ? { profile: { full_name, description, location, website } } : {}),
      email: body.email,
      password: body.password,
      mustChangePassword: body.must_change_password,
      isAdmin: body.admin,
      isSuspended: suspensionOf(body),
      isRestricted: body.restricted,
    }),
  );
  return c.json(await userJson(app, actor, await requireUserByName(app, account.name)));
}

/** Gitea has two switches for what is one here. */
function suspensionOf({
  active,
  prohibit_login: isProhibited,
}: {
  active?: boolean | undefined;
  prohibit_login?: boolean | undefined;
}): boolean | undefined {
  if (isProhibited === true || active === false) return true;
  return isProhibited === false || active === true ? false : undefined;
}

async function deleteUser(c: WebContext, actor: Actor): Promise<Response> {
  const { purge = 'false' } = queryOf(c, deletionQuery);
  await removeAccount(c.var.app, actor, await requireNamed(c, actor), purge === 'true' || purge === '1');
  return c.body(null, 204);
}

function requireNamed(c: WebContext, actor: Actor) {
  return requireAccount(c.var.app, actor, c.req.param('username') ?? '');
}
