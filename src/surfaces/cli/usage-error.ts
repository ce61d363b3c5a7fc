// A command that was called wrongly: exit code 2.

/** Carries one line that says what is wrong and what to do. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
