// What a session must still do before a route runs: choose a new password, set up a second factor, or prove again who it is.
import type { UserActor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import { isPending, requireEnrolled } from '../../base/judgement.ts';
import { MINUTE } from '../../base/time.ts';
import type { WebContext } from './web.types.ts';

/** Where accounts that need a second factor are sent. */
export const ENROLMENT_PATH = '/settings/two-factor';
/** Where accounts that need a new password are sent. */
export const NEW_PASSWORD_PATH = '/settings/password';

/** Thrown before a dangerous act of a session that proved itself too long ago; the surface asks and comes back. */
export class ProofNeeded extends AppError {
  constructor() {
    super('unauthenticated', 'Confirm that it is you: your last sign-in is too long ago for this.');
  }
}

/** Throws ProofNeeded unless the session's person proved who they are a short while ago. Others have no session. */
export function requireFreshProof(c: WebContext): void {
  const { session, app } = c.var;
  if (!session) return;
  const limit = app.config.accounts.sudo_minutes * MINUTE;
  if (app.clock.now() - session.provenAt > limit) throw new ProofNeeded();
}

/** Sends accounts to the set-up of what they need; throws AppError forbidden where there are no pages. */
export function holdBackPending(c: WebContext): Response | undefined {
  const { actor } = c.var;
  if (actor.kind !== 'user' || !isPending(actor)) return undefined;
  if (actor.via === 'session' && c.req.method === 'GET') return c.redirect(setUpPath(actor), 303);
  requireEnrolled(actor);
  return undefined;
}

function setUpPath(actor: UserActor): string {
  return actor.mustChangePassword ? NEW_PASSWORD_PATH : ENROLMENT_PATH;
}
