// An authenticator application as tests hold it.
import { generateSync } from 'otplib/functional';
import { SYSTEM } from '../../src/base/actor.ts';
import { confirmTotp, offerTotp } from '../../src/features/auth/totp.service.ts';
import type { App } from '../../src/platform/app.types.ts';

/** The code that a secret (base32, spaces allowed) shows at an instant. */
export function codeAt(secret: string, now: number): string {
  return generateSync({ secret: secret.replaceAll(' ', ''), epoch: Math.floor(now / 1000) });
}

/** Sets an application up for an account; its code of the moment is taken by that. */
export async function enrolTotp(
  app: App,
  userId: number,
): Promise<{ secret: string; recoveryCodes: string[] }> {
  const { secret, sealed } = await offerTotp(app, SYSTEM, userId);
  const code = codeAt(secret, app.clock.now());
  const { recoveryCodes } = await confirmTotp(app, SYSTEM, userId, { sealed, code, sessionId: undefined });
  return { secret, recoveryCodes: recoveryCodes ?? [] };
}
