// Work for one page that may need much memory: a few at once, however many ask; the others wait their turn.
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';

const AT_ONCE = 4;
const MOST_WAITING = 100;

interface Turns {
  active: number;
  waiting: (() => void)[];
}

const ofApp = new WeakMap<App, Turns>();

/** Does the work when its turn comes. Throws AppError unavailable when too many wait already. */
export async function inTurn<T>(app: App, work: () => Promise<T>): Promise<T> {
  const turns = ofApp.get(app) ?? { active: 0, waiting: [] };
  ofApp.set(app, turns);
  if (turns.active >= AT_ONCE) await waitForTurn(turns);
  else turns.active += 1;
  try {
    return await work();
  } finally {
    const next = turns.waiting.shift();
    if (next) next();
    else turns.active -= 1;
  }
}

function waitForTurn(turns: Turns): Promise<void> {
  if (turns.waiting.length >= MOST_WAITING) {
    throw new AppError('unavailable', 'Too many changes are being compared at once.', { retryAfter: 5 });
  }
  return new Promise((resolve) => turns.waiting.push(resolve));
}
