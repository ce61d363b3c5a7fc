// /admin/users: finding accounts, making them, and what may be done to one.
import { isAppError } from '../../base/errors.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { idInQuery } from '../../platform/web/queries.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { vouchForEmail } from '../auth/emails.service.ts';
import { requirePasswordChange } from '../auth/passwords.service.ts';
import { resetSecondFactors } from '../auth/second-factors.service.ts';
import { deleteAccount } from '../repos/owner-deletion.service.ts';
import { setAdmin, setRestricted, suspendUser, unsuspendUser } from '../users/standing.service.ts';
import { adminModel } from './admin-page.present.ts';
import { actsOn } from './people.present.ts';
import {
  accountDetails,
  createAccount,
  endAllSessions,
  pageOfAccounts,
  requireAccount,
  sendPasswordReset,
} from './people.service.ts';
import { ACCOUNT_FILTERS, type AccountFilter, type AccountRow } from './people.types.ts';

const BASE = '/admin/users';
const ONE = `${BASE}/:user`;

type Act = (c: WebContext, account: AccountRow) => Promise<string>;

/** What may be done to one account: below which address, and what the page says afterwards. */
const ACTS: Record<string, Act> = {
  suspension: async ({ var: { app, actor } }, { id, name }) => {
    await suspendUser(app, actor, id);
    return `${name} is suspended.`;
  },
  'suspension/removal': async ({ var: { app, actor } }, { id, name }) => {
    await unsuspendUser(app, actor, id);
    return `${name} may sign in again.`;
  },
  restriction: async ({ var: { app, actor } }, { id, name }) => {
    await setRestricted(app, actor, id, true);
    return `${name} is restricted.`;
  },
  'restriction/removal': async ({ var: { app, actor } }, { id, name }) => {
    await setRestricted(app, actor, id, false);
    return `${name} is no longer restricted.`;
  },
  administrator: async ({ var: { app, actor } }, { id, name }) => {
    await setAdmin(app, actor, id, true);
    return `${name} is an administrator.`;
  },
  'administrator/removal': async ({ var: { app, actor } }, { id, name }) => {
    await setAdmin(app, actor, id, false);
    return `${name} is no longer an administrator.`;
  },
  'sessions/removal': async ({ var: { app, actor } }, { id, name }) => {
    await endAllSessions(app, actor, id);
    return `${name} is signed out everywhere.`;
  },
  'second-factors/removal': async ({ var: { app, actor } }, { id, name }) => {
    await resetSecondFactors(app, actor, id);
    return `${name} has no second factor any more.`;
  },
  'emails/verification': async (c, { id, name }) => {
    const { email = '' } = await readForm(c);
    await vouchForEmail(c.var.app, c.var.actor, id, email);
    return `${email} counts as verified: it belongs to ${name}.`;
  },
  'password-change': async ({ var: { app, actor } }, { id, name }) => {
    await requirePasswordChange(app, actor, id);
    return `${name} must choose a new password before anything else.`;
  },
  'password-reset': async ({ var: { app, actor } }, account) => {
    await sendPasswordReset(app, actor, account);
    return `A link to choose a new password was sent to ${account.email}.`;
  },
};

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'admin', handler: getUsers },
  {
    method: 'get',
    path: `${BASE}/new`,
    access: 'admin',
    // Asked for before the form is filled in: no page carries a password through the proof, so it would be lost.
    sudo: true,
    handler: (c) => answerNew(c, {}, {}, 200),
  },
  { method: 'post', path: BASE, access: 'admin', sudo: true, handler: postUser },
  { method: 'post', path: `${ONE}/deletion`, access: 'admin', sudo: true, handler: postDeletion },
  { method: 'get', path: ONE, access: 'admin', handler: (c) => answerUser(c, {}, 200) },
  ...Object.entries(ACTS).map(
    ([path, act]): Route<AccountAccess, unknown> => ({
      method: 'post',
      path: `${ONE}/${path}`,
      access: 'admin',
      sudo: true,
      handler: (c) => postAct(c, act),
    }),
  ),
];

