// Conditional requests: what a client says it holds already.
import type { WebContext } from './web.types.ts';

/** Whether the client holds what an existing thing's tag names (If-None-Match, RFC 9110 section 13.1.2: weakly compared). */
export function holdsTag(c: WebContext, tag: string): boolean {
  const held = c.req.header('if-none-match')?.split(',') ?? [];
  return held.map((one) => one.trim()).some((one) => one === '*' || strongPart(one) === strongPart(tag));
}

function strongPart(tag: string): string {
  return tag.replace(/^W\//, '');
}
