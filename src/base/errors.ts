// The eight ways a request can fail for a reason the user can act on. Anything else is a bug.

export type ErrorCode =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'rate_limited'
  | 'unavailable';

/** Messages per form field, keyed by the field's name as it was submitted. */
export type FieldErrors = Record<string, string>;

/** A failure that is safe to show: `message` says what is wrong and what to do. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly fields: FieldErrors | undefined;
  /** Seconds after which trying again makes sense; only for rate_limited and unavailable. */
  readonly retryAfter: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { fields?: FieldErrors; cause?: unknown; retryAfter?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.fields = options.fields;
    this.retryAfter = options.retryAfter;
  }
}

/** A failed check of submitted fields; the first message stands for the whole. */
export function invalid(fields: FieldErrors): AppError {
  const first = Object.values(fields)[0] ?? 'The input is not valid.';
  return new AppError('invalid', first, { fields });
}

/** The answer for what is missing and for what the actor may not see: the two are never told apart. */
export function notFound(what = 'page'): AppError {
  return new AppError('not_found', `This ${what} does not exist, or you may not see it.`);
}

/** Narrows an unknown failure to an AppError with one of the given codes. */
export function isAppError(error: unknown, ...codes: ErrorCode[]): error is AppError {
  return error instanceof AppError && (codes.length === 0 || codes.includes(error.code));
}
