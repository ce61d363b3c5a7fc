// Authenticator applications: offering a secret, keeping it once a code was typed back, and taking codes, each once.
import { type Actor, doneBy } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import { findUserById } from '../users/users.service.ts';
import { makeFirstCodes } from './recovery-codes.service.ts';
import { demandOn, settleAddedFactor, settleSecondFactors } from './second-factors.service.ts';
import { advanceTotpStep, findTotp, removeTotpOf, saveTotp } from './totp.store.ts';
import { loadTotpCodes, type TotpCodes } from './totp-codes.service.ts';

const PURPOSE = 'totp';
const OFFER_PURPOSE = 'totp offer';
const OFFER_LIFETIME = 30 * MINUTE;
const ISSUER = 'OpenCodeHub';

export interface TotpOffer {
  secret: string;
  /** For the QR code. */
  uri: string;
  /** The secret as the form carries it: until a code is typed back, nothing is stored. */
  sealed: string;
}

interface Offered {
  userId: number;
  secret: string;
  at: number;
}

/** A new secret for an account, or the one that `sealed` holds if it was offered to the same account a while ago. */
export async function offerTotp(app: App, actor: Actor, userId: number, sealed = ''): Promise<TotpOffer> {
  requireAccountAbility(actor, userId, 'second-factors:manage');
  const user = await findUserById(app, userId);
  if (!user) throw notFound('account');
  const codes = await loadTotpCodes();
  const known = openOffer(app, userId, sealed);
  const secret = known?.secret ?? codes.newSecret();
  const label = `${user.name}@${new URL(app.publicUrl()).host}`;
  const made = sealOffer(app, { userId, secret, at: app.clock.now() });
  return { secret, uri: codes.uriOf(secret, ISSUER, label), sealed: known ? sealed : made };
}

function sealOffer(app: App, offered: Offered): string {
  return app.secrets.seal(OFFER_PURPOSE, JSON.stringify(offered)).toString('base64url');
}

function openOffer(app: App, userId: number, sealed: string): Offered | undefined {
  if (!/^[\w-]{40,1000}$/.test(sealed)) return undefined;
  try {
    const offered: Offered = JSON.parse(app.secrets.open(OFFER_PURPOSE, Buffer.from(sealed, 'base64url')));
    const isLive = app.clock.now() - offered.at <= OFFER_LIFETIME;
    return isLive && offered.userId === userId ? offered : undefined;
  } catch {
    // Made up, or sealed under an earlier key: as good as none.
    return undefined;
  }
}

export interface TotpConfirmation {
  sealed: string;
  code: string;
  /** The session it is set up in. */
  sessionId: number | undefined;
}

/**
 * Keeps an offered secret, in place of an earlier one, because its application shows the right code. Returns recovery
 * codes when the account had none. Throws AppError invalid on `code`.
 */
export async function confirmTotp(
  app: App,
  actor: Actor,
  userId: number,
  confirmation: TotpConfirmation,
): Promise<{ recoveryCodes: string[] | undefined }> {
  requireAccountAbility(actor, userId, 'second-factors:manage');
  const { sealed, code, sessionId } = confirmation;
  const codes = await loadTotpCodes();
  const offered = openOffer(app, userId, sealed);
  if (!offered) throw invalid({ code: 'This page was open for too long. Scan the new code below.' });
  const now = app.clock.now();
  const lastStep = codes.stepOf(offered.secret, code, now, 0);
  if (lastStep === undefined) {
    throw invalid({
      code: 'This is not the code for now. Check the clock of your device and try the next one.',
    });
  }
  const sealedSecret = app.secrets.seal(PURPOSE, offered.secret);
  const recoveryCodes = await app.db.write(async (tx) => {
    await saveTotp(tx, { userId, sealedSecret, confirmedAt: now, lastStep, createdAt: now });
    await settleAddedFactor(app, tx, actor, userId, sessionId);
    await app.events.record(tx, { kind: 'totp.enabled', ...doneBy(actor), userId });
    return makeFirstCodes(app, tx, actor, userId);
  });
  return { recoveryCodes };
}

/** Removes the application. Throws AppError conflict for the last factor of an account that must have one. */
export async function removeTotp(app: App, actor: Actor, userId: number): Promise<void> {
  requireAccountAbility(actor, userId, 'second-factors:manage');
  const demand = await demandOn(app, userId);
  await app.db.write(async (tx) => {
    if (!(await removeTotpOf(tx, userId))) throw notFound('authenticator application');
    await settleSecondFactors(app, tx, userId, demand);
    await app.events.record(tx, { kind: 'totp.disabled', ...doneBy(actor), userId });
  });
}

/** Takes a code in the caller's transaction: false when it is wrong, or was taken before. */
export async function takeTotpCode(
  app: App,
  tx: Tx,
  userId: number,
  typed: string,
  codes: TotpCodes,
): Promise<boolean> {
  const row = await findTotp(tx, userId);
  if (!row || row.confirmedAt === null) return false;
  const secret = app.secrets.open(PURPOSE, row.sealedSecret);
  const step = codes.stepOf(secret, typed, app.clock.now(), row.lastStep);
  return step !== undefined && advanceTotpStep(tx, userId, step);
}
