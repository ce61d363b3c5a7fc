// What `doctor check` finds.

export interface Finding {
  /** What was looked at, e.g. `permissions`. */
  check: string;
  state: 'fine' | 'wrong' | 'mended';
  /** A sentence, with the remedy where something is wrong. */
  text: string;
}
