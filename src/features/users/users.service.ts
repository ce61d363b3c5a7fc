// Accounts: making them, finding them, changing what they say about themselves. Proving who one is, is auth's.
import { type Actor, doneBy } from '../../base/actor.ts';
import { randomToken } from '../../base/crypto.ts';
import { invalid, isAppError, notFound } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { isAwaitingVerification, isVerificationInForce, releaseClaim } from './addresses.service.ts';
import { findAddress, insertAddress } from './emails.store.ts';
import { isNameTaken, requireNameFree } from './names.service.ts';
import { hashPassword } from './password-hashes.service.ts';
import { isEmail, isName, parseNewBot, parseNewUser, weaknessOf } from './users.input.ts';
import { requireAccountAbility, requireMayCreateUser, requireMayListUsers } from './users.policy.ts';
import {
  countPeople,
  findById,
  findByNameKey,
  findLivingById,
  insertUser,
  listPeople,
  updateUser,
} from './users.store.ts';
import type { CheckedUser, Creation, NewUser, ProfileChanges, UserRow } from './users.types.ts';

/**
 * Creates an account from what was typed. Throws AppError invalid on `name`, `email` or `password`, also when the
 * name or address is taken; forbidden when the actor may not create (such) an account.
 */
export async function createUser(
  app: App,
  actor: Actor,
  input: NewUser,
  creation: Creation = {},
): Promise<UserRow> {
  const checked = await checkNewUser(app, actor, input, creation);
  const passwordHash = checked.password === undefined ? null : await hashPassword(app, checked.password);
  try {
    return await app.db.write(async (tx) => {
      await creation.claim?.(tx);
      const kept = creation.leavesAddress ? { ...checked, email: '' } : checked;
      const user = await insertWithEvent(app, tx, actor, newRow(app, kept, passwordHash), creation);
      await creation.afterwards?.(tx, user);
      return user;
    });
  } catch (error) {
    // Somebody took the name or the address since the check: checking again says which.
    if (isAppError(error, 'conflict')) await refuseTaken(app.db.read, actor, checked, creation);
    throw error;
  }
}

/** Throws what `createUser` would throw for this input, without creating anything. */
export async function checkNewUser(
  app: App,
  actor: Actor,
  input: NewUser,
  creation: Creation = {},
): Promise<CheckedUser> {
  const { isInvited = false } = creation;
  if (input.kind === 'bot') requireSiteAbility(actor, 'users:create');
  else requireMayCreateUser(app.config.accounts, actor, { isAdmin: input.isAdmin ?? false, isInvited });
  const checked =
    input.kind === 'bot' ? parseNewBot(input) : parseNewUser(input, app.config.accounts.min_password_length);
  await refuseTaken(app.db.read, actor, checked, creation);
  return checked;
}

/** Whoever may make accounts for others vouches for their addresses, and so does the mail with an invitation. */
function isAddressVouched(actor: Actor, { isVouched = false }: Creation): boolean {
  return isVouched || actor.kind !== 'anonymous';
}

async function insertWithEvent(
  app: App,
  tx: Tx,
  actor: Actor,
  row: Omit<UserRow, 'id'>,
  creation: Creation,
): Promise<UserRow> {
  const isVouched = isAddressVouched(actor, creation);
  // Where no mail can be sent addresses are taken at their word.
  const mustVerify = !isVouched && isVerificationInForce(app);
  await requireNameFree(tx, row.name);
  const claim = isVouched ? await findAddress(tx, row.emailKey) : undefined;
  if (claim?.verifiedAt === null) await releaseClaim(app, tx, claim);
  const user = await insertUser(tx, row);
  const { email, emailKey, createdAt } = row;
  if (email !== '')
    await insertAddress(tx, {
      userId: user.id,
      email,
      emailKey,
      verifiedAt: mustVerify ? null : createdAt,
      createdAt,
    });
  await app.events.record(tx, { kind: 'user.created', ...doneBy(actor), userId: user.id });
  return user;
}

async function refuseTaken(
  reader: Reader,
  actor: Actor,
  user: CheckedUser,
  creation: Creation,
): Promise<void> {
  const fields: Record<string, string> = {};
  if (await isNameTaken(reader, user.name)) {
    fields.name = `The username ${user.name} is taken. Choose another one.`;
  }
  const held = user.email === '' ? undefined : await findAddress(reader, user.email.toLowerCase());
  // A claim that was never proved keeps nobody from an address that is vouched for.
  const isTaken = held && !(held.verifiedAt === null && isAddressVouched(actor, creation));
  if (isTaken && !creation.hidesTakenAddress) {
    fields.email = 'An account with this e-mail address exists already.';
  }
  if (Object.keys(fields).length > 0) throw invalid(fields);
}

