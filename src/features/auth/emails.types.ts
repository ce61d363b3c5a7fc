// What people see of their own addresses.

export interface OwnEmail {
  id: number;
  email: string;
  isPrimary: boolean;
  isVerified: boolean;
}

export interface OwnEmails {
  emails: OwnEmail[];
  /** Added, and not proved yet. */
  waiting: { id: number; email: string; expiresAt: number }[];
  /** A new primary address that waits for these to be confirmed. */
  change: { to: string; missing: string[] } | undefined;
  hidesEmail: boolean;
  noReplyAddress: string;
}
