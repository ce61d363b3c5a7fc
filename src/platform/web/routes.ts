// Mounts tables of routes so that no handler runs before its gate, and remembers them for the audit test.
import type { ApiDescription } from '../api/description.ts';
import { inTurn } from './expensive.ts';
import { isForm } from './forms.ts';
import { keptAnswer } from './kept-answers.ts';
import { holdBackPending, requireFreshProof } from './proof.ts';
import type { Gate, Route, WebApp, WebContext } from './web.types.ts';

export interface MountedRoute {
  method: string;
  path: string;
  access: string;
  sudo: boolean;
  whilePending: boolean;
  api: ApiDescription | undefined;
}

const mounted: MountedRoute[] = [];
/** Handlers that read their bodies as they come. */
const streaming = new WeakSet<object>();
let watch: ((route: MountedRoute, answer: Response) => Promise<void>) | undefined;
let standIn: ((route: MountedRoute) => Response) | undefined;

/** Every route mounted in this process, with what its gate asks; for the test that audits them. */
export function mountedRoutes(): readonly MountedRoute[] {
  return mounted;
}

/**
 * Answers in place of every handler whose gate let a request through, so that a test can walk all routes as anybody
 * without changing anything; undefined puts the handlers back.
 */
export function replaceHandlers(answer: ((route: MountedRoute) => Response) | undefined): void {
  standIn = answer;
}

/** Shows every answer that a handler gave to `look`, so that tests compare it with what the route says of itself. */
export function watchAnswers(
  look: ((route: MountedRoute, answer: Response) => Promise<void>) | undefined,
): void {
  watch = look;
}

/** Adds routes to `web`; each request passes the gate with the route's access first. */
export function mountRoutes<A extends string, R>(web: WebApp, gate: Gate<A, R>, routes: Route<A, R>[]): void {
  for (const route of routes) {
    const { method, path, access, sudo = false, whilePending = false, api } = route;
    const known: MountedRoute = { method, path, access, sudo, whilePending, api };
    mounted.push(known);
    const handle = async (c: WebContext) => {
      c.set('route', path);
      c.set('api', api);
      return route.rowsOnly && !standIn ? keptAnswer(c, () => judged(c)) : judged(c);
    };
    const judged = async (c: WebContext): Promise<Response> => {
      const held = whilePending ? undefined : holdBackPending(c);
      if (held) return held;
      const resource = await gate(c, access);
      if (resource instanceof Response) return resource;
      if (sudo) requireFreshProof(c);
      if (standIn) return standIn(known);
      const answer = route.expensive
        ? unlisted(await inTurn(c, () => route.handler(c, resource)))
        : await route.handler(c, resource);
      await watch?.(known, answer);
      return answer;
    };
    if (route.streams) streaming.add(handle);
    web.on(method.toUpperCase(), path, handle);
  }
}

/** Whether a request is for a route that reads its body as it comes, and the body is no form. */
export function isStreamed(web: WebApp, c: WebContext): boolean {
  if (c.req.method === 'GET' || isForm(c)) return false;
  const [matches] = web.router.match(c.req.method, c.req.path);
  return matches.some(([[handler]]) => streaming.has(handler));
}

/** Crawlers are asked to stay away from what is costly to make (robots.txt); who comes by a link is told so too. */
function unlisted(response: Response): Response {
  response.headers.set('x-robots-tag', 'noindex, nofollow');
  return response;
}
