// Who connects over SSH: user `git` with a public key that belongs to an account, and its signature.
import type { AuthContext } from 'ssh2';
import type { UserActor } from '../../base/actor.ts';
import { actorOfSshKey } from '../../features/auth/ssh-keys.service.ts';
import type { App } from '../../platform/app.types.ts';
import { fingerprintOf, isAcceptable, isProven } from './ssh-keys.ts';

export interface SshIdentity {
  actor: UserActor;
  keyId: number;
  fingerprint: string;
}

/** Enough for an agent full of keys. */
const MOST_ATTEMPTS = 20;

/**
 * Makes the handler of one connection's authentication requests. `onProven` is told who it is before the client is;
 * `onRefused` when it has tried too often.
 */
export function authenticator(
  app: App,
  onProven: (identity: SshIdentity) => void,
  onRefused: () => void,
): (context: AuthContext) => void {
  let attempts = 0;
  return (context) => {
    if (context.method !== 'none') attempts += 1;
    if (attempts > MOST_ATTEMPTS) {
      onRefused();
      return;
    }
    identityOf(app, context).then(
      (identity) => {
        if (identity === undefined) return context.reject(['publickey']);
        if (identity !== 'acceptable') onProven(identity);
        // Without a signature this only tells the client that the key may be used.
        context.accept();
      },
      (error: unknown) => {
        app.log.error({ err: error }, 'an SSH key could not be looked up');
        context.reject(['publickey']);
      },
    );
  };
}

async function identityOf(app: App, context: AuthContext): Promise<SshIdentity | 'acceptable' | undefined> {
  if (context.method !== 'publickey' || context.username !== 'git') return undefined;
  const { key, signature, blob, hashAlgo } = context;
  if (!isAcceptable(key)) return undefined;
  const found = await identityOfKey(app, fingerprintOf(key));
  if (!found) return undefined;
  if (signature === undefined) return 'acceptable';
  return blob !== undefined && isProven(key, { blob, signature, hashAlgo }) ? found : undefined;
}

/** Who a proven key stands for now: connections live for hours, in which keys are removed and people suspended. */
export async function identityOfKey(app: App, fingerprint: string): Promise<SshIdentity | undefined> {
  const found = await actorOfSshKey(app, fingerprint);
  return found && { ...found, fingerprint };
}
