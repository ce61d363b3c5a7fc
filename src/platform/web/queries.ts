// What the query of an address may name.
import type { WebContext } from './web.types.ts';

/** The id that a parameter names, e.g. where a list goes on; undefined for what cannot be one. */
export function idInQuery(c: WebContext, name: string): number | undefined {
  const text = c.req.query(name) ?? '';
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}
