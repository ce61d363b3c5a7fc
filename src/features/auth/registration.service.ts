// People making accounts of their own: freely or by invitation, and proving their address where mails can be sent.
import { ANONYMOUS } from '../../base/actor.ts';
import { AppError, invalid, isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { findInvitation } from '../orgs/invitations.service.ts';
import {
  holderOf,
  isAwaitingVerification,
  isStaleClaim,
  isVerificationInForce,
  releaseClaim,
} from '../users/addresses.service.ts';
import type { EmailRow } from '../users/emails.types.ts';
import { requireMayCreateUser } from '../users/users.policy.ts';
import { checkNewUser, countUsers, createUser, findUserById } from '../users/users.service.ts';
import type { Creation, NewUser, UserRow } from '../users/users.types.ts';
import { mailAccountExists, mailVerification } from './account-mails.service.ts';
import type { Client } from './clients.types.ts';
import { findRegistrationInvitation, useRegistrationInvitation } from './registration-invitations.service.ts';
import type { RegistrationInvitationRow } from './registration-invitations.types.ts';
import { limitRegistration, limitRegistrationForms, mayMail } from './sign-in-limits.service.ts';

/** `user` may be signed in at once; undefined: a mail is on its way, which says what there is to do. */
export interface Registered {
  user: UserRow | undefined;
}

export interface Invited {
  /** The address the invitation was sent to. */
  email: string;
  /** An administrator's, which the registration uses up; an organization's is answered afterwards. */
  row: RegistrationInvitationRow | undefined;
  /** The organization that invites. */
  organizationName: string | undefined;
}

/** The invitation of a link, an administrator's or an organization's; undefined for none and for a dead one. */
export async function findInvited(app: App, token: string | undefined): Promise<Invited | undefined> {
  if (!token || token.length > 100) return undefined;
  const row = await findRegistrationInvitation(app, token);
  if (row) return { email: row.email, row, organizationName: undefined };
  const found = await findInvitation(app, token);
  if (!found || found.email === null) return undefined;
  return { email: found.email, row: undefined, organizationName: found.organizationName };
}

/**
 * Throws AppError forbidden while nobody can register: because registration is closed or asks for an invitation, or
 * because there is no administrator yet (a registered account would close the setup for whoever installed the server).
 */
export async function requireOpenRegistration(app: App, isInvited = false): Promise<void> {
  requireMayCreateUser(app.config.accounts, ANONYMOUS, { isAdmin: false, isInvited });
  if ((await countUsers(app)) > 0) return;
  throw new AppError(
    'forbidden',
    'Nobody has an account yet. Open the setup link that the server printed when it started: it makes the first one.',
  );
}

/**
 * Lets somebody make an account of their own. Where addresses must be proved, the answer is the same whether the
 * address was free or not: its owner gets a mail. Throws what `createUser` throws, and rate_limited.
 */
export async function register(
  app: App,
  client: Client,
  input: NewUser,
  invitation?: string,
): Promise<Registered> {
  const invited = await findInvited(app, invitation);
  await requireOpenRegistration(app, invited !== undefined);
  if (input.password === undefined) throw invalid({ password: 'Choose a password.' });
  const wanted: NewUser = { name: input.name, email: input.email, password: input.password };
  const creation = creationOf(app, wanted, invited);
  refuseAnotherAddress(app, wanted, invited);
  if (!creation.hidesTakenAddress) limitRegistrationForms(app, client.address);
  await checkNewUser(app, ANONYMOUS, wanted, creation);
  limitRegistration(app, client.address);
  if (!creation.hidesTakenAddress) return { user: await createUser(app, ANONYMOUS, wanted, creation) };
  await registerUnproved(app, client, wanted, creation);
  return { user: undefined };
}

/** An organization's invitation makes one account, not one after another until it is answered. */
function refuseAnotherAddress(app: App, wanted: NewUser, invited: Invited | undefined): void {
  if (app.config.accounts.registration === 'open' || !invited || invited.row) return;
  if (wanted.email.trim().toLowerCase() === invited.email.toLowerCase()) return;
  throw invalid({ email: 'Use the address that was invited. Others can be added later.' });
}

function creationOf(app: App, wanted: NewUser, invited: Invited | undefined): Creation {
  const isVouched = invited?.row?.emailKey === wanted.email.trim().toLowerCase();
  return {
    isInvited: invited !== undefined,
    isVouched,
    hidesTakenAddress: isVerificationInForce(app) && !isVouched,
    async claim(tx) {
      if (invited?.row && !(await useRegistrationInvitation(tx, invited.row))) throw usedInvitation();
    },
  };
}

function usedInvitation(): AppError {
  return new AppError('forbidden', 'This invitation was used or taken back meanwhile.');
}

/**
 * Makes the account and sends the link, or, where the address is another's, makes it without an address and tells the
 * owner: who registers sees no difference, not even in whether the name is taken now.
 */
async function registerUnproved(
  app: App,
  client: Client,
  wanted: NewUser,
  creation: Creation,
  attempts = 2,
): Promise<void> {
  const email = wanted.email.trim();
  const held = await holderOf(app, email);
  const isFree = !held || isStaleClaim(app, held);
  const owner = held && (await ownerOf(app, held));
  const mails = mayMail(app, isFree ? 'verify' : 'exists', email.toLowerCase());
  try {
    await createUser(app, ANONYMOUS, wanted, {
      ...creation,
      leavesAddress: !isFree,
      async claim(tx) {
        await creation.claim?.(tx);
        if (held && isFree) await releaseClaim(app, tx, held);
      },
      async afterwards(tx, user) {
        if (!mails) return;
        if (isFree) await mailVerification(app, tx, user, email, client.device);
        else if (owner) await mailOwner(app, tx, owner);
      },
    });
  } catch (error) {
    // Somebody took the address since: the second attempt finds it taken.
    if (!isAppError(error, 'conflict') || attempts <= 1) throw error;
    await registerUnproved(app, client, wanted, creation, attempts - 1);
  }
}

interface AddressOwner {
  user: UserRow;
  email: string;
  /** Whether it is itself a new account that has not proved the address yet. */
  isWaiting: boolean;
}

async function ownerOf(app: App, held: EmailRow): Promise<AddressOwner | undefined> {
  const user = await findUserById(app, held.userId);
  return user && { user, email: held.email, isWaiting: await isAwaitingVerification(app, user) };
}

async function mailOwner(app: App, tx: Tx, { user, email, isWaiting }: AddressOwner): Promise<void> {
  if (isWaiting) await mailVerification(app, tx, user, email);
  else await mailAccountExists(app, tx, user, email);
}
