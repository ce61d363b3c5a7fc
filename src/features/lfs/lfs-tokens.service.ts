// Short-lived proofs for git-lfs clients that came by SSH: they name a key, a repository and an operation, and open
// nothing by themselves. Whoever takes one judges anew what the key may do by then.
import { equalInConstantTime } from '../../base/crypto.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';

export type LfsOperation = 'download' | 'upload';

/** What a token says. */
export interface LfsPass {
  /** Of the SSH key that asked for it. */
  fingerprint: string;
  keyId: number;
  repositoryId: number;
  operation: LfsOperation;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** How long a token is good for, in milliseconds; git-lfs asks for another by itself. */
export const PASS_LIFETIME = 30 * MINUTE;
const PURPOSE = 'lfs pass';

/** Makes the token of a pass. */
export function sealPass(app: App, pass: LfsPass): string {
  const body = Buffer.from(JSON.stringify(pass)).toString('base64url');
  return `${body}.${app.secrets.authenticate(PURPOSE, body)}`;
}

/** What a token says that is genuine and has not run out; undefined for everything else. */
export function openPass(app: App, token: string): LfsPass | undefined {
  const [body = '', mark = ''] = token.split('.');
  if (!equalInConstantTime(mark, app.secrets.authenticate(PURPOSE, body))) return undefined;
  const pass = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as LfsPass;
  return pass.expiresAt > app.clock.now() ? pass : undefined;
}
