// Who connects over SSH: user `git` with a public key of an account or of one repository, and its signature.
import type { AuthContext } from 'ssh2';
import type { DeployKeyActor, UserActor } from '../../base/actor.ts';
import { actorOfSshKey } from '../../features/auth/ssh-keys.service.ts';
import { actorOfDeployKey } from '../../features/repos/deploy-keys.service.ts';
import type { App } from '../../platform/app.types.ts';
import { fingerprintOf, isAcceptable, isProven } from './ssh-keys.ts';

export interface SshIdentity {
  actor: UserActor | DeployKeyActor;
  keyId: number;
  /** The account's name, or `owner/name` of a deploy key's repository. */
  name: string;
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
  if (found) return { ...found, name: found.actor.name, fingerprint };
  const deploys = await actorOfDeployKey(app, fingerprint);
  return deploys && { actor: deploys.actor, keyId: deploys.keyId, name: deploys.repository, fingerprint };
}

/** Whether two looks at a key found the same: ids of accounts' keys and of deploy keys are counted apart. */
export function isSameIdentity(one: SshIdentity | undefined, other: SshIdentity): boolean {
  return one?.keyId === other.keyId && one.actor.kind === other.actor.kind;
}
