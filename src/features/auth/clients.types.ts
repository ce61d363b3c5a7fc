// Who is at the other end of a request, as far as signing in is concerned.

export interface Client {
  /** The client's address, after trusted proxies. */
  address: string;
  userAgent: string;
}
