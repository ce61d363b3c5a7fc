// Keeps maintenance and pushes of one repository apart: maintenance waits for pushes and pushes wait for it.
import { randomBytes } from 'node:crypto';
import { AppError } from '../../base/errors.ts';
import type { RepoDir } from './git.types.ts';

/** Counts what is under way, per repository. */
export interface RepositoryActivity {
  /** Changes whenever refs may have moved: what was derived from a repository's refs holds as long as this is the same. */
  state(dir: RepoDir): string;
  /** How many pushes are running. */
  pushesUnderWay(dir: RepoDir): number;
  /** Marks a push as running until the returned function is called; waits while maintenance runs or must run next. */
  beginPush(dir: RepoDir, signal?: AbortSignal): Promise<() => void>;
  /**
   * Runs maintenance alone: pushes that begin meanwhile wait. Itself waits up to `patience` milliseconds (default one
   * minute) for running pushes to end, then throws AppError unavailable. Once it has waited 20 s, earlier attempts in
   * vain included, new pushes let it go first, so that pushes which overlap cannot keep it out for ever.
   */
  withMaintenance<T>(dir: RepoDir, work: () => Promise<T>, patience?: number): Promise<T>;
}

interface State {
  pushes: number;
  maintained: boolean;
  /** Milliseconds that maintenance waited in vain since the last one, or since nothing was under way. */
  starved: number;
  /** How many maintenances new pushes let go first. */
  urgent: number;
  /** Called, all of them, whenever something has ended. */
  waiting: Set<() => void>;
}

const PATIENCE = 60_000;
/** Maintenance that waited this long goes before new pushes. */
const FAIRNESS = 20_000;
/** Repositories whose moves are told apart; of more, all count as moved. */
const MOST_MOVED = 50_000;
/** A push that would wait longer than this is asked to come again. */
const PUSH_PATIENCE = 60_000;

/** Opens the books of one process; `fairness` is how many milliseconds maintenance lets new pushes go first. */
export function openRepositoryActivity(fairness = FAIRNESS): RepositoryActivity {
  const states = new Map<RepoDir, State>();

  function stateOf(dir: RepoDir): State {
    const state = states.get(dir) ?? idle();
    states.set(dir, state);
    return state;
  }

  function changed(dir: RepoDir, state: State): void {
    for (const wake of [...state.waiting]) wake();
    const isIdle = state.pushes === 0 && !state.maintained && state.waiting.size === 0;
    if (isIdle && states.get(dir) === state) states.delete(dir);
  }

  /** Has its turn come within `patience`, maintenance has its place; else the pushes it held up go on. */
  async function maintenanceTurn(dir: RepoDir, state: State, patience: number): Promise<void> {
    const claim = () => {
      if (state.maintained || state.pushes > 0) return false;
      state.maintained = true;
      return true;
    };
    if (claim()) return;
    const began = performance.now();
    const urgency = becomeUrgent(state, fairness - state.starved);
    try {
      await claimed(state, claim, patience);
      state.starved = 0;
    } catch (error) {
      state.starved += performance.now() - began;
      throw error;
    } finally {
      urgency.end();
      changed(dir, state);
    }
  }

  let salt = randomBytes(8).toString('hex');
  let count = 0;
  const moved = new Map<RepoDir, number>();

  function noteMove(dir: RepoDir): void {
    if (moved.size > MOST_MOVED) {
      moved.clear();
      salt = randomBytes(8).toString('hex');
    }
    count += 1;
    moved.set(dir, count);
  }

  return {
    state: (dir) => `${salt}-${moved.get(dir) ?? 0}`,
    pushesUnderWay: (dir) => states.get(dir)?.pushes ?? 0,
    beginPush: async (dir, signal) => {
      signal?.throwIfAborted();
      const state = stateOf(dir);
      const claim = () => {
        if (state.maintained || state.urgent > 0) return false;
        state.pushes += 1;
        return true;
      };
      await claimed(state, claim, PUSH_PATIENCE, signal);
      noteMove(dir);
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        noteMove(dir);
        state.pushes -= 1;
        changed(dir, state);
      };
    },
    withMaintenance: async (dir, work, patience = PATIENCE) => {
      const state = stateOf(dir);
      await maintenanceTurn(dir, state, patience);
      try {
        return await work();
      } finally {
        state.maintained = false;
        changed(dir, state);
      }
    },
  };
}

function idle(): State {
  return { pushes: 0, maintained: false, starved: 0, urgent: 0, waiting: new Set() };
}

/** From `delay` milliseconds on, and until it ends, new pushes wait. */
function becomeUrgent(state: State, delay: number): { end(): void } {
  let isUrgent = false;
  const begin = () => {
    isUrgent = true;
    state.urgent += 1;
  };
  const timer = delay > 0 ? setTimeout(begin, delay) : undefined;
  if (!timer) begin();
  return {
    end() {
      clearTimeout(timer);
      if (isUrgent) state.urgent -= 1;
    },
  };
}

/** Resolves once `claim`, asked again whenever something has ended, has taken its place and returned true. */
function claimed(state: State, claim: () => boolean, patience: number, signal?: AbortSignal): Promise<void> {
  if (claim()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const settle = (action: () => void) => {
      clearTimeout(timer);
      state.waiting.delete(look);
      signal?.removeEventListener('abort', aborted);
      action();
    };
    const look = () => {
      if (claim()) settle(resolve);
    };
    const aborted = () => settle(() => reject(signal?.reason));
    const timer = setTimeout(() => settle(() => reject(busy())), patience);
    state.waiting.add(look);
    signal?.addEventListener('abort', aborted, { once: true });
  });
}

function busy(): AppError {
  return new AppError('unavailable', 'This repository is busy. Try again in a minute.', { retryAfter: 60 });
}
