// What comes of proving who one is.

/** A session, or a sign-in that still waits for the second factor: its token opens nothing by itself. */
export interface SignInOutcome {
  kind: 'session' | 'second-factor';
  token: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}
