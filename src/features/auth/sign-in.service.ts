// Signing in to the web with a password.
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { findUserByLogin, isUnchanged } from '../users/users.service.ts';
import type { Client } from './clients.types.ts';
import { checkPassword, renewHash } from './passwords.service.ts';
import { openSession } from './sessions.service.ts';

/**
 * Opens a session for whoever knows the password. Throws AppError unauthenticated for a wrong name or password alike,
 * forbidden for a suspended account (told only to who knows its password), rate_limited after too many failures.
 */
export async function signIn(
  app: App,
  credentials: { login: string; password: string },
  client: Client,
  replacedToken?: string,
): Promise<{ token: string; expiresAt: number }> {
  const { login, password } = credentials;
  const found = await findUserByLogin(app, login);
  const user = await checkPassword(app, login, found, password, client.address);
  if (!user) throw wrong();
  if (user.isSuspended) {
    throw new AppError('forbidden', 'This account is suspended. Ask an administrator.');
  }
  const session = await openSession(app, user.id, client, replacedToken, async (tx) => {
    // The password was changed while this one was checked, which ended all sessions: none may begin with the old one.
    if (!(await isUnchanged(tx, user))) throw wrong();
  });
  await renewHash(app, user, password);
  return session;
}

function wrong(): AppError {
  return new AppError('unauthenticated', 'Wrong username or password.');
}