function newRow(app: App, user: CheckedUser, passwordHash: string | null): Omit<UserRow, 'id'> {
  const now = app.clock.now();
  return {
    kind: user.kind,
    name: user.name,
    nameKey: user.name.toLowerCase(),
    displayName: '',
    email: user.email,
    emailKey: user.email === '' ? `:${randomToken(16)}` : user.email.toLowerCase(),
    passwordHash,
    isAdmin: user.isAdmin,
    isSuspended: false,
    createdAt: now,
    updatedAt: now,
    lastLoginAt: null,
    isRestricted: false,
    mustChangePassword: false,
    bio: '',
    location: '',
    website: '',
    avatarHash: null,
    hidesEmail: true,
    hasSecondFactor: false,
    followerCount: 0,
    followingCount: 0,
  };
}

/** The account of this name, in any case. Names are public. */
export async function findUserByName(app: App, name: string): Promise<UserRow | undefined> {
  return isName(name) ? findByNameKey(app.db.read, name.toLowerCase()) : undefined;
}

/** The account of this name; throws AppError not_found. */
export async function requireUserByName(app: App, name: string): Promise<UserRow> {
  const user = await findUserByName(app, name);
  if (!user) throw notFound('user');
  return user;
}

/** The account of this id; `reader` may be a running transaction. */
export async function findUserById(
  app: App,
  id: number,
  reader: Reader | Tx = app.db.read,
): Promise<UserRow | undefined> {
  return findById(reader, id);
}

/**
 * The account somebody means at sign-in: by username, or by e-mail address. Never shown to others. A new account is not
 * found by an address it must still prove: that it is would tell whoever registered it that nobody else has the address.
 */
export async function findUserByLogin(app: App, login: string): Promise<UserRow | undefined> {
  const typed = login.trim();
  if (isName(typed)) return findByNameKey(app.db.read, typed.toLowerCase());
  const address = isEmail(typed) ? await findAddress(app.db.read, typed.toLowerCase()) : undefined;
  const user = address && (await findById(app.db.read, address.userId));
  return user && (await isAwaitingVerification(app, user)) ? undefined : user;
}

/** People in the order they were added, behind the id `after`, all unless limited; for administrators. */
export async function listUsers(
  app: App,
  actor: Actor,
  page: { after?: number; limit?: number } = {},
): Promise<UserRow[]> {
  requireMayListUsers(actor);
  return listPeople(app.db.read, page.after ?? 0, page.limit ?? Number.MAX_SAFE_INTEGER);
}

/** How many people have an account; `reader` may be a running transaction. */
export async function countUsers(app: App, reader: Reader | Tx = app.db.read): Promise<number> {
  return countPeople(reader);
}

/** Changes what an account says about itself. */
export async function changeProfile(
  app: App,
  actor: Actor,
  userId: number,
  changes: ProfileChanges,
): Promise<void> {
  requireAccountAbility(actor, userId, 'profile:write');
  await writeProfile(app, actor, userId, changes);
}

/** As `changeProfile`, of any account: for administrators. */
export async function changeProfileOf(
  app: App,
  actor: Actor,
  userId: number,
  changes: ProfileChanges,
): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  await writeProfile(app, actor, userId, changes);
}

async function writeProfile(app: App, actor: Actor, userId: number, changes: ProfileChanges): Promise<void> {
  const before = await findById(app.db.read, userId);
  if (!before) throw notFound('account');
  const changed = (Object.keys(changes) as (keyof ProfileChanges)[]).filter(
    (field) => changes[field] !== before[field],
  );
  if (changed.length === 0) return;
  await app.db.write(async (tx) => {
    if (!(await findLivingById(tx, userId))) throw notFound('account');
    await updateUser(tx, userId, { ...changes, updatedAt: app.clock.now() });
    await app.events.record(tx, { kind: 'user.updated', ...doneBy(actor), userId, changes: changed });
  });
}

/** What is wrong with a password somebody wants for an account, or undefined. */
export function passwordWeakness(app: App, user: UserRow, password: string): string | undefined {
  return weaknessOf(password, [user.name, user.email], app.config.accounts.min_password_length);
}

/** Replaces the password's hash in the caller's transaction; the auth room has judged the change. */
export async function storePasswordHash(app: App, tx: Tx, userId: number, hash: string): Promise<void> {
  await updateUser(tx, userId, { passwordHash: hash, updatedAt: app.clock.now() });
}

/** Whether an account's password, suspension and need of a second factor are still what `user` says. */
export async function isUnchanged(tx: Tx, user: UserRow): Promise<boolean> {
  const now = await findById(tx, user.id);
  return (
    now?.passwordHash === user.passwordHash &&
    now.isSuspended === user.isSuspended &&
    now.hasSecondFactor === user.hasSecondFactor
  );
}

/** Notes a sign-in in the caller's transaction. */
export async function noteSignIn(app: App, tx: Tx, userId: number): Promise<void> {
  await updateUser(tx, userId, { lastLoginAt: app.clock.now() });
}
