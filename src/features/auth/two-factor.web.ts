// The page of one's second factors: the authenticator application, recovery codes, and the passkeys beside them.
import type { Actor } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { ENROLMENT_PATH } from '../../platform/web/proof.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { organizationsOf } from '../orgs/memberships.service.ts';
import { originOf } from './answer-sign-in.web.ts';
import { passkeyObstacle } from './passkey-site.service.ts';
import { qrCodeOf } from './qr-code.present.ts';
import { FEW_CODES, makeRecoveryCodes } from './recovery-codes.service.ts';
import { DEMANDS, demandOn, secondFactorsOf } from './second-factors.service.ts';
import { confirmTotp, offerTotp, removeTotp } from './totp.service.ts';

const BASE = ENROLMENT_PATH;
const TOTP = `${BASE}/totp`;

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'signed-in', whilePending: true, handler: getTwoFactor },
  { method: 'get', path: TOTP, access: 'signed-in', sudo: true, whilePending: true, handler: getTotp },
  { method: 'post', path: TOTP, access: 'signed-in', sudo: true, whilePending: true, handler: postTotp },
  { method: 'post', path: `${TOTP}/removal`, access: 'signed-in', sudo: true, handler: postTotpRemoval },
  { method: 'post', path: `${BASE}/recovery-codes`, access: 'signed-in', sudo: true, handler: postCodes },
];

/** Adds the pages of one's second factors. */
export function mountTwoFactor(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

function getTwoFactor(c: WebContext): Promise<Response> {
  return answerTwoFactor(c);
}

/** The page; `codes` are recovery codes just made, in this answer and nowhere else. */
export async function answerTwoFactor(c: WebContext, codes?: readonly string[]): Promise<Response> {
  const { app, actor } = c.var;
  const { userId, mustEnrol } = requireUserActor(actor);
  const factors = await secondFactorsOf(app, actor, userId);
  const hasAny = factors.totpSince !== undefined || factors.passkeys.length > 0;
  const demand = await demandOn(app, userId);
  const isHeldBack = mustEnrol === true && !hasAny;
  const model = {
    title: 'Second factors',
    ...factors,
    hasAny,
    demand: demand && DEMANDS[demand],
    isHeldBack,
    demanding:
      isHeldBack && demand === 'organization' ? await demandingOrganizations(app, actor, userId) : [],
    hasFewCodes: hasAny && factors.unusedRecoveryCodes <= FEW_CODES,
    obstacle: passkeyObstacle(app, originOf(c), BASE),
    codes,
  };
  c.header('Cache-Control', 'no-store');
  return page(c, 'auth/two-factor', model, codes ? 201 : 200);
}

/** Whoever wants no second factor may leave the organizations that ask for one. */
async function demandingOrganizations(app: App, actor: Actor, userId: number): Promise<string[]> {
  const memberships = await organizationsOf(app, actor, userId);
  return memberships
    .filter(({ organization }) => organization.requiresTwoFactor)
    .map(({ organization }) => organization.name);
}

function getTotp(c: WebContext): Promise<Response> {
  return answerTotp(c, '', {}, 200);
}

async function answerTotp(
  c: WebContext,
  sealed: string,
  errors: Record<string, string>,
  status: number,
): Promise<Response> {
  const { app, actor } = c.var;
  const offer = await offerTotp(app, actor, requireUserActor(actor).userId, sealed);
  const model = {
    title: 'Authenticator application',
    qr: await qrCodeOf(offer.uri),
    sealed: offer.sealed,
    uri: offer.uri,
    secret: offer.secret.replace(/(.{4})(?=.)/g, '$1 '),
    errors,
  };
  c.header('Cache-Control', 'no-store');
  return page(c, 'auth/two-factor-totp', model, status);
}

async function postTotp(c: WebContext): Promise<Response> {
  const { app, actor, session } = c.var;
  const { offer: sealed = '', code = '' } = await readForm(c);
  try {
    const { userId } = requireUserActor(actor);
    const confirmation = { sealed, code, sessionId: session?.id };
    const { recoveryCodes } = await confirmTotp(app, actor, userId, confirmation);
    if (recoveryCodes) return answerTwoFactor(c, recoveryCodes);
    return redirectWithMessage(c, BASE, 'Your authenticator application is set up.');
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    return answerTotp(c, sealed, error.fields ?? {}, 422);
  }
}

async function postTotpRemoval(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  return answerRemoval(
    c,
    () => removeTotp(app, actor, requireUserActor(actor).userId),
    'Your authenticator application was removed.',
  );
}

/** Removes a factor; the refusal to remove the last one is told on the page itself. */
export async function answerRemoval(
  c: WebContext,
  remove: () => Promise<void>,
  message: string,
): Promise<Response> {
  try {
    await remove();
    return redirectWithMessage(c, BASE, message);
  } catch (error) {
    if (!isAppError(error, 'conflict')) throw error;
    return redirectWithMessage(c, BASE, error.message, 'error');
  }
}

async function postCodes(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  try {
    return answerTwoFactor(c, await makeRecoveryCodes(app, actor, requireUserActor(actor).userId));
  } catch (error) {
    if (!isAppError(error, 'conflict')) throw error;
    return redirectWithMessage(c, BASE, error.message, 'error');
  }
}
