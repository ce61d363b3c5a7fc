// Addresses of lists with another query: what the menus, tabs and faces of a list lead to.
import { formatQuery, hasTerm, withoutTerm, withTerm } from './queries.service.ts';
import type { ParsedQuery, TermKey } from './queries.types.ts';

/** The address of a list with a query. */
export function queryHref(action: string, query: string): string {
  return `${action}?${new URLSearchParams({ q: query })}`;
}

/** The query with issues of one state alone; open ones have no reason that they were closed for. */
export function inState(parsed: ParsedQuery, state: 'open' | 'closed'): string {
  const asked = state === 'open' ? withoutTerm(parsed, 'reason') : parsed;
  return formatQuery(withTerm(asked, 'is', state));
}

/** The query with this term, or without it when it has it already. */
export function toggling(parsed: ParsedQuery, key: TermKey, value: string): string {
  const has = hasTerm(parsed, key, value);
  return formatQuery(has ? withoutTerm(parsed, key, value) : withTerm(parsed, key, value));
}

/** The query with this term, whether it has it or not. */
export function choosing(parsed: ParsedQuery, key: TermKey, value: string): string {
  return formatQuery(hasTerm(parsed, key, value) ? parsed : withTerm(parsed, key, value));
}
