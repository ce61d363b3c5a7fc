// The values of second factors.
import type { passkeys, totpSecrets } from '../../platform/db/tables/auth.ts';

export type TotpRow = typeof totpSecrets.$inferSelect;
export type PasskeyRow = typeof passkeys.$inferSelect;

/** Who asks an account for a second factor. */
export type TwoFactorDemand = 'administrators' | 'everybody' | 'organization';

/** What an account has beyond its password; never the secrets. */
export interface SecondFactors {
  /** Since when there is an authenticator application. */
  totpSince: number | undefined;
  passkeys: PasskeyRow[];
  unusedRecoveryCodes: number;
}
