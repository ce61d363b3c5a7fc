// Keeps long computations from holding up everything else: they work a few milliseconds at a time.
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds of work after which other requests get a turn. */
const SLICE = 4;

export interface Turns {
  /** Whether the slice is used up. */
  readonly isOver: boolean;
  /** Lets other work run and begins a new slice. */
  pass(): Promise<void>;
}

/** Begins the first slice. */
export function takeTurns(): Turns {
  let began = performance.now();
  return {
    get isOver() {
      return performance.now() - began >= SLICE;
    },
    async pass() {
      await nextTurn();
      began = performance.now();
    },
  };
}

/** Runs a computation that yields between its steps to its end. */
export async function runInTurns<T>(steps: Generator<undefined, T>, turns: Turns = takeTurns()): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (turns.isOver) await turns.pass();
  }
}
