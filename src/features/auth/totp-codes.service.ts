// Codes of authenticator applications (RFC 6238: SHA-1, six digits, steps of 30 seconds). otplib is loaded when first
// needed: most requests need no code.

const PERIOD = 30;

export interface TotpCodes {
  /** A new secret of 160 bits, in base32. */
  newSecret(): string;
  /** What a QR code holds: otpauth://totp/… */
  uriOf(secret: string, issuer: string, label: string): string;
  /** The step whose code this is, later than `after` and at most one step from `now` (ms); else undefined. */
  stepOf(secret: string, code: string, now: number, after: number): number | undefined;
}

let loading: Promise<TotpCodes> | undefined;

/** Loads the library once. */
export function loadTotpCodes(): Promise<TotpCodes> {
  loading ??= load();
  return loading;
}

async function load(): Promise<TotpCodes> {
  const { generateSecret, generateURI, verifySync } = await import('otplib/functional');
  return {
    newSecret: () => generateSecret(),
    uriOf: (secret, issuer, label) => generateURI({ issuer, label, secret }),
    stepOf(secret, code, now, after) {
      const token = code.replace(/\s/g, '');
      const epoch = Math.floor(now / 1000);
      // A code beyond the window was taken: only when the clock was set back.
      if (!/^\d{6}$/.test(token) || after > Math.floor(epoch / PERIOD)) return undefined;
      const afterTimeStep = Math.max(after, 0);
      const result = verifySync({ secret, token, epoch, epochTolerance: PERIOD, afterTimeStep });
      return result.valid && 'timeStep' in result ? result.timeStep : undefined;
    },
  };
}
