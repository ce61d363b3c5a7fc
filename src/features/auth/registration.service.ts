// People making accounts of their own.
import { ANONYMOUS } from '../../base/actor.ts';
import { AppError, invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { requireMayCreateUser } from '../users/users.policy.ts';
import { checkNewUser, countUsers, createUser } from '../users/users.service.ts';
import type { NewUser, UserRow } from '../users/users.types.ts';
import { limitRegistration } from './sign-in-limits.service.ts';

/**
 * Throws AppError forbidden while nobody can register: because registration is closed, or because there is no
 * administrator yet (a registered account would close the setup for whoever installed the server).
 */
export async function requireOpenRegistration(app: App): Promise<void> {
  requireMayCreateUser(app.config.accounts, ANONYMOUS, { isAdmin: false });
  if ((await countUsers(app)) > 0) return;
  throw new AppError(
    'forbidden',
    'Nobody has an account yet. Open the setup link that the server printed when it started: it makes the first one.',
  );
}

/** Lets somebody make an account of their own. Throws what `createUser` throws, and rate_limited. */
export async function register(app: App, address: string, input: NewUser): Promise<UserRow> {
  await requireOpenRegistration(app);
  if (input.password === undefined) throw invalid({ password: 'Choose a password.' });
  const wanted: NewUser = { name: input.name, email: input.email, password: input.password };
  await checkNewUser(app, ANONYMOUS, wanted);
  limitRegistration(app, address);
  return createUser(app, ANONYMOUS, wanted);
}
