// Accounts as administrators look at them. What they change about them is in the users and auth rooms.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { mailPasswordReset } from '../auth/account-mails.service.ts';
import { endSessionsIn } from '../auth/sessions.service.ts';
import { storeMustChangePassword } from '../users/account-flags.service.ts';
import { restrictNew } from '../users/standing.service.ts';
import { createUser, findUserByName } from '../users/users.service.ts';
import type { NewUser, UserRow } from '../users/users.types.ts';
import { listAccounts, readDetails } from './people.store.ts';
import type { AccountDetails, AccountRow, PeoplePage, PeopleRequest } from './people.types.ts';

const PAGE_SIZE = 50;

/** One page of people and bots, the newest first. */
export async function pageOfAccounts(app: App, actor: Actor, request: PeopleRequest): Promise<PeoplePage> {
  requireSiteAbility(actor, 'users:list');
  const words = request.words?.trim().slice(0, 100);
  const { words: _, ...rest } = request;
  const rows = await listAccounts(app.db.read, {
    ...rest,
    ...(words ? { words } : {}),
    limit: PAGE_SIZE + 1,
  });
  const items = rows.slice(0, PAGE_SIZE);
  return { items, next: rows.length > PAGE_SIZE ? items.at(-1)?.id : undefined };
}

/**
 * Creates an account for somebody. Whoever makes it knows its first password: its owner chooses another one before anything
 * else. Throws what `createUser` throws.
 */
export async function createAccount(
  app: App,
  actor: Actor,
  input: NewUser,
  { keepsPassword = false, isRestricted = false }: { keepsPassword?: boolean; isRestricted?: boolean } = {},
): Promise<UserRow> {
  requireSiteAbility(actor, 'site:administer');
  const mustChange = input.password !== undefined && !keepsPassword;
  return createUser(app, actor, input, {
    afterwards: async (tx, user) => {
      if (mustChange) await storeMustChangePassword(app, tx, user.id, true);
      if (isRestricted) await restrictNew(app, tx, actor, user.id);
    },
  });
}

/** An account with what hangs on it; throws AppError not_found for what is neither a person nor a bot. */
export async function accountDetails(app: App, actor: Actor, name: string): Promise<AccountDetails> {
  return readDetails(app.db.read, await requireAccount(app, actor, name), app.clock.now());
}

/** The person or bot of this name, for whoever administers the site; throws AppError not_found. */
export async function requireAccount(app: App, actor: Actor, name: string): Promise<AccountRow> {
  requireSiteAbility(actor, 'users:list');
  const account = await findUserByName(app, name);
  if (account?.kind !== 'user' && account?.kind !== 'bot') throw notFound('account');
  return account;
}

/** Ends every session of an account: whoever is signed in must sign in again. */
export async function endAllSessions(app: App, actor: Actor, userId: number): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  await app.db.write((tx) => endSessionsIn(app, tx, actor, userId, undefined));
}

/** Mails somebody the link by which they choose a new password. Throws AppError conflict where that cannot be. */
export async function sendPasswordReset(app: App, actor: Actor, account: AccountRow): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  if (!app.mail.isConfigured())
    throw new AppError('conflict', 'Mails cannot be sent: set mail.host and mail.from.');
  if (account.kind !== 'user' || account.isSuspended || account.email === '')
    throw new AppError('conflict', 'This account cannot be mailed: it is suspended or has no address.');
  await app.db.write(async (tx) => {
    await mailPasswordReset(app, tx, account, account.email);
    const userId = account.id;
    await app.events.record(tx, { kind: 'user.password_reset_requested', ...doneBy(actor), userId });
  });
}
