// The values of sessions.
import type { UserActor } from '../../base/actor.ts';
import type { sessions } from '../../platform/db/tables/users.ts';

export type SessionRow = typeof sessions.$inferSelect;

/** A browser that is signed in. */
export interface OpenSession {
  actor: UserActor;
  sessionId: number;
  /** When its person last proved who they are. */
  provenAt: number;
  hasSecondFactor: boolean;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** Whether this use moved `expiresAt`: the cookie's own expiry should follow. */
  renewed: boolean;
}
