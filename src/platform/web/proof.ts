// What a session must still do before a route runs: set up a second factor, or prove again who it is.
import { AppError } from '../../base/errors.ts';
import { requireEnrolled } from '../../base/judgement.ts';
import { MINUTE } from '../../base/time.ts';
import type { WebContext } from './web.types.ts';

/** Where accounts that need a second factor are sent. */
export const ENROLMENT_PATH = '/settings/two-factor';

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

/** Sends accounts that need a second factor to its set-up; throws AppError forbidden where there are no pages. */
export function holdBackPending(c: WebContext): Response | undefined {
  const { actor } = c.var;
  if (actor.kind !== 'user' || !actor.mustEnrol) return undefined;
  if (actor.via === 'session' && c.req.method === 'GET') return c.redirect(ENROLMENT_PATH, 303);
  requireEnrolled(actor);
  return undefined;
}
