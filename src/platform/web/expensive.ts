// Pages that cost git much work (blame, history, comparisons, archives): a few at once, fair between clients, so that
// crawlers cannot take the server from everybody else.
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, isAppError } from '../../base/errors.ts';
import type { App } from '../app.types.ts';
import { seekerOf } from '../cache/places.ts';
import { openTurnstile, type Turnstile, type TurnstileLimits } from '../cache/turnstile.ts';
import type { WebContext } from './web.types.ts';

const turnstiles = new WeakMap<App, Turnstile>();

/** The turnstile before expensive work. */
export function turnstileOf(app: App): Turnstile {
  const known = turnstiles.get(app) ?? openTurnstile(limitsOf(app));
  turnstiles.set(app, known);
  return known;
}

/** Read off the configuration each time: its limits change while the server runs. */
function limitsOf(app: App): TurnstileLimits {
  return {
    get atOnce() {
      return app.config.limits.expensive_at_once;
    },
    get waiting() {
      return app.config.limits.expensive_waiting;
    },
    get perClient() {
      return app.config.limits.expensive_per_client;
    },
  };
}

/**
 * Does a handler's work when the client's turn has come, and not at all when it has gone by then. Throws AppError
 * unauthenticated where people must sign in for this, and what `Turnstile.enter` throws.
 */
export async function inTurn<T>(c: WebContext, work: () => Promise<T> | T): Promise<T> {
  const { app } = c.var;
  requireWelcome(c);
  const leave = await turnstileOf(app).enter(clientOf(c), c.req.raw.signal);
  try {
    return await work();
  } finally {
    leave();
  }
}

/** Milliseconds after which a client that takes nothing of its answer is not worked for: its turn is another's. */
const STANDS_STILL = 2000;
/** Milliseconds until the next try of an answer that goes on, where there is no place for it. */
const TRY_AGAIN = 1000;

/**
 * As `inTurn`, for chunks that are streamed: the turn lasts until they end. Whoever takes them so slowly that the work
 * stands still leaves, and waits for another turn to go on; otherwise a few slow readers would have all places for as
 * long as they like. `leave` is a turn that was taken before.
 */
export async function* streamInTurn<T>(
  c: WebContext,
  signal: AbortSignal,
  make: () => AsyncIterable<T>,
  leave?: () => void,
): AsyncGenerator<T> {
  const enter = () => turnstileOf(c.var.app).enter(clientOf(c), signal);
  let left = false;
  let turn = leave ?? (await enter());
  const giveUp = () => {
    left = true;
    turn();
  };
  try {
    for await (const chunk of make()) {
      const timer = setTimeout(giveUp, STANDS_STILL);
      try {
        yield chunk;
      } finally {
        clearTimeout(timer);
      }
      if (left) turn = await goOn(enter, signal);
      left = false;
    }
  } finally {
    turn();
  }
}

/** What has begun is not refused any more: it waits until there is a place even to wait. */
async function goOn(enter: () => Promise<() => void>, signal: AbortSignal): Promise<() => void> {
  for (;;) {
    try {
      return await enter();
    } catch (error) {
      if (!isAppError(error, 'rate_limited') && !isAppError(error, 'unavailable')) throw error;
      await wait(TRY_AGAIN, undefined, { signal });
    }
  }
}

/**
 * Waits for the client's turn before anything is answered, for handlers whose work may outlast them; call what it gives
 * to leave. Throws as `inTurn`.
 */
export async function takeTurn(c: WebContext): Promise<() => void> {
  requireWelcome(c);
  return turnstileOf(c.var.app).enter(clientOf(c), c.req.raw.signal);
}

/** Throws AppError unauthenticated where these pages are for people who are signed in. */
export function requireWelcome({ var: { app, actor } }: WebContext): void {
  if (actor.kind !== 'anonymous' || app.config.limits.anonymous_expensive) return;
  throw new AppError(
    'unauthenticated',
    'Sign in to see this: it is costly to make, and not open to everybody here.',
  );
}

function clientOf({ var: { actor, address } }: WebContext): string {
  return seekerOf(actor, address);
}