/** Adds the pages about accounts. */
export function mountPeople(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

async function getUsers(c: WebContext): Promise<Response> {
  const words = c.req.query('q') ?? '';
  const filter = filterOf(c.req.query('show'));
  const before = idInQuery(c, 'before');
  const request = { words, ...(filter ? { filter } : {}), ...(before ? { before } : {}) };
  const { items, next } = await pageOfAccounts(c.var.app, c.var.actor, request);
  const model = adminModel(c.var.app, 'users', {
    title: 'Users',
    accounts: items,
    words,
    filter,
    filters: Object.entries(ACCOUNT_FILTERS),
    firstPage: before === undefined ? undefined : listAddress({ q: words, show: filter }),
    nextPage: next === undefined ? undefined : listAddress({ q: words, show: filter, before: String(next) }),
  });
  return page(c, 'admin/users', model);
}

function filterOf(text: string | undefined): AccountFilter | undefined {
  return (Object.keys(ACCOUNT_FILTERS) as AccountFilter[]).find((filter) => filter === text);
}

function listAddress(query: Record<string, string | undefined>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return `${BASE}?${new URLSearchParams(given)}`;
}

function answerNew(
  c: WebContext,
  form: Record<string, string>,
  errors: Record<string, string>,
  status: number,
): Response {
  const { password: _, ...kept } = form;
  return page(
    c,
    'admin/user-new',
    adminModel(c.var.app, 'users', { title: 'New user', form: kept, errors }),
    status,
  );
}

async function postUser(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  const form = await readForm(c);
  const { name = '', email = '', password = '', kind, isAdmin } = form;
  try {
    const user =
      kind === 'bot'
        ? await createAccount(app, actor, { name, email: '', kind: 'bot' })
        : await createAccount(app, actor, {
            name,
            email,
            isAdmin: isAdmin === 'yes',
            ...(password === '' ? {} : { password }),
          });
    return redirectWithMessage(c, `${BASE}/${user.name}`, `Created ${user.name}.`);
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerNew(c, form, error.fields ?? {}, 422);
    throw error;
  }
}

async function answerUser(c: WebContext, errors: Record<string, string>, status: number): Promise<Response> {
  const { app, actor } = c.var;
  const details = await accountDetails(app, actor, c.req.param('user') ?? '');
  const isSelf = requireUserActor(actor).userId === details.account.id;
  const model = adminModel(app, 'users', {
    title: details.account.name,
    details,
    isSelf,
    acts: isSelf ? [] : actsOn(details, app.mail.isConfigured()),
    canDelete: !isSelf,
    errors,
  });
  return page(c, 'admin/user', model, status);
}

async function postAct(c: WebContext, act: Act): Promise<Response> {
  const account = await requireAccount(c.var.app, c.var.actor, c.req.param('user') ?? '');
  const there = `${BASE}/${account.name}`;
  try {
    return redirectWithMessage(c, there, await act(c, account));
  } catch (error) {
    if (!isAppError(error, 'conflict', 'invalid')) throw error;
    const [refusal = error.message] = Object.values(error.fields ?? {});
    return redirectWithMessage(c, there, refusal, 'error');
  }
}

async function postDeletion(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  const account = await requireAccount(app, actor, c.req.param('user') ?? '');
  const typed = ((await readForm(c)).confirmation ?? '').trim();
  if (typed.toLowerCase() !== account.name.toLowerCase())
    return answerUser(c, { confirmation: `Type ${account.name} to confirm.` }, 422);
  try {
    await deleteAccount(app, actor, account.id);
  } catch (error) {
    if (!isAppError(error, 'conflict')) throw error;
    return redirectWithMessage(c, `${BASE}/${account.name}`, error.message, 'error');
  }
  return redirectWithMessage(c, BASE, `${account.name} was deleted.`);
}
