// What one run has sent whose outcomes are not known to be written: nobody may read the queue anew before they are, or
// what was sent would be sent again behind what came after it.
export interface Unwritten {
  add(writing: Promise<void>): void;
  size(): number;
  /** Resolves once all are written, which is soon; rejects, after that, where one could not be. */
  settle(): Promise<void>;
  /** Resolves once all but the newest `left` are, in their own time; rejects as `settle` does. */
  settleBut(left: number): Promise<void>;
}

/** Opens the account of a run; `hurry` has written soon what waits to be. */
export function openUnwritten(hurry: () => void): Unwritten {
  const open: Promise<void>[] = [];
  return {
    add(writing) {
      // It is awaited later, maybe after it failed.
      writing.catch(() => undefined);
      open.push(writing);
    },
    size: () => open.length,
    async settle() {
      hurry();
      await settled(open.splice(0));
    },
    settleBut: (left) => settled(open.splice(0, Math.max(0, open.length - left))),
  };
}

async function settled(writing: readonly Promise<void>[]): Promise<void> {
  const ended = await Promise.allSettled(writing);
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}
