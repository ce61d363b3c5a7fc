// Who is at the other end of a request, as far as signing in is concerned.

export interface Client {
  /** The client's address, after trusted proxies. */
  address: string;
  userAgent: string;
  /** The value of the cookie that tells this browser apart; undefined for what is no browser. */
  device?: string;
}
