// Addresses of accounts as rows: held, proved, released. Whoever calls has judged who may, and runs the transaction; the
// mails that prove an address are the auth room's.
import { doneBy, SYSTEM } from '../../base/actor.ts';
import { randomToken } from '../../base/crypto.ts';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { primaryEmailOf } from './emails.service.ts';
import {
  findAddress,
  insertAddress,
  listAddressesOf,
  listUnproved,
  markVerified,
  removeAddress,
  removeUnproved,
} from './emails.store.ts';
import type { EmailRow } from './emails.types.ts';
import { findById, updateUser } from './users.store.ts';
import type { UserRow } from './users.types.ts';

type Db = Reader | Tx;

/** How long an address that nobody proved to read is kept from others. */
const CLAIM_LIFETIME = DAY;
/** How long an account waits for its address to be proved; then its name is free again. */
const UNPROVED_LIFETIME = 7 * DAY;

/** Whether new accounts must prove their address: only where a mail can reach them. */
export function isVerificationInForce(app: App): boolean {
  return app.config.accounts.verify_email && app.mail.isConfigured();
}

/** Whether a new account must still prove its address before it may be used by any means. */
export async function isAwaitingVerification(
  app: App,
  user: Pick<UserRow, 'id' | 'kind' | 'email' | 'emailKey' | 'lastLoginAt'>,
): Promise<boolean> {
  if (user.kind !== 'user' || user.lastLoginAt !== null || !isVerificationInForce(app)) return false;
  return !(await primaryEmailOf(app, user))?.isVerified;
}

/** Who holds an address, whether proved or not. */
export async function holderOf(app: App, email: string, db: Db = app.db.read): Promise<EmailRow | undefined> {
  return findAddress(db, email.toLowerCase());
}

/** Whether a claim on an address was never proved and is too old to keep others from it. */
export function isStaleClaim(app: App, row: EmailRow): boolean {
  return row.verifiedAt === null && row.createdAt <= app.clock.now() - CLAIM_LIFETIME;
}

/** An account's addresses in the order they were added. */
export async function addressesOf(app: App, userId: number, db: Db = app.db.read): Promise<EmailRow[]> {
  return listAddressesOf(db, userId);
}

/**
 * Notes that an account proved to read an address, adding it where it is new. Somebody else's claim that was never
 * proved is released; false when somebody else's was.
 */
export async function holdProved(app: App, tx: Tx, userId: number, email: string): Promise<boolean> {
  const now = app.clock.now();
  const held = await findAddress(tx, email.toLowerCase());
  if (held?.userId === userId) {
    if (held.verifiedAt === null) await markVerified(tx, userId, held.emailKey, now);
    return true;
  }
  if (held && held.verifiedAt !== null) return false;
  if (held) await releaseClaim(app, tx, held);
  await insertAddress(tx, { userId, email, emailKey: email.toLowerCase(), verifiedAt: now, createdAt: now });
  return true;
}

/** Adds an address that nothing proves. */
export async function holdUnproved(app: App, tx: Tx, userId: number, email: string): Promise<void> {
  const emailKey = email.toLowerCase();
  await insertAddress(tx, { userId, email, emailKey, verifiedAt: null, createdAt: app.clock.now() });
}

/** Takes an address from the account that holds it; one that loses its primary address is left without. */
export async function releaseClaim(app: App, tx: Tx, row: EmailRow): Promise<void> {
  await removeAddress(tx, row.id);
  const holder = await findById(tx, row.userId);
  if (holder?.emailKey !== row.emailKey) return;
  const nothing = { email: '', emailKey: `:${randomToken(16)}` };
  await updateUser(tx, holder.id, { ...nothing, updatedAt: app.clock.now() });
}

/** Makes one of an account's addresses the primary one. */
export async function makePrimary(app: App, tx: Tx, row: EmailRow): Promise<void> {
  const { email, emailKey } = row;
  await updateUser(tx, row.userId, { email, emailKey, updatedAt: app.clock.now() });
}

/** Whether commits made on the web carry the no-reply address. */
export async function setHidesEmail(app: App, tx: Tx, userId: number, hidesEmail: boolean): Promise<void> {
  await updateUser(tx, userId, { hidesEmail, updatedAt: app.clock.now() });
}

/** Forgets registrations whose address was not proved within a week; nothing ever happened in these accounts. */
export async function forgetUnproved(app: App): Promise<void> {
  if (!isVerificationInForce(app)) return;
  const before = app.clock.now() - UNPROVED_LIFETIME;
  for (let after = 0; ; ) {
    const page = await listUnproved(app.db.read, before, after, 100);
    for (const { id, name } of page) await forgetOne(app, id, name, before);
    const last = page.at(-1);
    if (!last || page.length < 100) return;
    after = last.id;
  }
}

async function forgetOne(app: App, id: number, name: string, before: number): Promise<void> {
  await app.db.write(async (tx) => {
    // It may have been confirmed since the list was read.
    const [still] = await listUnproved(tx, before, id - 1, 1);
    if (still?.id !== id) return;
    await removeUnproved(tx, id);
    await app.events.record(tx, { kind: 'user.deleted', ...doneBy(SYSTEM), userId: id, name });
  });
}
