// Limits how many long transfers one account or address runs at once, each kind of them by itself.
import type { Actor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../app.types.ts';
import { lineOf } from './rate-limiter.ts';

/** Who wants a place: an account, a deploy key, or, signed out, an address. */
export interface PlaceSeeker {
  app: App;
  actor: Actor;
  address: string;
}

const KINDS = { git: 'git operations', download: 'downloads' } as const;

const takenOf = new WeakMap<App, Map<string, number>>();

/**
 * Takes one of the places that somebody has for transfers of a kind; the function returned gives it back. Throws
 * AppError rate_limited when all are taken.
 */
export function takePlace({ app, actor, address }: PlaceSeeker, kind: keyof typeof KINDS): () => void {
  const taken = takenOf.get(app) ?? new Map<string, number>();
  takenOf.set(app, taken);
  const who = `${kind}:${seekerOf(actor, address)}`;
  const count = taken.get(who) ?? 0;
  if (count >= app.config.git.concurrent_per_user) {
    const message = `Too many ${KINDS[kind]} at once: wait for the others to end, then try again.`;
    throw new AppError('rate_limited', message, { retryAfter: 5 });
  }
  taken.set(who, count + 1);
  let given = false;
  return () => {
    if (given) return;
    given = true;
    const left = (taken.get(who) ?? 1) - 1;
    if (left > 0) taken.set(who, left);
    else taken.delete(who);
  };
}

/** Names who asks: limits are counted by it. */
export function seekerOf(actor: Actor, address: string): string {
  if (actor.kind === 'user') return `user:${actor.userId}`;
  if (actor.kind === 'deploy-key') return `deploy-key:${actor.keyId}`;
  return `address:${lineOf(address)}`;
}
