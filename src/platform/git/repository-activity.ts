// Keeps maintenance and pushes of one repository apart: maintenance waits for pushes and pushes wait for it.
import { AppError } from '../../base/errors.ts';
import type { RepoDir } from './git.types.ts';

/** Counts what is under way, per repository. */
export interface RepositoryActivity {
  /** How many pushes are running. */
  pushesUnderWay(dir: RepoDir): number;
  /** Marks a push as running until the returned function is called; waits while maintenance runs. */
  beginPush(dir: RepoDir, signal?: AbortSignal): Promise<() => void>;
  /**
   * Runs maintenance alone: pushes that begin meanwhile wait. Itself waits up to `patience` milliseconds (default 10
   * minutes) for running pushes to end, then throws AppError unavailable.
   */
  withMaintenance<T>(dir: RepoDir, work: () => Promise<T>, patience?: number): Promise<T>;
}

interface State {
  pushes: number;
  maintained: boolean;
  /** Called, all of them, whenever something has ended. */
  waiting: Set<() => void>;
}

const PATIENCE = 10 * 60_000;
/** A push that would wait longer than this is asked to come again. */
const PUSH_PATIENCE = 60_000;

/** Opens the books of one process. */
export function openRepositoryActivity(): RepositoryActivity {
  const states = new Map<RepoDir, State>();

  function stateOf(dir: RepoDir): State {
    const state = states.get(dir) ?? { pushes: 0, maintained: false, waiting: new Set() };
    states.set(dir, state);
    return state;
  }

  function changed(dir: RepoDir, state: State): void {
    for (const wake of [...state.waiting]) wake();
    if (state.pushes === 0 && !state.maintained && state.waiting.size === 0) states.delete(dir);
  }

  return {
    pushesUnderWay: (dir) => states.get(dir)?.pushes ?? 0,
    beginPush: async (dir, signal) => {
      const state = stateOf(dir);
      const claim = () => {
        if (state.maintained) return false;
        state.pushes += 1;
        return true;
      };
      await claimed(state, claim, PUSH_PATIENCE, signal);
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        state.pushes -= 1;
        changed(dir, state);
      };
    },
    withMaintenance: async (dir, work, patience = PATIENCE) => {
      const state = stateOf(dir);
      const claim = () => {
        if (state.maintained || state.pushes > 0) return false;
        state.maintained = true;
        return true;
      };
      await claimed(state, claim, patience);
      try {
        return await work();
      } finally {
        state.maintained = false;
        changed(dir, state);
      }
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
