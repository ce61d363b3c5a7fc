// The values of secrets that work once.
import type { oneTimeTokens } from '../../platform/db/tables/auth.ts';

export type OneTimeRow = typeof oneTimeTokens.$inferSelect;

/** What a token is for; one made for one thing is worth nothing for another. */
export type OneTimeKind =
  | 'verify-email'
  | 'change-email'
  | 'reset-password'
  | 'sign-in'
  | 'passkey-registration'
  | 'passkey-sign-in'
  | 'passkey-proof'
  | 'signing-key-proof';

export interface NewOneTime {
  kind: OneTimeKind;
  userId?: number;
  data?: Record<string, unknown>;
  /** Milliseconds. */
  lifetime: number;
}
