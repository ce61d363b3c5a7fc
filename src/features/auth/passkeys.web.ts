// Passkeys on the web. What scripts fetch are challenges alone; what the browser makes of them comes back in forms.
import { isAppError, notFound } from '../../base/errors.ts';
import { sessionCookie } from '../../platform/web/cookies.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { ENROLMENT_PATH } from '../../platform/web/proof.ts';
import { localReturnAddress, signInAddress } from '../../platform/web/return-address.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { answerSignIn, clientOf, originOf, pendingSignIn } from './answer-sign-in.web.ts';
import { idOf } from './ids.input.ts';
import { beginPasskeySignIn, beginSecondPasskey, signInWithPasskey } from './passkey-sign-in.service.ts';
import { passkeyObstacle } from './passkey-site.service.ts';
import { addPasskey, beginPasskey, removePasskey, renamePasskey } from './passkeys.service.ts';
import { beginPasskeyProof } from './proofs.service.ts';
import { answerRemoval, answerTwoFactor } from './two-factor.web.ts';

const BASE = `${ENROLMENT_PATH}/passkeys`;
const SET_UP = { access: 'signed-in', sudo: true, whilePending: true } as const;
const SIGN_IN = { access: 'anyone', whilePending: true } as const;

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'post', path: '/login/passkey', ...SIGN_IN, handler: postSignIn },
  { method: 'post', path: '/login/passkey/challenge', ...SIGN_IN, handler: signInChallenge },
  { method: 'post', path: '/login/two-factor/challenge', ...SIGN_IN, handler: secondFactorChallenge },
  { method: 'get', path: `${BASE}/new`, ...SET_UP, handler: getNew },
  { method: 'post', path: BASE, ...SET_UP, handler: postNew },
  { method: 'post', path: `${BASE}/challenge`, ...SET_UP, handler: registrationChallenge },
  {
    method: 'post',
    path: `${BASE}/proof`,
    access: 'signed-in',
    whilePending: true,
    handler: proofChallenge,
  },
  { method: 'post', path: `${BASE}/:id/name`, access: 'signed-in', handler: postName },
  { method: 'post', path: `${BASE}/:id/removal`, access: 'signed-in', sudo: true, handler: postRemoval },
];

/** Adds the pages and challenges of passkeys. */
export function mountPasskeys(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

async function postSignIn(c: WebContext): Promise<Response> {
  const { passkey = '', return_to: wanted } = await readForm(c);
  const returnTo = localReturnAddress(wanted);
  try {
    const outcome = await signInWithPasskey(c.var.app, passkey, clientOf(c), sessionCookie(c));
    return answerSignIn(c, outcome, returnTo);
  } catch (error) {
    if (!isAppError(error, 'unauthenticated', 'forbidden', 'conflict')) throw error;
    return redirectWithMessage(c, signInAddress(returnTo), error.message, 'error');
  }
}

function signInChallenge(c: WebContext): Promise<Response> {
  return answerChallenge(c, () => beginPasskeySignIn(c.var.app, c.var.address));
}

function secondFactorChallenge(c: WebContext): Promise<Response> {
  return answerChallenge(c, () => beginSecondPasskey(c.var.app, pendingSignIn(c), c.var.address));
}

function registrationChallenge(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  return answerChallenge(c, () =>
    beginPasskey(app, actor, requireUserActor(actor).userId, requireSession(c)),
  );
}

function proofChallenge(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  return answerChallenge(c, () => beginPasskeyProof(app, requireUserActor(actor), requireSession(c)));
}

function requireSession(c: WebContext): number {
  const { session } = c.var;
  if (!session) throw notFound('session');
  return session.id;
}

/** A challenge, or why there is none, for the script that asked. */
async function answerChallenge(c: WebContext, begin: () => Promise<object>): Promise<Response> {
  c.header('Cache-Control', 'no-store');
  try {
    return c.json(await begin());
  } catch (error) {
    if (!isAppError(error)) throw error;
    return c.json({ message: error.message }, error.code === 'rate_limited' ? 429 : 409);
  }
}

function getNew(c: WebContext): Promise<Response> | Response {
  return answerNew(c, '', {}, 200);
}

function answerNew(c: WebContext, name: string, errors: Record<string, string>, status: number): Response {
  const obstacle = passkeyObstacle(c.var.app, originOf(c), ENROLMENT_PATH);
  return page(c, 'auth/passkey-new', { title: 'Add a passkey', name, obstacle, errors }, status);
}

async function postNew(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  const { name = '', passkey: credential = '' } = await readForm(c);
  try {
    const { userId } = requireUserActor(actor);
    const wanted = { name, credential, sessionId: requireSession(c) };
    const { recoveryCodes } = await addPasskey(app, actor, userId, wanted);
    if (recoveryCodes) return answerTwoFactor(c, recoveryCodes);
    return redirectWithMessage(c, ENROLMENT_PATH, 'Your passkey was added.');
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    return answerNew(c, name, error.fields ?? {}, 422);
  }
}

async function postName(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  const { name = '' } = await readForm(c);
  try {
    await renamePasskey(app, actor, requireUserActor(actor).userId, requireId(c), name);
    return redirectWithMessage(c, ENROLMENT_PATH, 'Your passkey was renamed.');
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    return redirectWithMessage(c, ENROLMENT_PATH, error.message, 'error');
  }
}

function requireId(c: WebContext): number {
  const id = idOf(c.req.param('id'));
  if (id === undefined) throw notFound('passkey');
  return id;
}

async function postRemoval(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  const remove = async () => {
    await removePasskey(app, actor, requireUserActor(actor).userId, requireId(c));
  };
  return answerRemoval(c, remove, 'The passkey was removed.');
}
