// The first administrator: made through a link that only whoever starts the server sees.
import { SYSTEM } from '../../base/actor.ts';
import { equalInConstantTime, randomToken, sha256Hex } from '../../base/crypto.ts';
import { AppError, invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { countUsers, createUser } from '../users/users.service.ts';
import type { NewUser, UserRow } from '../users/users.types.ts';
import { findLinkHash, markDone, setLinkHash } from './setup.store.ts';

/** A fresh token for `/setup?token=…`, replacing earlier ones; undefined once anybody has an account. */
export async function setupLinkToken(app: App): Promise<string | undefined> {
  const token = randomToken();
  return app.db.write(async (tx) => {
    if ((await countUsers(app, tx)) > 0) return undefined;
    await setLinkHash(tx, sha256Hex(token));
    return token;
  });
}

/** Whether nobody has an account yet. */
export async function isSetupPending(app: App): Promise<boolean> {
  return (await countUsers(app)) === 0;
}

/** Lets only the holder of the link go on. Throws AppError not_found once anybody has an account, else forbidden. */
export async function requireSetupLink(app: App, token: string): Promise<void> {
  if (!(await isSetupPending(app))) throw notFound();
  const expected = await findLinkHash(app.db.read);
  if (expected !== undefined && equalInConstantTime(sha256Hex(token), expected)) return;
  throw new AppError(
    'forbidden',
    'This setup link is not valid. Open the one that the server printed when it last started.',
  );
}

/**
 * Creates the first administrator. However many try at once, one succeeds; the others get AppError not_found. Also
 * throws what `createUser` throws.
 */
export async function createFirstAdministrator(app: App, token: string, input: NewUser): Promise<UserRow> {
  await requireSetupLink(app, token);
  if (input.password === undefined) throw invalid({ password: 'Choose a password.' });
  const claim = async (tx: Tx) => {
    if ((await countUsers(app, tx)) > 0 || !(await markDone(tx, app.clock.now()))) throw notFound();
  };
  return createUser(app, SYSTEM, { ...input, isAdmin: true }, { claim });
}
